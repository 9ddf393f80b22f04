// A configuration's address that answers with whatever would hurt a page: the shop works on, under the last good one.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { html, launch, open, serve } from "../js/lab.mjs";

const GOOD = JSON.stringify({ version: 1, segments: { good: { when: {} } } });
let browser, server, answer;

before(async () => {
  const shop = `import { init } from "/pkg/index.js";
    window.problems = [];
    window.tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ entryTypes: ["longtask"] });
    window.dangol = init({ config: "/config.json", consent: "granted" });
    dangol.on("problem", (problem) => problems.push(problem));
    await dangol.ready;
    await dangol.track("Looked");
    window.started = true;`;
  server = await serve({ "/": html('<script type="module" src="/shop.js"></script>'), "/shop.js": shop, "/config.json": (request, response) => answer(request, response) });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

const text = (body) => (request, response) => response.writeHead(200, { "Content-Type": "application/json" }).end(body);
const nested = (open, close) => open.repeat(10_000) + "1" + close.repeat(10_000);

/** A page that has seen the good configuration, then once more under `hostile`; what it says of itself. */
async function under(hostile, allowed = /^$/) {
  answer = text(GOOD);
  const { page, context, said } = await open(browser, `${server.origin}/`);
  await page.waitForFunction(() => window.started);
  await page.evaluate(() => dangol.track("Stored"));
  answer = hostile;
  await page.reload();
  await page.waitForFunction(() => window.started, undefined, { timeout: 60_000 });
  await page.waitForLoadState("networkidle", { timeout: 60_000 });
  await page.waitForTimeout(200);
  const state = await page.evaluate(async () => {
    const times = [];
    for (let n = 0; n < 50; n++) {
      const before = performance.now();
      const call = dangol.track("Product Viewed", { n });
      times.push(performance.now() - before);
      await call;
    }
    return { segments: dangol.segments(), codes: problems.map(({ code }) => code), mode: await dangol.ready, track: times.sort((a, b) => a - b)[45], tasks };
  });
  assert.deepEqual(said.filter((line) => !allowed.test(line)), []);
  assert.equal(state.mode, "full");
  await context.close();
  return state;
}

describe("a hostile configuration", () => {
  for (const [name, body] of Object.entries({
    "is no JSON": "<html>maintenance</html>", "is cut off": GOOD.slice(0, 30), "is NaN": '{"version":NaN}', "is null": "null", "is a list 10,000 deep": nested("[", "]"), "is empty": "",
  })) {
    it(`that ${name} leaves the last good one in force`, async () => {
      const { segments, codes } = await under(text(body));
      assert.deepEqual([segments, codes], [["good"], ["config-unreadable"]]);
    });
  }

  it("of 50 MB is not read to its end", async () => {
    let sent = 0;
    const { segments, codes } = await under((request, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.write('{"version":1,"x":"');
      const piece = "x".repeat(1 << 16);
      const more = () => {
        while (sent < 50 << 20 && !response.destroyed) {
          sent += piece.length;
          if (!response.write(piece)) return response.once("drain", more);
        }
        if (!response.destroyed) response.end('"}');
      };
      more();
    });
    assert.deepEqual([segments, codes], [["good"], ["config-unreachable"]]);
    assert.ok(sent < 30 << 20, `${sent} bytes were taken`);
  });

  it("that never ends is given up, and the page does not wait for it", async () => {
    const { segments } = await under((request, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.write('{"version":1,');
      setTimeout(() => response.destroy(), 4_000);
    }, /ERR_INCOMPLETE_CHUNKED/);
    assert.deepEqual(segments, ["good"]);
  });

  it("nested 10,000 deep in its parts switches those off", async () => {
    const { segments } = await under(text(`{"version":1,"segments":{"good":{"when":{}},"deep":{"when":${nested('{"$not":', "}")}}}}`));
    assert.deepEqual(segments, ["good"]);
  });

  it("with 10,000 campaigns and 10,000 segments runs", async (context) => {
    const segments = Object.fromEntries(Array.from({ length: 9_999 }, (_, n) => [`s${n}`, { when: { $did: { event: `E${n % 100}`, count: { $gte: 3 } } } }]));
    const campaigns = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`c${n}`, { trigger: { event: `E${n % 100}` }, message: { layout: "toast", blocks: [{ text: "hi" }] } }]));
    const config = JSON.stringify({ version: 1, segments: { good: { when: {} }, ...segments }, campaigns });
    assert.ok(config.length < 2_000_000);
    const state = await under(text(config));
    context.diagnostic(`${config.length} bytes: longest task ${Math.max(0, ...state.tasks).toFixed(0)} ms, track() ${state.track.toFixed(2)} ms at the 90th percentile`);
    assert.deepEqual([state.segments, state.codes], [["good"], []]);
    // Hundreds of times what a shop has, on a loaded machine and an unoptimised build: no hang.
    assert.ok(Math.max(0, ...state.tasks) < 6_000 && state.track < 50);
  });
});

it("nothing that a shop can pass to track() throws, rejects or leaves the ledger short", async () => {
  answer = text(GOOD);
  const { page, context, said } = await open(browser, `${server.origin}/`);
  await page.waitForFunction(() => window.started);
  const outcome = await page.evaluate(async () => {
    const circle = {};
    circle.self = circle;
    let deep = {};
    for (let n = 0; n < 100_000; n++) deep = { deep };
    const values = [circle, deep, { n: 10n }, { d: new Date(NaN) }, { s: Symbol("x") }, { f() {} }, new Map([[1, 2]]), { get boom() { throw new Error("getter"); } },
      { toJSON() { throw new Error("toJSON"); } }, new Proxy({}, { ownKeys() { throw new Error("proxy"); } }), JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
      { t: "\ud800" }, { t: "x".repeat(10 << 20) }, Array.from({ length: 1e5 }, (_, n) => n), { list: Array.from({ length: 1e6 }, () => null) }, null, 7, "text", () => {}, window, document, Object.create(null), { n: NaN, i: Infinity, u: undefined }];
    const failed = [];
    const before = dangol.stats();
    for (const [index, value] of values.entries()) {
      for (const call of [() => dangol.track("Odd", value), () => dangol.track(value), () => dangol.identify(value), () => dangol.page(value, value)]) {
        try {
          await call();
        } catch (error) {
          failed.push(`${index}: ${error}`);
        }
      }
    }
    const after = dangol.stats();
    return { failed, polluted: ({}).polluted, mode: await dangol.ready, before, after };
  });
  assert.deepEqual([outcome.failed, outcome.polluted, outcome.mode], [[], undefined, "full"]);
  assert.ok(outcome.after.local > outcome.before.local);
  assert.deepEqual(said, []);
  await context.close();
});
