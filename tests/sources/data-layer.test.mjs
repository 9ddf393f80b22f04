// GA4's e-commerce pushes, as GTM and gtag.js pages make them, become Segment's events.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { events, lab, tag, taken } from "./lab.mjs";

const html = (before, capture = "page dataLayer") => `<!doctype html><html lang="ko"><meta charset="utf-8"><title>shop</title><script>${before}</script><body>${tag(capture)}`;
const COAT = { item_id: "c1", item_name: "코트", item_category: "outer", item_brand: "느루", item_variant: "M", price: "129000", quantity: 2, index: 3 };
const coat = { product_id: "c1", name: "코트", category: "outer", brand: "느루", variant: "M", price: 129000, quantity: 2, position: 3 };
const HAT = { item_id: "h1", item_name: "모자", price: 30000 };
const hat = { product_id: "h1", name: "모자", price: 30000 };

let shop;
before(async () => {
  shop = await lab({
    "/": html("window.dataLayer = window.dataLayer || [];"),
    "/early": html(`window.dataLayer = [{event:"gtm.js"}, {event:"view_item", ecommerce:{currency:"KRW", value:30000, items:[${JSON.stringify(HAT)}]}}];`),
    "/mine": html("window.myLayer = []; window.dataLayer = [];", "page dataLayer:myLayer"),
    "/none": html(""),
    "/layer": html("", "dataLayer:pageLayer"),
    "/frozen": html("window.dataLayer = Object.freeze([{event:'login'}]);"),
    "/readonly": html("window.dataLayer = [{event:'login'}]; Object.defineProperty(dataLayer, 'push', { value(...entries) { return Array.prototype.push.apply(this, entries); } });"),
    "/gtag": html("window.dataLayer = []; function gtag(){dataLayer.push(arguments)} gtag('js', new Date()); gtag('config', 'G-1');"),
  });
});
after(() => shop.close());

/** Opens `path`, pushes there, and gives what was taken. */
async function pushed(path, pushes, count) {
  const { page, context, said } = await shop.visit(path);
  await page.evaluate((pushes) => { for (const push of pushes) window.dataLayer.push(push); }, pushes);
  const got = await events(page, count);
  await page.waitForTimeout(100);
  assert.equal((await taken(page)).length, count, "and no more");
  assert.deepEqual(said, []);
  await context.close();
  return got;
}

