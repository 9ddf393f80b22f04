// Delivery to receivers that nobody here wrote, what Segment's own validators say of the events, and what Segment's own
// client sends for the same calls. What is not installed is skipped with a line that says so.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { html, launch, POLICY, serve } from "../js/lab.mjs";
import { root } from "../../xtask/setup.mjs";
import { shop, until } from "../wire/page.mjs";
import { eventsOf, receiver } from "../wire/receiver.mjs";
import { clickhouse, datasette, jetstream, sink } from "./receivers/servers.mjs";

const folder = join(root, "tests", "long", "receivers");
const own = createRequire(join(folder, "package.json"));
let place;

before(async () => {
  if (!existsSync(join(folder, "node_modules", ".package-lock.json"))) spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, stdio: "ignore" });
  place = await shop();
});
after(() => place?.close());

/** Starts a receiver and gives a visitor who sends to it; skips the test where it is not installed. */
async function to(context, start, endpoint = {}) {
  const server = await start();
  if (server.missing) {
    context.skip(`not installed: ${server.missing}`);
    return undefined;
  }
  context.after(server.close);
  const visitor = await place.visitor({ endpoint: { url: server.url, flushInterval: 0, ...(server.headers && { headers: server.headers }), ...endpoint } });
  context.after(visitor.close);
  return { server, visitor };
}

const many = (visitor, count) => visitor.page.evaluate((count) => Promise.all(Array.from({ length: count }, (_, n) => dangol.track("Product Viewed", { n, name: "단골 \"머그\" ☕" }))), count);

describe("receivers of others", { timeout: 240_000 }, () => {
  it("nginx keeps every body, compressed ones too", async (context) => {
    for (const compress of [false, true]) {
      const made = await to(context, sink, { compress });
      if (!made) return;
      await many(made.visitor, 50);
      const { acknowledged } = await made.visitor.settled();
      const requests = await until(() => made.server.requests().length && made.server.requests(), "the log");
      assert.ok(requests.every(({ type }) => type.startsWith("text/plain")));
      if (compress) assert.ok(requests.some(({ encoding }) => encoding === "gzip"));
      else assert.equal(requests.flatMap(({ body }) => eventsOf(body)).length, acknowledged);
    }
  });

  it("nginx's own rate limit is waited for, and nothing is lost", async (context) => {
    const made = await to(context, async () => {
      const started = await sink();
      return started.missing ? started : { ...started, url: `${started.url}/limited/` };
    }, { flushAt: 1 });
    if (!made) return;
    for (let n = 0; n < 6; n++) await made.visitor.track("Product Viewed", { n });
    const { acknowledged, dropped } = await made.visitor.settled();
    assert.deepEqual([acknowledged, dropped], [7, {}]);
    const passed = await until(() => {
      const all = made.server.requests().flatMap(({ body }) => (body ? eventsOf(body) : []));
      return new Set(all.map(({ messageId }) => messageId)).size === 7 && all;
    }, "all events in the log");
    assert.ok(passed.length >= 7);
  });

  it("Datasette takes rows, a hundred at a time, and each once", async (context) => {
    const made = await to(context, datasette, { format: { envelope: "rows" }, flushAt: 500, flushInterval: 600_000 });
    if (!made) return;
    // More than Datasette takes at once: it answers 400, and the batch is halved.
    await many(made.visitor, 150);
    const { acknowledged, dropped } = await made.visitor.settled();
    assert.deepEqual([acknowledged, dropped], [151, {}]);
    const rows = await made.server.rows();
    assert.deepEqual([...new Set(rows.map(({ messageId }) => messageId))].length, 151);
    assert.equal(JSON.parse(rows.find(({ seq }) => seq === 2).properties).name, "단골 \"머그\" ☕");
  });

  it("ClickHouse takes lines, and copies fall together", async (context) => {
    const made = await to(context, clickhouse, { format: "ndjson" });
    if (!made) return;
    await many(made.visitor, 40);
    const { acknowledged, dropped } = await made.visitor.settled();
    assert.deepEqual([acknowledged, dropped], [41, {}]);
    assert.equal(await made.server.query("SELECT count(), uniqExact(messageId), max(seq) FROM events"), "41\t41\t41");
    await made.server.query("INSERT INTO events SELECT * FROM events");
    await made.server.query("OPTIMIZE TABLE events FINAL");
    assert.equal(await made.server.query("SELECT count() FROM events"), "41");
  });

  it("NATS JetStream stores each id once, also when an answer was lost", async (context) => {
    const made = await to(context, jetstream, { strictAck: true });
    if (!made) return;
    await many(made.visitor, 30);
    const { acknowledged } = await made.visitor.settled();
    assert.equal(acknowledged, 31);
    const { page } = made.visitor;
    // The same events once more, as after a lost answer.
    const text = await page.evaluate(() => JSON.stringify({ batch: [{ messageId: "same" }, { messageId: "same" }] }));
    for (let n = 0; n < 2; n++) await fetch(made.server.url, { method: "POST", body: text });
    assert.equal(await made.server.count(), 32);
  });
});

/** The calls that both clients get. */
const CALLS = [
  ["page", "Home"],
  ["track", "Product Viewed", { product_id: "507f", price: 18.99, currency: "KRW", name: "단골 머그" }],
  ["track", "Order Completed", { order_id: "o-1", revenue: 39_000, products: [{ product_id: "507f", quantity: 2 }] }],
  ["identify", "u-1", { plan: "gold", email: "a@shop.test" }],
  ["track", "Coupon Entered", { coupon_id: "WELCOME10" }],
];
const PATH = "/cart?utm_source=naver&utm_medium=cpc&utm_campaign=fall";

