// `node bench/message.mjs`: what showing a message costs a page, in the built package: the main thread's own time from
// the call to the frame after it, times 4 for a device four times as slow, and the layout shift. Prints one line for each
// layout with each of a few contents; ends with status 1 where script, style and layout exceed the budget together, or
// anything moved. The time is the thread's own, not the clock's, and the browser's throttling, which goes by the clock,
// is not used, so that what else the machine does counts less. What the same call costs for a message that is not shown
// is not in it. "All tasks" has painting, compositing and collected garbage, too; it is printed, not judged.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { loadavg } from "node:os";
import { chromium } from "playwright-core";
import { chromium as findChromium, fail, root } from "../xtask/setup.mjs";

const at = (...parts) => join(root, ...parts);
if (!existsSync(at("pkg", "dangol.js"))) fail("pkg/ is not built: npm run build");
/** Milliseconds of the main thread at this slowdown, and layout shift. */
const BUDGET = 16;
const SLOWDOWN = 4;
const ROUNDS = process.argv.includes("--quick") ? 5 : 15;
const LAYOUTS = ["banner", "modal", "slide", "sheet", "toast", "fullscreen", "bubble", "inline"];
const CONTENTS = JSON.parse(readFileSync(at("www/shop/public/gallery/contents.json"), "utf8")).filter(({ name }) => /^(offer|coupon|products|survey)$/.test(name));
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'";
// A shop's page of some weight: a message has to be laid out beside it.
const PAGE = `<!doctype html><html lang="ko"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>shop</title><link rel="stylesheet" href="/shop.css"><script src="/pkg/dangol.js"></script>
<body><h1>단골상점</h1><div data-dangol-slot="hero"></div><main>${'<article><a href="#"><b>상품 이름</b></a><p>설명이 들어가는 자리</p><button>담기</button></article>'.repeat(120)}</main>`;
const CSS = "body{font:16px/1.5 sans-serif;margin:0}main{display:grid;grid-template-columns:repeat(4,1fr);gap:16px}article{padding:16px;border:1px solid #ddd}[data-dangol-slot]{min-height:640px}";
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://x");
  const file = at("pkg", pathname.replace(/^\/pkg\//, ""));
  if (pathname === "/") return response.writeHead(200, { "Content-Type": "text/html", "Content-Security-Policy": POLICY }).end(PAGE);
  if (pathname === "/shop.css") return response.writeHead(200, { "Content-Type": "text/css" }).end(CSS);
  if (pathname.startsWith("/pkg/") && existsSync(file)) return response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "text/plain" }).end(readFileSync(file));
  response.writeHead(404).end();
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const campaigns = {};
for (const layout of LAYOUTS) {
  for (const { name, blocks } of CONTENTS) {
    const message = { layout, blocks, ...(layout === "inline" && { slot: "[data-dangol-slot=hero]" }), dismiss: { after: "1h" } };
    campaigns[`${layout}.${name}`] = { purpose: "service", trigger: { manual: true }, message };
  }
}
const products = [1, 2, 3].map((id) => ({ product_id: `${id}`, name: `상품 ${id}`, price: 10_000 * id, url: `/p/${id}` }));
const config = {
  version: 1, locale: "ko", currency: "KRW", timezone: "Asia/Seoul", campaigns,
  coupons: { welcome: { name: "첫 주문 무료배송", code: "WELCOME", expires: { after: "7d" }, apply: { url: "/d/{code}" } } },
};

const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
let failed = false;
try {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "ko-KR" });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.evaluate(async ([config, products]) => {
    window.shift = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ value, hadRecentInput }) => { if (!hadRecentInput) window.shift += value; })).observe({ type: "layout-shift", buffered: true });
    window.dangol.init({ config, consent: "granted", storage: "memory", capture: { page: false, engagement: false } });
    await window.dangol.ready;
    await window.dangol.track("Cart Viewed", { products });
    // The renderer is fetched while the page is idle; a visitor's first message finds it there.
    await window.dangol.show("modal.offer");
    window.dangol.dismiss();
  }, [config, products]);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  /** Milliseconds that the main thread was busy with tasks so far. */
  const busy = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name) => metrics.find((metric) => metric.name === name).value * 1000;
    return { task: of("TaskDuration"), script: of("ScriptDuration"), layout: of("LayoutDuration") + of("RecalcStyleDuration") };
  };
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  /** What one call costs until the frame after it. */
  async function cost(id) {
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 120)));
    const before = await busy();
    await page.evaluate(async (id) => {
      await window.dangol.show(id, { force: true });
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    }, id);
    const after = await busy();
    await page.evaluate(() => window.dangol.dismiss());
    return Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
  }
  const rounds = async (id) => {
    const all = [];
    for (let round = 0; round < ROUNDS; round++) all.push(await cost(id));
    return Object.fromEntries(["script", "layout", "task"].map((name) => [name, median(all.map((one) => one[name]))]));
  };
  const idle = await rounds("nothing");
  console.log(`${"message".padEnd(22)}${["script", "style+layout", "all tasks"].map((word) => word.padStart(14)).join("")}   (ms, ${SLOWDOWN} times slower, median of ${ROUNDS}; load ${loadavg()[0].toFixed(1)})`);
  for (const id of Object.keys(campaigns)) {
    const spent = await rounds(id);
    const parts = ["script", "layout", "task"].map((name) => Math.max(0, spent[name] - idle[name]) * SLOWDOWN);
    const over = parts[0] + parts[1] > BUDGET;
    failed ||= over;
    console.log(`${id.padEnd(22)}${parts.map((value) => value.toFixed(1).padStart(14)).join("")}${over ? "   OVER" : ""}`);
  }
  const shift = await page.evaluate(() => window.shift);
  failed ||= shift > 0;
  console.log(`layout shift of all together: ${shift}${shift ? "   OVER" : ""}`);
} finally {
  await browser.close();
  server.close();
}
process.exitCode = failed ? 1 : 0;
