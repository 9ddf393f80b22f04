// A page that Segment's analytics.js is on: the stand-in keeps the order of its documented snippet and middleware.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { events, lab, tag, taken } from "./lab.mjs";

// As the library does it: source middlewares run one after another, each hands the payload on, then it is delivered.
const ANALYTICS = `
  const middlewares = [], listeners = {};
  window.delivered = [];
  const run = (obj) => middlewares.reduceRight((next, one) => (payload) => one({ payload, next, integrations: {} }), (payload) => delivered.push(payload.obj))({ obj });
  window.analytics = {
    addSourceMiddleware: (one) => { middlewares.push(one); },
    on: (event, one) => { (listeners[event] = listeners[event] || []).push(one); },
    off: (event, one) => { listeners[event] = listeners[event].filter((other) => other !== one); },
    track: (event, properties) => run({ type: "track", event, properties }),
    page: (name, properties) => run({ type: "page", name, properties }),
    identify: (userId, traits) => run({ type: "identify", userId, traits }),
    group: (groupId) => run({ type: "group", groupId }),
    reset: () => listeners.reset.forEach((one) => one()),
  };`;
// Long there when Dangol comes: who it knows is asked, `user()` as analytics.js 2 has it and as a promise.
const KNOWN = (user) => `${ANALYTICS} window.analytics.user = () => (${user});`;
const html = (script, capture) => `<!doctype html><html lang="ko"><meta charset="utf-8"><title>shop</title><script>${script}</script><body>${tag(capture)}`;

let shop;
before(async () => {
  shop = await lab({ "/": html(ANALYTICS, "page segment"), "/own-pages": html(ANALYTICS, "segment"), "/late": html("", "page segment"),
    "/member": html(KNOWN('{ id: () => "m7", traits: () => ({ grade: "gold" }) }'), "page segment"),
    "/promised": html(KNOWN('Promise.resolve({ id: () => "m8", traits: () => ({}) })'), "page segment"),
    "/anonymous": html(KNOWN('{ id: () => null, traits: () => ({ plan: "free" }) }'), "page segment"),
    // The snippet alone: its methods are there and answer nothing, the library comes later and runs what waits.
    "/snippet": html(`window.analytics = []; for (const name of ["track", "identify", "reset", "on", "ready", "addSourceMiddleware"]) analytics[name] = (...args) => analytics.push([name, ...args]);`, "page segment"),
  });
});
after(() => shop.close());

test("what Segment is told, Dangol is told; Segment goes on as before", async () => {
  const { page, context, said } = await shop.visit("/");
  await page.evaluate(() => {
    analytics.identify("m1", { grade: "vip" });
    analytics.track("Product Viewed", { product_id: "p1" });
    analytics.page("Product");
    analytics.group("g");
  });
  assert.deepEqual(await events(page, 2), [["Identified", { grade: "vip" }], ["Product Viewed", { product_id: "p1" }]]);
  assert.equal((await page.evaluate(async () => (await dangol.exportData()).userId)), "m1");
  assert.deepEqual(await page.evaluate(() => delivered.map(({ type }) => type)), ["identify", "track", "page", "group"]);
  const views = await page.evaluate(async () => (await dangol.exportData()).journey.filter(({ event }) => event === "Page Viewed").length);
  assert.equal(views, 1, "Dangol counts page views itself");
  await page.evaluate(() => analytics.reset());
  await page.waitForFunction(async () => !(await dangol.exportData()).userId);
  await page.evaluate(() => dangol.destroy().then(() => analytics.track("After")));
  assert.equal(await page.evaluate(() => delivered.at(-1).event), "After");
  assert.deepEqual(said, []);
  await context.close();
});

test("Segment's page views count where Dangol takes none", async () => {
  const { page, context } = await shop.visit("/own-pages");
  await page.evaluate(() => analytics.page("Home", { kind: "main" }));
  await page.waitForFunction(async () => (await dangol.exportData()).journey.some(({ event, properties }) => event === "Page Viewed" && properties.name === "Home" && properties.kind === "main"));
  assert.deepEqual(await taken(page), []);
  await context.close();
});

test("a library that arrives later is found", async () => {
  const { page, context } = await shop.visit("/late");
  await page.evaluate(ANALYTICS);
  await page.waitForTimeout(600);
  await page.evaluate(() => window.analytics.track("Late", {}));
  assert.deepEqual(await events(page, 1), [["Late", {}]]);
  await context.close();
});

test("who Segment knew before Dangol came is known, once", async () => {
  for (const [path, id, traits] of [["/member", "m7", { grade: "gold" }], ["/promised", "m8", {}]]) {
    const { page, context, said } = await shop.visit(path);
    assert.deepEqual(await events(page, 1), [["Identified", traits]]);
    assert.equal(await page.evaluate(async () => (await dangol.exportData()).userId), id);
    await page.reload();
    await page.evaluate(() => dangol.ready);
    await page.waitForTimeout(500);
    assert.equal((await taken(page)).length, 1, "nothing is noted while it is the same member");
    assert.deepEqual(said, []);
    await context.close();
  }
});

test("the traits of a visitor whom nobody knows are taken, with and without a call", async () => {
  const { page, context } = await shop.visit("/anonymous");
  assert.deepEqual(await events(page, 1), [["Identified", { plan: "free" }]]);
  await page.evaluate(() => analytics.identify(undefined, { plan: "plus" }));
  assert.deepEqual((await events(page, 2))[1], ["Identified", { plan: "plus" }]);
  const { userId, document } = await page.evaluate(() => dangol.exportData());
  assert.deepEqual([userId ?? null, document.traits], [null, { plan: "plus" }]);
  await context.close();
});

test("a library that runs its snippet's calls later is asked when it is ready", async () => {
  const { page, context } = await shop.visit("/snippet");
  await page.waitForFunction(() => analytics.some(([name]) => name === "ready"));
  await page.evaluate(() => { window.waiting = window.analytics; });
  await page.evaluate(ANALYTICS);
  await page.evaluate(() => {
    window.analytics.user = () => ({ id: () => "m9", traits: () => ({ grade: "vip" }) });
    window.analytics.ready = (one) => one();
    for (const [name, ...args] of window.waiting) window.analytics[name](...args);
  });
  assert.deepEqual(await events(page, 1), [["Identified", { grade: "vip" }]]);
  await context.close();
});
