// How a page drives the engine: when it is asked, in which order its effects are performed, and what follows a trap.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, OPTIONS, server, started } from "./host-lab.mjs";
import { load, open, until } from "./lab.mjs";

test("effects are performed in order; a claim holds up what follows until its transaction is complete", async () => {
  const { page, context } = await started();
  const order = await page.evaluate(async () => {
    const order = [];
    dangol.on("segment", ({ segment }) => order.push(segment));
    const say = (segment) => ({ e: "notify", type: "segment", detail: { segment } });
    script = (input) => input.name === "go" ? [say("1"), { e: "claim" }, say("4"), { e: "settle", ids: [input.id] }]
      : input.in === "claimed" ? (order.push("2:" + input.shared), [{ e: "save", save: 9, shared: "mine" }, say("3")])
      : input.in === "saved" ? (order.push("saved"), []) : undefined;
    await dangol.track("go");
    await dangol.track("go");
    return order;
  });
  assert.deepEqual(order.filter((entry) => entry !== "saved"), ["1", "2:null", "3", "4", "1", "2:mine", "3", "4"]);
  await context.close();
});

test("what was to be written before a claim was answered is written with its decision, but for what is behind an erasure", async () => {
  const { page, context } = await started();
  const written = await page.evaluate(async () => {
    const save = (id, number) => ({ e: "save", save: number, events: [[id, JSON.stringify({ messageId: id })]] });
    const written = new Map();
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (text, key) {
      if (this.name === "events") written.set(this.transaction, [...(written.get(this.transaction) || []), key]);
      return put.call(this, text, key);
    };
    script = (input) => input.name === "go" ? [{ e: "claim" }, { e: "broadcast", data: [] }, save("older", 11), { e: "wipe", settle: [input.id] }, save("afterwards", 12)]
      : input.in === "claimed" ? [save("younger", 13)] : undefined;
    await dangol.track("go");
    script = undefined;
    // Of the three, what was left by the erasure.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const keys = await new Promise((resolve) => { const open = indexedDB.open("dangol"); open.onsuccess = () => { const all = open.result.transaction("events").objectStore("events").getAllKeys(); all.onsuccess = () => resolve(all.result); }; });
    return [[...written.values()], keys];
  });
  assert.deepEqual(written, [[["older", "younger"], ["afterwards"]], ["afterwards"]]);
  await context.close();
});

test("what a claim changes about a message is not undone by what was asked while it waited", async () => {
  const { page, context } = await started();
  const seen = await page.evaluate(async () => {
    const seen = [];
    dangol.on("message", ({ impression, tree, what }) => seen.push([impression, tree ?? null, what ?? "shown"]));
    const message = (impression) => ({ impression, campaign: "c", layout: "custom", tree: "preparing" });
    script = (input) => input.name === "go" ? [{ e: "claim" }, { e: "settle", ids: [input.id] }]
      : input.name === "drawn" ? [{ e: "show", message: message("coupon") }, { e: "show", message: message("gone") }, { e: "settle", ids: [input.id] }]
      : input.in === "claimed" ? [{ e: "save", save: 9, shared: "mine" }, { e: "update", impression: "coupon", tree: "issued" }, { e: "remove", impression: "gone" }]
      : undefined;
    // The claim waits for its transaction, and the display for the claim.
    const calls = [dangol.track("go"), dangol.track("drawn")];
    // A question has both given at once; on a busy machine the second would be, in a task of its own, behind the claim's answer.
    dangol.stats();
    await Promise.all(calls);
    return seen;
  });
  assert.deepEqual(seen, [["coupon", "issued", "shown"]]);
  await context.close();
});

test("the newest timer counts, however long an older one lay behind a claim", async () => {
  const { page, context } = await started();
  await page.evaluate(async () => {
    script = (input) => input.name === "go" ? [{ e: "claim" }, { e: "wake", at: Date.now() + 60_000 }, { e: "settle", ids: [input.id] }]
      : input.in === "claimed" ? [{ e: "wake", at: Date.now() + 100 }] : undefined;
    await dangol.track("go");
  });
  await until(() => page.evaluate(() => given("wake").length === 1), "the timer of the claim's answer");
  await context.close();
});

test("the flush lock passes from tab to tab, also when its holder goes", async () => {
  const { page, context } = await started();
  const other = await context.newPage();
  await other.goto(server.origin);
  const take = async (page) => page.evaluate(async (options) => {
    window.dangol ??= init(options);
    await dangol.ready;
    script = (input) => (input.name === "lock" ? [{ e: "lock" }, { e: "settle", ids: [input.id] }] : undefined);
    await dangol.track("lock");
  }, OPTIONS);
  await take(page);
  await until(() => page.evaluate(() => given("locked").length === 1), "the lock");
  await take(other);
  await page.waitForTimeout(150);
  assert.equal(await other.evaluate(() => given("locked").length), 0);
  const asked = Date.now();
  await page.close();
  await until(() => other.evaluate(() => given("locked").length === 1), "the take-over");
  assert.ok(Date.now() - asked < 2000);
  await context.close();
});

