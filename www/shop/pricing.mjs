// What a cart costs: lines, discount, shipping and the tax that Korean prices already contain.
import { COLOURS } from "./data/colours.mjs";
import { productOf } from "./data/products.mjs";

const FREE_SHIPPING_FROM = 150_000;
const SHIPPING_FEE = 3_500;
const MOST_OF_ONE = 10;

const DISCOUNTS = {
  "cart-10": { ko: "장바구니 10% 쿠폰", en: "10% off your bag", amount: (subtotal) => Math.floor(subtotal / 1000) * 100 },
  "welcome-shipping": { ko: "무료 배송 쿠폰", en: "Free shipping", shipping: true, daysFromSignUp: 7 },
};
export const discountOf = (couponId) => DISCOUNTS[couponId];

export const imageUrl = (product, colour) => `/art/${product.id}-${colour}.svg`;
export const variantOf = ({ colour, size }) => `${colour}/${size}`;

/** Adds to the cart; equal product and variant share a line. Returns false for an unknown choice. */
/** Where no colour or size is named, the first one is meant. */
export function addToCart(cart, { id, quantity = 1, ...choice }) {
  const product = productOf(id);
  const { colour = product?.colours[0], size = product?.sizes[0] } = choice;
  if (!product?.colours.includes(colour) || !product.sizes.includes(size)) return false;
  const line = cart.find((each) => each.id === id && each.colour === colour && each.size === size);
  if (line) line.quantity = Math.min(line.quantity + quantity, MOST_OF_ONE);
  else cart.push({ id, colour, size, quantity: Math.min(Math.max(quantity, 1), MOST_OF_ONE) });
  return true;
}

export function setQuantity(cart, { id, variant }, quantity) {
  const at = cart.findIndex((line) => line.id === id && variantOf(line) === variant);
  if (at < 0) return;
  if (quantity > 0) cart[at].quantity = Math.min(quantity, MOST_OF_ONE);
  else cart.splice(at, 1);
}

export function priceCart(cart, coupon) {
  const lines = cart.map((line) => {
    const product = productOf(line.id);
    return { ...line, product, variant: variantOf(line), colourName: COLOURS[line.colour], total: product.price * line.quantity };
  });
  const subtotal = lines.reduce((sum, line) => sum + line.total, 0);
  const rule = coupon && discountOf(coupon.id);
  const base = subtotal === 0 || subtotal >= FREE_SHIPPING_FROM ? 0 : SHIPPING_FEE;
  const discount = rule?.amount ? rule.amount(subtotal) : 0;
  const shipping = rule?.shipping ? 0 : base;
  const total = subtotal - discount + shipping;
  return {
    lines, subtotal, discount, shipping, saved: discount + base - shipping, total, coupon, couponName: rule,
    count: lines.reduce((sum, line) => sum + line.quantity, 0),
    tax: Math.round(total / 11),
    untilFree: Math.max(0, FREE_SHIPPING_FROM - subtotal),
  };
}
