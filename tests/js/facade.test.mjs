import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bundle, html, launch, load, open, serve, until } from "./lab.mjs";

let browser, server;
before(async () => {
  browser = await launch();
  const script = await bundle(`
    import { create } from "./facade.ts";
    import { start } from "./host/page.ts";
    window.init = (options, wait) => create(options, async () => { await wait; return (link) => start(link, () => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])); });
  `, { format: "iife" });
  server = await serve({ "/sdk.js": script, "/": html('<script src="/sdk.js"></script>'), "/next": html('<script src="/sdk.js"></script>') });
});
after(async () => {
  await browser.close();
  await server.close();
});

const GRANTED = { config: { version: 1 }, consent: "granted", capture: { page: false } };

test("calls made before the engine arrive in order, with the time of the call", async () => {
  const { page, said, context } = await open(browser, server.origin);
  const seen = await page.evaluate(async (options) => {
    let arrive;
    const dangol = init(options, new Promise((resolve) => (arrive = resolve)));
    const before = Date.now();
    const done = [dangol.track("a", { n: 1 }), dangol.identify("u1", { $setOnce: { x: 1 } }), dangol.track("b")];
    const empty = [dangol.segments(), dangol.coupons(), dangol.explain(), dangol.stats().created];
    await new Promise((resolve) => setTimeout(resolve, 60));
    arrive();
    await Promise.all(done);
    const mode = await dangol.ready;
    await dangol.track("c");
    return { mode, empty, before, calls: inputs.filter((input) => input.in === "call") };
  }, GRANTED);
  assert.equal(seen.mode, "full");
  assert.deepEqual(seen.empty, [[], [], [], 0]);
  assert.deepEqual(seen.calls.map(({ call, name, user }) => name ?? user), ["a", "u1", "b", "c"]);
  assert.deepEqual(seen.calls.map(({ id }) => id), seen.calls.map(({ id }) => id).sort());
  assert.ok(seen.calls[0].at - seen.before < 50);
  assert.deepEqual(said, []);
  await context.close();
});

test("wrong calls resolve and say that they are invalid", async () => {
  const { page, context } = await open(browser, server.origin);
  const calls = await page.evaluate(async (options) => {
    const dangol = init(options);
    await Promise.all([dangol.track(), dangol.track(5), dangol.track("x", "no"), dangol.track("x", [1]), dangol.track("big", { a: "x".repeat(40_000) }),
      dangol.identify(), dangol.consent(), dangol.on("segment", 5)]);
    return inputs.filter((input) => input.in === "call");
  }, GRANTED);
  assert.equal(calls.length, 7);
  for (const call of calls) assert.equal(call.invalid, true, JSON.stringify(call));
  await context.close();
});

test("what cannot even be asked what it is, a draft that its store has revoked for instance, throws nothing", async () => {
  const { page, context } = await open(browser, server.origin);
  const { thrown, calls } = await page.evaluate(async (options) => {
    const dangol = init(options);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const thrown = [];
    const made = ["track", "page", "identify", "consent", "show"].flatMap((method) => [[proxy], ["x", proxy], ["x", {}, proxy]].map(async (given) => {
      try {
        await dangol[method](...given);
      } catch (error) {
        thrown.push(`${method}: ${error}`);
      }
    }));
    await Promise.all(made);
    await dangol.track("x", []);
    return { thrown, calls: inputs.filter((input) => input.in === "call") };
  }, GRANTED);
  assert.deepEqual(thrown, []);
  assert.equal(calls.find(({ name, data }) => name === "x" && data === null)?.invalid, undefined, "the event is there, without what could not be read");
  assert.equal(calls.at(-1).invalid, true);
  await context.close();
});

test("dismiss gives nothing to wait for", async () => {
  const { page, context } = await open(browser, server.origin);
  assert.deepEqual(await page.evaluate(async (options) => {
    const dangol = init(options);
    const given = [String(dangol.dismiss())];
    await dangol.ready;
    given.push(String(dangol.dismiss()));
    await dangol.track("later");
    return [...given, inputs.filter(({ call }) => call === "dismiss").length];
  }, GRANTED), ["undefined", "undefined", 2]);
  await context.close();
});