const of = (event, ecommerce) => ({ event, ecommerce });
const CASES = [
  ["view_item_list", { item_list_id: "l1", item_list_name: "신상", items: [COAT, HAT] }, [["Product List Viewed", { list_id: "l1", list: "신상", products: [coat, hat] }]]],
  ["select_item", { item_list_id: "l1", items: [HAT] }, [["Product Clicked", { list_id: "l1", ...hat, value: 30000 }]]],
  ["view_item", { currency: "KRW", value: 129000, items: [COAT] }, [["Product Viewed", { currency: "KRW", ...coat, value: 129000 }]]],
  ["add_to_cart", { currency: "KRW", value: 288000, items: [COAT, HAT] }, [["Product Added", { currency: "KRW", ...coat, value: 258000 }], ["Product Added", { currency: "KRW", ...hat, value: 30000 }]]],
  ["remove_from_cart", { currency: "KRW", value: 30000, items: [HAT] }, [["Product Removed", { currency: "KRW", ...hat, value: 30000 }]]],
  ["view_cart", { currency: "KRW", value: 30000, items: [HAT] }, [["Cart Viewed", { currency: "KRW", value: 30000, products: [hat] }]]],
  ["begin_checkout", { currency: "KRW", value: 30000, coupon: "WELCOME", items: [HAT] }, [["Checkout Started", { currency: "KRW", coupon: "WELCOME", value: 30000, products: [hat] }]]],
  ["add_shipping_info", { value: 30000, shipping_tier: "새벽", items: [HAT] }, [["Checkout Step Completed", { shipping_method: "새벽", value: 30000, products: [hat] }]]],
  ["add_payment_info", { value: 30000, payment_type: "카드", items: [HAT] }, [["Payment Info Entered", { payment_method: "카드", value: 30000, products: [hat] }]]],
  ["purchase", { transaction_id: "T-1", currency: "KRW", value: 33000, tax: 3000, shipping: 3000, coupon: "W", affiliation: "본점", items: [HAT] },
    [["Order Completed", { currency: "KRW", order_id: "T-1", tax: 3000, shipping: 3000, coupon: "W", affiliation: "본점", revenue: 33000, products: [hat] }]]],
  ["refund", { transaction_id: "T-1", currency: "KRW", value: 33000 }, [["Order Refunded", { currency: "KRW", order_id: "T-1", revenue: 33000 }]]],
  ["view_promotion", { creative_name: "여름 배너", creative_slot: "main_1", promotion_id: "P1", promotion_name: "여름 세일", items: [HAT] },
    [["Promotion Viewed", { promotion_id: "P1", name: "여름 세일", creative: "여름 배너", position: "main_1" }]]],
  ["select_promotion", { creative_slot: "main_1", items: [{ ...HAT, promotion_id: "P1", promotion_name: "여름 세일" }, { ...COAT, promotion_id: "P2" }, { ...COAT, promotion_id: "P2" }] },
    [["Promotion Clicked", { promotion_id: "P1", name: "여름 세일", position: "main_1" }], ["Promotion Clicked", { promotion_id: "P2", position: "main_1" }]]],
  ["add_to_wishlist", { currency: "KRW", value: 30000, items: [HAT] }, [["Product Added to Wishlist", { currency: "KRW", ...hat, value: 30000 }]]],
];

test("every e-commerce event becomes Segment's", async () => {
  const pushes = CASES.flatMap(([event, ecommerce]) => [{ ecommerce: null }, of(event, ecommerce)]);
  const others = [{ event: "search", search_term: "코트" }, { event: "sign_up", method: "kakao" }, { event: "login", method: "naver" }, { event: "generate_lead", value: 5, currency: "KRW" },
    { event: "search", search_term: "모자", ecommerce: { items: [HAT] } }];
  const expected = [...CASES.flatMap(([, , events]) => events),
    ["Products Searched", { query: "코트" }], ["Signed Up", { method: "kakao" }], ["Signed In", { method: "naver" }], ["Lead Generated", { currency: "KRW", value: 5 }],
    ["Products Searched", { query: "모자" }]];
  assert.deepEqual(await pushed("/", [...pushes, ...others], expected.length), expected);
});

test("pushes made before it came are taken too, in order, once", async () => {
  const got = await pushed("/early", [{ ecommerce: null }, of("view_cart", { value: 1, items: [] })], 2);
  assert.deepEqual(got, [["Product Viewed", { currency: "KRW", ...hat, value: 30000 }], ["Cart Viewed", { value: 1, products: [] }]]);
});

test("an event in a push of its own means the model's ecommerce, until it is reset", async () => {
  const got = await pushed("/", [{ ecommerce: { currency: "KRW", items: [HAT] } }, { event: "view_item" }, { ecommerce: null }, { event: "view_item" }, of("view_cart", { items: [COAT] })], 2);
  assert.deepEqual(got, [["Product Viewed", { currency: "KRW", ...hat, value: 30000 }], ["Cart Viewed", { products: [coat] }]]);
});

test("what an earlier event said does not cling to the next", async () => {
  const got = await pushed("/", [of("purchase", { transaction_id: "T-1", value: 9, coupon: "W", items: [COAT, HAT] }), of("view_item", { items: [HAT] })], 2);
  assert.deepEqual(got[1], ["Product Viewed", { ...hat, value: 30000 }]);
});

test("gtag()'s arguments are read", async () => {
  const { page, context } = await shop.visit("/gtag");
  await page.evaluate((item) => {
    window.gtag("event", "add_to_cart", { currency: "KRW", value: 30000, items: [item] });
    window.gtag("set", { currency: "KRW" });
    window.gtag("event", "scroll", {});
  }, HAT);
  assert.deepEqual(await events(page, 1), [["Product Added", { currency: "KRW", ...hat, value: 30000 }]]);
  await context.close();
});

