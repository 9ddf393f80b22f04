// A hundred page views in the three stories: the database holds exactly what happened, once each, without a gap.
//
// What is expected is not asked of the SDK: page views and the shop's events are read off the wire between shop and
// browser, and what a click or a form reports is written down where the test clicks.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { at, browser, delivered, later, message, NOON, seen, shop, until, visitor } from "../e2e/harness.mjs";
import { wire } from "../e2e/wire.mjs";

const VIEWS = 100;
/** Dangol's own, and what depends on what was on screen for how long; compared with the visitor's own journey. */
const OWN = /^(Message|Coupon (Issued|Copied|Redeemed)|Chat|Segment|Goal|Page Left|Promotion Viewed)/;
const nameOf = (event) => (event.type === "page" ? "Page Viewed" : event.type === "identify" ? "Identified" : event.event);
const count = (names) => names.reduce((counts, name) => ({ ...counts, [name]: (counts[name] ?? 0) + 1 }), {});
const sorted = (counts) => Object.fromEntries(Object.entries(counts).sort());

let demo;
let open;
const lines = [];
before(async () => {
  [demo, open] = await Promise.all([shop(), browser()]);
});
after(async () => {
  // A failed run leaves its wires open, and an open server would keep this process for ever.
  for (const line of lines) await line.close();
  await open?.close();
  await demo?.close();
});

/** A visitor with a wire of their own, and a list of what they did. */
async function shopper() {
  const did = [];
  const line = await wire(demo.url, {}, (path, body) => {
    if (path.endsWith(".html")) return;
    did.push("Page Viewed");
    const [, data] = /<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(body) ?? [];
    const { identify, events } = JSON.parse(data);
    if (identify) did.push("Identified");
    for (const [event] of events) did.push(event);
  });
  lines.push(line);
  const { page, context, close } = await visitor(open);
  const go = (path) => page.goto(`${line.url}${path}`);
  const click = async (selector, path) => {
    // A page left before its scripts ran was served but not viewed by anyone the SDK could know of.
    await page.waitForLoadState("load");
    await page.locator(selector).first().click();
    await page.waitForURL(path);
  };
  return {
    page, context, go, did, line,
    views: () => did.filter((name) => name === "Page Viewed").length,
    at: (path, moment) => page.goto(at(line.url, path, moment)),
    category: (id) => click(`.nav a[href="/c/${id}"]`, `**/c/${id}`),
    async product() {
      await click("[data-testid=product-card]", "**/p/**");
      did.push("Product Clicked");
    },
    async add() {
      await click("[data-testid=add-to-cart]", "**/cart*");
      did.push("Product Added");
    },
    async signUp() {
      await go("/signup");
      const form = "[data-testid=signup-form]";
      await page.fill(`${form} [name=name]`, "지은");
      await page.fill(`${form} [name=email]`, `m${Math.random().toString(36).slice(2)}@shop.test`);
      await page.fill(`${form} [name=password]`, "correct horse");
      await page.check(`${form} [name=terms]`, { force: true });
      await click("[data-testid=signup-submit]", "**/my*");
      did.push("Identified", "Signed Up");
    },
    async lookbook() {
      await click('.nav a[href="/lookbook"]', "**/lookbook");
      await click("a[data-spa]", "**/lookbook/**");
      await page.waitForTimeout(100);
    },
    async order(code) {
      await go("/checkout/shipping");
      for (const [name, value] of [["name", "지은"], ["phone", "010-0000-0000"], ["address", "서울"]]) await page.fill(`[data-testid=shipping-form] [name=${name}]`, value);
      await click("[data-testid=to-payment]", "**/checkout/payment*");
      did.push("Checkout Step Completed");
      await page.fill("[data-testid=coupon-code]", code);
      await page.click("[data-testid=coupon-apply]");
      await page.waitForSelector("[data-testid=coupon-applied]");
      did.push("Coupon Entered");
      await page.check("[data-testid=agree]", { force: true });
      await click("[data-testid=place-order]", "**/order/*");
      did.push("Payment Info Entered", "Checkout Step Completed");
    },
    /** Walks through the shop until so many pages were seen. */
    async browse(views) {
      const seen = () => did.filter((name) => name === "Page Viewed").length;
      for (let turn = 0; seen() < views; turn += 1) {
        const links = page.locator(".nav a[href^='/c/']");
        await page.waitForLoadState("load");
        const link = links.nth(turn % (await links.count()));
        await link.click();
        await page.waitForURL(`**${await link.getAttribute("href")}`);
        if (turn % 3 === 0 && seen() < views) await this.product();
      }
    },
    close,
  };
}

