// The frame of every page.
import { CATEGORIES } from "../data/categories.mjs";
import { html, json, raw } from "../html.mjs";
import { icon } from "./parts.mjs";

const NAV = CATEGORIES.filter(({ id }) => id !== "acc").concat(CATEGORIES.filter(({ id }) => id === "acc"))
  .sort((left, right) => (left.id === "sale") - (right.id === "sale"));

const otherLanguage = (context) => {
  const to = context.lang === "en" ? "ko" : "en";
  const query = new URLSearchParams(context.query);
  query.set("lang", to);
  return { to, href: `${context.path}?${query}`, label: to === "en" ? "English" : "한국어" };
};

function header(context) {
  const { t } = context;
  const other = otherLanguage(context);
  const count = context.session.cart.reduce((sum, line) => sum + line.quantity, 0);
  const here = (path) => (context.path === path || context.path.startsWith(`${path}/`) ? raw('aria-current="page"') : "");
  return html`<a class="skip" href="#main">${t("본문으로 건너뛰기", "Skip to content")}</a>
  <header class="header">
    <p class="ribbon">${t("15만 원 이상 무료 배송 · 30일 안에 무료 교환", "Free shipping from ₩150,000 · Free exchange within 30 days")}</p>
    <div class="header-top">
      <a class="logo" href="/"><span>NEURU</span><small lang="ko">느루</small></a>
      <form class="search" role="search" action="/search" data-search>
        <label class="hidden" for="q">${t("상품 검색", "Search products")}</label>
        <input id="q" name="q" type="search" value="${context.path === "/search" ? context.query.q ?? "" : ""}" placeholder="${t("무엇을 찾으세요?", "What are you looking for?")}" data-testid="search-input">
        <button class="icon-button" aria-label="${t("검색", "Search")}" data-testid="search-submit">${icon("search")}</button>
      </form>
      <nav class="tools" aria-label="${t("내 메뉴", "Your menu")}">
        <a class="language" href="${other.href}" lang="${other.to}" hreflang="${other.to}" data-testid="language">${other.label}</a>
        ${context.member
          ? html`<a class="tool" href="/my" ${here("/my")} data-testid="my-link">${icon("person")}<span>${t(`${context.member.name}님`, context.member.name)}</span></a>`
          : html`<a class="tool" href="/login" ${here("/login")} data-testid="login-link">${icon("person")}<span>${t("로그인", "Log in")}</span></a>`}
        <a class="tool" href="/cart" ${here("/cart")} data-testid="cart-link">${icon("bag")}<span>${t("장바구니", "Bag")}</span><b class="count" data-testid="cart-count">${count}</b></a>
      </nav>
    </div>
    <nav class="nav" aria-label="${t("상품 분류", "Categories")}"><ul>
      ${NAV.map(({ id, ...name }) => html`<li><a href="/c/${id}" ${here(`/c/${id}`)} ${id === "sale" ? raw('class="nav-sale"') : ""}>${name[context.lang]}</a></li>`)}
      <li><a href="/lookbook" ${here("/lookbook")}>${t("룩북", "Lookbook")}</a></li>
    </ul></nav>
  </header>`;
}

function footer(context) {
  const { t } = context;
  return html`<footer class="footer"><div class="footer-inner">
    <div><p class="footer-logo">NEURU <span lang="ko">느루</span></p><p>${t("느루: 한꺼번에 몰아치지 않고 오래도록. 오래 입을 옷을 천천히 만듭니다.", "Neuru, an old Korean word: unhurried, and for a long time. We make clothes slowly, to be worn long.")}</p></div>
    <nav aria-label="${t("안내", "Information")}"><ul>
      <li><a href="/help">${t("배송과 교환", "Shipping and returns")}</a></li>
      <li><a href="/about">${t("느루 이야기", "About Neuru")}</a></li>
      <li><a href="/lookbook">${t("룩북", "Lookbook")}</a></li>
      <li><a href="/my">${t("내 페이지", "My page")}</a></li>
    </ul></nav>
    <p class="footer-note">${t("이 가게는 Dangol을 보여 주기 위한 시연용 가게입니다. 실제로 결제되거나 배송되지 않습니다.", "A demonstration shop for Dangol: nothing is charged and nothing is shipped.")}</p>
  </div></footer>`;
}

/** `events` are handed to the SDK once this page has loaded; see public/shop.js. */
export function page(context, { title, main, events = [], kind = "page" }) {
  const shop = context.t("느루 NEURU", "NEURU");
  const data = { identify: context.takeIdentify(), events: [...context.takeFlash(), ...events] };
  return html`<html lang="${context.lang}" data-page="${kind}"><head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title ? `${title} · ${shop}` : `${shop} · ${context.t("오래 입는 옷", "clothes worn long")}`}</title>
    <meta name="description" content="${context.t("오래 입을 옷을 천천히 만드는 느루", "Neuru makes clothes slowly, to be worn long.")}">
    <meta name="theme-color" content="#f8f4ed">
    <link rel="icon" href="/favicon.svg" type="image/svg+xml">
    <script src="/clock.js"></script>
    <script src="/dangol/stub.js"></script>
    <script async src="/dangol/dangol.js" data-config="${context.recipe ? `/docs/cookbook/${context.recipe.id}.json` : "/campaigns.json"}" ${context.recipe ? raw(`data-name="recipe-${context.recipe.run}"`) : ""} data-endpoint="/collect" data-consent="granted"></script>
    <link rel="stylesheet" href="/shop.css"><link rel="stylesheet" href="/pages.css">
    <script type="application/json" id="page-data">${json(data)}</script>
    <script src="/shop.js" defer></script>
    <script type="module" src="/panel/panel.js"></script>
    ${context.recipe ? raw(`<link rel="stylesheet" href="/recipe.css"><script type="module" src="/recipe.js" data-recipe="${context.recipe.id}" data-run="${context.recipe.run}"></script>`) : ""}
  </head><body>
    ${header(context)}
    <main id="main" tabindex="-1">${main}</main>
    ${footer(context)}
  </body></html>`;
}
