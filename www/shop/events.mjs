// Segment's e-commerce events, built on the server where prices and names are known.
// The page only hands them to the SDK; see public/shop.js.
import { categoryOf } from "./data/categories.mjs";
import { imageUrl, variantOf } from "./pricing.mjs";

const CURRENCY = "KRW";

export function productProperties(context, product, { colour = product.colours[0], size, quantity, position } = {}) {
  return {
    product_id: product.id,
    sku: size ? `${product.sku}-${colour.toUpperCase()}-${size}` : product.sku,
    name: product.name[context.lang],
    brand: product.brand,
    category: product.category,
    ...(size ? { variant: variantOf({ colour, size }) } : {}),
    price: product.price,
    ...(quantity ? { quantity } : {}),
    ...(position ? { position } : {}),
    currency: CURRENCY,
    value: product.price * (quantity ?? 1),
    image_url: `${context.origin}${imageUrl(product, colour)}`,
    url: `${context.origin}/p/${product.id}`,
  };
}
const lineProperties = (context, line, at) =>
  productProperties(context, line.product, { ...line, position: at + 1 });
export const cartProducts = (context, priced) => priced.lines.map((line, at) => lineProperties(context, line, at));

export const listViewed = (context, list, products) => ["Product List Viewed", {
  list_id: list,
  category: categoryOf(list) ? list : undefined,
  products: products.map((product, at) => productProperties(context, product, { position: at + 1 })),
}];
export const listFiltered = (context, list, filters, sorts, products) => ["Product List Filtered", {
  list_id: list, category: list, filters, sorts,
  products: products.map((product, at) => productProperties(context, product, { position: at + 1 })),
}];
export const searched = (query, results) => ["Products Searched", { query, results }];
export const productViewed = (context, product) => ["Product Viewed", productProperties(context, product, { quantity: 1 })];
export const cartViewed = (context, priced) => ["Cart Viewed", {
  cart_id: context.session.cartId, products: cartProducts(context, priced), value: priced.subtotal, currency: CURRENCY,
}];

const totals = (context, priced) => ({
  value: priced.total,
  revenue: priced.total - priced.shipping,
  total: priced.total,
  subtotal: priced.subtotal,
  shipping: priced.shipping,
  tax: priced.tax,
  discount: priced.saved,
  ...(priced.coupon ? { coupon: priced.coupon.code } : {}),
  currency: CURRENCY,
  products: cartProducts(context, priced),
});
export const checkoutStarted = (context, priced) => ["Checkout Started", { order_id: context.session.checkoutId, ...totals(context, priced) }];
export const orderCompleted = (context, order, priced) => ["Order Completed", {
  order_id: order.id, checkout_id: context.session.checkoutId, ...totals(context, priced),
}];
export const couponApplied = (context, coupon, priced) => ["Coupon Applied", {
  coupon: coupon.code, coupon_id: coupon.id, coupon_name: coupon.id, discount: priced.saved, cart_id: context.session.cartId,
}];
export const couponDenied = (code) => ["Coupon Denied", { coupon: code, reason: "not_valid" }];

export const traitsOf = (member) => ({
  name: member.name, email: member.email, grade: member.grade, signedUpAt: member.signedUpAt,
  ...(member.birthday ? { birthday: member.birthday } : {}),
});

/** The member's orders from elsewhere, as wire events, for `identify(…, { history })`. */
export function orderHistory(context, orders) {
  return orders
    // What was ordered in this very session lies in the visitor's journey already.
    .filter((order) => order.sessionId !== context.session.id)
    .map((order) => ({
      type: "track", event: "Order Completed", messageId: `order-${order.id}`, timestamp: order.orderedAt,
      userId: order.memberId, properties: order.event,
    }));
}
