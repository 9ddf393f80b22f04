// Shows one message as a shop's page would: the real SDK, a configuration of one campaign, an event that triggers it.
const { message, locale, scheme, theme, coupon } = JSON.parse(decodeURIComponent(location.hash.slice(1)));

const PRODUCTS = [
  { product_id: "1", name: "핸드메이드 울 코트", brand: "느루", price: 189000, compare_at_price: 239000, image_url: "/art/haneul-coat-camel.svg", url: "/p/coat" },
  { product_id: "2", name: "캐시미어 머플러", brand: "느루", price: 59000, image_url: "/art/check-scarf-brick.svg", url: "/p/muffler" },
  { product_id: "3", name: "스웨이드 첼시 부츠, 아주 긴 상품 이름이 들어가는 경우", price: 129000, url: "/p/boots" },
];

const config = {
  version: 1,
  // Where a text has none in the visitor's language: English for those who read neither Korean nor Japanese.
  locale: ["ko", "ja"].includes(locale) ? "ko" : "en",
  currency: "KRW",
  timezone: "Asia/Seoul",
  coupons: {
    welcome: {
      name: { ko: "첫 주문 무료배송", en: "Free shipping on the first order", ja: "初回送料無料", ar: "شحن مجاني" },
      code: "WELCOME-7F3K",
      expires: { after: "7d" },
      apply: { url: "/discount/{code}?redirect=/cart" },
      ...coupon,
    },
  },
  campaigns: {
    // The wallet is empty before a first coupon was taken out; the chat offers one.
    coupon: { purpose: "service", trigger: { manual: true }, message: { layout: "modal", blocks: [{ coupon: "welcome" }] } },
    taken: { purpose: "service", trigger: { event: "Gallery Prepared" }, message: { layout: "custom", blocks: [{ coupon: "welcome" }] } },
    sample: { purpose: "service", trigger: { event: "Gallery Opened" }, message },
  },
  settings: { attention: { perSession: 100, perDay: 1000, minGap: "0s" }, receipt: false, theme: { ...theme, scheme } },
};

document.documentElement.lang = locale;
document.documentElement.dir = locale === "ar" ? "rtl" : "ltr";
document.documentElement.classList.toggle("dark", scheme === "dark");
document.body.classList.toggle("dark", scheme === "dark");

// A message over its page takes the focus. Many samples stand on one page, where only whoever is in a sample gives it to it.
const focus = HTMLElement.prototype.focus;
HTMLElement.prototype.focus = function (...options) {
  if (document.hasFocus()) focus.apply(this, options);
};

const dangol = window.dangol.init({ config, locale, consent: "granted", storage: "memory", name: `gallery-${crypto.randomUUID()}`, capture: { page: true } });
// The gallery says it beside the JSON.
dangol.on("problem", ({ message: detail }) => window.frameElement?.dispatchEvent(new CustomEvent("problem", { detail })));
dangol.identify("gallery", { name: "민지" });
dangol.track("Cart Viewed", { products: [{ product_id: "2", name: "캐시미어 머플러", price: 32000, quantity: 1 }] });
const show = () => dangol.track("Gallery Opened", { products: PRODUCTS });
if (JSON.stringify(message).includes('"wallet"')) {
  const stop = dangol.on("message", (notice) => {
    if (notice.campaign !== "taken" || !notice.dismissed) return;
    stop();
    notice.dismissed();
    setTimeout(show);
  });
  dangol.track("Gallery Prepared");
} else show();

// The custom layout: Dangol draws nothing, the shop makes its own of the tree. Its parts are the class names here, and
// what frame.css makes of them is this shop's.
const KEPT = /^(alt|aria-.*|checked|data-state|for|height|id|inputmode|name|placeholder|role|src|type|value|width)$/;
function own(node, clicked, inputs) {
  const { tag, part = "", attrs = [], text, children = [], action, input } = node;
  const element = document.createElement(/^(details|section|summary)$/.test(tag) ? "div" : tag === "a" ? "button" : tag);
  for (const [name, value] of attrs) if (KEPT.test(name)) element.setAttribute(name, value);
  for (const [name, value] of attrs) if (name === "data-fill") element.style.inlineSize = `${value}%`;
  element.className = part;
  if (text) element.textContent = text;
  element.append(...children.map((child) => own(child, clicked, inputs)));
  if (input) inputs.push([element, input]);
  if (action == null) return element;
  element.addEventListener(element.type === "radio" ? "change" : "click", () => {
    if (element.type === "submit" && !inputs.every(([field]) => field.reportValidity())) return;
    clicked(action, Object.fromEntries(inputs.flatMap(([field, { name, type }]) => {
      if (field.type === "radio") return field.checked ? [[name, type === "rating" ? Number(field.value) : field.value]] : [];
      if (type === "choices") return [[name, inputs.filter(([other, { name: its }]) => its === name && other.checked).map(([{ value }]) => value)]];
      return [[name, type === "consent" ? field.checked : field.value.trim()]];
    })));
  });
  return element;
}
dangol.on("message", ({ campaign, what, tree, shown, clicked }) => {
  if (campaign !== "sample" || !tree) return;
  const slot = document.querySelector("[data-dangol-slot]");
  slot.className = "plain";
  slot.replaceChildren(...(what === "removed" ? [] : [own(tree, clicked, [])]));
  if (!what) shown();
});
