// The cart and the two steps of the checkout.
import { cartProducts, cartViewed } from "../events.mjs";
import { html, raw } from "../html.mjs";
import { imageUrl } from "../pricing.mjs";
import { page } from "./layout.mjs";
import { field, icon, money, notice, summary } from "./parts.mjs";

const lineText = (context, line) => `${line.colourName[context.lang]} · ${line.size}`;

function cartLine(context, line, properties) {
  const { t } = context;
  const name = line.product.name[context.lang];
  const target = html`<input type="hidden" name="id" value="${line.id}"><input type="hidden" name="variant" value="${line.variant}">`;
  return html`<li class="line" data-testid="cart-line" data-product-id="${line.id}">
    <a href="/p/${line.id}?colour=${line.colour}" class="line-picture" tabindex="-1" aria-hidden="true"><img src="${imageUrl(line.product, line.colour)}" width="120" height="150" alt=""></a>
    <div class="line-text"><p class="card-brand">${line.product.brand}</p><a class="line-name" href="/p/${line.id}?colour=${line.colour}">${name}</a><p class="line-variant">${lineText(context, line)}</p>
      <div class="line-tools">
        <form method="post" action="/cart/update" data-update data-product="${JSON.stringify(properties)}">${target}<label class="hidden" for="q-${line.id}-${line.colour}-${line.size}">${t(`${name} 수량`, `Quantity of ${name}`)}</label><input id="q-${line.id}-${line.colour}-${line.size}" name="quantity" type="number" min="1" max="10" value="${line.quantity}" data-testid="line-quantity"><button class="text-button" data-testid="line-update">${t("변경", "Update")}</button></form>
        <form method="post" action="/cart/remove" data-remove data-product="${JSON.stringify(properties)}">${target}<button class="text-button" aria-label="${t(`${name} 삭제`, `Remove ${name}`)}" data-testid="line-remove">${t("삭제", "Remove")}</button></form>
      </div></div>
    <p class="line-price">${money(context, line.total)}</p></li>`;
}

const applied = ({ t }, { couponName }) => html`<p class="notice notice-good" role="status" data-testid="coupon-applied">${icon("check")} ${t(`${couponName.ko}이 적용되었어요.`, `${couponName.en} applied.`)}</p>`;

/** Stays at the foot of the window. Messages stand above what says that it is to be avoided. */
const orderBar = (context, priced) => html`<div class="order-bar" data-testid="order-bar"><i data-dangol-avoid></i><div>
  <p>${context.t(`${priced.count}개`, `${priced.count} ${priced.count === 1 ? "item" : "items"}`)} <b>${money(context, priced.total)}</b></p>
  <a class="button" href="/checkout" data-testid="checkout-start">${context.t("주문하기", "Check out")}</a></div></div>`;

export function cart(context, { priced, note }) {
  const { t } = context;
  const properties = cartProducts(context, priced);
  return page(context, {
    title: t("장바구니", "Bag"), kind: "cart", events: [cartViewed(context, priced)],
    main: html`<div class="section"><div class="list-head"><h1>${t("장바구니", "Your bag")}</h1><p>${t(`${priced.count}개`, `${priced.count} ${priced.count === 1 ? "item" : "items"}`)}</p></div>
    ${notice(note, "good")}
    ${priced.coupon && !priced.shipping ? "" : html`<div data-dangol-slot="cart-progress" class="slot"></div>`}
    ${priced.count === 0
      ? html`${priced.coupon ? applied(context, priced) : ""}<p class="empty" data-testid="cart-empty">${t("장바구니가 비어 있어요.", "Your bag is empty.")} <a href="/c/new">${t("새로 들어온 옷 보기", "See what’s new")}</a></p>`
      : html`<div class="with-aside"><ul class="lines">${priced.lines.map((line, at) => cartLine(context, line, properties[at]))}</ul>
        <aside class="aside" aria-label="${t("결제 요약", "Summary")}">${summary(context, priced)}${priced.coupon ? applied(context, priced) : html`<p class="hint">${t("쿠폰은 다음 단계에서 쓸 수 있어요.", "Coupons can be entered in the next step.")}</p>`}</aside></div>
        ${orderBar(context, priced)}`}</div>`,
  });
}

const couponForm = (context, { priced, problem, step }) => {
  const { t } = context;
  return html`<form class="coupon-form" method="post" action="/checkout/coupon" data-coupon data-order-id="${context.session.checkoutId}" data-cart-id="${context.session.cartId}">
    <input type="hidden" name="step" value="${step}">
    <label for="coupon">${t("쿠폰 코드", "Coupon code")}</label>
    <div class="joined"><input id="coupon" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" value="${priced.coupon?.code ?? ""}" data-testid="coupon-code" ${problem ? raw('aria-invalid="true" aria-describedby="coupon-problem"') : ""}><button class="button button-small" data-testid="coupon-apply">${t("적용", "Apply")}</button></div>
    ${problem ? html`<p class="notice notice-problem" role="alert" id="coupon-problem" data-testid="coupon-problem">${problem}</p>` : ""}
    ${priced.coupon ? applied(context, priced) : ""}
  </form>`;
};

