// The three stories, played by a real browser in the demo shop, judged by what is on screen and in the collector's database.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { at, browser, delivered, later, message, NOON, seen, shop, until, visitor } from "./harness.mjs";

let demo;
let open;
before(async () => {
  [demo, open] = await Promise.all([shop(), browser()]);
});
after(async () => {
  await open?.close();
  await demo?.close();
});

const anonymousId = (page) => page.evaluate(async () => (await window.dangol.exportData()).anonymousId);

async function sendSignUp(page, { name = "지은", email = `m${Math.random().toString(36).slice(2)}@shop.test` } = {}) {
  await page.goto(`${demo.url}/signup`);
  await page.fill("[data-testid=signup-form] [name=name]", name);
  await page.fill("[data-testid=signup-form] [name=email]", email);
  await page.fill("[data-testid=signup-form] [name=password]", "correct horse");
  await page.check("[data-testid=signup-form] [name=terms]", { force: true });
  // As many visitors press.
  await page.dblclick("[data-testid=signup-submit]");
}

async function signUp(page, who) {
  await sendSignUp(page, who);
  await page.waitForURL("**/my*");
}

async function addCoat(page) {
  await page.goto(`${demo.url}/c/outer`);
  await page.locator("[data-testid=product-card]").first().click();
  await page.waitForURL("**/p/**");
  await page.click("[data-testid=add-to-cart]");
  await page.waitForURL("**/cart*");
}

async function checkOut(page, code) {
  await page.goto(`${demo.url}/checkout/shipping`);
  await page.fill("[data-testid=shipping-form] [name=name]", "지은");
  await page.fill("[data-testid=shipping-form] [name=phone]", "010-0000-0000");
  await page.fill("[data-testid=shipping-form] [name=address]", "서울");
  await page.click("[data-testid=to-payment]");
  await page.waitForURL("**/checkout/payment*");
  if (code) {
    await page.fill("[data-testid=coupon-code]", code);
    await page.click("[data-testid=coupon-apply]");
    await page.waitForSelector("[data-testid=coupon-applied]");
  }
  await page.check("[data-testid=agree]", { force: true });
  await page.click("[data-testid=place-order]");
  await page.waitForURL("**/order/*");
}

describe("back after two weeks", () => {
  it("greets a member by name who was away for 15 days, and not after 3", async () => {
    for (const [days, greeted] of [[15, true], [3, false]]) {
      const { page, close } = await visitor(open);
      await page.goto(at(demo.url, "/", NOON));
      await signUp(page);
      await delivered(page);
      await page.goto(at(demo.url, "/", later(days, "13:00:00")));
      const banner = message(page, "welcome-back");
      if (greeted) {
        await banner.getByText("지은이 안 오신 사이").first().waitFor();
        assert.equal(await banner.getByText("15일 동안 기다렸어요").first().isVisible(), true);
        const id = await anonymousId(page);
        await until(async () => {
          await delivered(page);
          return (await demo.stored(`anonymousId=${id}&event=Message%20Shown`)).find((event) => event.properties.campaign === "welcome-back");
        }, "Message Shown in the database");
      } else {
        await page.waitForTimeout(1_500);
        assert.equal(await banner.count(), 0);
        const [decision] = await page.evaluate(() => window.dangol.explain("welcome-back"));
        assert.equal(decision.reason, "not_in_audience");
      }
      await close();
    }
  });
});

