// Events written in HTML, and structured data.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { events, lab, page as file, tag, taken } from "./lab.mjs";

const BUTTONS = `
  <button id="add" data-dangol-track="Product Added" data-dangol-prop-product-id="007" data-dangol-prop-sku="42" data-dangol-prop-price="12000" data-dangol-prop-on-sale="true"><b id="inside">담기</b></button>
  <button id="json" data-dangol-track="Product Added" data-dangol-props='{"product_id":"p2","tags":["a"]}' data-dangol-prop-quantity="2">담기</button>
  <button id="broken" data-dangol-track="Broken" data-dangol-props="{nonsense" data-dangol-prop-kept="1">담기</button>
  <form id="form" data-dangol-track="Lead Generated" action="/"><input name="q"><button id="send">보내기</button></form>
  <pre>${"\n".repeat(300)}</pre>
  <section id="banner" data-dangol-track="Promotion Viewed" data-dangol-on="view" data-dangol-prop-promotion-id="summer">여름</section>`;
const SHADOW = `<x-card data-dangol-track="Card Clicked"></x-card><script>customElements.define("x-card", class extends HTMLElement {
    connectedCallback() {
      const button = document.createElement("button");
      button.dataset.dangolTrack = "Inner Clicked";
      button.append(Object.assign(document.createElement("b"), { textContent: "b" }));
      this.attachShadow({ mode: "open" }).append(button);
    }
  })</script>`;
const LABELS = `
  <label data-dangol-track="Wrapped"><span id="wrapped">news</span><input id="box" type="checkbox" data-dangol-track="Checked"></label>
  <div data-dangol-track="Around"><label for="radio"><i id="beside">x</i></label><input id="radio" type="radio"></div>
  <label data-dangol-track="Refused" onclick="event.preventDefault()"><u id="refused">no</u><input id="free" type="checkbox"></label>`;
const NAMES = `<button id="names" data-dangol-track="Named" data-dangol-prop-productid="123" data-dangol-prop-barcode="8801234567893" data-dangol-prop-couponcode="77"
  data-dangol-prop-order-ids="5" data-dangol-prop-paid="12000" data-dangol-prop-amount-bid="3" data-dangol-prop-serial="12345678901234567890">n</button>`;
const script = (data) => `<script type="application/ld+json">${JSON.stringify(data)}</script>`;
const product = (sku, more) => JSON.stringify({ "@type": "Product", sku, ...more });
const html = (body, capture) => `<!doctype html><html lang="ko"><meta charset="utf-8"><title>shop</title><body>${body}${tag(capture)}`;