test("what gtag() sends to Google's advertising alone is no event of the shop", async () => {
  const { page, context } = await shop.visit("/gtag");
  await page.evaluate(() => {
    const sale = { value: 50, currency: "KRW", items: [{ id: "a", google_business_vertical: "retail" }] };
    window.gtag("event", "purchase", { ...sale, transaction_id: "T-1", send_to: ["AW-1/label", "G-1"] });
    for (const send_to of ["AW-1", "AW-1/label", "DC-1/x", ["AW-1", "DC-1"]]) for (const name of ["view_item", "purchase"]) window.gtag("event", name, { ...sale, send_to });
    window.gtag("event", "generate_lead", { send_to: [] });
  });
  await page.waitForTimeout(300);
  assert.deepEqual((await taken(page)).map(([event, { order_id }]) => [event, order_id]), [["Order Completed", "T-1"], ["Lead Generated", undefined]]);
  await context.close();
});

test("a number whose comma may be a decimal one is not read, rather than misread", async () => {
  const prices = ["1,234", "1,234.5", "12,34,567", " 7 ", "12,50", "1.234,50", "1,2345", ""];
  const [[, { products }]] = await pushed("/", [of("view_cart", { items: prices.map((price) => ({ item_id: "a", price })) })], 1);
  assert.deepEqual(products.map(({ price }) => price), [1234, 1234.5, 1234567, 7, undefined, undefined, undefined, undefined]);
});

test("an instance after destroy() does not take again what the former one took, but what was pushed between them", async () => {
  const { page, context } = await shop.visit("/early");
  await events(page, 1);
  await page.evaluate(async () => {
    await dangol.destroy();
    window.dataLayer.push({ event: "login" });
    window.dangol = dangol.init({ config: { version: 1 }, consent: "granted", capture: { dataLayer: true } });
    await dangol.ready;
  });
  await events(page, 2);
  await page.waitForTimeout(100);
  assert.deepEqual((await taken(page)).map(([event]) => event), ["Product Viewed", "Signed In"]);
  await context.close();
});

test("two hundred items are taken, and a list larger than an event may be keeps its essentials", async () => {
  const items = Array.from({ length: 201 }, (_, index) => ({ item_id: `p${index}`, item_name: "가".repeat(90), item_category: "c", price: 1000 }));
  const [[, { products }], ...added] = await pushed("/", [of("view_item_list", { items }), { ecommerce: null }, of("add_to_cart", { items })], 201);
  assert.equal(products.length, 200);
  assert.deepEqual(products[199], { product_id: "p199", category: "c", price: 1000 });
  assert.equal(added.length, 200);
  assert.equal(added[199][1].name, "가".repeat(90));
});

test("another array by its name; the usual one is left alone", async () => {
  const { page, context } = await shop.visit("/mine");
  assert.ok(await page.evaluate(() => !Object.hasOwn(window.dataLayer, "push")));
  await page.evaluate((item) => window.myLayer.push({ event: "view_item", ecommerce: { items: [item] } }), HAT);
  assert.deepEqual(await events(page, 1), [["Product Viewed", { ...hat, value: 30000 }]]);
  await context.close();
});

test("an array that comes late or is replaced is found, and no array is made", async () => {
  const { page, context } = await shop.visit("/none");
  assert.equal(await page.evaluate(() => typeof window.dataLayer), "undefined");
  await page.evaluate((item) => { window.dataLayer = [{ event: "view_item", ecommerce: { items: [item] } }]; }, HAT);
  await events(page, 1);
  await page.evaluate(() => { window.dataLayer = [{ event: "login" }]; });
  assert.deepEqual((await events(page, 2))[1], ["Signed In", {}]);
  await context.close();
});

