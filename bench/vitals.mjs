// `node bench/vitals.mjs`: the demo shop with and without Dangol. Web Vitals in Chromium, in turns, and Lighthouse's categories.
// Prints the table and writes bench/results/vitals.json (`--quick`: fewer rounds, and writes nothing). Lighthouse is installed on demand from bench/lighthouse.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as forward } from "node:http";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createGzip, gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { chromium as findChromium, fail, root, run } from "../xtask/setup.mjs";
import { startDemo } from "../www/start.mjs";

const at = (...parts) => join(root, ...parts);
const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 3 : 7;
const PAGES = ["/", "/c/outer", "/p/haneul-coat"];
if (!existsSync(at("pkg", "dangol.js"))) fail("pkg/ is not built: npm run build");

const dataDir = mkdtempSync(join(tmpdir(), "dangol-vitals-"));
const demo = await startDemo({ shopPort: 0, collectorPort: 0, dataDir });

const COMPRESSIBLE = /^(text\/|application\/(javascript|json|wasm)|image\/svg)/;

/** The shop behind a proxy that takes scripts out of its pages and compresses, as a shop's host does; both shops stand behind one, so that it costs both alike. */
function shopWithout(scripts) {
  const server = createServer((request, response) => {
    const headers = { ...request.headers, host: new URL(demo.url).host, "accept-encoding": "identity" };
    const onward = forward(demo.url + request.url, { method: request.method, headers }, (answer) => {
      const type = answer.headers["content-type"] ?? "";
      if (!/text\/html/.test(type)) {
        const { "content-length": _, ...rest } = answer.headers;
        if (answer.statusCode !== 200 || !COMPRESSIBLE.test(type)) {
          response.writeHead(answer.statusCode, answer.headers);
          return answer.pipe(response);
        }
        response.writeHead(200, { ...rest, "content-encoding": "gzip" });
        return answer.pipe(createGzip()).pipe(response);
      }
      let text = "";
      return answer.setEncoding("utf8").on("data", (part) => { text += part; }).on("end", () => {
        const { "content-length": _, ...rest } = answer.headers;
        response.writeHead(answer.statusCode, { ...rest, "content-encoding": "gzip" }).end(gzipSync(text.replace(scripts, "")));
      });
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

// The panel belongs to the demonstration, not to Dangol: it is out of both.
const servers = { without: await shopWithout(/<script[^>]*(?:\/dangol\/|panel\.js)[^>]*><\/script>/g), with: await shopWithout(/<script[^>]*panel\.js[^>]*><\/script>/g) };
const origins = Object.fromEntries(Object.entries(servers).map(([name, server]) => [name, `http://127.0.0.1:${server.address().port}`]));

/** What the visitor feels: largest paint, layout shift, the slowest of some interactions, blocking time. */
const OBSERVE = `window.vitals = { lcp: 0, cls: 0, inp: 0, blocking: 0 };
new PerformanceObserver((list) => { for (const { startTime } of list.getEntries()) vitals.lcp = startTime; }).observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => { for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) vitals.cls += value; }).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => { for (const { duration, interactionId } of list.getEntries()) if (interactionId) vitals.inp = Math.max(vitals.inp, duration); }).observe({ type: "event", durationThreshold: 16, buffered: true });
new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) vitals.blocking += Math.max(0, duration - 50); }).observe({ type: "longtask", buffered: true });`;

async function visit(browser, origin) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "ko-KR", timezoneId: "Asia/Seoul", isMobile: true, hasTouch: true });
  try {
    const page = await context.newPage();
    await page.addInitScript(OBSERVE);
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    const seen = [];
    for (const path of PAGES) {
      await page.goto(origin + path, { waitUntil: "load" });
      await page.waitForTimeout(1_500);
      // Interactions that every shop has: scrolling through, a tap on nothing, typing in the search.
      await page.locator("[data-testid=search-input]").tap();
      await page.keyboard.type("코트 knit", { delay: 40 });
      await page.mouse.wheel(0, 1200);
      await page.waitForTimeout(700);
      seen.push(await page.evaluate(() => window.vitals));
    }
    return Object.fromEntries(Object.keys(seen[0]).map((key) => [key, Math.max(...seen.map((one) => one[key]))]));
  } finally {
    await context.close();
  }
}

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
/** Lighthouse's scores, 0 to 100, of one page. Not waited for by blocking: the shops are served by this process. */
async function lighthouse(url) {
  const out = join(dataDir, "lighthouse.json");
  await promisify(execFile)(process.execPath, [at("bench", "lighthouse", "node_modules", "lighthouse", "cli", "index.js"), url, "--quiet", "--output=json", `--output-path=${out}`, `--only-categories=${CATEGORIES}`,
    // Without a screen, the browser draws a new page's first frame up to two seconds after it could, and Lighthouse takes all that loads until then for needed by it.
    "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-background-networking --run-all-compositor-stages-before-draw"], { env: { ...process.env, CHROME_PATH: findChromium() }, timeout: 180_000 });
  const { categories, audits } = JSON.parse(readFileSync(out, "utf8"));
  const timed = { "first paint, ms": "first-contentful-paint", "largest paint, ms": "largest-contentful-paint", "speed index, ms": "speed-index", "blocking time, ms": "total-blocking-time" };
  return {
    ...Object.fromEntries(CATEGORIES.map((name) => [name, Math.round(categories[name].score * 100)])),
    ...Object.fromEntries(Object.entries(timed).map(([title, name]) => [title, Math.round(audits[name].numericValue)])),
  };
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const load = [loadavg()[0]];
const vitals = { with: [], without: [] };
const scores = { with: [], without: [] };
try {
  const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"] });
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of round % 2 ? ["with", "without"] : ["without", "with"]) vitals[name].push(await visit(browser, origins[name]));
      load.push(loadavg()[0]);
    }
  } finally {
    await browser.close();
  }
  if (!process.argv.includes("--vitals")) {
    if (!existsSync(at("bench", "lighthouse", "node_modules", "lighthouse"))) run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: at("bench", "lighthouse") });
    for (let round = 0; round < (quick ? 1 : 3); round++) for (const name of ["without", "with"]) scores[name].push(await lighthouse(`${origins[name]}/`));
  }
} finally {
  for (const server of Object.values(servers)) {
    server.closeAllConnections();
    server.close();
  }
  await demo.close();
  rmSync(dataDir, { recursive: true, force: true });
}

