// Whom an event belongs to while somebody signs in or out in another tab: never to the wrong one, and within a second
// to the new one, in tabs where the engine runs and where it cannot.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stage, until } from "./harness.mjs";
import { call, enter, exported, privateShop, REFUSED, refuseEngine, visitor, wait } from "./privacy.mjs";

const [shop, open] = await stage(privateShop({ "/shop.json": { segments: { fan: { when: { $did: "Step" } } } } }));
const OPTIONS = { config: "/shop.json", consent: "granted", capture: { engagement: false, page: false } };

/** Three tabs of member-1, the last without an engine. */
async function signedIn() {
  const { page, context, close } = await visitor(open, { allowed: REFUSED });
  const tabs = [page, await context.newPage(), await context.newPage()];
  await refuseEngine(tabs[2]);
  const modes = [];
  for (const tab of tabs) modes.push(await enter(tab, shop, OPTIONS));
  assert.deepEqual(modes, ["full", "full", "collect"]);
  await call(page, "identify", "member-1", { name: "지은" });
  const former = await agreed(tabs, "member-1");
  return { tabs, close, former };
}

/** The visitor's id, once all tabs know the same one as this member. */
const agreed = (tabs, member, patience) => until(async () => {
  const all = await Promise.all(tabs.map(exported));
  return all.every(({ anonymousId, userId }) => anonymousId === all[0].anonymousId && (userId ?? undefined) === member) && all[0].anonymousId;
}, `all tabs to know ${member ?? "somebody new"}`, patience);

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
  const unique = new Map(shop.events().filter(({ event }) => event === "Step").map((event) => [event.messageId, event]));
  const all = [...unique.values()].map(({ anonymousId, userId, context, properties }) => ({ anonymousId, userId, session: context.sessionId, ...properties }));
  tabs.forEach((_, tab) => {
    const numbers = all.filter((step) => step.tab === tab).map(({ n }) => n).sort((a, b) => a - b);
    assert.deepEqual(numbers, numbers.map((_, at) => at), `tab ${tab} has lost none`);
  });
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

  it("belongs to one member, and in the end to the last, where every tab signs somebody in within a second", async () => {
    const { tabs, close, former } = await signedIn();
    await walk(tabs);
    await wait(300);
    for (const [at, tab] of [0, 1, 2, 1].entries()) {
      await call(tabs[tab], "identify", `member-${at + 2}`, {});
      await wait(200);
    }
    const now = await agreed(tabs, "member-5", 1_000);
    await wait(300);
    const members = judge(await steps(tabs));
    assert.deepEqual([members.get(former), members.get(now)], ["member-1", "member-5"]);
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