const item = (sku, more) => ({ "@type": "Product", sku, ...more });
const offer = (price, more) => ({ "@type": "Offer", price, priceCurrency: "USD", ...more });
const group = { "@type": "ProductGroup", "@id": "#g", productGroupID: "g1", name: "Coat" };
const variants = (more) => ["M", "L"].map((size, at) => item("v" + size, { "@id": "#" + size, offers: offer(10 + at), ...more }));
const coatViewed = [["Product Viewed", { product_id: "g1", name: "Coat", price: 10, currency: "USD" }]];
const viewed = (price) => [["Product Viewed", { product_id: "s1", sku: "s1", price, currency: "USD" }]];
/** What a page says, and what is taken from it. */
const DATA = [
  ["variants-point", [{ ...group, hasVariant: [{ "@id": "#M" }, { "@id": "#L" }] }, ...variants({ isVariantOf: { "@id": "#g" } })], coatViewed],
  ["variants-named", [group, ...variants({ inProductGroupWithID: "g1" })], coatViewed],
  ["variants-listed", { "@graph": [{ ...group, hasVariant: [{ "@id": "#M" }, { "@id": "#L" }] }, ...variants({})] }, coatViewed],
  ["variants-and-another", [group, ...variants({ inProductGroupWithID: "g1" }), item("other")], []],
  ["struck", item("s1", { offers: { priceCurrency: "USD", priceSpecification: [{ price: 15, priceType: "https://schema.org/StrikethroughPrice" }, { price: 1, referenceQuantity: { value: 100 } }, { price: 10 }] } }), viewed(10)],
  ["sellers", item("s1", { offers: { "@type": "AggregateOffer", offers: [offer("9"), offer("7.50")] } }), viewed(7.5)],
  ["comma", item("s1", { offers: { "@type": "AggregateOffer", lowPrice: "12,50", priceCurrency: "USD" } }), [["Product Viewed", { product_id: "s1", sku: "s1", currency: "USD" }]]],
  ["accepted", { "@type": "Order", orderNumber: "O-9", acceptedOffer: [offer("10.00", { itemOffered: item("a"), eligibleQuantity: { value: "2" } }), offer("5.00", { itemOffered: item("b") })] }, [["Order Completed", {
    order_id: "O-9", revenue: 25, currency: "USD",
    products: [{ product_id: "a", sku: "a", price: 10, currency: "USD", quantity: 2 }, { product_id: "b", sku: "b", price: 5, currency: "USD" }],
  }]]],
  ["unpriced", { "@type": "Order", orderNumber: "O-8", acceptedOffer: [offer("10.00"), { "@type": "Offer" }] }, [["Order Completed", { order_id: "O-8", currency: "USD", products: [{ price: 10, currency: "USD" }, {}] }]]],
];

let shop;
before(async () => {
  shop = await lab({
    "/": html(BUTTONS, "page html"),
    "/off": html(BUTTONS, "page"),
    "/load": html('<i data-dangol-track="Product Viewed" data-dangol-on="load" data-dangol-prop-product-id="p1"></i>', "page html"),
    "/product": html(file("json-ld-product.html"), "page jsonLd"),
    "/list": html(file("json-ld-product.html") + file("json-ld-product.html").replace("COAT-1", "COAT-2"), "page jsonLd"),
    "/order": html(file("json-ld-order.html"), "page jsonLd"),
    "/plain": html("", "page jsonLd"),
    "/orders": html(file("json-ld-order.html") + file("json-ld-order.html").replace("WELCOME", "OTHER"), "page jsonLd"),
    "/twice": html(file("json-ld-product.html") + file("json-ld-product.html").replace('"sku"', '"productID": "9001", "sku"'), "page jsonLd"),
    "/plain-html": html("<p>p</p>", "page html"),
    "/shadow": html(SHADOW, "page html"), "/labels": html(LABELS, "page html"), "/names": html(NAMES, "page html"),
    ...Object.fromEntries(DATA.map(([name, data]) => [`/data/${name}`, html(script(data), "page jsonLd")])),
    "/p/a": html(`<script id="data" type="application/ld+json">${product("A")}</script>`, "page jsonLd"),
  });
});
after(() => shop.close());

test("a click, a submit, a view and a load lead to their events, with typed properties", async () => {
  const { page, context, said } = await shop.visit("/");
  await page.click("#inside");
  await page.click("#json");
  await page.click("#broken");
  await page.evaluate(() => document.querySelector("#form").addEventListener("submit", (event) => event.preventDefault()));
  await page.fill("[name=q]", "x");
  await page.press("[name=q]", "Enter");
  await events(page, 4);
  await page.locator("#banner").scrollIntoViewIfNeeded();
  const expected = [
    ["Product Added", { product_id: "007", sku: "42", price: 12000, on_sale: true }],
    ["Product Added", { product_id: "p2", tags: ["a"], quantity: 2 }],
    ["Broken", { kept: 1 }],
    ["Lead Generated", {}],
    ["Promotion Viewed", { promotion_id: "summer" }],
  ];
  assert.deepEqual(await events(page, 5), expected);
  await page.evaluate(() => {
    scrollTo(0, 0);
    const late = document.createElement("i");
    late.dataset.dangolTrack = "Late";
    late.dataset.dangolOn = "load";
    document.body.append(late);
  });
  assert.deepEqual((await events(page, 6))[5], ["Late", {}]);
  await page.evaluate(() => dangol.destroy());
  await page.click("#add");
  assert.deepEqual(said, []);
  await context.close();
});

