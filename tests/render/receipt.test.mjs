// What stands below a message and what it is true to: why it is shown, how to refuse, and whether copying worked.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { load, until } from "../js/lab.mjs";
import { begin, config, journey, open, show } from "./shop.mjs";

const { why } = await load('export { why } from "./render/why.ts"');
const COUPONS = { welcome: { name: "무료배송", code: "WELCOME10" } };
const OFFER = { layout: "modal", blocks: [{ text: "제목", as: "title" }, { coupon: "welcome" }] };

let shop;
before(async () => { shop = await open(); });
after(() => shop?.end());

test("the reason is the campaign's trigger and audience, in the reader's language", () => {
  const text = JSON.stringify({
    segments: {
      looker: { name: "이탈 위험 B안", when: { $and: [{ $did: { event: "Product Viewed", within: "7d", count: { $gte: 3 } } }, { $didNot: { event: "Order Completed" } }] } },
      rich: { when: { "orders.revenue": { $gte: 1 } } }, loop: { when: { $segment: "loop" } }, few: { when: { $did: { event: "Signed In", count: { $lt: 3 } } } },
    },
    campaigns: {
      event: { trigger: { event: "Product Added" }, audience: { $segment: "looker", "cart.value": { $gte: 1 } } },
      enter: { trigger: { segment: "looker", on: "enter" } },
      signals: { trigger: { all: [{ scroll: 60 }, { exit: true }] }, audience: { $not: { $did: "Order Completed" } } },
      own: { trigger: { event: ["My Own Thing", "Signed Up"] }, audience: { $or: [{ $segment: "rich" }, { "traits.gender": "f" }] } },
      loop: { trigger: { manual: true }, audience: { $segment: "loop" } },
      few: { trigger: { page: { path: "/" } }, audience: { $segment: "few", $sequence: { steps: [{ event: "Cart Viewed" }] } } },
      odd: { trigger: { event: "constructor" }, audience: { "__proto__.x": 1, toString: 1 } },
    },
  });
  for (const [campaign, locale, expected] of [
    ["event", "ko-KR", "방금 한 일: 장바구니 담기\n지금까지 한 일: 상품 보기\n아직 하지 않은 일: 주문\n함께 본 정보: 장바구니"],
    ["event", "en-GB", "What you just did: adding to the cart\nWhat you have done: viewing a product\nWhat you have not done: an order\nAlso looked at: your cart"],
    ["enter", "ja", "これまでの行動: 商品の閲覧\nまだしていない行動: 注文"],
    ["signals", "fr", "You scrolled this far.\nYou were about to leave.\nWhat you have not done: an order"],
    ["own", "ko", "방금 한 일: 이 쇼핑몰에서 한 행동, 회원 가입\n함께 본 정보: 주문 이력, 회원 정보"],
    ["loop", "ko", "쇼핑몰이 이 자리에서 보여 드리는 메시지예요.\n고른 손님 중 한 분이세요."],
    ["few", "ko", "이 페이지를 여셨어요.\n지금까지 한 일: 장바구니 보기\n아직 하지 않은 일: 로그인"],
    ["odd", "en", "What you just did: something done in this shop"],
    ["none", "ko", ""],
  ]) assert.equal(why(text, campaign, locale), expected, `${campaign} ${locale}`);
  assert.ok(!why(text, "event", "ko").includes("이탈"), "a segment's name is the marketer's own affair");
});

test("an opened receipt is in view with all it says, however full the message is", async () => {
  const { page, context, said } = await shop.visit({ viewport: { width: 390, height: 640 }, hasTouch: true });
  const blocks = [...OFFER.blocks, ...["첫째", "둘째", "셋째", "넷째"].map((text) => ({ image: "/picture.png", alt: text }))];
  const layouts = ["modal", "sheet", "slide", "inline"];
  await begin(page, config(Object.fromEntries(layouts.map((layout) => [layout, { ...OFFER, layout, slot: "[data-dangol-slot=hero]", blocks }])), { coupons: COUPONS, settings: { receipt: true } }));
  for (const layout of layouts) {
    const message = await show(page, layout);
    await message.locator("[part=why]").tap();
    await until(() => message.locator("[part~=because]").textContent().then((text) => text.includes("쇼핑몰이 이 자리에서")), "the reason");
    // The footer stands below the content, so what it opens would lie below the edge.
    const [top, bottom] = await message.locator("[part=reason]").evaluate((reason) => [reason.getBoundingClientRect().top, reason.getBoundingClientRect().bottom]);
    assert.ok(top >= 0 && bottom <= 640.5, `${layout}: ${top} to ${bottom}`);
    await page.evaluate(() => window.dangol.dismiss());
    await message.waitFor({ state: "detached" });
    // The next one's button stands at the same place: sooner, the tap would be the second half of a double one.
    await page.waitForTimeout(700);
  }
  assert.deepEqual(said, []);
  await context.close();
});