const result = Object.fromEntries(["without", "with"].map((name) => [name, {
  ...Object.fromEntries(Object.keys(vitals[name][0]).map((key) => [key, +median(vitals[name].map((one) => one[key])).toFixed(4)])),
  ...(scores[name].length && { lighthouse: Object.fromEntries(Object.keys(scores[name][0]).map((key) => [key, median(scores[name].map((one) => one[key]))])) }),
}]));
const rows = [["largest contentful paint, ms", "lcp"], ["cumulative layout shift", "cls"], ["slowest interaction, ms", "inp"], ["blocking time, ms", "blocking"]];
console.log(`${"the demo shop on a phone, 4x slowdown".padEnd(40)}${"without".padStart(10)}${"with".padStart(10)}`);
for (const [title, key] of rows) console.log(title.padEnd(40) + ["without", "with"].map((name) => String(Math.round(result[name][key] * 1000) / 1000).padStart(10)).join(""));
if (result.with.lighthouse) for (const key of Object.keys(result.with.lighthouse)) console.log(`Lighthouse: ${key}`.padEnd(40) + ["without", "with"].map((name) => String(result[name].lighthouse[key]).padStart(10)).join(""));
console.log(`\nmedians of ${ROUNDS} rounds in turns, three pages each; load average ${Math.min(...load).toFixed(1)} to ${Math.max(...load).toFixed(1)}`);
mkdirSync(at("bench", "results"), { recursive: true });
// What the README quotes comes from whole runs alone.
if (!quick && !process.argv.includes("--vitals")) writeFileSync(at("bench", "results", "vitals.json"), `${JSON.stringify({ about: { rounds: ROUNDS, load: { least: Math.min(...load), most: Math.max(...load) } }, ...result }, null, 2)}\n`);
process.exit(0);
