// Coupons in the built package, with the reference collector as the issuer: whatever happens to an answer, one visitor
// gets one code, and never a blank card.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../js/lab.mjs";
import { begin, config, journey, open, show, told } from "./shop.mjs";

const COUPON = { name: { ko: "첫 주문 10%", en: "10% off" }, issue: { url: "/coupons", timeout: "1s" }, expires: { after: "7d" }, apply: { url: "/discount/{code}?redirect=/cart" } };
const CONFIG = config(
  {
    offer: { layout: "modal", blocks: [{ text: "가입을 축하해요", as: "title" }, { coupon: "welcome" }, { countdown: "coupon:welcome" }] },
    wallet: { layout: "inline", slot: "[data-dangol-slot=hero]", blocks: [{ text: "쿠폰함", as: "title" }, { wallet: "all" }] },
    none: { layout: "modal", blocks: [{ coupon: "none" }] },
    short: { layout: "modal", blocks: [{ coupon: "short" }] },
    go: { layout: "modal", blocks: [{ text: "가을 할인", as: "title" }, { button: "복사하고 둘러보기", action: [{ copy: "coupon:fixed" }, { open: "/autumn" }] }] },
    close: { layout: "toast", blocks: [{ text: "가을 할인" }, { button: "복사하고 닫기", action: [{ copy: "coupon:fixed" }, { close: true }] }] },
    nps: {
      layout: "modal", blocks: [{ text: "추천하시겠어요?", as: "title" }, { rating: { scale: 10, as: "numbers" }, name: "nps" }],
      branch: [{ when: { nps: { $lte: 6 } }, blocks: [{ text: "죄송해요" }, { coupon: "welcome" }] }],
    },
  },
  { coupons: { welcome: COUPON, none: { ...COUPON, name: "다 나간 쿠폰" }, short: { name: "곧 끝나는 쿠폰", code: "SOON", expires: { after: "3s" } }, fixed: { name: "가을", code: "AUTUMN" } } },
);

let shop;
before(async () => { shop = await open(["--pool", "none=0"]); });
after(() => shop?.end());

const coupons = (page) => page.evaluate(() => window.dangol.coupons());
const minted = async () => (await shop.collector.get("/api/stats")).body.coupons.issued;
const code = (message) => message.locator("[part~=code]").textContent();
const cardState = (message, state) => message.locator(`[part~=coupon][data-state=${state}]`).waitFor();

test("a code is issued, copied with feedback, listed, applied and redeemed", async () => {
  const { page, context, said } = await shop.visit({ permissions: ["clipboard-read", "clipboard-write"] });
  await begin(page, CONFIG);
  const empty = await show(page, "wallet");
  assert.equal(await empty.locator("[part~=wallet]").textContent(), "아직 받은 쿠폰이 없어요.");

  const offer = await show(page, "offer");
  await cardState(offer, "issued");
  const given = await code(offer);
  // The inbox on the page follows without being asked.
  await until(async () => (await empty.locator("[part~=code]").allTextContents())[0] === given, "the code in the wallet");
  const first = await offer.locator("[part~=countdown] [role=timer]").textContent();
  assert.match(first, /^(6일 23:59:\d\d|7일 00:00:00)$/);
  await until(async () => (await offer.locator("[part~=countdown] [role=timer]").textContent()) !== first, "the countdown to run");

  await offer.getByRole("button", { name: "복사" }).click();
  await offer.getByRole("button", { name: "복사됨" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), given);
  await until(async () => (await coupons(page))[0]?.state === "copied", "copied");
  await page.keyboard.press("Escape");

  await page.route("**/discount/**", (route) => route.fulfill({ contentType: "text/html", body: "<title>discount</title>" }));
  await empty.getByRole("button", { name: "쿠폰 적용하기" }).click();
  await page.waitForURL("**/discount/**");
  assert.equal(new URL(page.url()).pathname, `/discount/${given}`);
  await page.goto(shop.server.origin);
  await begin(page, CONFIG);
  const [held] = await coupons(page);
  assert.deepEqual(
    { ...held, issuedAt: "", expiresAt: "" },
    { coupon: "welcome", code: given, state: "applied", issuedAt: "", expiresAt: "", name: COUPON.name, campaign: "offer" },
  );
  const wallet = await show(page, "wallet");
  await wallet.getByText("적용됨").waitFor();
  await page.evaluate((code) => window.dangol.track("Order Completed", { order_id: "o1", revenue: 50000, coupon: code.toLowerCase() }), given);
  await wallet.getByText("사용 완료").waitFor();
  assert.equal((await coupons(page))[0].state, "redeemed");
  const events = (await journey(page)).filter(([name]) => name.startsWith("Coupon"));
  assert.deepEqual(events.map(([name, { code, campaign }]) => [name, code, campaign]), [
    // Each names the message it happened in; the order is the credit of the campaign that gave the coupon.
    ["Coupon Issued", given, "offer"], ["Coupon Copied", given, "offer"], ["Coupon Applied", given, "wallet"], ["Coupon Redeemed", given, "offer"],
  ]);
  assert.deepEqual((await told(page, "coupon")).at(-1).coupons.map(({ state }) => state), ["redeemed"]);
  assert.deepEqual(said, []);
  await context.close();
});