test("push works as before: its value, several at once, whatever is pushed; destroy() takes the wrapper off", async () => {
  const { page, context, said } = await shop.visit("/");
  assert.equal(await page.evaluate(() => window.dataLayer.push({ event: "login" }, () => {}, null, "text", 7)), 5);
  await events(page, 1);
  await page.evaluate(() => window.dangol.destroy());
  assert.ok(await page.evaluate(() => window.dataLayer.push === Array.prototype.push && !Object.hasOwn(window.dataLayer, "push")));
  assert.equal(await page.evaluate(() => window.dataLayer.push({ event: "login" })), 6);
  assert.deepEqual(said, []);
  await context.close();
});

test("a wrapper that came after ours keeps working, before and after destroy()", async () => {
  const { page, context } = await shop.visit("/");
  await page.waitForFunction(() => Object.hasOwn(window.dataLayer, "push"));
  const heard = await page.evaluate(async () => {
    const heard = [];
    const { push } = window.dataLayer;
    window.dataLayer.push = function (...entries) { heard.push(entries[0].event); return push.apply(this, entries); };
    window.dataLayer.push({ event: "login" });
    const { journey } = await window.dangol.exportData();
    await window.dangol.destroy();
    window.dataLayer.push({ event: "sign_up" });
    return [heard, journey.some(({ event }) => event === "Signed In"), window.dataLayer.length];
  });
  assert.deepEqual(heard, [["login", "sign_up"], true, 2]);
  await context.close();
});

test("a push right before the page is left is not lost", async () => {
  const { page, context } = await shop.visit("/");
  await page.evaluate(() => { window.dataLayer.push({ event: "generate_lead" }); location.href = "/none"; });
  await page.waitForURL("**/none");
  assert.deepEqual(await events(page, 1), [["Lead Generated", {}]]);
  await context.close();
});

/** The array that is there now is listened to. */
const followed = (page) => page.waitForFunction(() => Object.hasOwn(window.dataLayer, "push"));

test("a copy of the array counts nothing again, and what is pushed twice counts twice", async () => {
  const { page, context } = await shop.visit("/");
  await page.evaluate((item) => {
    const added = { event: "add_to_cart", ecommerce: { items: [item] } };
    window.dataLayer.push(added, { event: "login" });
    window.dataLayer.push(added);
  }, HAT);
  await events(page, 3);
  await page.evaluate(() => { window.dataLayer = window.dataLayer.slice(); });
  await followed(page);
  await page.evaluate(() => { window.dataLayer = window.dataLayer.filter(Boolean); window.dataLayer.push({ event: "sign_up" }); });
  await followed(page);
  assert.deepEqual((await events(page, 4)).map(([event]) => event), ["Product Added", "Signed In", "Product Added", "Signed Up"]);
  await context.close();
});

test("an array whose push cannot be replaced is looked through, and followed when it is replaced", async () => {
  for (const path of ["/readonly", "/frozen"]) {
    const { page, context, said } = await shop.visit(path);
    await events(page, 1);
    if (path === "/readonly") {
      await page.evaluate(() => window.dataLayer.push({ event: "sign_up" }));
      await events(page, 2);
    }
    await page.evaluate(() => { window.dataLayer = [{ event: "generate_lead" }]; });
    await followed(page);
    await page.evaluate(() => window.dataLayer.push({ event: "search", search_term: "k" }));
    const expected = ["Signed In", ...(path === "/readonly" ? ["Signed Up"] : []), "Lead Generated", "Products Searched"];
    assert.deepEqual((await events(page, expected.length)).map(([event]) => event), expected);
    assert.deepEqual(said, []);
    await context.close();
  }
});

test("a name with \"page\" in it switches no page views on", async () => {
  const { page, context } = await shop.visit("/layer");
  await page.evaluate(() => { window.pageLayer = [{ event: "login" }]; });
  await events(page, 1);
  const names = await page.evaluate(async () => (await window.dangol.exportData()).journey.map(({ event }) => event));
  assert.deepEqual(names, ["Signed In"]);
  await context.close();
});
