import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium as executable } from "../../xtask/setup.mjs";
import { delivered } from "../faults/judge.mjs";
import { FOLDER, html, launch, open, serve, until } from "../js/lab.mjs";

// Where a visit came from, and what is no visit: the built package by its script tag, judged by what the backend received.
const CONFIG = {
  version: 1, timezone: "Asia/Seoul", locale: "ko", currency: "KRW",
  settings: { urlQuery: ["utm_source", "utm_medium", "utm_campaign"] },
  segments: {
    kakao: { when: { "session.utm.source": "kakao" } },
    landed: { when: { "session.landingPath": "/landing" } },
    referred: { when: { "session.referrer": { $regex: "^http://127" } } },
  },
};
/** Of two pages that are left, flushed once each: what is asked for, and what goes with the page. */
const MOST_REQUESTS = 6;
const OK = (request, response) => response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
const tag = (more = "") => `<script async src="/pkg/dangol.js" data-config="/config.json" data-endpoint="/collect" data-consent="granted"${more}></script>`;

let browser, shop, other;
before(async () => {
  browser = await launch();
  const page = html('<script src="/pkg/stub.js"></script>', tag());
  const cdn = (name) => (request, response) => response.writeHead(302, { Location: `/pkg/${name}` }).end();
  shop = await serve({
    "/landing": page, "/next": page, "/": page,
    "/counted": html('<script src="/pkg/stub.js"></script>', tag(" data-crawlers")),
    // Prerendering is asked for by a header, as a shop does under a strict policy.
    "/ahead": (request, response) => response.writeHead(200, { "Content-Type": "text/html", "Speculation-Rules": '"/ahead.json"' })
      .end(html('<script src="/pkg/stub.js"></script>', tag(), '<script src="/ahead.js"></script>')),
    "/ahead.json": (request, response) => response.writeHead(200, { "Content-Type": "application/speculationrules+json" })
      .end(JSON.stringify({ prerender: [{ source: "list", urls: ["/prerendered"], eagerness: "immediate" }] })),
    // Long enough for the page that is fetched ahead to start and to tell: this one has done so by then.
    "/ahead.js": "dangol.ready.then(() => dangol.flush()).then(() => setTimeout(() => { location.href = '/prerendered'; }, 2500));",
    "/prerendered": html('<script src="/prerendered.js"></script>', '<script src="/pkg/stub.js"></script>', '<script src="/tell.js"></script>', tag()),
    // Nobody listens from without, so the page is its own judge: oracles A and E of docs/faults.md.
    "/prerendered.js": `const said = [];
      let looked = 0;
      document.addEventListener("prerenderingchange", () => { looked = Date.now(); });
      for (const level of ["debug", "info", "log", "warn", "error"]) console[level] = (...words) => said.push(level + ": " + words.join(" "));
      for (const type of ["error", "unhandledrejection"]) addEventListener(type, ({ message, reason }) => said.push(type + ": " + (message ?? reason)));
      const judge = async () => {
        const { created, acknowledged, pending, dropped } = dangol.stats();
        const own = Object.keys(window).filter((name) => /dangol|wasm|__wbg/i.test(name));
        // What the page did before anybody looked is of the moment in which they did: everything else then comes in its order, and time is counted from there.
        const data = await dangol.exportData();
        const ahead = data.journey.filter(({ properties, timestamp }) => properties.path === location.pathname && Date.parse(timestamp) < looked).length;
        return { said, ahead, path: data.document.page.path, own, large: JSON.stringify(await dangol.exportData()).length >= 1 << 20, created, balance: created - acknowledged - pending - Object.values(dropped).reduce((sum, count) => sum + count, 0) };
      };`,
    "/tell.js": `const tell = (ahead) => fetch("/seen", { method: "POST", body: String(ahead) }).then(() => dangol.ready).then(() => dangol.flush())
        .then(judge).then((words) => fetch("/judged", { method: "POST", body: JSON.stringify(words) }));
      if (document.prerendering) document.addEventListener("prerenderingchange", () => tell(true)); else tell(false);`,
    "/seen": OK, "/judged": OK,
    "/elsewhere": html('<script src="/pkg/stub.js"></script>', tag(' data-base-url="/cdn/"')),
    [`/cdn/${FOLDER}page.js`]: cdn(`${FOLDER}page.js`), [`/cdn/${FOLDER}dangol.wasm`]: cdn(`${FOLDER}dangol.wasm`),
    "/config.json": JSON.stringify(CONFIG), "/collect": OK,
  });
  other = await serve({ "/": html("", `<a href="${shop.origin}/landing?utm_source=kakao&utm_medium=message&utm_campaign=fall&token=secret">go</a>`) });
});
after(async () => {
  await browser.close();
  await Promise.all([shop.close(), other.close()]);
});

// A page that is left may send what the next one sends again: by its id it is one.
const received = () => [...new Map(shop.requests.filter(({ path }) => path === "/collect").flatMap(({ body }) => JSON.parse(body).batch).map((event) => [event.messageId, event])).values()];
const views = (path) => received().filter(({ type, context }) => type === "page" && context.page.path === path);