for (const [fault, words] of [["down", "지금은 쿠폰을 가져오지 못했어요"], ["nonsense", "지금은 쿠폰을 가져오지 못했어요"], ["lost", "지금은 쿠폰을 가져오지 못했어요"]]) {
  test(`an issuer that is ${fault}: a kind word, a retry, one code`, async () => {
    const { page, context } = await shop.visit();
    const before = await minted();
    const from = shop.asked.length;
    // A browser may ask again by itself where a connection broke.
    shop.faults.push(...Array(fault === "lost" ? 9 : 1).fill(fault));
    await begin(page, CONFIG);
    const offer = await show(page, "offer");
    await cardState(offer, "failed");
    shop.faults.length = 0;
    await offer.getByText(words).waitFor();
    assert.equal(await offer.locator("[part~=coupon-name]").textContent(), "첫 주문 10%");
    assert.deepEqual(await coupons(page), []);
    await offer.getByRole("button", { name: "다시 시도" }).click();
    await cardState(offer, "issued");
    assert.equal((await coupons(page))[0].code, await code(offer));
    const keys = shop.asked.slice(from).map(({ key, body }) => `${key} ${body.key}`);
    assert.ok(keys.length >= 2);
    assert.equal(new Set(keys.flatMap((key) => key.split(" "))).size, 1, "both asked with the same key, in header and body");
    assert.equal((await minted()) - before, 1);
    await context.close();
  });
}

test("an empty pool: a kind word and a retry, in the message and in the wallet", async () => {
  const { page, context } = await shop.visit();
  await begin(page, CONFIG);
  const wallet = await show(page, "wallet");
  const none = await show(page, "none");
  await cardState(none, "failed");
  await none.getByRole("button", { name: "다시 시도" }).click();
  await cardState(none, "failed");
  await page.keyboard.press("Escape");
  await wallet.getByRole("button", { name: "다시 시도" }).waitFor();
  assert.deepEqual(await coupons(page), []);
  await context.close();
});

test("a reload while the issuer is slow, and an answer lost with the page, give the same one code", async () => {
  const { page, context } = await shop.visit();
  const before = await minted();
  shop.faults.push(1500);
  await begin(page, CONFIG);
  const offer = await show(page, "offer");
  await cardState(offer, "issuing");
  assert.equal(await offer.locator("[part~=coupon]").getAttribute("aria-busy"), "true");
  await page.waitForTimeout(300);
  await page.reload();
  await begin(page, CONFIG);
  await until(async () => (await coupons(page)).length === 1, "the code after the reload");
  const again = await show(page, "offer");
  await cardState(again, "issued");
  assert.equal(await code(again), (await coupons(page))[0].code);
  assert.equal((await minted()) - before, 1);
  await context.close();
});

test("a preview takes no coupon out and shows what one would look like", async () => {
  const { page, context } = await shop.visit();
  const from = shop.asked.length;
  await begin(page, CONFIG);
  const offer = await show(page, "offer", { force: true });
  await cardState(offer, "issued");
  assert.equal(await code(offer), "SAMPLE-1234");
  assert.deepEqual([shop.asked.length - from, await coupons(page)], [0, []]);
  await context.close();
});

