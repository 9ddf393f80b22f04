// Tabs in the background: frozen with the flush lock in hand or in line for it, and throttled; the rows are those of docs/faults.md.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { background } from "./background.mjs";
import { balanced, delivered, until } from "./judge.mjs";
import { answer, misbehave } from "./server.mjs";

const take = ({ store, socket }) => {
  store();
  socket.end(answer(200));
};
let server;
let browser;
before(async () => {
  const faults = {
    // The first request is never answered: who made it holds the lock for as long as they wait.
    holds: (request) => { if (request.turn > 1) take(request); },
    waits: (request) => { if (request.turn > 1) take(request); },
    throttled: take,
  };
  server = await misbehave(faults, { "/page": { head: '<script src="/pkg/dangol.js"></script>' } });
  browser = await background(["--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1"]);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

async function start(name, flushInterval) {
  const tab = await browser.open(`${server.origin}/page`);
  await tab.evaluate(async (name, url, flushInterval) => {
    window.said = [];
    window.addEventListener("error", ({ message }) => said.push(message));
    window.addEventListener("unhandledrejection", ({ reason }) => said.push(String(reason)));
    window.dangol.init({ name, config: { version: 1 }, consent: "granted", capture: { page: false, engagement: false }, endpoint: { url, flushInterval, flushAt: 1000 } });
    await window.dangol.ready;
  }, name, `${server.origin}/collect/${name}`, flushInterval);
  return tab;
}
const make = (tab, from, to) => tab.evaluate((from, to) => Promise.all(Array.from({ length: to - from + 1 }, (_, index) => window.dangol.track("Made", { n: from + index }))).then(() => {}), from, to);
const flush = (tab) => tab.evaluate(() => void window.dangol.flush());
const range = (to) => Array.from({ length: to }, (_, index) => index + 1);
/** The judge asks pages of another driver: this is its `page.evaluate`. */
const idle = (tab) => until(async () => {
  await flush(tab);
  return (await tab.evaluate(() => window.dangol.stats())).pending === 0;
}, "nothing pending", 30_000);

async function freeze(tab, other) {
  await other.front();
  await until(() => tab.evaluate(() => document.visibilityState === "hidden"), "the tab to be hidden");
  await tab.evaluate(() => {
    window.ticks = 0;
    setInterval(() => ticks++, 20);
  });
  await tab.send("Page.setWebLifecycleState", { state: "frozen" });
  const ticks = await tab.evaluate(() => ticks);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(await tab.evaluate(() => ticks), ticks, "nothing runs in it any more");
}

it("F24 a tab that is frozen with the flush lock in hand is replaced within two seconds, and goes on when it wakes", async () => {
  const holder = await start("holds", 60_000);
  const other = await start("holds", 60_000);
  await holder.front();
  await make(holder, 1, 5);
  await flush(holder);
  await until(() => server.ledgerOf("holds").requests.length === 1, "the request that is never answered");
  await make(other, 6, 10);
  await flush(other);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(server.ledgerOf("holds").events.size, 0, "the lock is held");
  const since = Date.now();
  await freeze(holder, other);
  await until(() => server.ledgerOf("holds").events.size >= 10, "the takeover", 10_000);
  assert.ok(Date.now() - since < 2_000, `took ${Date.now() - since} ms`);
  await idle(other);
  await holder.send("Page.setWebLifecycleState", { state: "active" });
  await make(holder, 11, 15);
  await holder.front();
  await idle(other);
  await until(() => server.ledgerOf("holds").events.size === 15, "what the tab makes once it is awake");
  await balanced(other);
  delivered(server.ledgerOf("holds"), range(15));
  assert.deepEqual([await holder.evaluate(() => said), await other.evaluate(() => said)], [[], []]);
});

it("F24 a tab that is frozen in line for the flush lock does not get it in its sleep, and asks again when it wakes", async () => {
  const sleeper = await start("waits", 60_000);
  const holder = await start("waits", 60_000);
  await holder.front();
  await make(holder, 1, 5);
  await flush(holder);
  await until(() => server.ledgerOf("waits").requests.length === 1, "the request that is never answered");
  await make(sleeper, 6, 10);
  await flush(sleeper);
  await until(() => sleeper.evaluate(async () => (await navigator.locks.query()).pending.length === 1), "the tab in line");
  await freeze(sleeper, holder);
  assert.deepEqual(await holder.evaluate(async () => (await navigator.locks.query()).pending.length), 0);
  await sleeper.send("Page.setWebLifecycleState", { state: "active" });
  await sleeper.front();
  await until(() => sleeper.evaluate(async () => {
    window.dangol.flush();
    return (await navigator.locks.query()).pending.length === 1;
  }), "the tab in line again", 10_000);
  await holder.send("Page.navigate", { url: "about:blank" });
  await until(async () => {
    await flush(sleeper);
    return server.ledgerOf("waits").events.size === 10;
  }, "everything of both", 30_000);
  await idle(sleeper);
  await balanced(sleeper);
  delivered(server.ledgerOf("waits"), range(10));
  assert.deepEqual(await sleeper.evaluate(() => said), []);
});

it("F25 in a tab whose timers are throttled nothing is lost or sent twice", async () => {
  const tab = await start("throttled", 100);
  const front = await browser.open(`${server.origin}/page`);
  await front.front();
  await until(() => tab.evaluate(() => document.visibilityState === "hidden"), "the tab to be hidden");
  await tab.evaluate(() => {
    window.ticks = 0;
    setInterval(() => ticks++, 20);
  });
  for (let n = 1; n <= 5; n++) {
    await make(tab, n, n);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const ticks = await tab.evaluate(() => ticks);
  assert.ok(ticks < 10, `an interval of 20 ms came ${ticks} times in 2.5 s: throttled`);
  await tab.front();
  await until(() => server.ledgerOf("throttled").events.size === 5, "all of it");
  await idle(tab);
  await balanced(tab);
  const ledger = server.ledgerOf("throttled");
  delivered(ledger, range(5));
  assert.ok([...ledger.stored.values()].every((times) => times === 1), "none twice");
  assert.deepEqual(await tab.evaluate(() => said), []);
});
