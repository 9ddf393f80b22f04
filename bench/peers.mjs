// `node bench/peers.mjs`: what an SDK costs a page, Dangol beside the peers that npm carries, in Chromium, in turns.
// Prints the table and writes bench/results/peers.json. `--quick` takes fewer rounds, `--only a,b` some of them.
// Peers are installed on demand from bench/peers, with a lock file of their own; every request is answered on the loopback.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { chromium as findChromium, fail, root, run } from "../xtask/setup.mjs";
import { EVENT, world } from "./peers/world.mjs";

const at = (...parts) => join(root, ...parts);
const quick = process.argv.includes("--quick");
const only = process.argv.includes("--only") && process.argv[process.argv.indexOf("--only") + 1].split(",");
const ROUNDS = quick ? 3 : 5;
const BURST = quick ? 200 : 1000;
const SLOW = 4;
/** How long a page may take for its first event, and the burst to be over. */
const PATIENCE = quick ? 4_000 : 6_000;

if (!existsSync(at("pkg", "index.js"))) fail("pkg/ is not built: npm run build");
if (!existsSync(at("bench", "peers", "node_modules", "posthog-js"))) run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: at("bench", "peers") });

const entries = readdirSync(at("bench", "peers", "entries")).map((name) => basename(name, ".js")).filter((name) => !only || name === "blank" || only.includes(name));
const peers = JSON.parse(readFileSync(at("bench", "peers", "package.json"), "utf8")).dependencies;
const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
const PACKAGE = { dangol: "dangol", segment: "@segment/analytics-next", posthog: "posthog-js", braze: "@braze/web-sdk", clevertap: "clevertap-web-sdk", rudderstack: "@rudderstack/analytics-js", snowplow: "@snowplow/browser-tracker", hackle: "@hackler/javascript-sdk", growthbook: "@growthbook/growthbook" };
const nameOf = (id) => (id === "blank" ? "a bare request" : `${PACKAGE[id]} ${peers[PACKAGE[id]] ?? version}`);

/** The campaigns that Dangol works with: the demo shop's, which are more than any peer has here. */
const campaigns = readFileSync(at("www", "campaigns.json"), "utf8");

/** Bundles an entry as a shop would: minified, split at its lazy imports. */
async function bundle(id, folder, files) {
  const done = await build({
    entryPoints: [at("bench", "peers", "entries", `${id}.js`)], outdir: join(folder, id), bundle: true, minify: true, splitting: true, format: "esm",
    target: "es2022", platform: "browser", legalComments: "none", logLevel: "error", write: false, nodePaths: [at("bench", "peers", "node_modules")],
    define: { "process.env.NODE_ENV": '"production"', global: "globalThis" }, alias: { dangol: at("pkg", "index.js") }, loader: { ".css": "empty" },
  });
  for (const { path, contents } of done.outputFiles) files.set(`/${id}/${basename(path)}`, { type: "text/javascript", body: contents });
  const seed = id === "dangol" ? `<script>window.CAMPAIGNS = ${campaigns.replaceAll("</", "<\\/")}</script>` : "";
  files.set(`/${id}.html`, { type: "text/html; charset=utf-8", body: Buffer.from(`<!doctype html><html lang="ko"><meta charset="utf-8"><title>Bench</title><link rel="icon" href="data:,">
<script>window.long = []; new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.long.push(duration); }).observe({ type: "longtask", buffered: true });
// What a module holds beside the JavaScript heap.
window.memories = []; for (const name of ["instantiate", "instantiateStreaming"]) { const own = WebAssembly[name]; WebAssembly[name] = async (...given) => { const made = await own.apply(WebAssembly, given); const { exports } = made.instance ?? made; if (exports.memory) window.memories.push(exports.memory); return made; }; }</script>
${seed}<script type="module">import "/${id}/${id}.js"; window.start();</script><h1>Shop</h1>`) });
}

const metric = async (session, name) => (await session.send("Performance.getMetrics")).metrics.find((each) => each.name === name).value;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function heapOf(page, session) {
  for (let time = 0; time < 2; time++) await session.send("HeapProfiler.collectGarbage");
  const heap = await metric(session, "JSHeapUsedSize");
  const linear = await page.evaluate(() => window.memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0));
  return { heap: heap / 1024, linear: linear / 1024 };
}

/** One page load: CPU until half a second after the first event arrived, long tasks, requests, bytes. */
async function start(browser, stub, id, rate) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    await session.send("Emulation.setCPUThrottlingRate", { rate });
    stub.clear();
    const began = performance.now();
    await page.goto(`https://shop.test/${id}.html`, { waitUntil: "commit" });
    let first;
    while (!first && performance.now() - began < PATIENCE) {
      await sleep(15);
      first = stub.log().find(({ host, path }) => EVENT[id].test(host + path));
    }
    await sleep(500);
    const cpu = (await metric(session, "TaskDuration")) * 1000;
    const long = await page.evaluate(() => window.long);
    const log = [...stub.log()];
    const memory = await heapOf(page, session);
    const until = first?.at ?? Infinity;
    return {
      cpu, longest: Math.max(0, ...long), long: long.length, event: first ? first.at - began : undefined,
      requests: log.filter((entry) => entry.at <= until && entry.path !== `/${id}.html`).length,
      bytes: log.filter(({ type }) => type === "text/javascript").reduce((sum, { bytes }) => sum + bytes, 0), ...memory,
    };
  } finally {
    await context.close();
  }
}