test("two tabs that show the same offer hold the same one code", async () => {
  const { page, context } = await shop.visit();
  const other = await context.newPage();
  await other.goto(shop.server.origin);
  const before = await minted();
  shop.faults.push(400);
  await Promise.all([begin(page, CONFIG), begin(other, CONFIG)]);
  const [left, right] = await Promise.all([show(page, "offer"), show(other, "offer")]);
  await Promise.all([cardState(left, "issued"), cardState(right, "issued")]);
  assert.equal(await code(left), await code(right));
  assert.equal((await minted()) - before, 1);
  await until(async () => (await coupons(page)).length === 1 && (await coupons(other)).length === 1, "both wallets");
  await context.close();
});

test("a coupon expires on the screen", async () => {
  const { page, context } = await shop.visit();
  await begin(page, CONFIG);
  const short = await show(page, "short");
  await cardState(short, "issued");
  await cardState(short, "expired");
  await short.getByText("만료됨").waitFor();
  assert.equal(await short.getByRole("button", { name: "복사" }).count(), 0);
  assert.equal((await coupons(page))[0].state, "expired");
  await context.close();
});

test("coupons that the shop's server knows of come in as they are, and come in once", async () => {
  const { page, context } = await shop.visit();
  await begin(page, CONFIG);
  const known = ["issued", "copied", "applied", "redeemed"].map((state, index) => ({ coupon: "welcome", code: `KNOWN-${index}`, state, issuedAt: "2026-01-01T00:00:00.000Z", campaign: "mail" }));
  for (let time = 0; time < 2; time++) await page.evaluate((coupons) => window.dangol.identify("m1", {}, { coupons }), known);
  await until(async () => (await coupons(page)).length === 4, "the known coupons");
  const held = await coupons(page);
  assert.deepEqual(held.map(({ coupon, code, state, issuedAt, campaign }) => ({ coupon, code, state, issuedAt, campaign })), known);
  // What came out goes in again: the same fields both ways.
  await page.evaluate((coupons) => window.dangol.identify("m1", {}, { coupons }), held);
  assert.equal((await coupons(page)).length, 4);
  const wallet = await show(page, "wallet");
  assert.deepEqual(await wallet.locator("[part~=code]").allTextContents(), ["KNOWN-2", "KNOWN-1", "KNOWN-0", "KNOWN-3"], "the newest first, the used last");
  await context.close();
});

test("a button that copies and leads on has copied, and counted that, before the page goes", async () => {
  const { page, context, said } = await shop.visit({ permissions: ["clipboard-read", "clipboard-write"] });
  await page.route("**/autumn", (route) => route.fulfill({ contentType: "text/html", body: "<title>autumn</title>" }));
  await begin(page, CONFIG);
  await (await show(page, "go")).getByRole("link", { name: "복사하고 둘러보기" }).click();
  await page.waitForURL("**/autumn");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "AUTUMN");
  await page.goto(shop.server.origin);
  await begin(page, CONFIG);
  assert.equal((await coupons(page))[0].state, "copied");
  assert.deepEqual((await journey(page)).map(([name]) => name).filter((name) => name.startsWith("Coupon")), ["Coupon Issued", "Coupon Copied"]);
  assert.deepEqual(said, []);
  await context.close();
});

test("where the browser refuses to copy, a message that would close stays and shows the code, and closes on the next click", async () => {
  const { page, context } = await shop.visit({ init: () => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
    document.execCommand = () => false;
  } });
  await begin(page, CONFIG);
  const message = await show(page, "close");
  const button = message.getByRole("button", { name: "복사하고 닫기" });
  await button.click();
  await cardState(message, "uncopied");
  assert.equal(await page.evaluate(() => document.getSelection().toString()), "AUTUMN");
  await button.click();
  await message.waitFor({ state: "detached" });
  assert.equal((await coupons(page))[0].state, "issued");
  await context.close();
});

test("a coupon behind an answer is asked for when that answer is given", async () => {
  const { page, context } = await shop.visit();
  const from = shop.asked.length;
  await begin(page, CONFIG);
  const happy = await show(page, "nps");
  await happy.locator("[part~=point]").nth(10).click();
  await happy.locator("[part~=thanks]").waitFor();
  assert.deepEqual([shop.asked.length - from, await coupons(page)], [0, []]);
  await page.keyboard.press("Escape");
  const sorry = await show(page, "nps");
  await sorry.locator("[part~=point]").nth(3).click();
  await cardState(sorry, "issued");
  assert.deepEqual([shop.asked.length - from, (await coupons(page)).map(({ campaign }) => campaign)], [1, ["nps"]]);
  await context.close();
});
