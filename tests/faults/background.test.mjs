// Tabs in the background: frozen with the flush lock in hand or in line for it, and throttled; the rows are those of docs/faults.md.
import assert from "node:assert/strict";
import { it } from "node:test";
import { background } from "./background.mjs";
import { judged, until } from "./judge.mjs";
import { POLICY } from "./server.mjs";
import { begin, flush, idle, make, range, SCRIPT, stage, take } from "./stage.mjs";

const { open: browser, server, judgeTasks } = await stage({
  // The first request is never answered: who made it holds the lock for as long as they wait.
  holds: (request) => { if (request.turn > 1) take(request); },
  waits: (request) => { if (request.turn > 1) take(request); },
  collects: (request) => { if (request.turn > 1) take(request); },
  // Longer than any lease that a tab might think of, renewed by timers that hardly come.
  throttled: (request) => void setTimeout(() => take(request), 2_000),
}, {
  pages: { "/page": { head: SCRIPT }, "/collects": { head: SCRIPT, headers: `Content-Security-Policy: ${POLICY.replace(" 'wasm-unsafe-eval'", "")}\r\n` } },
  launch: () => background(["--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1"]),
});

/** A tab with the SDK, and what the judge hears of it. */
async function start(name, flushInterval, path = "/page") {
  const tab = await browser.open();
  const ears = await begin(tab, server.origin + path, { name, capture: { page: false, engagement: false }, endpoint: { url: `${server.origin}/collect/${name}`, flushInterval } });
  return [tab, ears];
}

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

const holds = async (name, path, mode) => {
  const [holder, holderEars] = await start(name, 60_000, path);
  const [other, otherEars] = await start(name, 60_000, path);
  const ledger = server.ledgerOf(name);
  assert.equal(await holder.evaluate(() => window.dangol.ready), mode);
  await holder.front();
  await make(holder, 1, 5);
  await flush(holder);
  await until(() => ledger.requests.length === 1, "the request that is never answered");
  await make(other, 6, 10);
  await flush(other);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(ledger.events.size, 0, "the lock is held");
  const since = Date.now();
  await freeze(holder, other);
  await until(() => ledger.events.size >= 10, "the takeover", 10_000);
  assert.ok(Date.now() - since < 2_000, `took ${Date.now() - since} ms`);
  await idle(other);
  await holder.send("Page.setWebLifecycleState", { state: "active" });
  await make(holder, 11, 15);
  await holder.front();
  await idle(other);
  await until(() => ledger.events.size === 15, "what the tab makes once it is awake");
  await judged(other, otherEars, ledger, range(1, 15));
  await holderEars.calm();
};
it("F24 a tab that is frozen with the flush lock in hand is replaced within two seconds, and goes on when it wakes", () => holds("holds", "/page", "full"));
it("F24 and so it is without an engine", () => holds("collects", "/collects", "collect"));

it("F24 a tab that is frozen in line for the flush lock does not get it in its sleep, and asks again when it wakes", async () => {
  const [sleeper, ears] = await start("waits", 60_000);
  const [holder] = await start("waits", 60_000);
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
  await judged(sleeper, ears, server.ledgerOf("waits"), range(1, 10));
});

it("F25 in a tab whose timers are throttled nothing is lost or sent twice, also where another tab stands in line behind its slow request", async () => {
  const [tab, ears] = await start("throttled", 100);
  const [front, frontEars] = await start("throttled", 60_000);
  const ledger = server.ledgerOf("throttled");
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
  await until(() => ledger.requests.length, "a request of the hidden tab");
  await make(front, 6, 10);
  await flush(front);
  await until(() => ledger.events.size === 10, "all of both");
  await tab.front();
  await idle(tab);
  await judged(tab, ears, ledger, range(1, 10));
  await frontEars.calm();
  assert.ok([...ledger.stored.values()].every((times) => times === 1), "none twice");
});

judgeTasks();
