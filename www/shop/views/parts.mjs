// Pieces that several pages share.
import { COLOURS } from "../data/colours.mjs";
import { productProperties } from "../events.mjs";
import { html, raw } from "../html.mjs";
import { imageUrl } from "../pricing.mjs";

const ICONS = {
  search: `<circle cx="11" cy="11" r="6.5"/><path d="M16 16l5 5"/>`,
  bag: `<path d="M5 8h14l1 13H4z"/><path d="M8.5 10V7a3.5 3.5 0 0 1 7 0v3"/>`,
  person: `<circle cx="12" cy="8" r="4"/><path d="M4 21c.8-5 4-7 8-7s7.200 2 8 7"/>`,
  arrow: `<path d="M4 12h15M13 6l6 6-6 6"/>`,
  check: `<path d="M5 12.500l4.500 4.500L19 7"/>`,
};
export const icon = (name) => raw(`<svg class="icon" viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${ICONS[name]}</svg>`);

export const money = (context, amount) =>
  context.lang === "en" ? `₩${amount.toLocaleString("en-US")}` : `${amount.toLocaleString("ko-KR")}원`;

export const price = (context, product) => product.was
  ? html`<span class="price"><span class="price-off">${Math.round((1 - product.price / product.was) * 100)}%</span> <span class="price-now">${money(context, product.price)}</span> <s class="price-was"><span class="hidden">${context.t("정가", "Regular price")} </span>${money(context, product.was)}</s></span>`
  : html`<span class="price"><span class="price-now">${money(context, product.price)}</span></span>`;

export const swatch = (hex) => raw(`<svg class="dot" viewBox="0 0 20 20" width="14" height="14" aria-hidden="true"><circle cx="10" cy="10" r="9" fill="${hex}" stroke="#000" stroke-opacity=".22"/></svg>`);

/** A product in a list. The properties of the click event travel with it. */
export function card(context, product, position, list) {
  const properties = { ...productProperties(context, product, { position }), list_id: list };
  return html`<li class="card">
    <a href="/p/${product.id}" data-testid="product-card" data-product-id="${product.id}" data-click="${JSON.stringify(properties)}">
      <span class="card-picture"><img src="${imageUrl(product, product.colours[0])}" width="400" height="500" alt="" ${position > 4 ? raw('loading="lazy"') : ""}>
      ${product.isNew && !product.was ? html`<span class="tag">${context.t("신상", "New")}</span>` : ""}${product.was ? html`<span class="tag tag-sale">${context.t("세일", "Sale")}</span>` : ""}</span>
      <span class="card-brand">${product.brand}</span>
      <span class="card-name">${product.name[context.lang]}</span>
      ${price(context, product)}
      <span class="card-colours">${product.colours.map((id) => swatch(COLOURS[id].hex))}<span class="hidden">${context.t(`${product.colours.length}가지 색`, `${product.colours.length} colours`)}</span></span>
    </a>
  </li>`;
}
export const grid = (context, products, list) =>
  html`<ul class="grid" data-testid="product-grid">${products.map((product, at) => card(context, product, at + 1, list))}</ul>`;

export const field = ({ name, label, type = "text", value = "", required = true, autocomplete, hint, ...rest }) => html`<p class="field">
  <label for="f-${name}">${label}</label>
  <input id="f-${name}" name="${name}" type="${type}" value="${value}" data-testid="${name}" ${required ? raw("required") : ""} ${autocomplete ? html`autocomplete="${autocomplete}"` : ""} ${rest.minlength ? html`minlength="${rest.minlength}"` : ""} ${rest.pattern ? html`pattern="${rest.pattern}"` : ""} ${rest.inputmode ? html`inputmode="${rest.inputmode}"` : ""} ${hint ? html`aria-describedby="h-${name}"` : ""}>
  ${hint ? html`<span class="hint" id="h-${name}">${hint}</span>` : ""}
</p>`;

export const notice = (text, kind = "problem") => (text ? html`<p class="notice notice-${kind}" role="${kind === "problem" ? "alert" : "status"}">${text}</p>` : "");

/** The sum of a cart, as shown beside the cart and the checkout. */
export function summary(context, priced) {
  const { t } = context;
  return html`<dl class="totals" data-testid="totals">
    <div><dt>${t("상품 금액", "Subtotal")}</dt><dd>${money(context, priced.subtotal)}</dd></div>
    ${priced.discount ? html`<div class="totals-good"><dt>${t("쿠폰 할인", "Coupon")}</dt><dd>−${money(context, priced.discount)}</dd></div>` : ""}
    <div><dt>${t("배송비", "Shipping")}</dt><dd data-testid="shipping-fee">${priced.shipping ? money(context, priced.shipping) : t("무료", "Free")}</dd></div>
    <div class="totals-sum"><dt>${t("결제 금액", "Total")}</dt><dd data-testid="total">${money(context, priced.total)}</dd></div>
  </dl>`;
}
