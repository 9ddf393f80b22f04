// Rows 41-48 of the fault table: the strictest policy, hostile styles and scripts, hostile content. Every page of these
// tests is served with Trusted Types `none` and no inline anything; whatever the browser refuses is said in its console.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { root } from "../../xtask/setup.mjs";
import { SPOIL, VECTORS as MARKUP } from "../faults/rendering.mjs";
import { until } from "../js/lab.mjs";
import { begin, config, open, show } from "./shop.mjs";

const { loadEngine } = await import(`${root}/pkg/engine.js`);
const CONTENTS = JSON.parse(readFileSync(`${root}/www/shop/public/gallery/contents.json`, "utf8"));
const COUPONS = { welcome: { name: "무료배송", code: "WELCOME10" } };

let shop;
before(async () => { shop = await open(); });
after(() => shop?.end());

const VECTORS = [
  ...MARKUP, "'-window.hurt=1-'", "javascript:window.hurt=1", "<details open ontoggle=window.hurt=1>", "<math><mtext></form><form><mglyph><style></math><img src onerror=window.hurt=1>",
  "&lt;img src=x onerror=window.hurt=1&gt;", "<a href=\"javascript:window.hurt=1\">x</a>",
];

test("known vectors in every field stay text", async () => {
  const engine = await loadEngine();
  const { page, context, said } = await shop.visit();
  const messages = {};
  VECTORS.forEach((vector, index) => {
    messages[`v${index}`] = { layout: ["slide", "modal", "banner"][index % 3], position: vector, slot: vector, blocks: [
      { text: vector, as: "title" }, { text: { ko: vector, [vector]: vector } }, { image: vector, alt: vector, action: { open: vector } }, { button: vector, action: { open: vector } },
      { coupon: "evil" }, { products: [{ name: vector, brand: vector, price: 1, currency: vector, image_url: vector, url: vector }] }, { products: "traits.products" },
      { rating: { scale: 5, as: "stars" }, name: vector, label: vector }, { choice: [vector], name: vector }, { input: { type: "text", label: vector, consentLabel: vector, consent: "marketing" }, name: vector },
      { progress: "cart.value", of: 1, text: vector }, { chat: { greeting: vector, replies: [{ label: vector, answer: vector, action: { open: vector } }] } }, { wallet: "all", empty: vector },
    ] };
  });
  const hostile = config(messages, { coupons: { evil: { name: VECTORS[0], code: VECTORS[1] } }, settings: { theme: { accent: "red;background:url(//e)", font: "x</style>" }, words: { close: VECTORS[0], copy: VECTORS[1] } } });
  await begin(page, hostile, { storage: "memory", locale: "ko" });
  await page.evaluate((vectors) => window.dangol.identify("u", { evil: vectors[0], products: vectors.map((name) => ({ name, url: name, image_url: name })) }), VECTORS);
  let drawn = 0;
  for (const id of Object.keys(messages)) {
    if ((await page.evaluate((id) => window.dangol.show(id, { force: true }), id)).outcome !== "shown") {
      // A campaign whose link is refused is not shown at all; its tree is looked at in the engine instead.
      const flat = JSON.stringify(engine.render(hostile, id, {}));
      assert.doesNotMatch(flat, /\["(href|src)","\s*(javascript|data|vbscript):/i);
      continue;
    }
    const message = page.locator(`dangol-message[campaign="${id}"]`);
    await message.locator("[part~=card]").waitFor({ state: "attached" });
    const found = await message.evaluate((host) => [...host.shadowRoot.querySelectorAll("*")].flatMap((element) => [
      ...(/^(script|style|iframe|svg|math|object|embed|form)$/i.test(element.localName) ? [element.localName] : []),
      ...[...element.attributes].filter(({ name, value }) => name.startsWith("on") || (name === "style" && /url|javascript/.test(value)) || (/^(href|src)$/.test(name) && /^\s*(javascript|data|vbscript|blob):/i.test(value))).map(({ name, value }) => `${name}=${value}`),
    ]));
    assert.deepEqual(found, [], id);
    drawn++;
    await page.evaluate(() => window.dangol.dismiss());
  }
  assert.ok(drawn > 5, `${drawn} were drawn`);
  assert.equal(await page.evaluate(() => window.hurt), undefined);
  // Pictures that do not exist are the browser's own complaint; anything of the policy's would be another.
  assert.deepEqual(said.filter((line) => !/Failed to load resource/.test(line)), []);
  await context.close();
});

test("no address of the web platform's own vectors leads out of the allowed schemes", async (t) => {
  const path = `${root}/../shared/suites/wpt-url/urltestdata.json`;
  if (!existsSync(path)) return t.skip("the vectors are not at hand");
  const engine = await loadEngine();
  const base = "https://shop.example/p/1";
  let [allowed, refused] = [0, 0];
  for (const vector of JSON.parse(readFileSync(path, "utf8"))) {
    if (typeof vector !== "object") continue;
    const message = { layout: "modal", blocks: [{ button: "x", action: { open: vector.input } }] };
    const tree = engine.render(config({ m: message }), "m", { page: { url: base } });
    const href = JSON.stringify(tree)?.match(/\["href",("(?:[^"\\]|\\.)*")\]/)?.[1];
    if (href === undefined) { refused++; continue; }
    allowed++;
    const url = new URL(JSON.parse(href), base);
    assert.ok(["http:", "https:", "mailto:", "tel:"].includes(url.protocol) && !url.username && !url.password, vector.input);
  }
  assert.ok(allowed > 100 && refused > 300, `${allowed} allowed, ${refused} refused`);
});

test("scripts that spoil the page before us change no byte of what is sent", async () => {
  const bodies = [];
  for (const init of [undefined, SPOIL]) {
    const { page, context } = await shop.visit({ init });
    shop.server.requests.length = 0;
    shop.server.routes["/collect"] = (request, response) => response.writeHead(200).end("{}");
    await begin(page, config({ offer: { layout: "modal", blocks: [{ text: "제목", as: "title" }, { coupon: "welcome" }] } }, { coupons: COUPONS }), { endpoint: "/collect", capture: { engagement: false } });
    const message = await show(page, "offer");
    await message.locator("[part~=code]").waitFor();
    await message.getByRole("button", { name: "복사" }).click();
    // The display is written after a second in view; what follows comes after it in both runs.
    await until(() => page.evaluate(async () => (await window.dangol.exportData()).journey.some(({ name, event }) => (name ?? event) === "Message Shown")), "the display");
    await page.evaluate(async () => { await window.dangol.track("Product Added", { list: [1, 2, { a: null }], price: 3 }); await window.dangol.flush(); });
    await until(() => shop.server.requests.some(({ path, body }) => path === "/collect" && body.includes("Product Added")), "the batch");
    const sent = shop.server.requests.filter(({ path }) => path === "/collect").flatMap(({ body }) => JSON.parse(body).batch);
    // What differs between any two page loads is levelled; all else is compared as text.
    bodies.push(sent.map((event) => JSON.stringify(event)
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "ID").replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")).sort());
    await context.close();
  }
  assert.ok(bodies[0].length >= 3);
  assert.deepEqual(bodies[1], bodies[0]);
});

test("a page that takes the message away gets it back three times a minute; a storm of changes is not walked", async () => {
  const { page, context, said } = await shop.visit();
  await begin(page, config({ offer: { layout: "slide", blocks: [{ text: "제목", as: "title" }] } }));
  await show(page, "offer");
  const took = await page.evaluate(async () => {
    const from = performance.now();
    const list = document.createElement("div");
    document.body.append(list);
    for (let index = 0; index < 20_000; index++) {
      const child = document.createElement("i");
      list.append(child);
      child.remove();
    }
    const made = performance.now() - from;
    await new Promise((resolve) => setTimeout(resolve));
    return { made, after: performance.now() - from - made };
  });
  assert.ok(took.after < Math.max(200, took.made * 3), JSON.stringify(took));
  await page.evaluate(() => {
    window.back = 0;
    const take = () => { const host = document.querySelector("dangol-message"); if (host) { host.remove(); window.back++; } };
    window.taker = setInterval(take, 30);
  });
  await page.waitForTimeout(1500);
  await page.evaluate(() => clearInterval(window.taker));
  assert.equal(await page.evaluate(() => window.back), 4, "shown once, and back three times");
  assert.equal(await page.locator("dangol-message").count(), 0);
  assert.deepEqual(said, []);
  await context.close();
});

test("a copy of the message that the page makes is an empty shell, and moving the message brings it back", async () => {
  const { page, context } = await shop.visit();
  await begin(page, config({ offer: { layout: "slide", blocks: [{ text: "제목", as: "title" }] } }));
  const message = await show(page, "offer");
  await message.locator("[part~=card]").waitFor();
  await page.evaluate(() => document.body.append(document.querySelector("dangol-message").cloneNode(true)));
  assert.equal(await page.locator("body dangol-message").evaluate((host) => host.shadowRoot), null);
  await page.evaluate(() => document.querySelector("body dangol-message").remove());
  await page.evaluate(() => document.querySelector("#before").append(document.querySelector("dangol-message")));
  await message.locator("[part~=card]").waitFor();
  await context.close();
});

test("accents of the shop's style sheet get text that can be read", async () => {
  const level = (parts) => parts.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)).reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const { page, context } = await shop.visit();
  await begin(page, config({ offer: { layout: "modal", blocks: CONTENTS[0].blocks } }));
  const message = await show(page, "offer");
  await message.locator("[part~=card]").waitFor();
  for (const accent of ["#ffd400", "#9a3f24", "#0b6e4f", "#777777", "#757575", "#ffffff", "#000000", "#ff5a5f"]) {
    const [ground, text] = await page.evaluate(([accent]) => {
      document.documentElement.style.setProperty("--dangol-accent", accent);
      const button = document.querySelector("dangol-message").shadowRoot.querySelector(".primary");
      const canvas = document.createElement("canvas").getContext("2d");
      const { backgroundColor, color } = getComputedStyle(button);
      return [backgroundColor, color].map((value) => { canvas.fillStyle = value; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3); });
    }, [accent]);
    const [light, dark] = [level(ground), level(text)].sort((a, b) => b - a);
    assert.ok((light + 0.05) / (dark + 0.05) >= 4.5, `${accent}: ${text} on ${ground}`);
  }
  assert.equal(await message.count(), 1);
  await context.close();
});

test("a page that opens its document anew under a message, and then again, is served on", async () => {
  const { page, context, said } = await shop.visit();
  shop.server.requests.length = 0;
  shop.server.routes["/collect"] = (request, response) => response.writeHead(200).end("{}");
  await begin(page, config({ offer: { layout: "slide", blocks: [{ text: "제목", as: "title" }, { button: "닫아요", action: { close: true } }] }, next: { layout: "modal", blocks: [{ text: "다음", as: "title" }] } }), { endpoint: "/collect" });
  const offer = await show(page, "offer");
  await offer.locator("[part~=card]").waitFor();
  const reopen = () => page.evaluate(async () => {
    document.open();
    document.close();
    document.body.append(Object.assign(document.createElement("main"), { textContent: "새 문서" }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    return document.querySelectorAll("dangol-message").length;
  });
  // Three times it comes back, then the page has its way.
  assert.deepEqual([await reopen(), await reopen(), await reopen(), await reopen()], [1, 1, 1, 0]);
  assert.equal(await page.locator("main").textContent(), "새 문서");
  // Not only is nothing broken: what comes after is shown, stored and sent as before.
  const next = await show(page, "next");
  await next.getByText("다음").first().waitFor();
  await page.keyboard.press("Escape");
  await next.waitFor({ state: "detached" });
  await page.evaluate(async () => { await window.dangol.track("After Open"); await window.dangol.flush(); });
  await until(() => shop.server.requests.some(({ path, body }) => path === "/collect" && body.includes("After Open")), "the batch");
  assert.deepEqual(said, []);
  await context.close();
});

for (const way of ["press", "Escape", "pulling"]) {
  test(`a message that comes back after its page has opened the document anew is closed by ${way === "press" ? "a press" : way}, once`, async () => {
    const { page, context, said } = await shop.visit();
    shop.server.requests.length = 0;
    shop.server.routes["/collect"] = (request, response) => response.writeHead(200).end("{}");
    await begin(page, config({ offer: { layout: "sheet", blocks: [{ text: "제목", as: "title" }, { button: "닫아요", action: { close: true } }] } }), { endpoint: "/collect" });
    const offer = await show(page, "offer");
    await offer.locator("[part~=card]").waitFor();
    // A copy of the listeners would close, and count, twice.
    for (let times = 0; times < 2; times++) await page.evaluate(() => { document.open(); document.close(); });
    const back = page.locator("dangol-message");
    await back.locator("[part~=card]").waitFor();
    if (way === "press") await back.getByText("닫아요").click();
    else if (way === "Escape") await page.keyboard.press("Escape");
    // It may still be rising, or what pulls it not be there yet: then a visitor pulls again.
    else await until(async () => {
      const { x, y, width } = await back.locator("[part~=handle]").boundingBox();
      await page.mouse.move(x + width / 2, y + 5);
      await page.mouse.down();
      await page.mouse.move(x + width / 2, y + 300, { steps: 4 });
      await page.mouse.up();
      await page.waitForTimeout(100);
      return !(await back.count());
    }, "the sheet to go");
    await back.waitFor({ state: "detached" });
    await page.evaluate(() => window.dangol.flush());
    const closings = () => shop.server.requests.filter(({ path }) => path === "/collect").flatMap(({ body }) => JSON.parse(body).batch).filter(({ event }) => /^Message (Clicked|Dismissed)$/.test(event));
    await until(() => closings().length, "the batch");
    assert.equal(closings().length, 1);
    assert.deepEqual(said, []);
    await context.close();
  });
}

test("a page that patches everything after us, wraps our global and tracks what the console says is not answered in circles", async () => {
  const { page, context } = await shop.visit();
  shop.server.requests.length = 0;
  shop.server.routes["/collect"] = (request, response) => response.writeHead(200).end("{}");
  await begin(page, config({ offer: { layout: "modal", blocks: [{ text: "제목", as: "title" }, { button: "세기", action: { track: "Liked" } }] }, broken: { layout: "modla", blocks: [] } }), { endpoint: "/collect" });
  const uncaught = [];
  page.on("pageerror", (error) => uncaught.push(String(error)));
  await page.evaluate(() => {
    window.calls = 0;
    window.heard = 0;
    const real = window.dangol;
    // In-app browsers look at every property on its way, and what they find they wrap again.
    const wrap = (value) => (typeof value === "function" || (value && typeof value === "object" && !(value instanceof Promise))
      ? new Proxy(value, { get(target, key, receiver) { window.calls++; const found = Reflect.get(target, key, receiver); return key === "prototype" ? found : wrap(found); } }) : value);
    window.dangol = wrap(real);
    for (const name of ["log", "warn", "error", "debug", "info"]) console[name] = () => { window.heard++; void window.dangol.track("Console Spoke"); };
    for (const type of ["message", "segment", "problem", "sync"]) window.dangol.on(type, () => { window.heard++; void window.dangol.track("Heard", { type }); });
    const { fetch, setTimeout } = window;
    window.fetch = (...args) => { void window.dangol.track("Fetched"); Promise.reject(new Error("orphan")).catch(() => {}); return fetch(...args); };
    window.setTimeout = (work, after, ...rest) => setTimeout(() => work(...rest), after);
    for (const prototype of [Element.prototype, Document.prototype]) {
      for (const name of ["append", "querySelector", "remove"]) {
        const own = prototype[name];
        if (own) prototype[name] = function (...args) { window.calls++; return own.apply(this, args); };
      }
    }
    Element.prototype.attachShadow = ((own) => function (options) { window.calls++; return own.call(this, options); })(Element.prototype.attachShadow);
  });
  const decision = await page.evaluate(async () => { const { outcome } = await window.dangol.show("offer"); return outcome; });
  assert.equal(decision, "shown");
  const message = page.locator('dangol-message[campaign="offer"]');
  await message.getByRole("button", { name: "세기" }).click();
  await page.keyboard.press("Escape");
  await message.waitFor({ state: "detached" });
  assert.ok(Array.isArray(await page.evaluate(() => [...window.dangol.segments()])));
  await page.evaluate(async () => { await window.dangol.track("After Proxy"); await window.dangol.flush(); });
  await until(() => shop.server.requests.some(({ path, body }) => path === "/collect" && body.includes("After Proxy")), "the batch");
  // One answer to each thing that happened, and then silence.
  const settled = async () => { const before = await page.evaluate(() => window.heard); await page.waitForTimeout(1000); return (await page.evaluate(() => window.heard)) - before; };
  await until(async () => (await settled()) <= 4, "silence", 10_000);
  assert.ok((await page.evaluate(() => window.heard)) < 100);
  assert.deepEqual(uncaught, []);
  await context.close();
});

test("a console that asks, tracks and throws at every line of `debug` is not answered in circles", async () => {
  const { page, context } = await shop.visit();
  shop.server.requests.length = 0;
  shop.server.routes["/collect"] = (request, response) => response.writeHead(200).end("{}");
  await begin(page, config({ offer: { layout: "modal", blocks: [{ text: "제목", as: "title" }] } }), { endpoint: { url: "/collect", flushInterval: 100 }, debug: true });
  const stays = await page.evaluate(async () => {
    window.heard = 0;
    const { dangol } = window;
    console.debug = () => {
      // A wrapper without an end would hang the test along with the page.
      if (++window.heard > 500) return;
      dangol.stats();
      void dangol.track("Console Spoke");
      throw new Error("no line is written here");
    };
    await dangol.track("Before");
    const { outcome } = await dangol.show("offer");
    await dangol.flush();
    return outcome;
  });
  assert.equal(stays, "shown");
  await page.keyboard.press("Escape");
  await until(() => shop.server.requests.some(({ path, body }) => path === "/collect" && body.includes("Before")), "the batch");
  await page.waitForTimeout(1_500);
  const heard = await page.evaluate(() => window.heard);
  await page.waitForTimeout(500);
  assert.deepEqual([heard > 2 && heard < 100, await page.evaluate(() => window.heard)], [true, heard], "then silence");
  assert.equal(await page.evaluate(() => window.dangol.ready), "full");
  assert.ok(!shop.server.requests.some(({ body }) => body?.includes("Console Spoke")));
  await context.close();
});

test("a text of a megabyte in every field is drawn as text, inside the screen, and closes", async () => {
  const long = "긴 글 <img src=x onerror=window.hurt=1> ".repeat(25_000).slice(0, 900_000);
  const { page, context, said } = await shop.visit();
  await begin(page, config({
    long: { layout: "modal", blocks: [{ text: long, as: "title" }, { button: "닫아요", action: { close: true } }] },
    label: { layout: "slide", blocks: [{ text: "제목", as: "title" }, { button: long, action: { close: true } }] },
  }, { settings: { words: { today: "오늘" } } }), { storage: "memory" });
  await page.evaluate((long) => window.dangol.identify("u", { name: long }), long);
  for (const id of ["long", "label"]) {
    const message = await show(page, id);
    const { x, y, width, height } = await message.locator("[part~=card]").boundingBox();
    assert.ok(x >= 0 && y >= 0 && x + width <= 1280 && y + height <= 800, `${id}: ${[x, y, width, height]}`);
    assert.equal(await message.evaluate((host) => host.shadowRoot.querySelectorAll("img").length), 0);
    await message.getByRole("button", { name: "닫기" }).click();
    await message.waitFor({ state: "detached" });
  }
  assert.equal(await page.evaluate(() => window.hurt), undefined);
  assert.deepEqual(said, []);
  await context.close();
});