test("a click in a shadow root is heard, inside and on its host", async () => {
  const { page, context } = await shop.visit("/shadow");
  await page.click("x-card b");
  assert.deepEqual((await events(page, 2)).map(([event]) => event), ["Inner Clicked", "Card Clicked"]);
  await context.close();
});

test("a click on a label is one, though the browser clicks what it labels as well", async () => {
  const { page, context } = await shop.visit("/labels");
  const names = async () => (await taken(page)).map(([event]) => event);
  await page.waitForTimeout(300);
  await page.click("#wrapped");
  assert.deepEqual(await names(), ["Wrapped", "Checked"]);
  await page.click("#box");
  assert.deepEqual((await names()).slice(2), ["Checked", "Wrapped"]);
  await page.click("#beside");
  await page.click("#radio");
  assert.deepEqual((await names()).slice(4), ["Around", "Around"]);
  // A label whose click the page refuses labels nothing: the next click is another one.
  await page.click("#refused");
  await page.click("#free");
  assert.deepEqual((await names()).slice(6), ["Refused", "Refused"]);
  await context.close();
});

test("what ends in id, sku or code stays text, also in one word; so does a number that would be rounded", async () => {
  const { page, context } = await shop.visit("/names");
  await page.waitForTimeout(300);
  await page.click("#names");
  assert.deepEqual(await events(page, 1), [["Named", {
    productid: "123", barcode: "8801234567893", couponcode: "77", order_ids: "5", paid: 12000, amount_bid: 3, serial: "12345678901234567890",
  }]]);
  await context.close();
});

for (const [name, , expected] of DATA) {
  test(`structured data: ${name}`, async () => {
    const { page, context } = await shop.visit(`/data/${name}`);
    if (expected.length) await events(page, expected.length);
    else await page.waitForTimeout(300);
    assert.deepEqual(await taken(page), expected);
    await context.close();
  });
}

test("an element that is given its event later, or another one, is seen", async () => {
  const { page, context } = await shop.visit("/plain-html");
  await page.waitForTimeout(300);
  for (const name of ["First", "Second"]) {
    await page.evaluate((name) => { document.querySelector("p").setAttribute("data-dangol-track", name); }, name);
    await page.waitForTimeout(100);
    await page.evaluate(() => { document.querySelector("p").setAttribute("data-dangol-on", "view"); });
    await page.waitForTimeout(600);
  }
  assert.deepEqual((await taken(page)).map(([event]) => event), ["First", "Second"]);
  await context.close();
});

test("nothing of it happens unless it is switched on", async () => {
  const { page, context } = await shop.visit("/off");
  await page.click("#add");
  await page.waitForTimeout(300);
  assert.deepEqual(await taken(page), []);
  assert.ok(await page.evaluate(() => !performance.getEntriesByType("resource").some(({ name }) => name.includes("sources.js"))), "nor is it loaded");
  await context.close();
});

test("an element may speak as soon as it is there", async () => {
  const { page, context } = await shop.visit("/load");
  assert.deepEqual(await events(page, 1), [["Product Viewed", { product_id: "p1" }]]);
  await context.close();
});

const COAT = {
  product_id: "COAT-1", sku: "COAT-1", name: "캐시미어 코트", brand: "느루", category: "아우터", price: 129000, currency: "KRW",
  image_url: "https://shop.test/coat.jpg", url: "https://shop.test/coat",
};

test("the page of one Product is a product viewed; a list of them is not", async () => {
  const one = await shop.visit("/product");
  assert.deepEqual(await events(one.page, 1), [["Product Viewed", COAT]]);
  await one.context.close();
  const list = await shop.visit("/list");
  await list.page.waitForTimeout(500);
  assert.deepEqual(await taken(list.page), []);
  await list.context.close();
});

