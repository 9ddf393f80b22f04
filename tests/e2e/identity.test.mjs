// Whom an event belongs to while somebody signs in or out in another tab: never to the wrong one, and within a second
// to the new one, in tabs where the engine runs and where it cannot.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stage, until } from "./harness.mjs";
import { call, enter, exported, kept, privateShop, REFUSED, refuseEngine, start, visitor, wait } from "./privacy.mjs";

const [shop, open] = await stage(privateShop({ "/shop.json": { segments: { fan: { when: { $did: "Step" } } } } }));
const OPTIONS = { config: "/shop.json", consent: "granted", capture: { engagement: false, page: false } };

/** Three tabs of nobody in particular, the last without an engine. */
async function opened() {
  const { page, context, close } = await visitor(open, { allowed: REFUSED });
  const tabs = [page, await context.newPage(), await context.newPage()];
  await refuseEngine(tabs[2]);
  const modes = [];
  for (const tab of tabs) modes.push(await enter(tab, shop, OPTIONS));
  assert.deepEqual(modes, ["full", "full", "collect"]);
  return { tabs, close };
}

/** The same of member-1. */
async function signedIn() {
  const { tabs, close } = await opened();
  await call(tabs[0], "identify", "member-1", { name: "지은" });
  const former = await agreed(tabs, "member-1");
  return { tabs, close, former };
}

/** Whom all tabs know, once it is the same one and one of these members. */
const unanimous = (tabs, members, patience) => until(async () => {
  const [first, ...others] = (await Promise.all(tabs.map(exported))).map(({ anonymousId, userId }) => ({ anonymousId, userId: userId ?? undefined }));
  return members.includes(first.userId)
    && others.every(({ anonymousId, userId }) => anonymousId === first.anonymousId && userId === first.userId) && first;
}, `all tabs to know ${members.join(" or ") || "somebody new"}`, patience);
/** The visitor's id, once all tabs know the same one as this member. */
const agreed = async (tabs, member, patience) => (await unanimous(tabs, [member], patience)).anonymousId;

/** Signs somebody in in every tab in the same millisecond, as far as the machine can; who they are, by tab. */
async function signInAtOnce(tabs, round) {
  const instant = Date.now() + 300;
  const members = tabs.map((_, at) => `member-${round}-${at}`);
  await Promise.all(tabs.map((tab, at) => tab.evaluate(async ([instant, member]) => {
    await new Promise((resolve) => setTimeout(resolve, instant - Date.now() - 15));
    while (Date.now() < instant);
    await window.dangol.identify(member, { name: member });
  }, [instant, members[at]])));
  return members;
}

/** Has every tab track all the time, each event with its own moment. */
const walk = (tabs) => Promise.all(tabs.map((tab, at) => tab.evaluate((at) => {
  let n = 0;
  window.walking = setInterval(() => window.dangol.track("Step", { tab: at, n: n++, at: Date.now() }), 10);
}, at)));
/** Stops them; the steps that have arrived, once all have. */
async function steps(tabs) {
  const counts = await Promise.all(tabs.map((tab) => tab.evaluate(async () => {
    clearInterval(window.walking);
    await window.dangol.track("Last");
    return window.dangol.stats().created;
  })));
  assert.ok(counts.every((count) => count > 50), counts.join());
  await until(async () => {
    await Promise.all(tabs.map((tab) => call(tab, "flush")));
    return (await Promise.all(tabs.map((tab) => call(tab, "stats")))).every(({ pending }) => pending === 0);
  }, "all to be sent");
  const unique = [...new Map(shop.events().map((event) => [event.messageId, event])).values()];
  const all = unique.filter(({ event }) => event === "Step").map(({ anonymousId, userId, context, properties }) => ({ anonymousId, userId, session: context.sessionId, ...properties }));
  tabs.forEach((_, tab) => {
    const numbers = all.filter((step) => step.tab === tab).map(({ n }) => n).sort((a, b) => a - b);
    assert.deepEqual(numbers, numbers.map((_, at) => at), `tab ${tab} has lost none`);
  });
  // A new visitor has a new stream; each counts its events from one, so that a receiver sees what is missing.
  const streams = new Map();
  for (const { seq, context } of unique) streams.set(context.streamId, [...(streams.get(context.streamId) ?? []), seq]);
  for (const [stream, numbers] of streams) assert.deepEqual(numbers.sort((a, b) => a - b), numbers.map((_, at) => at + 1), stream);
  return all;
}

/** Each id stands for one member and names its own sessions; nobody may come before the member does. */
function judge(all) {
  const members = new Map();
  for (const { anonymousId, userId, session, tab } of all) {
    const member = members.get(anonymousId) ?? userId;
    assert.ok(!userId || userId === member, `tab ${tab}: ${userId} under the id of ${member}`);
    members.set(anonymousId, member);
    if (session) assert.equal(session.split(".")[0], anonymousId);
  }
  return members;
}

