// A monkey in a real browser: two or three tabs, calls, navigation, messages, closed and crashed tabs, and a
// collector that fails, drops and answers late. What a resolved call promised must have arrived once, without a gap in
// its stream, and under the user it was made by. `DANGOL_MONKEY_SEED=7` plays one seed, `DANGOL_MONKEY_SEEDS` says how
// many; a seed fixes what is done, not the browser's timing.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../xtask/setup.mjs";
import { browser, until } from "../e2e/harness.mjs";

const SEEDS = process.env.DANGOL_MONKEY_SEED ? [Number(process.env.DANGOL_MONKEY_SEED)] : Array.from({ length: Number(process.env.DANGOL_MONKEY_SEEDS ?? 8) }, (_, index) => index + 1);
const STEPS = 120;
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'";

/** mulberry32, by Tommy Ettinger (public domain): the same numbers for the same seed. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const trigger = (event) => ({ event });
const CONFIG = {
  version: 1, locale: "ko", currency: "KRW", timezone: "Asia/Seoul",
  segments: { eager: { when: { event: "Made", count: { gte: 5 } } } },
  campaigns: {
    hello: { purpose: "service", trigger: trigger("Wanted"), message: { layout: "modal", blocks: [{ text: "안녕하세요" }, { button: "닫기", action: "dismiss" }] }, limits: { perVisit: 100 } },
    tray: { purpose: "service", trigger: trigger("Tray"), message: { layout: "sheet", blocks: [{ text: "쿠폰" }, { coupon: "monkey" }] } },
    note: { purpose: "service", trigger: trigger("Noted"), message: { layout: "toast", blocks: [{ text: "담았어요" }] } },
  },
  coupons: { monkey: { name: "원숭이", code: "MONKEY", expires: { after: "7d" } } },
};

let open;
let server;
let origin;
/** How the collector answers now, and what each visitor's requests held. */
let mood = "well";
let stored = new Map();
const answers = {
  well: (response, keep) => { keep(); response.writeHead(200, { "Content-Type": "application/json" }).end("{}"); },
  busy: (response) => response.writeHead(503).end(),
  gone: (response) => response.destroy(),
  // Stored, but the sender never learns of it.
  mute: (response, keep) => { keep(); response.destroy(); },
  late: (response, keep) => void setTimeout(() => answers.well(response, keep), 400),
  limited: (response) => response.writeHead(429, { "Retry-After": "1" }).end(),
};