test("a trap costs the call that caused it, then the engine is made anew, twice; then events are only collected", async () => {
  const { page, said, context } = await open(browser, server.origin);
  const result = await page.evaluate(async (options) => {
    const problems = [];
    const dangol = (window.dangol = init({ ...options, endpoint: "/collect" }));
    dangol.on("problem", ({ code }) => problems.push(code));
    await dangol.ready;
    await Promise.all([dangol.track("before"), dangol.track("trap"), dangol.track("after")]);
    const once = instances();
    await dangol.track("trap");
    await dangol.track("fine");
    const twice = instances();
    const last = await Promise.all([dangol.track("trap"), dangol.track("collected")]);
    return { once, twice, last, problems, stats: dangol.stats(), names: given("call").map(({ name }) => name).filter(Boolean) };
  }, OPTIONS);
  assert.equal(result.once, 1);
  assert.equal(result.twice, 2);
  assert.deepEqual(result.problems, ["crashed"]);
  assert.deepEqual(result.names.filter((name) => name === "trap").length, 3);
  for (const name of ["before", "after", "fine"]) assert.ok(result.names.includes(name));
  assert.equal(result.stats.pending >= 1, true, JSON.stringify(result.stats));
  assert.deepEqual(said, []);
  await context.close();
});

test("200 times init and destroy leave the page as it was", async () => {
  const { page, said, context } = await open(browser, server.origin);
  const left = await page.evaluate(async (options) => {
    let listeners = 0;
    for (const target of [window, document, window.navigation]) {
      const { addEventListener, removeEventListener } = target;
      target.addEventListener = function (...args) { listeners++; return addEventListener.apply(this, args); };
      target.removeEventListener = function (...args) { listeners--; return removeEventListener.apply(this, args); };
    }
    const globals = Reflect.ownKeys(window).length;
    for (let index = 0; index < 200; index++) {
      const dangol = init(options);
      if (index % 2) await dangol.ready;
      await dangol.destroy();
      await dangol.track("late");
    }
    return { listeners, globals: Reflect.ownKeys(window).length - globals - ("inputs" in window), children: document.documentElement.children.length };
  }, OPTIONS);
  assert.deepEqual(left, { listeners: 0, globals: 0, children: 2 });
  assert.deepEqual(said, []);
  await context.close();
});

test("a call returns before the engine is asked, and what is asked or told after it still comes after it", async () => {
  const { page, context } = await started();
  const seen = await page.evaluate(async () => {
    const since = inputs.length;
    const later = () => inputs.slice(since).map((input) => input.name ?? input.what ?? input.signal);
    dangol.track("a");
    const inCall = later().length;
    dangol.segments();
    const asked = later();
    dangol.track("b");
    await Promise.resolve();
    await Promise.resolve();
    return { inCall, asked, behind: later() };
  });
  assert.deepEqual(seen, { inCall: 0, asked: ["a", "segments"], behind: ["a", "segments", "b"] });
  await context.close();
});

test("a burst of calls lets the page breathe and keeps its order", async () => {
  const { page, context } = await started();
  const seen = await page.evaluate(async () => {
    const names = () => inputs.filter((input) => /^burst|^online/.test(input.name ?? input.signal)).map((input) => input.name ?? input.signal);
    window.script = (input) => {
      const end = performance.now() + (input.name ? 1 : 0);
      while (performance.now() < end);
      return input.in === "call" ? [{ e: "settle", ids: [input.id] }] : [];
    };
    const all = [];
    for (let index = 0; index < 60; index++) all.push(dangol.track("burst" + index));
    await Promise.resolve();
    await Promise.resolve();
    const first = names().length;
    window.dispatchEvent(new Event("online"));
    const told = names();
    await Promise.all(all);
    return { first, last: told.at(-1), before: told.length - 1, order: names().slice(0, 60).every((name, index) => name === "burst" + index) };
  });
  assert.ok(seen.first > 0 && seen.first < 60, `${seen.first} in the first slice`);
  assert.deepEqual([seen.last, seen.before, seen.order], ["online", 60, true]);
  await context.close();
});

test("what a start calls is compiled ahead, and the configuration ahead of the start, which names it only where it has changed since, each in a task of its own", async () => {
  const { page, context } = await open(browser, server.origin);
  const seen = await page.evaluate(async () => {
    const order = [];
    const next = (between) => new Promise((resolve) => {
      window.script = (input) => {
        order.push(input.in);
        if (input.in === "config") setTimeout(() => order.push(between));
        if (input.in === "start") resolve(input.config);
        return input.in === "start" ? [{ e: "allow", store: false }] : [];
      };
    });
    const first = next("another task");
    // These are nobody's: they have the browser compile what they call.
    window.rehearse = (kind) => {
      order.push(`${kind}, nobody's`);
      if (kind !== "start") setTimeout(() => order.push("another task"));
    };
    window.dangol = init({ config: { version: 1 }, consent: "granted", storage: "memory" });
    const told = await first;
    await dangol.ready;
    const anew = next("nothing");
    window.script = ((script) => (input) => { if (input.name === "trap") throw new WebAssembly.RuntimeError("unreachable"); return script(input); })(window.script);
    void dangol.track("trap");
    const compiled = given("config").map(({ text }) => text);
    return { order: order.slice(0, 10), told, compiled, anew: await anew };
  });
  const ahead = ["config, nobody's", "another task", "start, nobody's", "call, nobody's", "another task", "claimed, nobody's", "another task"];
  assert.deepEqual(seen, { order: [...ahead, "config", "another task", "start"], told: null, compiled: ['{"version":1}'], anew: '{"version":1}' });
  await context.close();
});

