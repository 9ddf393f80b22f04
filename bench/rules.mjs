// `node bench/rules.mjs`: rules, windows and live segments in Chromium, against other engines; needs a build of pkg/.
// Writes bench/results/rules.json. `--quick` takes fewer and shorter samples.
import { createServer } from "node:http";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { chromium as findChromium, fail, root, run } from "../xtask/setup.mjs";
import { trackCost } from "./rules/track.mjs";

const quick = process.argv.includes("--quick");
const options = { sizes: [10, 100, 1000, 10000], rounds: quick ? 3 : 7, least: quick ? 20 : 60 };
const at = (...parts) => join(root, ...parts);

if (!existsSync(at("pkg", "engine.js"))) fail("pkg/ is not built: npm run build");
if (!existsSync(at("bench", "peers", "node_modules"))) run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: at("bench", "peers") });

const folder = mkdtempSync(join(tmpdir(), "dangol-bench-"));
const script = join(folder, "bench.js");
await build({
  entryPoints: [at("bench", "rules", "page.mjs")], outfile: script, bundle: true, format: "iife", target: "es2022", logLevel: "error",
  nodePaths: [at("bench", "peers", "node_modules")], legalComments: "none",
});

const MIME = { js: "text/javascript", wasm: "application/wasm", html: "text/html" };
const server = createServer((request, response) => {
  const path = request.url.split("?")[0];
  const file = path === "/bench.js" ? script : at("pkg", path.slice(1));
  // Isolated, so that the clock ticks in microseconds.
  const headers = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
  if (path === "/") return response.writeHead(200, { ...headers, "content-type": "text/html" }).end("<!doctype html><title>bench</title>");
  if (path.includes("..") || !existsSync(file)) return response.writeHead(404, headers).end();
  return response.writeHead(200, { ...headers, "content-type": MIME[path.split(".").pop()] ?? "text/plain" }).end(readFileSync(file));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"] });

const show = (number) => number === undefined ? "-" : number < 10 ? number.toFixed(2) : number < 1000 ? number.toFixed(0) : Math.round(number).toLocaleString("en");
function print(title, rows, columns) {
  console.log(`\n${title}\n${"".padEnd(52)}${columns.map((column) => String(column).padStart(12)).join("")}`);
  for (const [name, values] of rows) console.log(name.padEnd(52) + values.map((value) => show(value).padStart(12)).join(""));
}

try {
  const load = { before: loadavg()[0] };
  const page = await browser.newPage();
  await page.goto(origin);
  await page.addScriptTag({ url: "/bench.js" });
  const result = await page.evaluate((options) => globalThis.measure(options), options);
  await page.close();
  result.track = await trackCost(browser, origin).catch((error) => ({ failed: error.message }));
  load.after = loadavg()[0];
  result.about = { browser: browser.version(), load: { before: +load.before.toFixed(2), after: +load.after.toFixed(2) }, ...options };
  const { sizes } = options;
  const rows = (table) => Object.entries(table).map(([name, values]) => [name, sizes.map((size) => values[size])]);
  console.log(`Chromium ${result.about.browser}, load average ${result.about.load.before} to ${result.about.load.after}`);
  print("evaluation, ns per rule, by the number of rules", rows(result.table), sizes);
  print("compilation, ms", rows(result.compile), sizes);
  const counts = Object.keys(result.windows);
  print("windowed condition, µs, by the number of events", ["dangol", "scan"].map((name) => [name, counts.map((count) => result.windows[count][name])]), counts);
  print("one event, µs, and the start, ms", Object.entries(result.settle).map(([name, { event, start }]) => [name, [event, start]]), ["event", "start"]);
  print("track() in the call, µs; 8 properties, 100 campaigns, 100 segments", [
    ["one at a time, each awaited: median", [result.track.median]], ["one at a time, each awaited: 95th percentile", [result.track.p95]],
    ["in a burst of 2,000, as the budget has it", [result.track.burst]],
  ], [""]);
  mkdirSync(at("bench", "results"), { recursive: true });
  const rounded = JSON.stringify(result, (_, value) => typeof value === "number" ? +value.toPrecision(4) : value, 2);
  writeFileSync(at("bench", "results", "rules.json"), `${rounded}\n`);
} finally {
  await browser.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
}