test("a second init warns once and gives the first instance", async () => {
  const { page, said, context } = await open(browser, server.origin);
  const same = await page.evaluate(async (options) => {
    const first = init(options);
    const same = init(options) === first && init({}) === first;
    await first.destroy();
    const again = init(options);
    return { same, fresh: again !== first, left: Object.getOwnPropertySymbols(window).length };
  }, GRANTED);
  assert.equal(same.same, true);
  assert.equal(same.fresh, true);
  assert.equal(said.length, 1);
  assert.match(said[0], /^warning: dangol: init\(\) was called twice/);
  await context.close();
});

test("a listener that throws harms neither the next one nor a call made inside", async () => {
  const { page, context } = await open(browser, server.origin);
  const heard = await page.evaluate(async (options) => {
    window.script = (input) => (input.name === "go" ? [{ e: "notify", type: "segment", detail: { segment: "vip", on: "enter" } }, { e: "settle", ids: [input.id] }] : undefined);
    const dangol = init(options);
    const heard = [];
    dangol.on("segment", () => { throw new Error("the shop's own"); });
    const off = dangol.on("segment", ({ segment }) => { heard.push(segment); void dangol.track("inside"); });
    await dangol.track("go");
    off();
    await dangol.track("go");
    return [...heard, ...inputs.filter(({ name }) => name).map(({ name }) => name)];
  }, GRANTED);
  assert.deepEqual(heard, ["vip", "go", "inside", "go"]);
  await context.close();
});

for (const [when, wait] of [["before the engine has arrived", true], ["while the engine has not settled it", false]]) {
  test(`a call in the same task as a navigation, ${when}, is found by the next page`, async () => {
    const { page, context } = await open(browser, server.origin);
    await page.evaluate(async ([options, wait]) => {
      const dangol = init(options, wait ? new Promise(() => {}) : undefined);
      if (!wait) await dangol.ready;
      window.script = (input) => (input.name === "left" ? [] : undefined);
      // A task of its own, which the answer to this call does not wait for; both lines in the same one.
      setTimeout(() => {
        void dangol.track("left", { n: 1 });
        location.href = "/next";
      });
    }, [GRANTED, wait]);
    await page.waitForURL("**/next");
    await until(() => page.evaluate(() => !!window.init));
    const found = await page.evaluate(async (options) => {
      const left = sessionStorage.getItem("dangol:dangol");
      await init(options).ready;
      return { left, calls: inputs.find(({ stored }) => stored).stored.recovered.calls };
    }, GRANTED);
    const call = found.calls.find(({ name }) => name === "left");
    assert.equal(call?.data.n, 1, found.left);
    assert.equal(new URL(call.page.url).pathname, "/");
    await until(() => page.evaluate(() => sessionStorage.getItem("dangol:dangol") === null), "the hand-over's removal");
    await context.close();
  });
}

for (const wait of [true, false]) {
  test(`without consent nothing is written anywhere, at exit neither, ${wait ? "before" : "after"} the engine has arrived`, async () => {
    const { page, context } = await open(browser, server.origin);
    await page.evaluate(async ([options, wait]) => {
      const dangol = init({ ...options, consent: "pending" }, wait ? new Promise(() => {}) : undefined);
      const tracked = dangol.track("secret");
      if (!wait) await tracked;
      setTimeout(() => { location.href = "/next"; });
    }, [GRANTED, wait]);
    await page.waitForURL("**/next");
    const left = await page.evaluate(async () => ({ local: localStorage.length, session: sessionStorage.length, databases: await indexedDB.databases() }));
    assert.deepEqual(left, { local: 0, session: 0, databases: [] });
    await context.close();
  });
}

const WHOLE = { analytics: true, personalization: true, marketing: true };
for (const [what, from, decisions, all] of [
  ["a consent", "pending", [WHOLE], true],
  ["a refusal", "pending", [{ analytics: false, personalization: false, marketing: false }], false],
  ["a consent taken back", "granted", [{ analytics: false, personalization: false }], false],
  ["a consent taken back and given again", "granted", [{ analytics: false, personalization: false }, { analytics: true }], true],
  ["a decision that says nothing about storing", "pending", [{ marketing: true }], false],
  ["one that leaves storing as it was", "granted", [{ marketing: false }], true],
]) {
  test(`${what} before the engine has arrived is the next page's, and the calls with it are only where storing is allowed`, async () => {
    const { page, context } = await open(browser, server.origin);
    await page.evaluate(([options, decisions]) => {
      const dangol = init(options, new Promise(() => {}));
      void dangol.track("seen", { call: "consent" });
      for (const decision of decisions) void dangol.consent(decision);
      setTimeout(() => { location.href = "/next"; });
    }, [{ ...GRANTED, consent: from }, decisions]);
    await page.waitForURL("**/next");
    const left = await page.evaluate(() => ({ ...sessionStorage }));
    assert.deepEqual(Object.keys(left), ["dangol:dangol"]);
    const calls = left["dangol:dangol"].trim().split("\n").map((line) => JSON.parse(line.slice(1)));
    assert.deepEqual(calls.map(({ call }) => call), [...(all ? ["track"] : []), ...decisions.map(() => "consent")]);
    // Without consent nothing tells where it was made.
    if (!all) assert.ok(!left["dangol:dangol"].includes(server.origin));
    await context.close();
  });
}

