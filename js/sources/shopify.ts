/**
 * A Shopify storefront: who is signed in, and Shopify's customer events.
 *
 * Those reach only web pixels, in a sandbox. Dangol's pixel (integrations/shopify) leaves each of them in the shop's
 * localStorage, in the checkout too, where no other script runs; here they are taken up.
 */
import { type Follow, global, isObject, number, type Properties, text, tidy } from "./call.ts";

/** Where the pixel leaves events: this and the event's id. */
const MAILBOX = "dangol-pixel:";
const EVERY = 1000;
/** A letter that lay there longer tells when it was written: the event is of the moment in which it is taken up. */
const LATE = 60_000;

const get = (value: unknown, ...path: string[]): unknown => path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), value);
const amount = (value: unknown): number | undefined => number(get(value, "amount") ?? value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const variant = (given: unknown): Properties => tidy({
  product_id: text(get(given, "product", "id")),
  sku: text(get(given, "sku")),
  name: text(get(given, "product", "title")) ?? text(get(given, "title")),
  variant: text(get(given, "title")),
  brand: text(get(given, "product", "vendor")),
  category: text(get(given, "product", "type")),
  price: amount(get(given, "price")),
  currency: text(get(given, "price", "currencyCode")),
  url: text(get(given, "product", "url")),
  image_url: text(get(given, "image", "src")),
});
const cartLine = (given: unknown): Properties => tidy({
  ...variant(get(given, "merchandise")),
  quantity: number(get(given, "quantity")),
  value: amount(get(given, "cost", "totalAmount")),
});
const lineItem = (given: unknown): Properties => tidy({ ...variant(get(given, "variant")), quantity: number(get(given, "quantity")) });

/** The checkout, as far as a customer event tells of it; no address, no phone, no mail. */
function checkout(data: unknown, worth: string): Properties {
  const given = get(data, "checkout");
  const coupon = list(get(given, "discountApplications")).find((discount) => get(discount, "type") === "DISCOUNT_CODE");
  return tidy({
    checkout_id: text(get(given, "token")),
    order_id: text(get(given, "order", "id")),
    [worth]: amount(get(given, "totalPrice")),
    currency: text(get(given, "currencyCode")),
    tax: amount(get(given, "totalTax")),
    shipping: amount(get(given, "shippingLine", "price")),
    coupon: text(get(coupon, "title")),
    products: list(get(given, "lineItems")).map(lineItem),
  });
}

const EVENTS: { [name: string]: (data: unknown) => [event: string, properties: Properties] } = {
  product_viewed: (data) => ["Product Viewed", variant(get(data, "productVariant"))],
  collection_viewed: (data) => ["Product List Viewed", tidy({
    list_id: text(get(data, "collection", "id")), category: text(get(data, "collection", "title")),
    products: list(get(data, "collection", "productVariants")).map(variant),
  })],
  search_submitted: (data) => ["Products Searched", tidy({ query: text(get(data, "searchResult", "query")) })],
  cart_viewed: (data) => ["Cart Viewed", tidy({
    cart_id: text(get(data, "cart", "id")), value: amount(get(data, "cart", "cost", "totalAmount")),
    currency: text(get(data, "cart", "cost", "totalAmount", "currencyCode")), products: list(get(data, "cart", "lines")).map(cartLine),
  })],
  product_added_to_cart: (data) => ["Product Added", cartLine(get(data, "cartLine"))],
  product_removed_from_cart: (data) => ["Product Removed", cartLine(get(data, "cartLine"))],
  checkout_started: (data) => ["Checkout Started", checkout(data, "value")],
  checkout_shipping_info_submitted: (data) => ["Checkout Step Completed", checkout(data, "value")],
  payment_info_submitted: (data) => ["Payment Info Entered", checkout(data, "value")],
  checkout_completed: (data) => ["Order Completed", checkout(data, "revenue")],
};

export const followShopify: Follow = (ear) => {
  const customer = text(get(global("ShopifyAnalytics"), "meta", "page", "customerId")) ?? text(get(global("__st"), "cid"));
  if (customer) ear.member(customer);

  let active = true;
  const take = (): void => {
    if (!active) return;
    const letters: { seq: number; name: string; data: unknown; occurred_at?: string }[] = [];
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(MAILBOX)) continue;
      const written = localStorage.getItem(key);
      localStorage.removeItem(key);
      try {
        const letter: unknown = JSON.parse(written || "");
        if (!isObject(letter)) continue;
        const at = text(letter["timestamp"]) ?? "";
        const late = Date.now() - Date.parse(at) > LATE;
        letters.push({ seq: number(letter["seq"]) ?? 0, name: String(letter["name"]), data: letter["data"], ...(late && { occurred_at: at }) });
      } catch {
        // Not ours after all.
      }
    }
    for (const { name, data, occurred_at } of letters.sort((a, b) => a.seq - b.seq)) {
      if (!Object.hasOwn(EVENTS, name)) continue;
      const [event, properties] = EVENTS[name]!(data);
      ear.tell(event, tidy({ ...properties, occurred_at }));
    }
  };
  const look = (): void => {
    try {
      if (document.visibilityState !== "visible" || !Object.keys(localStorage).some((key) => key.startsWith(MAILBOX))) return;
      // Two tabs must not both take a letter.
      if (navigator.locks) void navigator.locks.request(MAILBOX, take).catch(() => {});
      else take();
    } catch {
      // Storage is blocked here.
    }
  };
  look();
  const timer = setInterval(look, EVERY);
  return () => {
    active = false;
    clearInterval(timer);
  };
};