const STORIES = {
  async backAfterTwoWeeks(visit) {
    await visit.at("/", NOON);
    await visit.signUp();
    await message(visit.page, "new-member").waitFor();
    await visit.page.keyboard.press("Escape");
    await visit.lookbook();
    await visit.browse(16);
    await visit.at("/", later(15, "13:00:00"));
    await message(visit.page, "welcome-back").getByText("15일 동안 기다렸어요").first().waitFor();
    await seen(visit.page, "welcome-back");
    return ["Message Shown welcome-back", "Message Shown new-member"];
  },
  async newMember(visit) {
    await visit.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await visit.at("/", NOON);
    await visit.signUp();
    const welcome = message(visit.page, "new-member");
    await welcome.locator("[part~=code]").first().waitFor();
    await welcome.getByRole("button", { name: "복사" }).first().click();
    await seen(visit.page, "new-member");
    await visit.page.keyboard.press("Escape");
    await visit.browse(20);
    await visit.at("/c/new", later(2, "12:30:00"));
    await message(visit.page, "new-member").getByText("무료 배송 쿠폰이 기다리고 있어요").first().waitFor();
    await seen(visit.page, "new-member", 2);
    return ["Message Shown new-member", "Coupon Issued new-member", "Coupon Copied new-member", "Message Dismissed new-member"];
  },
  async hesitatingOverTheCart(visit) {
    await visit.at("/", NOON);
    await visit.category("outer");
    await visit.product();
    await visit.add();
    await message(visit.page, "cart-chat").waitFor({ timeout: 40_000 });
    await seen(visit.page, "cart-chat");
    await message(visit.page, "cart-chat").getByRole("button", { name: "가격이 조금 부담돼요" }).click();
    const card = message(visit.page, "cart-coupon").locator("[part~=code]").first();
    await card.waitFor();
    const code = await until(() => card.textContent(), "the code");
    await seen(visit.page, "cart-coupon");
    await visit.order(code);
    return ["Message Shown cart-chat", "Message Shown cart-coupon", "Chat Replied cart-chat", "Coupon Issued cart-coupon", "Goal Reached cart-chat", "Goal Reached cart-coupon", "Coupon Redeemed cart-coupon"];
  },
};

describe("the ledger", () => {
  it("holds exactly what happened in 100 page views of the three stories", async (t) => {
    const visits = await Promise.all(Object.keys(STORIES).map(shopper));
    const told = await Promise.all(Object.values(STORIES).map((story, index) => story(visits[index])));
    // The last one walks on until the hundred are full.
    const others = visits[0].views() + visits[1].views();
    await visits[2].browse(VIEWS - others);
    let views = 0;
    for (const [index, { page, did, close }] of visits.entries()) {
      // The last page's own events still come while it is open; then all is delivered.
      await page.waitForTimeout(500);
      await delivered(page);
      const { anonymousId, journey, stats } = await page.evaluate(() => window.dangol.exportData());
      const rows = await demo.stored(`anonymousId=${anonymousId}`);
      const ledger = await demo.ledger(`anonymousId=${anonymousId}`);
      const names = rows.map(nameOf);
      assert.deepEqual(sorted(count(names.filter((name) => !OWN.test(name)))), sorted(count(did)), Object.keys(STORIES)[index]);
      assert.equal(new Set(rows.map(({ messageId }) => messageId)).size, rows.length, "once each");
      assert.deepEqual(rows.map(({ messageId }) => messageId).sort(), journey.map(({ messageId }) => messageId).sort(), "the journey and the database agree");
      const own = rows.filter((event) => OWN.test(nameOf(event))).map(({ event, properties }) => `${event} ${properties.campaign ?? ""}`);
      for (const each of told[index]) assert.ok(own.includes(each), `${each} is missing from ${own}`);
      assert.equal(ledger.total, rows.length);
      assert.deepEqual(stats.dropped, {});
      for (const [stream, { missing, repeated }] of Object.entries(ledger.streams)) assert.deepEqual({ stream, missing, repeated }, { stream, missing: [], repeated: [] });
      views += count(names)["Page Viewed"];
      t.diagnostic(`${Object.keys(STORIES)[index]}: ${rows.length} events in ${ledger.requests} requests, ${ledger.duplicates} sent twice`);
      await close();
    }
    assert.equal(views, VIEWS);
  });
});
