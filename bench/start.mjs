// `node bench/start.mjs`: what a page's start is made of, with the demo shop's campaigns, from the script tag. Read from traces in the main
// thread's time: how long it takes in all, its longest tasks, and how much of it is the browser's compilation of the module's
// functions, each when it is first called. Each round is a browser of its own; other folders of built packages, given as
// arguments, are played in turn with this one, so that two builds are compared within the same minute.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { chromium as findChromium, fail, root } from "../xtask/setup.mjs";

const ROUNDS = 9;
/** The browser's own throttling, for the tasks; what is compiled is read without it. */
const SLOWDOWN = 4;
const packages = [join(root, "pkg"), ...process.argv.slice(2).map((folder) => resolve(folder))];
for (const folder of packages) if (!existsSync(join(folder, "dangol.js"))) fail(`${folder} holds no built package: npm run build`);
const campaigns = readFileSync(join(root, "www", "campaigns.json"), "utf8").replace(/</g, "\\u003c");
const PAGE = `<!doctype html><html lang="ko"><meta charset="utf-8"><title>shop</title><link rel="icon" href="data:,"><script src="/pkg/dangol.js"></script><body><h1>단골상점</h1>
<script>dangol.init({ config: ${campaigns}, consent: "granted", endpoint: "/collect" }); dangol.identify("member-1", { plan: "gold" }); dangol.track("Product Viewed", { product_id: "1", name: "x", price: 1000 })</script>`;
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

let served = packages[0];
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://x");
  const file = join(served, pathname.replace(/^\/pkg\//, ""));
  if (pathname === "/") return response.writeHead(200, { "Content-Type": "text/html" }).end(PAGE);
  if (pathname === "/collect") return response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
  if (pathname.startsWith("/pkg/") && existsSync(file)) return response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "text/plain" }).end(readFileSync(file));
  response.writeHead(404).end();
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));

const SCRIPT = new Set(["FunctionCall", "EvaluateScript", "v8.evaluateModule", "TimerFire", "RunMicrotasks", "FireIdleCallback", "v8.callFunction"]);
const time = ({ tdur, dur }) => (tdur ?? dur) / 1000;

/** Starts one, and gives the tasks in which script ran from the tag on, in ms, and what was compiled in them. */
async function start(folder, rate, compilation) {
  served = folder;
  const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const context = await browser.newContext({ locale: "ko-KR" });
    const page = await context.newPage();
    await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate });
    await browser.startTracing(page, { categories: ["devtools.timeline", "toplevel", ...(compilation ? ["v8.wasm", "disabled-by-default-v8.wasm.detailed"] : [])] });
    await page.goto(`http://127.0.0.1:${server.address().port}/`, { waitUntil: "load" });
    await page.waitForTimeout(1_000 * (1 + rate));
    const trace = JSON.parse((await browser.stopTracing()).toString()).traceEvents;
    const tag = trace.find((event) => event.name === "EvaluateScript" && /dangol\.js$/.test(event.args?.data?.url ?? ""));
    const events = trace.filter((event) => event.pid === tag.pid && event.tid === tag.tid && event.ph === "X" && event.ts + event.dur > tag.ts);
    const within = (task) => events.filter((event) => event !== task && event.ts >= task.ts && event.ts + event.dur <= task.ts + task.dur);
    const tasks = events.filter((event) => event.name === "ThreadControllerImpl::RunTask" && within(event).some(({ name }) => SCRIPT.has(name)));
    const compiled = events.filter(({ name }) => name === "wasm.CompileLazy");
    return { tasks: tasks.map(time).sort((a, b) => b - a), compiled: compiled.length, compiling: compiled.reduce((sum, event) => sum + time(event), 0) };
  } finally {
    await browser.close();
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const sum = (values) => values.reduce((all, value) => all + value, 0);
const found = new Map(packages.map((folder) => [folder, { slow: [], read: [] }]));
for (let round = 0; round < ROUNDS; round++) {
  for (const folder of packages) {
    found.get(folder).slow.push(await start(folder, SLOWDOWN, false));
    found.get(folder).read.push(await start(folder, 1, true));
  }
}
server.close();
for (const [folder, { slow, read }] of found) {
  const longest = [0, 1, 2, 3, 4].map((place) => median(slow.map(({ tasks }) => tasks[place] ?? 0)).toFixed(1));
  console.log(folder);
  console.log(`  at ${SLOWDOWN}x: ${median(slow.map(({ tasks }) => sum(tasks))).toFixed(0)} ms in all; longest tasks ${longest.join(", ")} ms`);
  console.log(`  compiled when first called: ${median(read.map(({ compiled }) => compiled))} functions, ${Math.round(100 * median(read.map(({ tasks, compiling }) => compiling / sum(tasks))))} % of the time`);
}
console.log(`medians of ${ROUNDS} rounds`);