test("an Order is completed once, however often its page is loaded", async () => {
  const { page, context } = await shop.visit("/order");
  const expected = [["Order Completed", {
    order_id: "CB-1", revenue: 159000, currency: "KRW", coupon: "WELCOME",
    products: [{ product_id: "COAT-1", sku: "COAT-1", name: "캐시미어 코트", quantity: 1 }, { product_id: "HAT-1", sku: "HAT-1", name: "모자", quantity: 2 }],
  }]];
  assert.deepEqual(await events(page, 1), expected);
  await page.reload();
  await page.evaluate(() => dangol.ready);
  await page.waitForTimeout(500);
  assert.deepEqual(await taken(page), expected);
  await context.close();
});

test("data that a route brings along is read when it comes", async () => {
  const { page, context } = await shop.visit("/plain");
  await page.evaluate(() => {
    history.pushState({}, "", "/p/1");
    const script = document.createElement("script");
    script.type = "application/ld+json";
    script.append(JSON.stringify({ "@context": "https://schema.org", "@graph": [{ "@type": ["Product"], sku: "s1", name: "n", offers: [{ price: "1,000", priceCurrency: "KRW" }] }] }));
    document.body.append(script);
  });
  assert.deepEqual(await events(page, 1), [["Product Viewed", { product_id: "s1", sku: "s1", name: "n", price: 1000, currency: "KRW" }]]);
  await context.close();
});

test("two scripts that name the same order complete it once", async () => {
  const { page, context } = await shop.visit("/orders");
  await events(page, 1);
  await page.waitForTimeout(400);
  assert.deepEqual((await taken(page)).map(([event]) => event), ["Order Completed"]);
  await context.close();
});

test("a product that the theme and an app describe is one, and viewed", async () => {
  const { page, context } = await shop.visit("/twice");
  await events(page, 1);
  await page.waitForTimeout(400);
  assert.deepEqual(await taken(page), [["Product Viewed", COAT]]);
  await context.close();
});

test("in a single-page shop the data of the page before is not that of the next, and a return is a view", async () => {
  const { page, context } = await shop.visit("/p/a");
  await events(page, 1);
  const viewed = async () => (await taken(page)).map(([, { product_id }]) => product_id).join();
  // The address first, then something on the page, the data last: it must not be read before it is there.
  const go = async (path, data, count) => {
    await page.evaluate((path) => {
      history.pushState({}, "", path);
      document.body.append("…");
    }, path);
    await page.waitForTimeout(500);
    await page.evaluate((data) => { document.querySelector("#data").replaceChildren(data); }, data);
    await events(page, count);
  };
  await go("/p/b", product("B"), 2);
  assert.equal(await viewed(), "A,B");
  await go("/p/a", product("A"), 3);
  assert.equal(await viewed(), "A,B,A");
  // A text node may be changed in its place, as React does.
  await page.evaluate((data) => { document.querySelector("#data").firstChild.nodeValue = data; }, product("A", { name: "new" }));
  await page.waitForTimeout(500);
  assert.equal(await viewed(), "A,B,A", "the same page says more");
  await page.evaluate((data) => { history.pushState({}, "", "/p/c"); document.querySelector("#data").firstChild.nodeValue = data; }, product("C"));
  await events(page, 4);
  assert.equal(await viewed(), "A,B,A,C");
  await context.close();
});

test("the cards of a list that come one by one are no views of theirs", async () => {
  const { page, context } = await shop.visit("/list");
  for (const sku of ["L1", "L2"]) {
    await page.evaluate((data) => {
      const script = document.createElement("script");
      script.type = "application/ld+json";
      script.append(data);
      document.body.append(script);
    }, product(sku));
    await page.waitForTimeout(500);
  }
  assert.deepEqual(await taken(page), []);
  await context.close();
});