async function ours() {
  const target = await receiver();
  const visitor = await place.visitor({ endpoint: { url: target.url, flushInterval: 0 }, capture: { page: false } }, { path: PATH });
  await visitor.page.evaluate(async (calls) => { for (const [method, ...args] of calls) await dangol[method](...args); }, CALLS);
  await visitor.settled();
  await visitor.close();
  await target.close();
  return target.events();
}

describe("what Segment's own tools say", { timeout: 240_000 }, () => {
  it("its validator takes every event, and its facade finds the fields", async (context) => {
    let validate, facades;
    try {
      validate = own("@segment/loosely-validate-event");
      facades = own("@segment/facade");
    } catch {
      return context.skip("not installed: the packages of tests/long/receivers (npm ci there)");
    }
    for (const event of await ours()) {
      // It looks at what a server has read, where times are dates.
      assert.doesNotThrow(() => validate({ ...event, timestamp: new Date(event.timestamp) }, event.type), JSON.stringify(event));
      const facade = new facades[{ track: "Track", identify: "Identify", page: "Page" }[event.type]](event);
      assert.deepEqual([facade.action(), facade.anonymousId(), facade.userId() ?? undefined], [event.type, event.anonymousId, event.userId]);
      assert.equal(facade.timestamp().getTime(), Date.parse(event.timestamp));
      assert.equal(facade.userAgent(), event.context.userAgent);
      if (event.event === "Order Completed") assert.deepEqual([facade.event(), facade.revenue(), facade.orderId(), facade.products().length], ["Order Completed", 39_000, "o-1", 1]);
      if (event.type === "identify") assert.equal(facade.email(), "a@shop.test");
      if (event.type === "page") assert.equal(facade.name(), "Home");
    }
  });

  it("its client means the same by the same calls, field by field", async (context) => {
    if (!existsSync(join(folder, "node_modules", "@segment", "analytics-next"))) return context.skip("not installed: the packages of tests/long/receivers (npm ci there)");
    const target = await receiver();
    const esbuild = createRequire(join(root, "package.json"))("esbuild");
    const source = `import { AnalyticsBrowser } from "@segment/analytics-next";
      window.go = async (host, calls) => {
        const analytics = AnalyticsBrowser.load({ writeKey: "WK", cdnSettings: { plan: {}, integrations: { "Segment.io": { apiKey: "WK", apiHost: host, protocol: "http", deliveryStrategy: { strategy: "batching", config: { size: 50, timeout: 300 } } } } } });
        for (const [method, ...args] of calls) await analytics[method](...args);
      };`;
    const { outputFiles } = await esbuild.build({ stdin: { contents: source, resolveDir: folder }, bundle: true, write: false, format: "iife", target: "es2022", logLevel: "silent", define: { "process.env.NODE_ENV": '"production"' } });
    const page = html('<script src="/segment.js"></script>');
    const server = await serve({ "/cart": page, "/segment.js": outputFiles[0].text }, { policy: `${POLICY.replace(/;.*/, "")}; script-src 'self'; connect-src *` });
    const browser = await launch();
    context.after(async () => {
      await browser.close();
      await server.close();
      await target.close();
    });
    const tab = await (await browser.newContext({ locale: "ko-KR", timezoneId: "Asia/Seoul" })).newPage();
    await tab.goto(server.origin + PATH);
    await tab.evaluate(([host, calls]) => window.go(host, calls), [new URL(target.url).host, CALLS]);
    const theirs = await until(() => target.events().length >= CALLS.length && target.events(), "Segment's batch", 20_000);

    const mine = await ours();
    assert.equal(mine.length, theirs.length);
    for (const [index, event] of mine.entries()) {
      const other = theirs[index];
      assert.deepEqual([event.type, event.event ?? null, event.userId ?? null], [other.type, other.event ?? null, other.userId ?? null]);
      assert.equal(event.name ?? null, other.name ?? null);
      const place = (value) => JSON.parse(JSON.stringify(value ?? null).replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "https://shop.test"));
      assert.deepEqual(place(event.properties), place(other.properties), event.type);
      assert.deepEqual(event.traits ?? null, other.traits ?? null);
      assert.deepEqual(place(event.context.page), place(other.context.page));
      assert.deepEqual(event.context.campaign, other.context.campaign);
      assert.deepEqual([event.context.userAgent, event.context.timezone], [other.context.userAgent, other.context.timezone]);
      // Ours names the shop's language, theirs the browser's.
      assert.equal(other.context.locale.split("-")[0], event.context.locale);
      for (const field of ["timestamp", "messageId", "anonymousId"]) assert.equal(typeof event[field], typeof other[field]);
      // Of the fields that theirs has ours lacks only what is about Segment itself.
      const lacking = Object.keys(other).filter((key) => !(key in event) && other[key] !== null);
      assert.deepEqual(lacking.filter((key) => !["integrations", "writeKey", "_metadata", "category"].includes(key)), []);
      assert.deepEqual(Object.keys(other.context).filter((key) => !(key in event.context) && !/^userAgentData$/.test(key)), []);
    }
  });

  it("has in every captured batch of other clients the fields that ours has", (context) => {
    const folder = [join(root, "..", "shared"), join(root, "..", "..", "shared")].map((path) => join(path, "suites", "wire-captures")).find((path) => existsSync(path));
    if (!folder) return context.skip("the captures are not here");
    const [{ body }] = JSON.parse(readFileSync(join(folder, "segment-analytics-next-1.84.3-browser.json"), "utf8"));
    assert.deepEqual(Object.keys(body).sort(), ["batch", "sentAt", "writeKey"]);
    for (const event of body.batch) for (const key of ["type", "messageId", "timestamp", "anonymousId", "context"]) assert.ok(key in event, key);
  });
});
