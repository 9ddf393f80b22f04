// Buying: cart, checkout, order.
import { checkCoupon, redeemCoupon, tidyCode } from "../coupons.mjs";
import { checkoutStarted, couponApplied, couponDenied, orderCompleted } from "../events.mjs";
import { localPath } from "../http.mjs";
import { addToCart, discountOf, priceCart, setQuantity } from "../pricing.mjs";
import { cart, order, payment, shipping } from "../views/cart.mjs";

const DAY = 24 * 60 * 60 * 1000;

const priced = ({ session }) => priceCart(session.cart, session.coupon);
const isEmpty = ({ session }) => session.cart.length === 0;

function startCheckout(context) {
  context.session.checkoutId = context.store.newCheckoutId();
  context.flash(checkoutStarted(context, priced(context)));
}

/** Some coupons end a while after sign-up, in the time that the visitor lives in. */
function isInTime({ member, now }, { id }) {
  const days = discountOf(id).daysFromSignUp;
  return !days || !member || now < Date.parse(member.signedUpAt) + days * DAY;
}

async function useCoupon(context, code) {
  const { session, store, collectorUrl } = context;
  const coupon = code && !store.isUsed(code) ? await checkCoupon(code, collectorUrl) : undefined;
  session.coupon = coupon && isInTime(context, coupon) ? coupon : undefined;
  store.touch();
  return session.coupon;
}

function checkoutPage(view, context) {
  if (isEmpty(context)) return context.redirect("/cart");
  if (!context.session.checkoutId) startCheckout(context);
  const problem = context.session.couponProblem && context.t("쓸 수 없는 쿠폰 코드예요.", "This code cannot be used.");
  delete context.session.couponProblem;
  return view(context, { priced: priced(context), address: context.session.address, problem });
}

async function placeOrder(context) {
  const { session, store, now } = context;
  const { cart: lines, coupon, address } = session;
  const id = store.newOrderId(now);
  if (coupon && !(await redeemCoupon(coupon.code, id, context.collectorUrl))) {
    Object.assign(session, { coupon: undefined, couponProblem: true });
    return context.redirect("/checkout/payment");
  }
  const sum = priced(context);
  const event = orderCompleted(context, { id }, sum);
  const placed = store.addOrder(session, { id, cart: lines, coupon, address, total: sum.total, event: event[1] }, now);
  context.flash(event);
  Object.assign(session, { cart: [], coupon: undefined, checkoutId: undefined, freshOrder: placed.id });
  store.touch();
  return context.redirect(`/order/${placed.id}`);
}

export const buyingRoutes = [
  ["GET", "/cart", (context) => cart(context, { priced: priced(context) })],
  ["POST", "/cart/add", (context, _, form) => {
    const quantity = Math.max(1, Number.parseInt(form.quantity, 10) || 1);
    if (!addToCart(context.session.cart, { ...form, quantity })) return undefined;
    context.store.touch();
    return context.redirect("/cart");
  }],
  ["POST", "/cart/update", (context, _, form) => {
    setQuantity(context.session.cart, form, Number.parseInt(form.quantity, 10) || 0);
    context.store.touch();
    return context.redirect("/cart");
  }],
  ["POST", "/cart/remove", (context, _, form) => {
    setQuantity(context.session.cart, form, 0);
    context.store.touch();
    return context.redirect("/cart");
  }],
  ["GET", "/checkout", (context) => {
    if (isEmpty(context)) return context.redirect("/cart");
    startCheckout(context);
    return context.redirect("/checkout/shipping");
  }],
  ["GET", "/checkout/shipping", (context) => checkoutPage(shipping, context)],
  ["POST", "/checkout/shipping", (context, _, { name, phone, address, method }) => {
    context.session.address = { name, phone, address, method };
    context.store.touch();
    return context.redirect("/checkout/payment");
  }],
  ["GET", "/checkout/payment", (context) => (context.session.address ? checkoutPage(payment, context) : context.redirect("/checkout/shipping"))],
  ["POST", "/checkout/payment", (context) => (isEmpty(context) || !context.session.address ? context.redirect("/checkout/shipping") : placeOrder(context))],
  ["POST", "/checkout/coupon", async (context, _, { code = "", step }) => {
    const entered = tidyCode(code);
    const coupon = await useCoupon(context, entered);
    if (coupon) context.flash(couponApplied(context, coupon, priced(context)));
    else if (entered) {
      context.session.couponProblem = true;
      context.flash(couponDenied(entered));
    }
    return context.redirect(step === "payment" ? "/checkout/payment" : "/checkout/shipping");
  }],
  // The address that a coupon's "apply" action opens: the SDK reports the event itself.
  ["GET", "/discount/:code", async (context, { code }) => {
    await useCoupon(context, tidyCode(code));
    return context.redirect(localPath(context.query.redirect, "/cart"));
  }],
  ["GET", "/order/:id", (context, { id }) => {
    const { session, store, member } = context;
    const placed = store.order(id);
    const isOwn = placed && (placed.sessionId === session.id || (member && placed.memberId === member.id));
    if (!isOwn) return undefined;
    const fresh = session.freshOrder === id;
    delete session.freshOrder;
    return order(context, { order: placed, priced: priceCart(placed.cart, placed.coupon), fresh });
  }],
];
