// Load: a burst, many routes. Nothing is lost but what the bounds say, and that is counted.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stats, total } from "../faults/judge.mjs";
import { begin, idle, stage, take } from "../faults/stage.mjs";

const { open, server, judgeTasks } = await stage({ burst: take, routes: take, tabs: take });
const start = (page, name, capture = { page: false }) => begin(page, `${server.origin}/page`, { capture, endpoint: { url: `${server.origin}/collect/${name}`, flushAt: undefined } });
const empty = (page) => idle(page, 240_000);

describe("load", () => {
  it("a burst of 100,000 events: every one is delivered or counted as dropped", async (t) => {
    const page = await open.newPage();
    await start(page, "burst");
    const took = await page.evaluate(async () => {
      const started = performance.now();
      let last;
      // The loop is the shop's, and one task whatever it calls; all that follows it is ours.
      performance.mark("theirs");
      for (let n = 1; n <= 100_000; n++) last = window.dangol.track("Made", { n });
      const took = performance.now() - started;
      await last;
      return took;
    });
    await empty(page);
    const { created, acknowledged, dropped } = await stats(page);
    t.diagnostic(`${Math.round(took)} ms in the calls; ${acknowledged} acknowledged, dropped ${JSON.stringify(dropped)}`);
    assert.equal(created, 100_000);
    assert.equal(acknowledged + total(dropped), created);
    assert.equal(server.ledgerOf("burst").stored.size, acknowledged);
    await page.close();
  });

  it("ten tabs of 1,000 events each, 25 a second: every one arrives, once", async (t) => {
    const context = await open.newContext();
    const pages = [];
    for (let tab = 0; tab < 10; tab++) {
      pages.push(await context.newPage());
      await start(pages[tab], "tabs");
    }
    await Promise.all(pages.map((page, tab) => page.evaluate(async (tab) => {
      const durable = [];
      for (let n = 1; n <= 1000; n++) {
        durable.push(window.dangol.track("Made", { tab, n }));
        if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 400));
      }
      await Promise.all(durable);
    }, tab)));
    for (const page of pages) await empty(page);
    const { stored, events, requests } = server.ledgerOf("tabs");
    t.diagnostic(`${stored.size} events in ${requests.length} requests`);
    assert.deepEqual([...stored].filter(([, times]) => times > 1), [], "none twice");
    const made = new Set([...events.values()].map(({ properties: { tab, n } }) => `${tab}/${n}`));
    assert.equal(made.size, 10_000, "none missing");
    await context.close();
  });

  it("1,000 routes of a single-page shop: heap and listeners stay flat", async (t) => {
    const context = await open.newContext();
    const page = await context.newPage();
    await start(page, "routes", { page: true });
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable");
    const measure = async () => {
      await session.send("HeapProfiler.collectGarbage");
      const { metrics } = await session.send("Performance.getMetrics");
      const value = (name) => metrics.find((metric) => metric.name === name).value;
      return { heap: value("JSHeapUsedSize"), listeners: value("JSEventListeners"), nodes: value("Nodes") };
    };
    const walk = (from, to) => page.evaluate(async ([from, to]) => {
      for (let n = from; n < to; n++) {
        history.pushState(null, "", `/page?route=${n}`);
        await new Promise((resolve) => setTimeout(resolve));
      }
      await window.dangol.flush();
    }, [from, to]);
    await walk(0, 200);
    await empty(page);
    const before = await measure();
    await walk(200, 1_200);
    await empty(page);
    // What is under way at this moment, a lock or an answer that is read, listens too, and is gone in the next.
    let afterwards = await measure();
    for (let again = 0; again < 10 && afterwards.listeners > before.listeners; again++) {
      await page.waitForTimeout(200);
      afterwards = await measure();
    }
    t.diagnostic(JSON.stringify({ before, afterwards }));
    assert.equal(afterwards.listeners, before.listeners);
    assert.ok(afterwards.nodes <= before.nodes + 10);
    assert.ok(afterwards.heap < before.heap + 2_000_000, `${afterwards.heap - before.heap} bytes more`);
    await context.close();
  });

  judgeTasks(["burst"]);
});