test("a link leads to pages, mails and calls alone, whatever the engine says", async () => {
  const { page, said, context } = await started();
  const opened = await page.evaluate(async () => {
    const opened = [];
    window.open = (url) => void opened.push(url);
    const wrong = ["javascript:void(window.ran = 1)", " JaVa\tScRiPt:void(window.ran = 1)", "data:text/html,x", "blob:x", "file:///x", "about:blank"];
    const right = ["/next", "https://shop.example/", "mailto:a@shop.example", "tel:+8225550100"];
    script = (input) => (input.name === "go" ? [
      ...[...wrong, ...right].map((url) => ({ e: "open", url, new_tab: true })),
      ...wrong.flatMap((url) => [{ e: "open", url }, { e: "redirect", url }]),
      { e: "settle", ids: [input.id] },
    ] : undefined);
    await dangol.track("go");
    await new Promise((resolve) => setTimeout(resolve, 200));
    return [window.ran, ...opened];
  });
  assert.deepEqual(opened, [undefined, `${server.origin}/next`, "https://shop.example/", "mailto:a@shop.example", "tel:+8225550100"]);
  // The policy of this page would say what it refused to run.
  assert.deepEqual([said, page.url()], [[], `${server.origin}/`]);
  await context.close();
});

test("what an engine that was thrown away still waits for ends no wait of its successor", async () => {
  const { Runtime } = await load(`export { Runtime } from "./host/runtime.ts";`);
  const ends = [];
  const noted = [];
  const runtime = new Runtime({ hold: () => new Promise((resolve) => ends.push(resolve)), note: ({ what }) => void noted.push(what) }, () => {}, false);
  const engine = (what) => ({ handle: () => JSON.stringify([{ e: "hold" }, { e: "note", what }]) });
  const tick = () => new Promise((resolve) => setTimeout(resolve));
  for (const what of ["former", "newer"]) {
    runtime.use(engine(what));
    runtime.give("{}");
  }
  ends[0]();
  await tick();
  assert.deepEqual(noted, []);
  ends[1]();
  await tick();
  assert.deepEqual(noted, ["newer"]);
});

test("a store that never answers holds up what stands behind it for five seconds", async (t) => {
  const { makePerformers } = await load(`export { makePerformers } from "./host/effects.ts";`);
  const never = () => new Promise(() => {});
  const { performers } = makePerformers({ link: { options: {}, calls: new Map(), emit() {} }, store: { claim: never, wipe: never, allow: never } });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const tick = () => new Promise((resolve) => setImmediate(resolve));
  let over = 0;
  for (const effect of [{ e: "claim" }, { e: "wipe" }, { e: "allow", store: true }]) void performers[effect.e](effect).then(() => over++);
  t.mock.timers.tick(4_999);
  await tick();
  assert.equal(over, 0);
  t.mock.timers.tick(1);
  await tick();
  assert.equal(over, 3);
});

test("an endpoint that no browser makes a request to is told at the start, with its value and the reason", async () => {
  const problems = async (endpoint) => {
    const { page, said, context } = await open(browser, server.origin);
    const told = await page.evaluate(async (endpoint) => {
      const told = [];
      const dangol = init({ config: { version: 1 }, consent: "granted", endpoint });
      dangol.on("problem", (problem) => told.push(problem));
      await dangol.ready;
      return told;
    }, endpoint);
    await context.close();
    assert.deepEqual(said, []);
    return told;
  };
  const [{ code, message }, ...more] = await problems({ url: "/collect", headers: { "X-Ok": "fine", "X-Shop": "단골" } });
  assert.equal(code, "invalid-endpoint");
  assert.match(message, /^\/endpoint .*"X-Shop":"단골".*headers/);
  assert.deepEqual(more, []);
  for (const endpoint of [{ url: "/collect", headers: { "X Shop": "a" } }, "https://key:@shop.test/v1/batch", { url: "https://" }]) {
    assert.equal((await problems(endpoint))[0]?.code, "invalid-endpoint", JSON.stringify(endpoint));
  }
  for (const endpoint of [undefined, null, "/collect", "https://shop.test/", { url: "/collect" }, { url: "/collect", headers: { "X-Ok": "dän" } }]) {
    assert.deepEqual(await problems(endpoint), [], JSON.stringify(endpoint));
  }
});