before(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://shop");
    if (pathname === "/collect") {
      let body = "";
      request.setEncoding("utf8").on("data", (part) => { body += part; }).on("end", () => {
        answers[mood](response, () => {
          for (const event of JSON.parse(body).batch) stored.set(event.messageId, event);
        });
      });
      return;
    }
    if (pathname === "/campaigns.json") return void response.writeHead(200, { "Content-Type": TYPES[".json"] }).end(JSON.stringify(CONFIG));
    const file = join(root, "pkg", pathname.slice("/pkg/".length));
    if (pathname.startsWith("/pkg/") && existsSync(file)) return void response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "text/plain" }).end(readFileSync(file));
    if (pathname === "/favicon.ico") return void response.writeHead(204).end();
    response.writeHead(200, { "Content-Type": "text/html", "Content-Security-Policy": POLICY }).end(`<!doctype html><html lang="ko"><meta charset="utf-8"><title>${pathname}</title>
      <script src="/pkg/stub.js"></script><script async src="/pkg/dangol.js" data-config="/campaigns.json" data-endpoint='{"url":"/collect","flushInterval":300}' data-consent="granted"></script>
      <body><a href="/p/1">1</a> <a href="/p/2">2</a> <a href="/p/3">3</a></body></html>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
  open = await browser();
});
after(async () => {
  await open?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** One visit of a monkey; gives what was promised to it. */
async function visit(seed) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const context = await open.newContext({ locale: "ko-KR", timezoneId: "Asia/Seoul", viewport: { width: 390, height: 800 } });
  const tabs = [];
  /** Number of a call whose promise resolved, to the user it must bear; undefined where nobody can tell. */
  const promised = new Map();
  const tally = { calls: 0, crashed: 0, closed: 0, shown: 0 };
  // Who is signed in, and which tab said so; another tab hears of it within a second.
  let user = null;
  let teller;
  let told = 0;

  const patient = (work, patience = 4_000) => Promise.race([work.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, patience))]);
  async function enter() {
    const page = await context.newPage();
    tabs.push(page);
    await patient(page.goto(`${origin}/p/${1 + Math.floor(next() * 3)}`));
    return page;
  }
  async function travel(page, steps) {
    await patient(page.evaluate((steps) => history.go(steps), steps));
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  const drop = (page) => tabs.splice(tabs.indexOf(page), 1);

  const acts = {
    async track(page) {
      const count = 1 + Math.floor(next() * 5);
      const from = tally.calls;
      tally.calls += count;
      const certain = user !== undefined && (teller === page || Date.now() - told > 1_500);
      const expected = certain ? user : undefined;
      const done = await patient(page.evaluate(([from, count]) => Promise.all(Array.from({ length: count }, (_, index) => window.dangol.track("Made", { n: from + index }).then(() => from + index))), [from, count]));
      for (const n of done ?? []) promised.set(n, expected);
    },
    // Called and left: nothing is promised, but nothing may come twice or leave a gap.
    async trackAndGo(page) {
      const n = tally.calls++;
      await patient(page.evaluate((n) => { void window.dangol.track("Made", { n }); location.href = `/p/${n % 3}`; }, n));
    },
    async show(page) {
      await patient(page.evaluate((event) => void window.dangol.track(event), pick(["Wanted", "Tray", "Noted"])));
      if (next() < 0.5) return;
      await patient(page.locator("dangol-message button").first().waitFor({ timeout: 1_000 }));
      await acts.press(page);
    },
    async identify(page) {
      const id = pick(["minji", "jiho"]);
      [user, teller] = [undefined, page];
      if (await patient(page.evaluate((id) => window.dangol.identify(id, { tier: "vip" }).then(() => true), id))) [user, told] = [id, Date.now()];
    },
    async reset(page) {
      [user, teller] = [undefined, page];
      if (await patient(page.evaluate(() => window.dangol.reset().then(() => true)))) [user, told] = [null, Date.now()];
    },
    go: (page) => patient(page.goto(`${origin}/p/${Math.floor(next() * 9)}`)),
    link: (page) => patient(page.locator("body > a").nth(Math.floor(next() * 3)).click({ timeout: 1_000 })),
    // As a visitor does it: the driver's own way back leaves the back-forward cache out.
    back: (page) => travel(page, -1),
    forward: (page) => travel(page, 1),
    reload: (page) => patient(page.reload({ timeout: 3_000 })),
    route: (page) => patient(page.evaluate((path) => history.pushState({}, "", path), `/s/${Math.floor(next() * 99)}`)),
    async press(page) {
      // Not the one that erases the visitor's data: what it loses it was asked to lose.
      const buttons = page.locator("dangol-message button").filter({ hasNotText: /지우기/ });
      const there = (await patient(buttons.count())) ?? 0;
      if (!there) return;
      tally.shown += 1;
      await patient(buttons.nth(Math.floor(next() * there)).click({ timeout: 1_000 }));
    },
    escape: (page) => patient(page.keyboard.press("Escape")),
    async close(page) {
      tally.closed += 1;
      drop(page);
      if (teller === page) user = undefined;
      await patient(page.close());
      if (!tabs.length) await enter();
    },
    async crash(page) {
      tally.crashed += 1;
      drop(page);
      if (teller === page) user = undefined;
      const gone = new Promise((resolve) => page.once("crash", resolve));
      const session = await patient(context.newCDPSession(page));
      session?.send("Page.crash").catch(() => {});
      await patient(gone);
      await patient(page.close());
      if (!tabs.length) await enter();
    },
    async open() {
      if (tabs.length < 3) await enter();
    },
    async collector() { mood = pick(Object.keys(answers)); },
    async network() {
      await context.setOffline(true);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await context.setOffline(false);
    },
    wait: () => new Promise((resolve) => setTimeout(resolve, next() * 800)),
  };
  const often = ["track", "track", "track", "track", "track", "show", "go", "link", "press", "wait"];
  const names = [...often, ...often, ...Object.keys(acts)];

  await enter();
  for (let step = 0; step < STEPS; step += 1) await acts[pick(names)](pick(tabs));

  mood = "well";
  for (const page of [...tabs]) {
    drop(page);
    await patient(page.close());
  }
  // An endpoint that was silent three times is asked hourly, but half a minute after a browser came back online.
  await context.setOffline(true);
  await context.setOffline(false);
  // Twice: what a closing tab still wrote while the first of them started is the second's to send.
  let page;
  for (let turn = 0; turn < 2; turn += 1) {
    page = await enter();
    await page.waitForFunction(() => window.dangol?.stats, null, { timeout: 20_000 });
    await until(async () => {
      await page.evaluate(() => void window.dangol.flush());
      const { pending, created } = await page.evaluate(() => window.dangol.stats());
      if (created > 0 && pending === 0) return true;
      await context.setOffline(true);
      await context.setOffline(false);
    }, "everything to be delivered", 120_000);
  }
  const { stats, journey } = await page.evaluate(() => window.dangol.exportData());
  await context.close();
  return { promised, tally, stats, journey };
}

for (const seed of SEEDS) {
  test(`monkey ${seed}`, { timeout: 240_000 }, async (t) => {
    stored = new Map();
    mood = "well";
    const { promised, tally, stats, journey } = await visit(seed);
    const events = [...stored.values()].sort((a, b) => a.seq - b.seq);
    const made = new Map();
    for (const { event, userId, properties } of events) {
      if (event !== "Made") continue;
      assert.ok(!made.has(properties.n), `call ${properties.n} came under two ids`);
      made.set(properties.n, userId ?? null);
    }
    const lost = [...promised.keys()].filter((n) => !made.has(n));
    const mistaken = [...promised].filter(([n, user]) => user !== undefined && made.has(n) && made.get(n) !== user).map(([n, user]) => `${n}: ${made.get(n)} for ${user}`);
    const streams = new Map();
    for (const event of events) streams.set(event.context.streamId, [...(streams.get(event.context.streamId) ?? []), event]);
    const broken = [...streams.values()].filter((stream) => stream.some(({ seq }, index) => seq !== index + 1)).map((stream) => stream.map(({ seq, type, event, properties, timestamp }) => `${seq} ${timestamp} ${event ?? type} ${properties?.n ?? properties?.path ?? properties?.campaign ?? ""}`));
    t.diagnostic(`${tally.calls} calls, ${promised.size} promised, ${events.length} events, ${streams.size} streams, ${tally.crashed} crashed, ${tally.closed} closed, ${tally.shown} presses`);
    // What the device remembers and the collector never had.
    const unsent = journey.filter(({ messageId }) => !stored.has(messageId)).map(({ event, timestamp, properties }) => `${timestamp} ${event} ${JSON.stringify(properties)}`);
    assert.deepEqual({ lost, mistaken, broken, unsent, dropped: stats.dropped }, { lost: [], mistaken: [], broken: [], unsent: [], dropped: {} });
  });
}