test("the receipt says why once it is opened, and stays true while the message is drawn anew", async () => {
  const { page, context, said } = await shop.visit({ permissions: ["clipboard-read", "clipboard-write"] });
  const asked = [];
  page.on("request", (request) => /why\.js/.test(request.url()) && asked.push(request.url()));
  await begin(page, config({}, {
    coupons: COUPONS,
    campaigns: {
      cart: { name: "A/B 7차", purpose: "service", trigger: { event: "Product Added" }, audience: { $didNot: "Order Completed" }, message: OFFER },
      told: { purpose: "service", trigger: { manual: true }, why: { ko: "{{ traits.name | default: '손님' }}께 드리는 생일 선물이에요.", en: "A birthday gift." }, message: OFFER },
    },
    settings: { receipt: true },
  }));
  await page.evaluate(() => window.dangol.track("Product Added", { product_id: "1" }));
  const message = page.locator('dangol-message[campaign="cart"]');
  await message.locator("[part~=card]").waitFor();
  assert.deepEqual(asked, []);
  await message.getByText("왜 이 메시지가 보이나요?").click();
  const reason = message.locator("[part~=because]");
  await until(async () => (await reason.textContent()).includes("방금 한 일"), "the reason");
  const whole = "방금 한 일: 장바구니 담기\n아직 하지 않은 일: 주문\n이 쇼핑몰에서 둘러본 내용을 바탕으로, 이 브라우저 안에서 고른 메시지예요.";
  assert.equal(await reason.textContent(), whole);
  await message.getByRole("button", { name: "복사" }).click();
  await message.getByRole("button", { name: "복사됨" }).waitFor();
  assert.equal(await reason.textContent(), whole);
  assert.ok(!(await message.evaluate((host) => host.shadowRoot.textContent)).includes("A/B"));
  await page.keyboard.press("Escape");
  const told = await show(page, "told");
  await told.getByText("왜 이 메시지가 보이나요?").click();
  await told.getByText("손님께 드리는 생일 선물이에요.").waitFor();
  assert.equal(asked.length, 1);
  assert.deepEqual(said, []);
  await context.close();
});

test("where the browser refuses to copy, the card says so, selects the code, and tries again", async () => {
  const init = () => {
    window.allowed = false;
    navigator.clipboard.writeText = async () => { if (!window.allowed) throw new DOMException("no", "NotAllowedError"); };
    document.execCommand = () => false;
  };
  const { page, context, said } = await shop.visit({ init });
  await begin(page, config({ offer: OFFER }, { coupons: COUPONS }));
  const offer = await show(page, "offer");
  const button = offer.getByRole("button", { name: "복사" });
  await button.click();
  await offer.locator("[part~=coupon][data-state=uncopied]").waitFor();
  await offer.getByText("자동으로 복사하지 못했어요. 선택된 코드를 직접 복사해 주세요.").waitFor();
  assert.equal(await button.textContent(), "복사");
  assert.equal(await page.evaluate(() => getSelection().toString() || document.querySelector("dangol-message").shadowRoot.getSelection().toString()), "WELCOME10");
  assert.deepEqual((await journey(page)).filter(([event]) => event === "Coupon Copied"), []);
  assert.equal((await page.evaluate(() => window.dangol.coupons()))[0].state, "issued");
  await page.evaluate(() => { window.allowed = true; });
  await button.click();
  await offer.getByRole("button", { name: "복사됨" }).waitFor();
  assert.equal((await journey(page)).filter(([event]) => event === "Coupon Copied").length, 1);
  assert.deepEqual(said, []);
  await context.close();
});

test("without the clipboard's own interface a code is copied the old way, out of an open modal, too", async () => {
  const { page, context } = await shop.visit({ init: () => Object.defineProperty(navigator, "clipboard", { value: undefined }) });
  await begin(page, config({ offer: OFFER }, { coupons: COUPONS }));
  const offer = await show(page, "offer");
  await offer.getByRole("button", { name: "복사" }).click();
  await offer.getByRole("button", { name: "복사됨" }).waitFor();
  assert.equal(await offer.evaluate((host) => host.shadowRoot.querySelectorAll("textarea").length), 0);
  await page.keyboard.press("Escape");
  await page.evaluate(() => { const field = document.createElement("input"); field.id = "field"; document.body.append(field); field.focus(); });
  await page.keyboard.press("ControlOrMeta+V");
  assert.equal(await page.locator("#field").inputValue(), "WELCOME10");
  await context.close();
});
