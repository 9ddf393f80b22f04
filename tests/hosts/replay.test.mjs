// The same journey gives the same text in Node, in Chromium under the strict policy, in a worker of its, and in native Rust: byte for byte.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { root } from "../../xtask/setup.mjs";
import { html, launch, open, serve } from "../js/lab.mjs";
import { ZONES, config, journey } from "./journeys.mjs";

const { loadEngine } = await import(join(root, "pkg", "engine.js"));
const data = join(root, "..", "shared", "data");
const DAY = 86_400_000;
/** Without the question that changes twice a day: over years it is most of the work. */
const calm = (zone) => {
  const { night, ...segments } = config(zone).segments;
  return JSON.stringify({ ...config(zone), segments });
};

const WORKER = `import { loadEngine } from "/pkg/engine.js";
  onmessage = async ({ data }) => {
    const engine = await loadEngine();
    postMessage(data.map((text) => { const { config, journey, options } = JSON.parse(text); return JSON.stringify(engine.replay(config, journey, options)); }));
  };`;

let browser, server, page, workshop, workerPage;
before(async () => {
  browser = await launch();
  server = await serve({ "/": html('<script type="module" src="/replay.js"></script>'), "/replay.js": 'import { loadEngine } from "/pkg/engine.js"; window.engine = await loadEngine();' });
  ({ page } = await open(browser, server.origin));
  // Trusted Types without a policy allow no worker at all, so its page goes without them.
  workshop = await serve({ "/": html('<script type="module" src="/start.js"></script>'), "/start.js": 'window.worker = new Worker("/worker.js", { type: "module" });', "/worker.js": WORKER }, { policy: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" });
  ({ page: workerPage } = await open(browser, workshop.origin));
  await page.waitForFunction(() => window.engine);
  await workerPage.waitForFunction(() => window.worker);
});
after(async () => {
  await browser?.close();
  await server?.close();
  await workshop?.close();
});

/** What native Rust answers to requests, one a line. */
function native(requests) {
  return new Promise((resolve, reject) => {
    const child = spawn("cargo", ["run", "--quiet", "--example", "replay"], { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part) => { text += part; });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(text.trimEnd().split("\n")) : reject(new Error(`cargo run ended with ${code}`))));
    child.stdin.end(requests.map((request) => JSON.stringify(request)).join("\n"));
  });
}

async function compare(requests) {
  const engine = await loadEngine();
  const run = ({ config, journey, options }) => JSON.stringify(engine.replay(config, journey, options));
  const node = requests.map(run);
  assert.deepEqual(requests.map(run), node, "a second run in Node");
  const rust = await native(requests);
  assert.equal(rust.length, node.length);
  const chromium = [];
  for (let from = 0; from < requests.length; from += 50) {
    const part = requests.slice(from, from + 50).map((request) => JSON.stringify(request));
    chromium.push(...await page.evaluate((texts) => texts.map((text) => {
      const { config, journey, options } = JSON.parse(text);
      return JSON.stringify(window.engine.replay(config, journey, options));
    }), part));
  }
  // In a worker some of them will do: it is the same module.
  const some = requests.map((request, index) => [request, index]).filter(([, index]) => index % 5 === 0);
  const worker = await workerPage.evaluate((texts) => new Promise((resolve, reject) => {
    window.worker.onmessage = ({ data }) => resolve(data);
    window.worker.onerror = (event) => reject(new Error(event.message));
    window.worker.postMessage(texts);
  }), some.map(([request]) => JSON.stringify(request)));
  some.forEach(([, index], place) => assert.equal(worker[place], node[index], `a worker and Node on ${index}`));
  requests.forEach((request, index) => {
    assert.equal(chromium[index], node[index], `Chromium and Node on ${index}: ${JSON.stringify(request.journey).slice(0, 300)}`);
    // JSON.parse and JSON.stringify lie between Node's text and the engine's; they keep the order of all but numeric keys.
    assert.equal(JSON.stringify(JSON.parse(rust[index])), node[index], `native and Node on ${index}: ${JSON.stringify(request.journey).slice(0, 300)}`);
  });
  return node;
}

test("generated journeys through the demo shop's configuration", async () => {
  const shop = readFileSync(join(root, "www", "campaigns.json"), "utf8");
  const answers = await compare(Array.from({ length: 100 }, (_, seed) => ({ config: shop, journey: journey(seed), options: { explain: seed % 10 === 0 } })));
  assert.ok(answers.filter((answer) => JSON.parse(answer).decisions.length).length > 20, "most journeys lead to a decision");
});

test("generated journeys in zones with odd clocks", async () => {
  const answers = await compare(Array.from({ length: 120 }, (_, index) => ({ config: JSON.stringify(config(ZONES[index % ZONES.length])), journey: journey(1000 + index), options: { seed: `s${index % 3}` } })));
  const changed = new Set(answers.flatMap((answer) => Object.entries(JSON.parse(answer).segments).filter(([, list]) => list.length).map(([id]) => id)));
  assert.ok(changed.size >= 12, `nearly every segment is entered by someone: ${[...changed]}`);
});

test("the sessions of otto-mini are replayed alike by every host", { skip: !existsSync(data) && "the data is not here" }, async () => {
  const names = { clicks: "Product Clicked", carts: "Product Added", orders: "Order Completed" };
  const lines = gunzipSync(readFileSync(join(data, "otto-mini", "train.jsonl.gz"))).toString().trim().split("\n").map((line) => JSON.parse(line));
  await compare(lines.map(({ session, events }) => ({
    config: calm("Europe/Berlin"), options: {},
    journey: events.map(({ aid, ts, type }, index) => ({ type: "track", event: names[type], messageId: `${session}-${index}`, anonymousId: `${session}`, timestamp: new Date(ts).toISOString(), properties: { product_id: `${aid}` } })),
  })));
});

test("a slice of cdnow is replayed alike by every host", { skip: !existsSync(data) && "the data is not here" }, async () => {
  const visitors = new Map();
  for (const line of gunzipSync(readFileSync(join(data, "cdnow", "CDNOW_sample.txt.gz"))).toString().split("\n")) {
    const parts = line.trim().split(/\s+/);
    if (parts.length < 4 || !/^\d+$/.test(parts[0])) continue;
    const [date, , value] = parts.slice(-3);
    const at = Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`);
    const own = visitors.get(parts[0]) ?? [];
    visitors.set(parts[0], own);
    own.push({ type: "track", event: "Order Completed", messageId: `${parts[0]}-${own.length}`, anonymousId: parts[0], timestamp: new Date(at + own.length).toISOString(), properties: { order_id: `${parts[0]}-${own.length}`, revenue: Number(value) } });
  }
  const some = [...visitors.values()].filter((_, index) => index % 60 === 0);
  const until = new Date(Date.parse("1998-07-01") + DAY).toISOString();
  await compare(some.map((journey) => ({ config: calm("America/New_York"), journey, options: { until } })));
});