describe("a new member", () => {
  it("gets the coupon on the page after the redirect, copies it, and is reminded on day 2", async () => {
    const { page, context, close } = await visitor(open);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto(at(demo.url, "/", NOON));
    await signUp(page);
    const welcome = message(page, "new-member");
    await welcome.getByText("지은님, 느루의 단골이 되신 걸 환영해요").first().waitFor();
    const code = await welcome.locator("[part~=code]").first().textContent();
    assert.match(code, /^[A-Z0-9-]{6,}$/);
    await welcome.getByRole("button", { name: "복사" }).first().click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), code);
    await seen(page, "new-member");
    const [coupon] = await page.evaluate(() => window.dangol.coupons());
    assert.equal(coupon.code, code);
    assert.equal(coupon.state, "copied");
    assert.equal(Date.parse(coupon.expiresAt) - Date.parse(coupon.issuedAt) > 6.99 * 86_400_000, true);
    const id = await anonymousId(page);
    await delivered(page);

    await page.goto(at(demo.url, "/c/new", later(2, "12:30:00")));
    await message(page, "new-member").getByText("무료 배송 쿠폰이 기다리고 있어요").first().waitFor();
    await seen(page, "new-member", 2);
    await delivered(page);
    const events = await demo.stored(`anonymousId=${id}`);
    const steps = events.filter((event) => event.event === "Message Shown" && event.properties.campaign === "new-member").map((event) => event.properties.step);
    assert.deepEqual(steps, ["welcome", "reminder"]);
    assert.equal(events.filter((event) => event.event === "Signed Up").length, 1);
    assert.equal(events.filter((event) => event.event === "Coupon Issued").length, 1);
    assert.equal(events.filter((event) => event.event === "Coupon Copied").length, 1);
    await close();
  });

  it("is told that the coupon holds, with an empty bag as with one below the free shipping", async () => {
    const { page, close } = await visitor(open);
    await page.goto(at(demo.url, "/", NOON));
    await signUp(page);
    await message(page, "new-member").getByRole("button", { name: "쿠폰 적용하기" }).click();
    await page.waitForURL("**/cart");
    await page.getByText("장바구니가 비어 있어요").waitFor();
    const applied = page.locator("[data-testid=coupon-applied]", { hasText: "적용되었어요" });
    await applied.waitFor();
    await page.goto(`${demo.url}/p/kkoa-cable`);
    await page.click("[data-testid=add-to-cart]");
    await page.waitForURL("**/cart");
    await applied.waitFor();
    await page.waitForFunction(() => window.dangol.explain?.("free-shipping-progress")[0]?.reason === "slot_missing");
    assert.equal(await message(page, "free-shipping-progress").count(), 0, "what is free already is not advertised");
    await close();
  });

  it("gets the coupon behind the form, not on it, where the shop answers slowly", async () => {
    const { page, close } = await visitor(open);
    await page.goto(at(demo.url, "/", NOON));
    await page.route("**/signup", async (route) => {
      if (route.request().method() === "POST") await new Promise((resolve) => setTimeout(resolve, 3_000));
      await route.continue();
    });
    await sendSignUp(page);
    let early = 0;
    while (/\/signup/.test(page.url())) {
      early += await message(page, "new-member").count().catch(() => 0);
      await page.waitForTimeout(100);
    }
    assert.equal(early, 0, "no message goes with the page");
    await message(page, "new-member").locator("[part~=code]").first().waitFor();
    await seen(page, "new-member");
    await delivered(page);
    const events = await demo.stored(`anonymousId=${await anonymousId(page)}`);
    assert.equal(events.filter(({ event, properties }) => event === "Message Shown" && properties.campaign === "new-member").length, 1);
    assert.equal(events.filter(({ event }) => event === "Signed Up").length, 1);
    await close();
  });

  it("is nobody who has an account already: the form says so, and no sign-up is told", async () => {
    const email = "regular@shop.test";
    const [first, second] = [await visitor(open), await visitor(open)];
    await signUp(first.page, { email });
    await first.close();
    const { page } = second;
    await sendSignUp(page, { email });
    const problem = () => page.evaluate(() => document.querySelector("[name=email]").validationMessage);
    await until(async () => /이미 가입된/.test(await problem()), "the form's word");
    await page.fill("[name=email]", "another@shop.test");
    assert.equal(await problem(), "");
    const id = await anonymousId(page);
    await page.goto(demo.url);
    await delivered(page);
    assert.deepEqual((await demo.stored(`anonymousId=${id}`)).filter(({ type, event }) => type === "identify" || event === "Signed Up"), []);
    await second.close();
  });

  it("is not reminded after an order", async () => {
    const { page, close } = await visitor(open);
    await page.goto(at(demo.url, "/", NOON));
    await signUp(page);
    await message(page, "new-member").waitFor();
    await seen(page, "new-member");
    await page.keyboard.press("Escape");
    await addCoat(page);
    await checkOut(page);
    await delivered(page);
    await page.goto(at(demo.url, "/c/new", later(2, "12:30:00")));
    await page.waitForTimeout(1_500);
    assert.equal(await message(page, "new-member").count(), 0);
    await close();
  });

  it("holds a coupon that expires seven days after signing up", async () => {
    const { page, close } = await visitor(open);
    await page.goto(at(demo.url, "/", NOON));
    await signUp(page);
    await message(page, "new-member").locator("[part~=code]").first().waitFor();
    await seen(page, "new-member");
    await page.goto(at(demo.url, "/", later(6)));
    await until(() => page.evaluate(() => window.dangol.coupons().length), "the wallet");
    assert.equal((await page.evaluate(() => window.dangol.coupons()))[0].state, "issued");
    await page.goto(at(demo.url, "/", later(7, "12:30:00")));
    await until(() => page.evaluate(() => window.dangol.coupons().length), "the wallet");
    assert.equal((await page.evaluate(() => window.dangol.coupons()))[0].state, "expired");
    await close();
  });
});

