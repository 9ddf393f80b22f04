// A Cafe24 storefront: its variables, markup and addresses as its skins have them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../js/lab.mjs";
import { events, lab, page as file, tag, taken } from "./lab.mjs";

const html = (body, capture = "page cafe24") => `<!doctype html><html lang="ko"><meta charset="utf-8"><title>shop</title><body>${body}${tag(capture)}`;
let shop;
before(async () => {
  const product = html(file("cafe24-product.html"));
  shop = await lab({
    "/product/coat/11/category/24/display/1/": product,
    "/signed-in/product/detail.html": html(file("cafe24-product.html"), "page cafe24:app-client-id"),
    // Slugs that begin as the names of other pages.
    "/product/list-bag/11/category/24/display/1/": product, "/product/search-light/11/category/24/display/1/": product,
    "/promoted/product/detail.html": html(file("cafe24-product.html").replaceAll("VIP", "VVIP"), "page cafe24:app-client-id"),
    "/order/basket.html": html(file("cafe24-basket.html")),
    "/order/orderform.html": html(file("cafe24-basket.html")),
    "/order/order_result.html": html(file("cafe24-order.html")),
    "/product/list.html": html(file("cafe24-list.html")),
    "/category/outer/24/": html(file("cafe24-list.html")),
    "/product/search.html": html(""),
    "/member/join_result.html": html(""),
    "/index.html": html(""),
  });
});
after(() => shop.close());

const coat = { product_id: "11", sku: "P0000BUV", name: "캐시미어 코트", category: "24", price: 129000, currency: "KRW", image_url: "https://shop.test/coat.jpg" };
const COAT = "/product/coat/11/category/24/display/1/";

async function seen(path, expected) {
  const { page, context, said } = await shop.visit(path);
  if (expected.length) assert.deepEqual(await events(page, expected.length), expected);
  else {
    await page.waitForTimeout(400);
    assert.deepEqual(await taken(page), []);
  }
  assert.deepEqual(said, []);
  await context.close();
}

test("each page of the shop is what it is in Segment's words", async () => {
  const lines = [
    { product_id: "11", sku: "P0000BUV000A", name: "캐시미어 코트", category: "24", variant: "사이즈=M", price: 130000, quantity: 2 },
    { product_id: "12", sku: "P0000BUW000A", name: "모자", category: "30", price: 30000, quantity: 1 },
  ];
  const bag = { products: lines, value: 290000, currency: "KRW" };
  for (const path of [COAT, COAT.replace("coat", "list-bag"), COAT.replace("coat", "search-light")]) await seen(path, [["Product Viewed", coat]]);
  await seen("/order/basket.html", [["Cart Viewed", bag]]);
  await seen("/order/orderform.html", [["Checkout Started", bag]]);
  const list = { list_id: "24", category: "24", products: [{ product_id: "11" }, { product_id: "12" }] };
  await seen("/product/list.html?cate_no=24", [["Product List Viewed", list]]);
  await seen("/category/outer/24/", [["Product List Viewed", list]]);
  await seen("/product/search.html?keyword=%EC%BD%94%ED%8A%B8", [["Products Searched", { query: "코트" }]]);
  await seen("/member/join_result.html", [["Signed Up", {}]]);
  await seen("/index.html", []);
});

test("into the bag, once the option is chosen; the wish list; buying at once is no bag", async () => {
  const { page, context, said } = await shop.visit(COAT);
  await page.click("#cart span");
  await page.click("#buy");
  await page.evaluate(() => {
    // What Cafe24 does when the option has been chosen.
    for (const [index, quantity] of [[1, 2], [2, 1]]) {
      const field = document.createElement("input");
      Object.assign(field, { id: `option_box${index}_quantity`, value: `${quantity}` });
      document.querySelector("#totalProducts").append(field);
    }
  });
  await page.click("#cart span");
  await page.click("#wish");
  assert.deepEqual((await events(page, 3)).slice(1), [["Product Added", { ...coat, quantity: 3, value: 387000 }], ["Product Added to Wishlist", coat]]);
  assert.deepEqual(said, []);
  await context.close();
});

test("an order counts once, also when its page is loaded again", async () => {
  const { page, context } = await shop.visit("/order/order_result.html");
  const product = (product_id, sku, name, price) => ({ product_id, sku, name, price, quantity: 1 });
  const expected = [["Order Completed", {
    order_id: "20261124-0000011", revenue: 163000, currency: "KRW",
    products: [product("11", "P0000BUV000A", "캐시미어 코트", 129000), product("12", "P0000BUW000A", "모자", 34000)],
  }]];
  assert.deepEqual(await events(page, 1), expected);
  await page.reload();
  await page.evaluate(() => dangol.ready);
  await page.waitForTimeout(500);
  assert.deepEqual(await taken(page), expected);
  await context.close();
});

test("with the app's client id the member is known, and told once", async () => {
  const { page, context } = await shop.visit("/signed-in/product/detail.html");
  await page.waitForFunction(async () => (await dangol.exportData()).userId === "member-7");
  await page.reload();
  await page.evaluate(() => dangol.ready);
  // Once the page has been read again.
  const named = async (name) => (await taken(page)).filter(([event]) => event === name);
  await until(async () => (await named("Product Viewed")).length === 2, "the second view");
  const told = async () => (await named("Identified")).map(([, traits]) => traits);
  assert.deepEqual(await told(), [{ name: "지은", group: "VIP" }]);
  // Another group is news.
  await page.goto(shop.server.origin + "/promoted/product/detail.html");
  await page.waitForFunction(async () => (await dangol.exportData()).document.traits.group === "VVIP");
  await until(async () => (await told()).length > 1, "the news");
  assert.deepEqual(await told(), [{ name: "지은", group: "VIP" }, { name: "지은", group: "VVIP" }]);
  await context.close();
});
