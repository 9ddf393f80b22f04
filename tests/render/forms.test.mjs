// Questions, chats and coupons as a visitor meets them in a shop: what is sent, once, and what is said of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin, config, journey, open, show } from "./shop.mjs";

let shop;
before(async () => { shop = await open(); });
after(() => shop?.end());

/** A visitor in a shop with these messages. */
async function visit(messages, { more, visitor, ...options } = {}) {
  const opened = await shop.visit(visitor);
  await begin(opened.page, config(messages, more), options);
  return opened;
}
const answered = async (page) => (await journey(page)).filter(([event]) => event === "Survey Answered").map(([, { answers }]) => answers);
const title = { text: "설문", as: "title" };

test("a form behind an answer is sent once, and thanked for", async () => {
  const nps = { rating: { scale: 10, as: "numbers" }, name: "nps" };
  const why = { input: { type: "text", label: "무엇이 아쉬웠나요?", required: true }, name: "why" };
  const { page, context, said } = await visit({ survey: { layout: "modal", blocks: [title, nps], branch: [{ when: { nps: { $lt: 7 } }, blocks: [{ text: "죄송해요" }, why] }] } });
  const message = await show(page, "survey");
  await message.getByRole("radio", { name: "3", exact: true }).click();
  await message.getByLabel("무엇이").fill("배송");
  await message.getByRole("button", { name: "보내기" }).click();
  await message.getByText("고마워요").waitFor();
  assert.equal(await message.getByRole("button", { name: "보내기" }).count(), 0);
  assert.equal(await message.getByLabel("무엇이").count(), 0);
  assert.ok(await message.getByText("죄송해요").isVisible(), "what is no question stays");
  assert.deepEqual(await answered(page), [{ nps: 3 }, { nps: 3, why: "배송" }]);
  assert.deepEqual(said, []);
  await context.close();
});

test("what is required is asked for, also of several boxes; spaces are no text, and a number has digits", async () => {
  const { page, context } = await visit({ survey: { layout: "modal", blocks: [title,
    { rating: { scale: 5 }, name: "stars", required: true }, { choice: ["가격", "배송"], name: "what", multiple: true, required: true },
    { input: { type: "text", label: "이름", required: true }, name: "name" }, { input: { type: "tel", label: "전화", required: true }, name: "tel" }] } });
  const message = await show(page, "survey");
  const send = message.getByRole("button", { name: "보내기" });
  const told = () => message.locator("[part=error]").evaluateAll((list) => list.filter((one) => one.getClientRects().length).map((one) => one.textContent));
  await message.getByLabel("이름").fill("   ");
  await message.getByLabel("전화").fill("abc");
  await send.click();
  const check = "입력한 내용을 확인해 주세요.";
  assert.deepEqual(await told(), [check, check, check, check]);
  await message.getByLabel("배송").check();
  assert.deepEqual(await told(), [check, check, check]);
  await message.getByLabel("4점").check();
  await message.getByLabel("이름").fill("민지");
  await message.getByLabel("전화").fill("02-1234");
  await send.click();
  await message.getByText("고마워요").waitFor();
  assert.deepEqual(await answered(page), [{ stars: 4, what: ["배송"], name: "민지", tel: "02-1234" }]);
  await context.close();
});

test("a contact and a form in one message are looked at apart", async () => {
  const { page, context } = await visit({ both: { layout: "modal", blocks: [title,
    { input: { type: "email", label: "이메일", required: true }, name: "email" }, { button: "신청", action: { submit: true } }, { button: "상담", action: { chat: { message: "궁금해요" } } }] } });
  const message = await show(page, "both");
  await message.getByRole("button", { name: "상담" }).click();
  const field = message.getByLabel("전화번호 또는 이메일");
  await field.fill("010-1234-5678");
  await field.press("Enter");
  await message.getByText("확인하고 곧").waitFor();
  assert.equal(await message.getByLabel("이메일", { exact: true }).getAttribute("aria-invalid"), null);
  await context.close();
});

test("names of the language's own are names", async () => {
  const { page, context, said } = await visit({ survey: { layout: "modal", blocks: [title, { choice: ["a", "b"], name: "constructor", multiple: true }, { choice: ["c"], name: "__proto__", multiple: true }] } });
  const message = await show(page, "survey");
  await message.getByLabel("b").check();
  await message.getByRole("button", { name: "보내기" }).click();
  await message.getByText("고마워요").waitFor();
  assert.deepEqual((await answered(page))[0].constructor, ["b"]);
  assert.deepEqual(said, []);
  await context.close();
});

test("the second half of a double click on what sends a form closes nothing", async () => {
  const { page, context } = await visit({ survey: { layout: "modal", blocks: [title, { choice: ["가", "나", "다", "라"], name: "a", multiple: true }, { input: { type: "text", label: "덧붙임" }, name: "b" }] } });
  const message = await show(page, "survey");
  await message.getByRole("button", { name: "보내기" }).dblclick();
  await page.waitForTimeout(300);
  assert.ok(await message.getByText("고마워요").isVisible());
  await context.close();
});

