// `node bench/message.mjs`: what showing a message costs the page it is shown on, in the built package.
//
// Cost is what the main thread spends on script, style, layout and paint (up to handing the frame to the compositor) from
// the call of `show` to the end of the frame that shows it. It is read from a trace, in the thread's time, so that waiting for a
// busy machine's other work is not in it, and multiplied by four: what a machine of a fourth of this one's speed would need.
// Two figures are judged against 16 ms, one frame of a phone:
//   - script, style and layout together;
//   - the whole cost beyond style, layout and paint of a bare popover with the same words, for whatever appears on a page
//     makes the browser paint the page around it anew.
// The browser's own fourfold throttling is printed beside it ("throttled", the whole cost), but not judged by: where other
// programs run as well it makes such short work five to seven times slower, and the bare rows show how many.
// The script of the same call for a message that is not shown (the row "nothing") is the engine's answer and the
// measurement's own, and is taken off. It and the bare popover are played in turn with each message, because a machine may
// be twice as fast a minute later. The bare rows come first, so that the browser's own charge can be seen: an element, a
// popover, and a dialog opened by `showModal`, which restyles all of the page. "later" is what follows in the quarter second
// after that frame, where a modal message makes the page behind it inert while nothing else is to be done; it is printed,
// not judged. So are the elements that were restyled. What is over is measured once more, in twice as many rounds, and judged
// by those: another program's minute must not speak for a message. Ends with status 1 where one is over then, or anything moved.
// Last come some messages as the first that a browser's process shows, which has never laid out one before: printed, not judged.
// Short: `--quick`. One layout or more: `node bench/message.mjs modal sheet`. Only the last rows: `--first`.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { loadavg } from "node:os";
import { chromium } from "playwright-core";
import { chromium as findChromium, fail, root } from "../xtask/setup.mjs";
import { read } from "./trace.mjs";