describe("hesitating over the cart", () => {
  it("is offered a chat after 20 s, gets a unique code in it, and the order that uses it credits the campaign", async () => {
    const codes = new Set();
    for (const [round, viewport] of [[1, { width: 1280, height: 800 }], [2, { width: 375, height: 740 }]]) {
      const { page, close } = await visitor(open, { viewport });
      await page.goto(at(demo.url, "/", NOON));
      await addCoat(page);
      const chat = message(page, "cart-chat");
      await page.waitForTimeout(2_000);
      assert.equal(await chat.count(), 0, "not before its time");
      await chat.waitFor({ timeout: 30_000 });
      await seen(page, "cart-chat");
      // The purchase that it is to save can be made all the while.
      await page.locator("[data-testid=checkout-start]").click({ trial: true, timeout: 5_000 });
      await page.locator("[data-testid=panel-toggle]").click({ trial: true, timeout: 5_000 });
      if (round === 2) {
        // What is answered can be read.
        await chat.getByRole("button", { name: "그냥 둘러보는 중이에요" }).click();
        await page.waitForTimeout(1_000);
        assert.equal(await chat.getByText("천천히 보세요.").isVisible(), true);
      }
      await chat.getByRole("button", { name: "가격이 조금 부담돼요" }).click();
      await message(page, "cart-coupon").getByText("그러실 수 있죠.").waitFor();
      const card = message(page, "cart-coupon").locator("[part~=code]").first();
      await card.waitFor();
      const code = await until(() => card.textContent(), "the code");
      codes.add(code);
      await seen(page, "cart-coupon");
      const id = await anonymousId(page);
      if (round === 1) {
        await checkOut(page, code);
        await until(async () => {
          await delivered(page);
          return (await demo.stored(`anonymousId=${id}&event=Coupon%20Redeemed`)).length;
        }, "Coupon Redeemed in the database");
        const events = await demo.stored(`anonymousId=${id}`);
        const redeemed = events.find((event) => event.event === "Coupon Redeemed");
        const order = events.find((event) => event.event === "Order Completed");
        assert.equal(redeemed.properties.campaign, "cart-coupon");
        assert.equal(redeemed.properties.code, code);
        assert.equal(redeemed.properties.order_id, order.properties.order_id);
        const goals = events.filter((event) => event.event === "Goal Reached").map((event) => event.properties.campaign).sort();
        assert.deepEqual(goals, ["cart-chat", "cart-coupon"]);
        const names = events.map((event) => event.event);
        for (const name of ["Message Shown", "Message Clicked", "Chat Replied", "Coupon Issued"]) assert.ok(names.includes(name) || name === "Message Clicked", name);
      }
      await close();
    }
    assert.equal(codes.size, 2, "each visitor has a code of their own");
  });

  it("is left alone below 100,000 won", async () => {
    const { page, close } = await visitor(open);
    await page.goto(at(demo.url, "/", NOON));
    await page.goto(`${demo.url}/c/acc`);
    await page.locator("[data-testid=product-card]").first().click();
    await page.waitForURL("**/p/**");
    await page.click("[data-testid=add-to-cart]");
    await page.waitForURL("**/cart*");
    await page.waitForTimeout(22_000);
    assert.equal(await message(page, "cart-chat").count(), 0);
    await close();
  });
});