test("a message follows the cart while it is shown", async () => {
  const { page, context } = await visit({ ship: { layout: "banner", blocks: [{ progress: "cart.value", of: 50000, text: "{{ 50000 | minus: cart.value | money }} 남았어요" }] } });
  const message = await show(page, "ship");
  const add = (id, price) => page.evaluate(([id, price]) => window.dangol.track("Product Added", { product_id: id, price, quantity: 1 }), [id, price]);
  await add("a", 20000);
  await message.getByText("30,000원 남았어요").waitFor();
  await add("b", 50000);
  await message.getByText("다 채웠어요!").waitFor();
  assert.equal(await message.getByRole("progressbar").getAttribute("aria-valuenow"), "100");
  await context.close();
});

test("one code at a time is said to be copied", async () => {
  const coupons = { coupons: { one: { name: "하나", code: "ONE1" }, two: { name: "둘", code: "TWO2" } } };
  const { page, context } = await visit({ two: { layout: "modal", blocks: [{ coupon: "one" }, { coupon: "two" }] } }, { more: coupons, visitor: { permissions: ["clipboard-read", "clipboard-write"] } });
  const message = await show(page, "two");
  const copy = message.locator("[part~=copy]");
  for (const [at, words] of [[0, ["복사됨", "복사"]], [1, ["복사", "복사됨"]]]) {
    await copy.nth(at).click();
    await page.waitForTimeout(150);
    assert.deepEqual(await copy.allTextContents(), words);
  }
  await context.close();
});

test("a chat that fails later is no chat, and the newest line is in sight", async () => {
  const replies = Array.from({ length: 9 }, (_, at) => ({ label: `질문 ${at}`, answer: `답 ${at}. ${"길게 ".repeat(20)}` }));
  const { page, context, said } = await visit({ talk: { layout: "sheet", blocks: [{ chat: { greeting: "무엇이든 물어보세요", replies: [...replies, { label: "상담원", action: { chat: { message: "도와주세요" } } }] } }] } }, { visitor: { viewport: { width: 390, height: 560 } } });
  await context.close();
  const opened = await shop.visit({ viewport: { width: 390, height: 640 } });
  await opened.page.evaluate((config) => {
    window.dangol.init({ config, consent: "granted", chat: async () => { await null; throw new Error("closed"); } });
    return window.dangol.ready;
  }, config({ talk: { layout: "sheet", blocks: [{ chat: { greeting: "무엇이든 물어보세요", replies: [...replies, { label: "상담원", action: { chat: { message: "도와주세요" } } }] } }] } }));
  const message = await show(opened.page, "talk");
  const inSight = (line) => message.locator("[part=content]").evaluate((content, text) => {
    const [box, own] = [[...content.querySelectorAll("[part~=line]")].find((one) => one.textContent.startsWith(text)).getBoundingClientRect(), content.getBoundingClientRect()];
    return box.top >= own.top - 1 && box.bottom <= own.bottom + 1;
  }, line);
  for (const at of [0, 1, 2, 3]) {
    await message.getByRole("button", { name: `질문 ${at}` }).click();
    await message.getByText(`답 ${at}.`).waitFor();
    assert.ok(await inSight(`답 ${at}.`), `line ${at}`);
  }
  await message.getByRole("button", { name: "상담원" }).click();
  await message.getByText("지금은 바로 답하기 어려워요").waitFor();
  assert.deepEqual([said, opened.said], [[], []]);
  await opened.context.close();
});

test("a message of nothing is not shown", async () => {
  const { page, context } = await visit({
    none: { layout: "modal", blocks: [{ products: "event.properties.none" }, { text: "{{ traits.none }}" }] },
    lost: { layout: "modal", blocks: [{ image: "/missing.png", alt: "세일" }] },
    words: { layout: "modal", blocks: [{ image: "/missing.png", alt: "세일" }, title, { button: "", action: { close: true } }] },
  });
  for (const name of ["none", "lost"]) {
    await page.evaluate((name) => window.dangol.show(name), name);
    await page.waitForTimeout(1200);
    assert.equal(await page.locator("dangol-message").count(), 0, name);
    assert.equal(await page.evaluate(() => document.body.inert), false);
  }
  const problems = await page.evaluate(() => window.told.filter(([type]) => type === "problem").map(([, { code, path }]) => code + path));
  assert.deepEqual(problems, ["empty-message/campaigns/none", "message-failed/campaigns/lost"]);
  const message = await show(page, "words");
  await message.getByText("설문").waitFor();
  assert.equal(await message.locator("[part~=button]").count(), 0);
  await context.close();
});