const at = (...parts) => join(root, ...parts);
if (!existsSync(at("pkg", "dangol.js"))) fail("pkg/ is not built: npm run build");
/** Milliseconds of the main thread of a machine so many times slower than this one. */
const BUDGET = 16;
const SLOWDOWN = 4;
const ROUNDS = process.argv.includes("--quick") ? 5 : 11;
const chosen = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const LAYOUTS = ["banner", "modal", "slide", "sheet", "toast", "fullscreen", "bubble", "inline"].filter((layout) => !chosen.length || chosen.includes(layout));
const CONTENTS = JSON.parse(readFileSync(at("www/shop/public/gallery/contents.json"), "utf8")).filter(({ name }) => /^(offer|coupon|products|survey)$/.test(name));
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'";
// A shop's page of some weight: a message has to be laid out beside it.
const PAGE = `<!doctype html><html lang="ko"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>shop</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/shop.css"><script src="/pkg/dangol.js"></script>
<body><h1>단골상점</h1><div data-dangol-slot="hero"></div><main>${'<article><a href="#"><b>상품 이름</b></a><p>설명이 들어가는 자리</p><button>담기</button></article>'.repeat(120)}</main>`;
const CSS = `body{font:16px/1.5 sans-serif;margin:0}main{display:grid;grid-template-columns:repeat(4,1fr);gap:16px}article{padding:16px;border:1px solid #ddd}[data-dangol-slot]{min-height:640px}
.bare{position:fixed;inset:auto 16px 16px;width:auto;margin:0;padding:20px;border:0;border-radius:16px;background:#fff;box-shadow:0 4px 48px #0003}`;
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
const NOTHING = "nothing";
/** Of these it is told what they cost as a page's first. */
const FIRST = new Set(["modal.offer", "slide.products", "sheet.coupon", "toast.offer"]);
const POPOVER = "bare popover";
const BARE = ["bare element", POPOVER, "bare dialog"];

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
for (const layout of new Set(["modal", ...LAYOUTS])) {
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

/** Runs on the page: starts Dangol, and gives `window.play`, which shows one thing and takes it away. */
async function prepare([config, products, words, isFirst]) {
  window.shift = 0;
  new PerformanceObserver((list) => list.getEntries().forEach(({ value, hadRecentInput }) => { if (!hadRecentInput) window.shift += value; })).observe({ type: "layout-shift", buffered: true });
  window.dangol.init({ config, consent: "granted", storage: "memory", capture: { page: false, engagement: false } });
  await window.dangol.ready;
  await window.dangol.track("Cart Viewed", { products });
  // The renderer is fetched while the page is idle; a visitor's first message finds it there.
  if (isFirst) await new Promise((resolve) => setTimeout(resolve, 1500));
  else {
    await window.dangol.show("modal.offer");
    window.dangol.dismiss();
  }
  const bare = (name) => {
    const element = document.createElement(name === "bare dialog" ? "dialog" : "div");
    element.className = "bare";
    for (const [tag, textContent] of words) element.append(Object.assign(document.createElement(tag), { textContent }));
    if (name === "bare popover") element.popover = "manual";
    document.documentElement.append(element);
    if (name === "bare popover") element.showPopover();
    if (name === "bare dialog") element.showModal();
    return () => element.remove();
  };
  const attached = () => new Promise((resolve) => {
    const observer = new MutationObserver(() => look());
    const look = () => {
      if (!document.querySelector("dangol-message")) return;
      observer.disconnect();
      resolve();
    };
    observer.observe(document.documentElement, { childList: true, subtree: true });
    look();
  });
  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
  window.play = async (name, isBare) => {
    await pause(150);
    performance.mark("from");
    const remove = isBare ? bare(name) : await window.dangol.show(name, { force: true }).then(() => () => window.dangol.dismiss());
    // One that asks for something is attached once the part that reads answers is there.
    if (!isBare && name !== "nothing") await attached();
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    performance.mark("to");
    await pause(250);
    performance.mark("end");
    remove();
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const medians = (all) => Object.fromEntries(Object.keys(all[0]).map((key) => [key, median(all.map((one) => one[key]))]));
const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
let failed = false;
try {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "ko-KR" });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const url = `http://127.0.0.1:${server.address().port}/`;
  await page.goto(url);
  const words = [["h2", "민지님, 돌아오셨네요"], ["p", "오늘까지 모든 상품을 무료로 배송해 드려요."], ["button", "보러 가기"]];
  await page.evaluate(prepare, [config, products, words]);
  /** The medians of some rounds, in which these are played in turn. */
  async function measure(names, rate, rounds) {
    await session.send("Emulation.setCPUThrottlingRate", { rate });
    await browser.startTracing(page, { categories: ["devtools.timeline", "blink.user_timing"] });
    for (let round = 0; round < rounds; round++) {
      for (const name of names) await page.evaluate(([name, isBare]) => window.play(name, isBare), [name, BARE.includes(name)]);
    }
    const played = read(JSON.parse((await browser.stopTracing()).toString()).traceEvents);
    if (played.length !== rounds * names.length) fail(`${names}: ${played.length} of ${rounds * names.length} rounds in the trace`);
    return names.map((_, at) => medians(played.filter((_, turn) => turn % names.length === at)));
  }
  const head = ["script", "style", "layout", "paint", "cost", "beyond", "later", "restyled", "throttled"];
  console.log(`${"ms at a fourth".padEnd(20)}${head.map((word) => word.padStart(10)).join("")}   (median of ${ROUNDS}; load ${loadavg()[0].toFixed(1)})`);
  const line = (name, { script, style, layout, paint, cost, beyond, later, elements }, throttled = NaN, over) => {
    const figures = [script, style, layout, paint, cost, beyond, later].map((value) => (value === undefined ? "" : (SLOWDOWN * value).toFixed(1)).padStart(10));
    console.log(`${name.padEnd(20)}${figures.join("")}${String(elements).padStart(10)}${(throttled >= 0 ? throttled.toFixed(1) : "").padStart(10)}${over ? "   OVER" : ""}`);
  };
  /** What a message costs beyond the call itself, and whether that is too much. */
  async function judge(name, rounds) {
    const [nothing, bare, shown] = await measure([NOTHING, POPOVER, name], 1, rounds);
    const own = { ...shown, script: shown.script - nothing.script, cost: shown.cost - nothing.cost };
    const beyond = own.cost - bare.style - bare.layout - bare.paint;
    return { ...own, beyond, over: SLOWDOWN * Math.max(own.script + own.style + own.layout, beyond) > BUDGET };
  }
  const onlyFirst = process.argv.includes("--first");
  for (const name of onlyFirst ? [] : [NOTHING, ...BARE]) line(name, (await measure([name], 1, ROUNDS))[0], (await measure([name], SLOWDOWN, 5))[0].cost);
  for (const name of onlyFirst ? [] : Object.keys(campaigns).filter((id) => LAYOUTS.includes(id.split(".")[0]))) {
    let row = await judge(name, ROUNDS);
    if (row.over) row = await judge(name, 2 * ROUNDS);
    const [nothingThrottled, shownThrottled] = await measure([NOTHING, name], SLOWDOWN, 5);
    failed ||= row.over;
    line(name, row, shownThrottled.cost - nothingThrottled.cost, row.over);
  }
  const shift = await page.evaluate(() => window.shift);
  failed ||= shift > 0;
  // A page each, in a context of its own: a browser process that has shown nothing yet.
  const first = Object.fromEntries([NOTHING, POPOVER, ...Object.keys(campaigns).filter((id) => FIRST.has(id) && LAYOUTS.includes(id.split(".")[0]))].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, rows] of Object.entries(first)) {
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "ko-KR" });
      const page = await context.newPage();
      await page.goto(url);
      await page.evaluate(prepare, [config, products, words, true]);
      await browser.startTracing(page, { categories: ["devtools.timeline", "blink.user_timing"] });
      await page.evaluate(([name, isBare]) => window.play(name, isBare), [name, BARE.includes(name)]);
      rows.push(...read(JSON.parse((await browser.stopTracing()).toString()).traceEvents));
      await context.close();
    }
  }
  console.log("\nthe first of a page");
  const { [NOTHING]: none, ...shown } = Object.fromEntries(Object.entries(first).map(([name, rows]) => [name, medians(rows)]));
  for (const [name, row] of Object.entries(shown)) {
    const own = name === POPOVER ? row : { ...row, script: row.script - none.script, cost: row.cost - none.cost };
    line(name, { ...own, beyond: undefined });
  }
  console.log(`layout shift of all together: ${shift}${shift ? "   OVER" : ""}`);
} finally {
  await browser.close();
  server.close();
}
process.exitCode = failed ? 1 : 0;