/** Waits for the engine and for what it has to send. */
const settled = (page) => page.evaluate(async () => {
  await dangol.ready;
  await dangol.flush();
});

test("where a visit came from is told with it, and stays known on the pages after", async () => {
  shop.requests.length = 0;
  const { page, said, context } = await open(browser, other.origin);
  await page.getByRole("link", { name: "go" }).click();
  await page.waitForURL("**/landing?*");
  await settled(page);
  const [view] = await until(() => views("/landing").length && views("/landing"), "the view");
  assert.deepEqual(view.context.campaign, { source: "kakao", medium: "message", name: "fall" });
  assert.equal(view.context.page.referrer, `${other.origin}/`);
  assert.doesNotMatch(JSON.stringify(received()), /secret/, "what is not on the list of query parameters stays on the page");
  await page.goto(`${shop.origin}/next`);
  await settled(page);
  assert.deepEqual(await until(() => page.evaluate(() => dangol.segments().length === 3 && dangol.segments().sort()), "the segments"), ["kakao", "landed", "referred"]);
  assert.deepEqual(said, []);
  await context.close();
});

test("a crawler that says so is no visitor, unless the shop wants it counted", async () => {
  shop.requests.length = 0;
  const device = { userAgent: "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)" };
  const { page, said, context } = await open(browser, `${shop.origin}/`, { device });
  await settled(page);
  await page.evaluate(() => dangol.track("Product Viewed", { product_id: "p1" }));
  await settled(page);
  assert.deepEqual(received(), []);
  await page.goto(`${shop.origin}/counted`);
  await settled(page);
  await until(() => views("/counted").length === 1, "the view that is counted");
  assert.deepEqual(said, []);
  await context.close();
});

// A browser that is being remote-controlled does not prerender: this one runs by itself, and the pages say what they see.
test("a prerendered page is visited when it is looked at", async () => {
  shop.requests.length = 0;
  const profile = mkdtempSync(join(tmpdir(), "dangol-prerender-"));
  const alone = spawn(executable(), ["--headless=new", "--no-sandbox", "--no-first-run", `--user-data-dir=${profile}`, `${shop.origin}/ahead`], { stdio: "ignore", detached: true });
  try {
    await until(() => shop.requests.some(({ path }) => path === "/seen"), "the prerendered page to be looked at", 30_000);
    await until(() => views("/prerendered").length === 1, "its view", 10_000);
    const verdict = () => shop.requests.find(({ path }) => path === "/judged");
    const { created, ...words } = JSON.parse((await until(verdict, "the page's own judgement")).body);
    assert.deepEqual(words, { said: [], ahead: 0, path: "/prerendered", own: ["dangol"], large: false, balance: 0 });
    assert.ok(created > 0);
    delivered({ events: new Map(received().map((event) => [event.messageId, event])) }, []);
    const requests = shop.requests.filter(({ path }) => path === "/collect");
    assert.ok(requests.length <= MOST_REQUESTS, `D: ${requests.length} requests`);
    const order = shop.requests.filter(({ path }) => path !== "/judged").flatMap(({ path, body }) => path === "/seen" ? [`seen ${body}`] : JSON.parse(body).batch.map(({ type, context }) => `${type} ${context.page.path}`));
    assert.deepEqual([...new Set(order.filter((entry) => !entry.startsWith("track")))], ["page /ahead", "seen true", "page /prerendered"]);
  } finally {
    process.kill(-alone.pid, "SIGKILL");
    await new Promise((resolve) => { if (alone.exitCode !== null || alone.signalCode) resolve(); else alone.once("exit", resolve); });
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
});

test("back from the back-forward cache a page is one more view", async () => {
  shop.requests.length = 0;
  const { page, said, context } = await open(browser, `${shop.origin}/`);
  await settled(page);
  await page.evaluate(() => { window.same = true; });
  // Asked for by the page: a browser does not keep what a driver navigates away from.
  await page.evaluate(() => { setTimeout(() => { location.href = "/next"; }); });
  await page.waitForURL("**/next");
  await settled(page);
  // The two share a heap. A page in the cache that hears of what is collected from it is thrown out.
  await (await context.newCDPSession(page)).send("HeapProfiler.collectGarbage");
  await page.evaluate(() => { setTimeout(() => history.back()); });
  await until(() => new URL(page.url()).pathname === "/", "the way back");
  assert.equal(await page.evaluate(() => window.same), true, "it came from the cache");
  await until(async () => {
    await page.evaluate(() => dangol.flush());
    return views("/").length === 2;
  }, "the second view");
  assert.deepEqual(new Set(received().map(({ anonymousId }) => anonymousId)).size, 1);
  assert.deepEqual(said, []);
  await context.close();
});

test("page.js and the engine come from data-base-url", async () => {
  const { page, said, context } = await open(browser, `${shop.origin}/elsewhere`);
  await settled(page);
  assert.equal(await page.evaluate(() => dangol.ready), "full");
  const names = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname));
  assert.deepEqual(names.filter((name) => /page\.js|\.wasm/.test(name)).sort(), [`/cdn/${FOLDER}dangol.wasm`, `/cdn/${FOLDER}page.js`]);
  assert.deepEqual(said, []);
  await context.close();
});
