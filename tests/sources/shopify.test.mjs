// Shopify: the pixel of integrations/shopify in a stand-in for its sandbox (asynchronous storage, no page), and the storefront.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../xtask/setup.mjs";
import { events, lab, tag, taken } from "./lab.mjs";

const PIXEL = readFileSync(join(root, "integrations/shopify/web-pixel/src/index.js"), "utf8").replace("@shopify/web-pixels-extension", "/sandbox.js");
// The interface that Shopify documents for pixels: analytics.subscribe, and storage of the top frame behind promises.
const SANDBOX = `
  const subscribers = {};
  const later = (work) => new Promise((resolve) => setTimeout(() => resolve(work()), 1));
  export const register = (run) => run({
    analytics: { subscribe: (name, one) => { (subscribers[name] ??= []).push(one); } },
    browser: { localStorage: { getItem: (key) => later(() => localStorage.getItem(key)), setItem: (key, value) => later(() => localStorage.setItem(key, value)) } },
  });
  window.publish = (name, data) => { for (const one of subscribers[name] ?? []) one({ id: crypto.randomUUID(), name, timestamp: new Date().toISOString(), data }); };`;
const STORE = '<script>window.ShopifyAnalytics = { meta: { page: { pageType: "home", customerId: 7001 } } };</script>';
const html = (body) => `<!doctype html><html lang="ko"><meta charset="utf-8"><title>shop</title><body>${body}`;

const money = (amount) => ({ amount, currencyCode: "KRW" });
const variant = { id: "v1", title: "M", sku: "COAT-M", price: money(129000), product: { id: "p1", title: "코트", vendor: "느루", type: "outer", url: "/products/coat" }, image: { src: "https://shop.test/coat.jpg" } };
const coat = { product_id: "p1", sku: "COAT-M", name: "코트", variant: "M", brand: "느루", category: "outer", price: 129000, currency: "KRW", url: "/products/coat", image_url: "https://shop.test/coat.jpg" };
const cartLine = { quantity: 2, merchandise: variant, cost: { totalAmount: money(258000) } };
const checkout = {
  token: "t1", email: "a@b.test", shippingAddress: { city: "서울" }, currencyCode: "KRW", totalPrice: money(261000), totalTax: money(0), shippingLine: { price: money(3000) },
  discountApplications: [{ type: "DISCOUNT_CODE", title: "WELCOME" }], order: { id: "o1" }, lineItems: [{ quantity: 2, title: "코트", variant }],
};

/** The Customer Privacy API: what it allows, and what the visitor has decided ("yes", "no", "" for nothing yet). */
const privacy = (allowed, decided) => `<script>window.Shopify = {
    loadFeatures: (features, done) => setTimeout(() => done(), 50),
    customerPrivacy: {
      analyticsProcessingAllowed: () => ${allowed}, preferencesProcessingAllowed: () => ${allowed}, marketingAllowed: () => ${allowed},
      currentVisitorConsent: () => ({ analytics: "${decided}", preferences: "${decided}", marketing: "${decided}", sale_of_data: "" }),
    },
  };</script>`;
const banner = (allowed, decided) => html(privacy(allowed, decided) + tag("page shopify").replace('data-consent="granted"', "") + '<script src="/consent.js" defer></script>');

let shop;
before(async () => {
  shop = await lab({
    "/": html(STORE + '<script type="module" src="/pixel.js"></script>' + tag("page shopify")),
    "/checkouts/1": html('<script type="module" src="/pixel.js"></script>'),
    "/undecided": banner(false, ""), "/denied": banner(false, "no"), "/granted": banner(true, "yes"), "/unasked": banner(true, ""),
    "/consent.js": readFileSync(join(root, "integrations/shopify/theme/assets/dangol-consent.js"), "utf8"),
    "/pixel.js": PIXEL, "/sandbox.js": SANDBOX,
  });
});
after(() => shop.close());