/** A burst of calls on a page at full speed: microseconds in the call, and all CPU until nothing is sent any more. */
async function burst(browser, stub, id) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    stub.clear();
    await page.goto(`https://shop.test/${id}.html`, { waitUntil: "load" });
    const began = performance.now();
    while (!stub.log().some(({ host, path }) => EVENT[id].test(host + path)) && performance.now() - began < PATIENCE) await sleep(30);
    await sleep(700);
    const before = (await metric(session, "TaskDuration")) * 1000;
    const sync = await page.evaluate((count) => {
      const began = performance.now();
      for (let n = 0; n < count; n++) window.track({ product_id: `p-${n % 40}`, name: "하늘재 코트", category: "outer", brand: "NEURU", price: 328000 + n, quantity: 1, currency: "KRW", position: n });
      const spent = performance.now() - began;
      window.settle?.();
      return spent;
    }, BURST);
    const sent = performance.now();
    let quiet = performance.now();
    let seen = stub.log().length;
    while (performance.now() - sent < 2 * PATIENCE && performance.now() - quiet < 1500) {
      await sleep(100);
      if (stub.log().length !== seen) {
        seen = stub.log().length;
        quiet = performance.now();
      }
    }
    const cpu = (await metric(session, "TaskDuration")) * 1000 - before;
    return { call: (sync * 1000) / BURST, cpu: (cpu * 1000) / BURST };
  } finally {
    await context.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), "dangol-peers-"));
const files = new Map();
for (const id of entries) await bundle(id, folder, files);
const stub = await world(files);
const launch = () => chromium.launch({
  executablePath: findChromium(),
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--ignore-certificate-errors", "--js-flags=--expose-gc", `--host-resolver-rules=MAP * 127.0.0.1:${stub.port}`],
});

const median = (list) => {
  const sorted = list.filter((value) => value !== undefined).sort((a, b) => a - b);
  return sorted.length ? sorted[sorted.length >> 1] : undefined;
};
const samples = Object.fromEntries(entries.map((id) => [id, { slow: [], fast: [], burst: [] }]));
const load = [loadavg()[0]];
try {
  for (let round = 0; round < ROUNDS; round++) {
    const browser = await launch();
    try {
      // Each round begins with another one, so that none always runs on a cold or a warm browser.
      const order = entries.map((_, index) => entries[(index + round) % entries.length]);
      for (const id of order) {
        samples[id].slow.push(await start(browser, stub, id, SLOW));
        samples[id].fast.push(await start(browser, stub, id, 1));
        if (round < (quick ? 1 : 3)) samples[id].burst.push(await burst(browser, stub, id));
      }
    } finally {
      await browser.close();
    }
    load.push(loadavg()[0]);
    process.stderr.write(`round ${round + 1} of ${ROUNDS}, load average ${loadavg()[0].toFixed(1)}\n`);
  }
} finally {
  stub.close();
  rmSync(folder, { recursive: true, force: true });
}

const of = (id, kind, key) => median(samples[id][kind].map((sample) => sample[key]));
const over = (id, kind, key) => Math.max(0, of(id, kind, key) - of("blank", kind, key));
const rows = entries.map((id) => ({
  id, name: nameOf(id),
  gzip: of(id, "fast", "bytes") / 1000,
  start: over(id, "fast", "cpu"), slowStart: over(id, "slow", "cpu"),
  longest: of(id, "slow", "longest"), longTasks: of(id, "slow", "long"),
  call: of(id, "burst", "call"), cpu: of(id, "burst", "cpu"),
  requests: of(id, "fast", "requests"), heap: over(id, "fast", "heap"), linear: of(id, "fast", "linear"),
  event: of(id, "fast", "event"),
}));
const COLUMNS = [["name", "", 38], ["gzip", "kB gzip"], ["start", "start ms"], ["slowStart", `at ${SLOW}x`], ["longest", "longest"], ["longTasks", "long"], ["call", "µs/call"], ["cpu", "µs all"], ["requests", "requests"], ["heap", "heap KB"], ["linear", "wasm KB"], ["event", "event ms"]];
const show = (value) => (value === undefined ? "-" : typeof value === "string" ? value : value < 10 && value % 1 ? value.toFixed(1) : Math.round(value).toLocaleString("en"));
console.log(COLUMNS.map(([, title, width = 9]) => (width === 38 ? title.padEnd(width) : title.padStart(width + 1))).join(""));
for (const row of rows) console.log(COLUMNS.map(([key, , width = 9]) => (width === 38 ? show(row[key]).padEnd(width) : show(row[key]).padStart(width + 1))).join(""));
console.log(`\nmedians of ${ROUNDS} rounds in turns; start is CPU of the main thread beyond that of the bare request; load average ${Math.min(...load).toFixed(1)} to ${Math.max(...load).toFixed(1)}`);
if (!only) {
  mkdirSync(at("bench", "results"), { recursive: true });
  const rounded = JSON.stringify({ about: { rounds: ROUNDS, slow: SLOW, burst: BURST, load: { least: Math.min(...load), most: Math.max(...load) } }, rows }, (_, value) => (typeof value === "number" ? +value.toPrecision(4) : value), 2);
  writeFileSync(at("bench", "results", "peers.json"), `${rounded}\n`);
}
process.exit(0);
