/** GA4's e-commerce events in the words of Segment's specification. A table, no rules. */
import { isObject, number, type Properties, text, tidy } from "./call.ts";

/** How an event's items become products: one event for each, or one with a list; or the promotions that they name. */
type Shape = "each" | "list" | "promotions" | "none";

const EVENTS: { [name: string]: [event: string, shape: Shape] } = {
  view_item_list: ["Product List Viewed", "list"],
  select_item: ["Product Clicked", "each"],
  view_promotion: ["Promotion Viewed", "promotions"],
  select_promotion: ["Promotion Clicked", "promotions"],
  view_item: ["Product Viewed", "each"],
  add_to_cart: ["Product Added", "each"],
  remove_from_cart: ["Product Removed", "each"],
  view_cart: ["Cart Viewed", "list"],
  begin_checkout: ["Checkout Started", "list"],
  add_shipping_info: ["Checkout Step Completed", "list"],
  add_payment_info: ["Payment Info Entered", "list"],
  purchase: ["Order Completed", "list"],
  refund: ["Order Refunded", "list"],
  add_to_wishlist: ["Product Added to Wishlist", "each"],
  search: ["Products Searched", "none"],
  sign_up: ["Signed Up", "none"],
  login: ["Signed In", "none"],
  generate_lead: ["Lead Generated", "none"],
};

/** GA4's parameter, Segment's property. What is not named here is not taken over. */
const ITEM: [from: string, to: string, read: (value: unknown) => unknown][] = [
  ["item_id", "product_id", text], ["item_name", "name", text], ["item_category", "category", text], ["item_brand", "brand", text],
  ["item_variant", "variant", text], ["price", "price", number], ["quantity", "quantity", number], ["coupon", "coupon", text],
  ["index", "position", number], ["discount", "discount", number],
];
const PARAMETERS: typeof ITEM = [
  ["currency", "currency", text], ["transaction_id", "order_id", text], ["tax", "tax", number], ["shipping", "shipping", number],
  ["coupon", "coupon", text], ["affiliation", "affiliation", text], ["item_list_id", "list_id", text], ["item_list_name", "list", text],
  ["shipping_tier", "shipping_method", text], ["payment_type", "payment_method", text], ["search_term", "query", text],
  ["method", "method", text], ["lead_source", "lead_source", text],
];
const ORDERS = /^(purchase|refund)$/;

/** Of an event, or of each of its items, which come first. */
const PROMOTION: typeof ITEM = [
  ["promotion_id", "promotion_id", text], ["promotion_name", "name", text], ["creative_name", "creative", text], ["creative_slot", "position", text],
];
const rename = (from: Properties, names: typeof ITEM): Properties =>
  tidy(Object.fromEntries(names.map(([name, property, read]) => [property, read(from[name])])));

export const isCommerce = (name: unknown): name is string => typeof name === "string" && Object.hasOwn(EVENTS, name);
/** Whether the event is about the items of the data layer's `ecommerce`. */
export const hasItems = (name: string): boolean => EVENTS[name]?.[1] !== "none";

/** The events that one of GA4's means. */
export function translate(name: string, parameters: Properties): [event: string, properties: Properties][] {
  const [event, shape] = EVENTS[name]!;
  const items = (Array.isArray(parameters["items"]) ? parameters["items"] : []).filter(isObject).slice(0, 200);
  if (shape === "promotions") {
    const whole = rename(parameters, PROMOTION);
    const each = (items.length ? items : [{}]).map((item) => JSON.stringify({ ...whole, ...rename(item, PROMOTION) }));
    return [...new Set(each)].map((promotion) => [event, JSON.parse(promotion) as Properties]);
  }
  const common = rename(parameters, PARAMETERS);
  const value = number(parameters["value"]);
  const worth = (amount: number | undefined): Properties => tidy({ [ORDERS.test(name) ? "revenue" : "value"]: amount });
  if (shape === "none") return [[event, { ...common, ...worth(value) }]];
  const products = items.map((item) => rename(item, ITEM));
  // Without items an event says nothing about products: such a refund is of the whole order, such a cart is as it was.
  if (shape === "list") return [[event, { ...common, ...worth(value), ...(Array.isArray(parameters["items"]) && { products }) }]];
  return products.map((product, index) => {
    const { price, quantity } = product as { price?: number; quantity?: number };
    // The event's value is that of all items together.
    const own = products.length === 1 && value !== undefined ? value : price === undefined ? undefined : price * (quantity ?? 1);
    return [event, { ...common, ...tidy({ currency: text(items[index]!["currency"]) }), ...product, ...worth(own) }];
  });
}