test("the storefront's events arrive in order; the customer is known", async () => {
  const { page, context, said } = await shop.visit("/");
  await page.waitForFunction(() => window.publish);
  await page.evaluate(([variant, cartLine]) => {
    publish("product_viewed", { productVariant: variant });
    publish("product_added_to_cart", { cartLine });
    publish("product_removed_from_cart", { cartLine });
    publish("collection_viewed", { collection: { id: "c1", title: "신상", productVariants: [variant] } });
    publish("search_submitted", { searchResult: { query: "코트", productVariants: [] } });
    publish("cart_viewed", { cart: { id: "k1", cost: { totalAmount: { amount: 258000, currencyCode: "KRW" } }, lines: [cartLine] } });
  }, [variant, cartLine]);
  const line = { ...coat, quantity: 2, value: 258000 };
  assert.deepEqual((await events(page, 7)).filter(([event]) => event !== "Identified"), [
    ["Product Viewed", coat], ["Product Added", line], ["Product Removed", line],
    ["Product List Viewed", { list_id: "c1", category: "신상", products: [coat] }],
    ["Products Searched", { query: "코트" }],
    ["Cart Viewed", { cart_id: "k1", value: 258000, currency: "KRW", products: [line] }],
  ]);
  assert.equal(await page.evaluate(async () => (await dangol.exportData()).userId), "7001");
  assert.deepEqual(said, []);
  await context.close();
});

test("what the checkout says waits for the next page of the storefront, without who the buyer is", async () => {
  const { page, context } = await shop.visit("/");
  await page.goto(shop.server.origin + "/checkouts/1");
  await page.waitForFunction(() => window.publish);
  await page.evaluate((checkout) => {
    publish("checkout_started", { checkout: { ...checkout, order: null } });
    publish("checkout_completed", { checkout });
  }, checkout);
  await page.waitForFunction(() => localStorage.getItem("dangol-pixel-count") === "2");
  assert.ok(await page.evaluate(() => !/a@b|서울/.test(JSON.stringify({ ...localStorage }))));
  await page.goto(shop.server.origin + "/");
  const got = (await events(page, 3)).filter(([event]) => event !== "Identified");
  const both = { checkout_id: "t1", currency: "KRW", tax: 0, shipping: 3000, coupon: "WELCOME", products: [{ ...coat, quantity: 2 }] };
  assert.deepEqual(got, [["Checkout Started", { ...both, value: 261000 }], ["Order Completed", { ...both, order_id: "o1", revenue: 261000 }]]);
  await page.reload();
  await page.evaluate(() => dangol.ready);
  await page.waitForTimeout(1200);
  assert.equal((await taken(page)).filter(([event]) => event === "Order Completed").length, 1);
  await context.close();
});

test("letters that nobody takes up do not pile up", async () => {
  const { page, context } = await shop.visit("/");
  await page.goto(shop.server.origin + "/checkouts/1");
  await page.waitForFunction(() => window.publish);
  await page.evaluate(() => { for (let turn = 0; turn < 130; turn++) publish("search_submitted", { searchResult: { query: "q" + turn } }); });
  await page.waitForFunction(() => localStorage.getItem("dangol-pixel-count") === "130");
  assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("dangol-pixel:")).length), 100);
  await context.close();
});

test("what lay there for days tells when it happened", async () => {
  const { page, context } = await shop.visit("/");
  const then = new Date(Date.now() - 10 * 86_400_000).toISOString();
  await page.evaluate(([checkout, then]) => localStorage.setItem("dangol-pixel:0", JSON.stringify({ seq: 0, name: "checkout_completed", timestamp: then, data: { checkout } })), [checkout, then]);
  const [, properties] = (await events(page, 2)).find(([event]) => event === "Order Completed");
  assert.deepEqual([properties.order_id, properties.occurred_at], ["o1", then]);
  await context.close();
});

test("Shopify's banner: a visitor who has not decided has not declined, and their first view counts once they accept", async () => {
  const state = (page) => page.evaluate(async () => {
    const { consent, consentDecided, journey } = await dangol.exportData();
    return [consentDecided, consent.analytics, consent.personalization, consent.marketing, journey.map(({ properties }) => properties.path)];
  });
  for (const [path, expected] of [["/denied", [true, false, false, false, []]], ["/granted", [true, true, true, true, ["/granted"]]], ["/unasked", [true, true, true, true, ["/unasked"]]], ["/undecided", [false, false, false, false, []]]]) {
    const { page, context } = await shop.visit(path);
    await page.waitForTimeout(400);
    assert.deepEqual(await state(page), expected, path);
    if (path === "/undecided") {
      const all = { analyticsAllowed: true, preferencesAllowed: true, marketingAllowed: true };
      await page.evaluate((detail) => document.dispatchEvent(new CustomEvent("visitorConsentCollected", { detail })), all);
      await page.waitForFunction(async () => (await dangol.exportData()).journey.length > 0);
      assert.deepEqual(await state(page), [true, true, true, true, ["/undecided"]]);
    }
    await context.close();
  }
});