describe("an event made while somebody signs in or out in another tab", () => {
  const cases = {
    "reset() where the engine cannot run": [2, (tab) => call(tab, "reset"), undefined],
    "identify() of another member": [0, (tab) => call(tab, "identify", "member-2", {}), "member-2"],
  };
  for (const [name, [by, change, member]] of Object.entries(cases)) {
    it(`belongs to whom its tab knew, and a second after ${name} to nobody else than all others'`, async (context) => {
      const { tabs, close, former } = await signedIn();
      await walk(tabs);
      await wait(400);
      const before = Date.now();
      await change(tabs[by]);
      const after = Date.now();
      const now = await agreed(tabs, member, 1_000);
      await wait(1_500);
      const all = await steps(tabs);
      assert.deepEqual([...judge(all)].sort(), [[former, "member-1"], [now, member]].sort(), "two visitors, and no third");
      for (const { at, anonymousId, tab } of all) {
        if (at < before) assert.equal(anonymousId, former, `tab ${tab}, ${before - at} ms before`);
        if (at > after + 1_000) assert.equal(anonymousId, now, `tab ${tab}, ${at - after} ms after`);
      }
      context.diagnostic(`the last step under the former id ${Math.max(...all.filter(({ anonymousId }) => anonymousId === former).map(({ at }) => at)) - after} ms after the call`);
      await close();
    });
  }

  it("belongs to one member, and all tabs know the same one, where all sign somebody in in the same instant", async (context) => {
    const { tabs, close, former } = await signedIn();
    await walk(tabs);
    const winners = [];
    for (let round = 0; round < 4; round++) {
      const { anonymousId, userId } = await unanimous(tabs, await signInAtOnce(tabs, round), 1_000);
      winners.push([anonymousId, userId]);
    }
    await call(tabs[1], "identify", "member-5", {});
    const now = await agreed(tabs, "member-5", 1_000);
    await wait(300);
    const members = judge(await steps(tabs));
    for (const [id, member] of [[former, "member-1"], ...winners, [now, "member-5"]]) assert.equal(members.get(id) ?? member, member);
    assert.deepEqual([members.get(former), members.get(now)], ["member-1", "member-5"]);
    context.diagnostic(winners.map(([, member]) => member).join(", "));
    await close();
  });

  it("goes to the same one in the end where nobody was signed in before that instant", async () => {
    const { tabs, close } = await opened();
    const nobody = await agreed(tabs, undefined);
    await walk(tabs);
    const { anonymousId, userId } = await unanimous(tabs, await signInAtOnce(tabs, 0), 1_000);
    await wait(300);
    const all = await steps(tabs);
    // Before a tab can know of the others, each member is the visitor who was there; from then on that is one of them.
    judge(all.filter((step) => step.anonymousId !== nobody));
    assert.ok(all.filter((step) => step.anonymousId === anonymousId && step.anonymousId !== nobody).every((step) => step.userId === userId));
    await close();
  });

  it("is preceded by the news: a tab in which nothing happens hears of reset() where the engine cannot run", async () => {
    const { tabs, close, former } = await signedIn();
    await call(tabs[0], "track", "Walked", {});
    await until(async () => (await exported(tabs[1])).journey.some(({ event }) => event === "Walked"), "the other tab to see it");
    await call(tabs[2], "reset");
    assert.notEqual(await agreed(tabs, undefined, 1_000), former);
    for (const tab of tabs.slice(0, 2)) {
      const { journey, document } = await exported(tab);
      assert.deepEqual([journey, document.traits ?? {}], [[], {}]);
    }
    await close();
  });

  it("stays with the member who came last, whatever a tab says that has not heard of them", async () => {
    const { tabs, close } = await signedIn();
    await call(tabs[2], "identify", "member-2", {});
    const id = await agreed(tabs, "member-2");
    await call(tabs[2], "flush");
    const { epoch } = JSON.parse((await kept(tabs[0])).databases["dangol/state/shared"]);
    const other = (anonymousId, epoch) => JSON.stringify({ v: 1, anonymousId, assignmentId: anonymousId, userId: "member-9", epoch });
    for (const told of [[{ reset: 1 }, { shared: other("somebody", 1) }], [{ shared: other(id, epoch) }]]) {
      await tabs[0].evaluate((told) => new BroadcastChannel("dangol:dangol").postMessage(told), told);
      await wait(300);
      for (const tab of tabs) {
        const { anonymousId, userId } = await exported(tab);
        assert.deepEqual([anonymousId, userId], [id, "member-2"]);
      }
    }
    await close();
  });

  it("belongs to whom a former version of another tab names, which tells of the reset last", async () => {
    const { tabs: [page, , collect], close } = await signedIn();
    const shared = JSON.stringify({ v: 1, anonymousId: "somebody", assignmentId: "somebody", userId: "member-2", epoch: 1 });
    await page.evaluate((shared) => {
      const channel = new BroadcastChannel("dangol:dangol");
      for (const data of [[{ shared }], [{ reset: 1 }, { shared }]]) channel.postMessage(data);
    }, shared);
    await until(async () => (await exported(collect)).anonymousId === "somebody", "the tab to follow", 1_000);
    await call(collect, "track", "Mine", {});
    await call(collect, "flush");
    await shop.arrived("Mine");
    const { anonymousId, userId } = shop.events().find(({ event }) => event === "Mine");
    assert.deepEqual([anonymousId, userId], ["somebody", "member-2"]);
    await close();
  });
});