test("what ends before the page has painted fetches nothing", async () => {
  const { page, context } = await open(browser, server.origin);
  const asked = await page.evaluate(async (options) => {
    let asked = 0;
    const dangol = init(options, { then: (go) => { asked++; go(); } });
    await dangol.destroy();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return asked;
  }, GRANTED);
  assert.equal(asked, 0);
  await context.close();
});

test("a call waits two seconds for a page module that does not come, and is the next page's then", async () => {
  const { page, context } = await open(browser, server.origin);
  const waited = await page.evaluate(async (options) => {
    const dangol = init({ ...options, name: "late" }, new Promise(() => {}));
    const from = performance.now();
    const decision = await Promise.all([dangol.track("early"), dangol.show("x")]).then(([, decision]) => decision.outcome);
    const first = performance.now() - from;
    await dangol.track("later");
    return { first, decision, second: performance.now() - from - first };
  }, GRANTED);
  assert.ok(waited.first > 1_900 && waited.first < 4_000, `${waited.first} ms`);
  assert.ok(waited.second < 500, `${waited.second} ms`);
  assert.equal(waited.decision, "suppressed");
  await page.goto(`${server.origin}/next`);
  const calls = await page.evaluate(async (options) => {
    const dangol = init({ ...options, name: "late" });
    await dangol.ready;
    return inputs.find((input) => input.in === "start").stored.recovered.calls.map(({ name }) => name);
  }, GRANTED);
  assert.deepEqual(calls, ["early", "x", "later"]);
  await context.close();
});

test("a page view may have properties and no name", async () => {
  const { page, context } = await open(browser, server.origin);
  const calls = await page.evaluate(async (options) => {
    const dangol = init(options);
    await Promise.all([dangol.page(null, { z: 1 }), dangol.page(undefined, { z: 2 }), dangol.page({ z: 3 }), dangol.page("n", { z: 4 })]);
    return inputs.filter((input) => input.in === "call").map(({ name, data }) => [name ?? null, data.z]);
  }, GRANTED);
  assert.deepEqual(calls, [[null, 1], [null, 2], [null, 3], ["n", 4]]);
  await context.close();
});

test("a write key that stands beside the endpoint is the endpoint's, however that is written", async () => {
  const { fromText } = await load(`export { fromText } from "./host/text-options.ts";`);
  const endpointOf = (options) => fromText(options).endpoint;
  assert.deepEqual(endpointOf({ endpoint: "/c", writeKey: "k" }), { url: "/c", writeKey: "k" });
  assert.deepEqual(endpointOf({ endpoint: { url: "/c", flushAt: 1 }, writeKey: "k" }), { url: "/c", flushAt: 1, writeKey: "k" });
  assert.deepEqual(endpointOf({ endpoint: { url: "/c", writeKey: "own" }, writeKey: "k" }), { url: "/c", writeKey: "own" });
  assert.equal(endpointOf({ writeKey: "k" }), undefined);
  assert.equal(endpointOf({ endpoint: "/c" }), "/c");
});

test("on a server init is inert: every method is there and settles", async () => {
  const { init } = await load(`export { init } from "./index.ts";`);
  const dangol = init({ config: "/x.json" });
  assert.equal(await dangol.ready, "collect");
  assert.equal(await dangol.track("x"), undefined);
  assert.deepEqual(dangol.segments(), []);
  assert.equal((await dangol.show("x")).outcome, "suppressed");
  assert.deepEqual(await dangol.exportData(), {});
  dangol.dismiss();
  await dangol.destroy();
  assert.equal(globalThis[Symbol.for("dangol/1")], undefined);
});