const asideOf = (context, options) => html`<aside class="aside" aria-label="${context.t("주문 요약", "Order summary")}"><ul class="mini-lines">${options.priced.lines.map((line) => html`<li><img src="${imageUrl(line.product, line.colour)}" width="56" height="70" alt=""><span>${line.product.name[context.lang]}<small>${lineText(context, line)} × ${line.quantity}</small></span><b>${money(context, line.total)}</b></li>`)}</ul>${couponForm(context, options)}${summary(context, options.priced)}</aside>`;

const steps = (context, now) => html`<ol class="steps">${[["shipping", "배송", "Shipping"], ["payment", "결제", "Payment"]].map(([id, ko, en], at) => html`<li ${id === now ? raw('aria-current="step"') : ""}><b>${at + 1}</b> ${context.t(ko, en)}</li>`)}</ol>`;

const checkoutData = (context, options) => html`data-checkout="${JSON.stringify({ checkout_id: context.session.checkoutId, value: options.priced.total, currency: "KRW" })}"`;

export function shipping(context, options) {
  const { t } = context;
  const { address = {} } = options;
  return page(context, {
    title: t("배송지", "Shipping"), kind: "checkout", events: options.events,
    main: html`<div class="section"><h1>${t("주문서", "Checkout")}</h1>${steps(context, "shipping")}<div class="with-aside">
    <form class="form" method="post" action="/checkout/shipping" data-step="1" ${checkoutData(context, options)} data-testid="shipping-form"><h2>${t("어디로 보내 드릴까요?", "Where shall we send it?")}</h2>
      ${field({ name: "name", label: t("받는 분", "Recipient"), value: address.name ?? context.member?.name, autocomplete: "name" })}
      ${field({ name: "phone", label: t("휴대전화", "Phone"), type: "tel", value: address.phone, autocomplete: "tel" })}
      ${field({ name: "address", label: t("주소", "Address"), value: address.address, autocomplete: "street-address" })}
      <fieldset class="options"><legend>${t("배송 방법", "Delivery")}</legend><label><input type="radio" name="method" value="standard" checked> ${t("일반 배송 (1–2일)", "Standard (1–2 days)")}</label><label><input type="radio" name="method" value="door"> ${t("문 앞 새벽 배송", "Before dawn, at your door")}</label></fieldset>
      <button class="button button-wide" data-testid="to-payment">${t("결제로 가기", "Continue to payment")}</button></form>
    ${asideOf(context, { ...options, step: "shipping" })}</div></div>`,
  });
}

export function payment(context, options) {
  const { t } = context;
  const methods = [["card", t("신용·체크카드", "Card")], ["transfer", t("계좌 이체", "Bank transfer")], ["phone", t("휴대전화 결제", "Phone bill")]];
  return page(context, {
    title: t("결제", "Payment"), kind: "checkout", events: options.events,
    main: html`<div class="section"><h1>${t("주문서", "Checkout")}</h1>${steps(context, "payment")}<div class="with-aside">
    <form class="form" method="post" action="/checkout/payment" data-step="2" data-shipping-method="${options.address.method}" ${checkoutData(context, options)} data-testid="payment-form">
      <h2>${t("어떻게 결제하시겠어요?", "How would you like to pay?")}</h2>
      <p class="address"><b>${options.address.name}</b> ${options.address.phone}<br>${options.address.address} <a href="/checkout/shipping">${t("변경", "Change")}</a></p>
      <fieldset class="options"><legend>${t("결제 수단", "Payment method")}</legend>${methods.map(([id, label], at) => html`<label><input type="radio" name="method" value="${id}" ${at === 0 ? raw("checked") : ""}> ${label}</label>`)}</fieldset>
      <label class="agree"><input type="checkbox" name="agree" required data-testid="agree"> ${t("주문 내용을 확인했고 결제에 동의합니다.", "I have checked my order and agree to pay.")}</label>
      <button class="button button-wide" data-testid="place-order">${t(`${money(context, options.priced.total)} 결제하기`, `Pay ${money(context, options.priced.total)}`)}</button></form>
    ${asideOf(context, { ...options, step: "payment" })}</div></div>`,
  });
}

export function order(context, { order: placed, priced, fresh }) {
  const { t } = context;
  return page(context, {
    title: fresh ? t("주문 완료", "Order complete") : t("주문 내역", "Order"), kind: fresh ? "order-complete" : "order",
    main: html`<div class="section narrow"><div class="thanks">${icon("check")}<h1>${fresh ? t("주문해 주셔서 고맙습니다", "Thank you for your order") : t("주문 내역", "Your order")}</h1><p>${t("주문 번호", "Order number")} <b data-testid="order-id">${placed.id}</b></p><p>${t("포장이 끝나면 문자로 알려 드릴게요.", "We will text you when it is on its way.")}</p></div>
    <div data-dangol-slot="order-complete" class="slot"></div>
    <ul class="lines">${priced.lines.map((line) => html`<li class="line"><span class="line-picture"><img src="${imageUrl(line.product, line.colour)}" width="120" height="150" alt=""></span><div class="line-text"><p class="card-brand">${line.product.brand}</p><p class="line-name">${line.product.name[context.lang]}</p><p class="line-variant">${lineText(context, line)} × ${line.quantity}</p></div><p class="line-price">${money(context, line.total)}</p></li>`)}</ul>
    ${summary(context, priced)}<p class="center"><a class="button" href="/">${t("계속 둘러보기", "Keep browsing")}</a></p></div>`,
  });
}