describe("whoever signs in or out and goes at once", () => {
  /** Two tabs of a visitor, `known` or not. */
  async function two(known) {
    shop.clear();
    const { page, context, close } = await visitor(open);
    const tabs = [page, await context.newPage()];
    for (const tab of tabs) await enter(tab, shop, OPTIONS);
    if (known) await call(page, "identify", known, {});
    await call(page, "track", "First");
    await agreed(tabs, known);
    return { tabs, close };
  }
  const done = async (tabs) => {
    for (const tab of tabs) await call(tab, "flush");
    await shop.arrived("Last");
    const { anonymousId, userId } = shop.events().find(({ event }) => event === "Last");
    return { anonymousId, userId, of: (name) => shop.events().find(({ event, type }) => (event ?? type) === name && event !== "Last") };
  };
  const cases = [["member-1", "identify", "member-2"], [undefined, "identify", "member-2"], ["member-1", "reset", undefined]];
  for (const [known, method, member] of cases) {
    it(`is one and the same on the next page, in the other tab and in every event: ${method}(), then a link, by ${known ?? "nobody"}`, async () => {
      for (let round = 0; round < 3; round++) {
        const { tabs, close } = await two(known);
        const former = await agreed(tabs, known);
        await Promise.all([tabs[1].waitForURL("**/next"), tabs[1].evaluate(([method, member]) => {
          window.dangol.track("Before");
          window.dangol[method](member, {});
          window.dangol.track("After");
          location.href = "/next";
        }, [method, member])]);
        await start(tabs[1], OPTIONS);
        const id = await agreed(tabs, member);
        await call(tabs[1], "track", "Last");
        const { anonymousId, userId, of } = await done(tabs);
        assert.deepEqual([anonymousId, userId], [id, member]);
        assert.deepEqual([of("Before").anonymousId, of("Before").userId], [former, known]);
        assert.deepEqual([of("After").anonymousId, of("After").userId], [id, member]);
        assert.equal(id === former, !known, "the history of nobody joins the first member");
        await close();
      }
    });

    it(`is who they are where destroy() follows ${method}(), by ${known ?? "nobody"}`, async () => {
      const { tabs, close } = await two(known);
      const former = await agreed(tabs, known);
      await tabs[1].evaluate(async ([method, member]) => {
        await window.dangol[method](member, {});
        await window.dangol.destroy();
      }, [method, member]);
      await start(tabs[1], OPTIONS);
      const id = await agreed(tabs, member);
      await call(tabs[1], "track", "Last");
      const { anonymousId, userId } = await done(tabs);
      assert.deepEqual([anonymousId, userId, id === former], [id, member, !known]);
      await close();
    });
  }
});

describe("what was called before destroy()", () => {
  it("is kept where the engine had not come yet, and the next instance does it", async () => {
    shop.clear();
    const { page, close } = await visitor(open);
    await page.goto(shop.url);
    await page.evaluate(async (options) => {
      const dangol = window.dangol.init({ endpoint: { url: "/collect", flushInterval: 100 }, ...options });
      void dangol.track("Early");
      void dangol.identify("member-1", {});
      await dangol.destroy();
    }, OPTIONS);
    await start(page, OPTIONS);
    await shop.arrived("Early");
    assert.equal((await exported(page)).userId, "member-1");
    await close();
  });

  it("is sent at once where it lies in memory alone", async () => {
    shop.clear();
    const { page, close } = await visitor(open);
    await enter(page, shop, { ...OPTIONS, storage: "memory", endpoint: { url: "/collect", flushInterval: 60_000 } });
    await call(page, "track", "Only here");
    await call(page, "destroy");
    await shop.arrived("Only here");
    await close();
  });
});
