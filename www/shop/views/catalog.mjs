// Home, lists, search and product pages.
import { CATEGORIES, categoryOf } from "../data/categories.mjs";
import { COLOURS } from "../data/colours.mjs";
import { listFiltered, listViewed, productProperties, productViewed, searched } from "../events.mjs";
import { html, raw } from "../html.mjs";
import { imageUrl } from "../pricing.mjs";
import { page } from "./layout.mjs";
import { grid, icon, price, swatch } from "./parts.mjs";

const promotion = (id, name, position) => JSON.stringify({ promotion_id: id, creative: id, name, position });

export function home(context, { fresh, sale }) {
  const { t } = context;
  const tiles = ["outer", "knit", "dress", "bag"].map(categoryOf);
  const covers = { outer: "/art/yang-fleece-cocoa.svg", knit: "/art/kkoa-cable-indigo.svg", dress: "/art/dal-slip-pine.svg", bag: "/art/bokju-bag-camel.svg" };
  return page(context, {
    kind: "home",
    events: [listViewed(context, "home-new", fresh)],
    main: html`
    <section class="hero" data-promotion="${promotion("season-hero", t("오래 입는 옷", "Worn for long"), "home_top")}">
      <img class="hero-picture" src="/scene/hero.svg" width="1600" height="1000" alt="">
      <div class="hero-text"><p class="eyebrow">${t("새 계절의 옷장", "The new season")}</p>
        <h1>${t(raw("서두르지 않고,<br>오래 입는 옷"), raw("Made slowly,<br>worn for long"))}</h1>
        <p>${t("볕이 드는 방에서 한 벌씩 고른 느루의 새 계절.", "Neuru’s new season, chosen piece by piece in a sunlit room.")}</p>
        <a class="button" href="/c/new" data-testid="hero-link">${t("신상품 보기", "See what’s new")} ${icon("arrow")}</a></div>
    </section>
    <div data-dangol-slot="home-top" class="slot"></div>
    <section class="section"><div class="section-head"><h2>${t("새로 들어온 옷", "Just in")}</h2><a href="/c/new">${t("모두 보기", "See all")}</a></div>
      ${grid(context, fresh, "home-new")}</section>
    <section class="section tiles" aria-label="${t("분류별로 보기", "Browse by category")}">${tiles.map(({ id, ...name }) => html`<a class="tile" href="/c/${id}"><img src="${covers[id]}" width="400" height="500" alt="" loading="lazy"><span>${name[context.lang]}</span></a>`)}</section>
    <section class="band" data-promotion="${promotion("season-sale", t("시즌 세일", "Season sale"), "home_middle")}">
      <img src="/scene/sale.svg" width="1600" height="1000" alt="" loading="lazy">
      <div><p class="eyebrow">${t("시즌 세일", "Season sale")}</p><h2>${t("한 계절 더 입을 값으로", "One more season, for less")}</h2><p>${t("아우터부터 니트까지 최대 20% 낮춘 값.", "Up to 20% off, from coats to knits.")}</p><a class="button button-light" href="/c/sale" data-testid="sale-link">${t("세일 보러 가기", "Shop the sale")} ${icon("arrow")}</a></div>
    </section>
    <section class="section"><div class="section-head"><h2>${t("지금 좋은 값", "Good value now")}</h2><a href="/c/sale">${t("모두 보기", "See all")}</a></div>${grid(context, sale, "home-sale")}</section>
    <section class="letter"><img src="/scene/market.svg" width="1600" height="1000" alt="" loading="lazy"><div><p class="eyebrow">${t("룩북", "Lookbook")}</p><h2>${t("장날의 옷차림", "Dressed for market day")}</h2><p>${t("대파와 꽃 한 단, 그리고 오래된 가디건. 느루가 걷고 보고 입은 것들의 기록.", "Leeks, a bunch of flowers and an old cardigan: notes on what we walked through, saw and wore.")}</p><a class="link" href="/lookbook/market">${t("이야기 읽기", "Read the story")} ${icon("arrow")}</a></div></section>`,
  });
}

const SORTS = [{ id: "", ko: "추천순", en: "Featured" }, { id: "low", ko: "낮은 가격순", en: "Price: low to high" }, { id: "high", ko: "높은 가격순", en: "Price: high to low" }];
const BUDGETS = [{ id: "", ko: "모든 가격", en: "Any price" }, { id: "100000", ko: "10만 원 이하", en: "Up to ₩100,000" }, { id: "200000", ko: "20만 원 이하", en: "Up to ₩200,000" }];

const select = (name, label, options, chosen, lang) => html`<label><span>${label}</span><select name="${name}" data-testid="filter-${name}">${options.map((option) => html`<option value="${option.id}" ${option.id === chosen ? raw("selected") : ""}>${option[lang]}</option>`)}</select></label>`;

export function list(context, { category, products, filters }) {
  const { t, lang } = context;
  const name = category[lang];
  const active = Object.entries(filters).filter(([type, value]) => value && type !== "sort").map(([type, value]) => ({ type, value }));
  const sorts = filters.sort ? [{ type: "price", value: filters.sort === "low" ? "asc" : "desc" }] : [];
  const filtered = active.length > 0 || sorts.length > 0;
  const colours = [{ id: "", ko: "모든 색", en: "Any colour" }, ...Object.entries(COLOURS).map(([id, colour]) => ({ id, ...colour }))];
  return page(context, {
    title: name, kind: "list",
    events: [filtered ? listFiltered(context, category.id, active, sorts, products) : listViewed(context, category.id, products)],
    main: html`<div class="section">
      <nav class="crumbs" aria-label="${t("현재 위치", "Breadcrumb")}"><a href="/">${t("홈", "Home")}</a> <span aria-hidden="true">/</span> <span aria-current="page">${name}</span></nav>
      <div class="list-head"><h1>${name}</h1><p data-testid="result-count">${t(`${products.length}개 상품`, `${products.length} ${products.length === 1 ? "product" : "products"}`)}</p></div>
      <form class="filters" data-filters aria-label="${t("정렬과 거르기", "Sort and filter")}">
        ${select("sort", t("정렬", "Sort"), SORTS, filters.sort, lang)}${select("colour", t("색", "Colour"), colours, filters.colour, lang)}${select("max", t("가격", "Price"), BUDGETS, filters.max, lang)}
        <button class="button button-small" data-testid="filter-apply">${t("적용", "Apply")}</button></form>
      <div data-dangol-slot="list-top" class="slot"></div>
      ${products.length ? grid(context, products, category.id) : html`<p class="empty">${t("조건에 맞는 상품이 없어요.", "Nothing matches these filters.")} <a href="/c/${category.id}">${t("모두 보기", "See all")}</a></p>`}
    </div>`,
  });
}

export function search(context, { query, products, suggestions }) {
  const { t } = context;
  return page(context, {
    title: t("검색", "Search"), kind: "search",
    events: query ? [searched(query, products.length)] : [],
    main: html`<div class="section"><div class="list-head"><h1>${query ? t(`‘${query}’ 검색 결과`, `Results for “${query}”`) : t("검색", "Search")}</h1><p data-testid="result-count">${t(`${products.length}개 상품`, `${products.length} ${products.length === 1 ? "product" : "products"}`)}</p></div>
    ${products.length ? grid(context, products, "search") : html`<p class="empty">${t("찾으시는 상품이 없어요. 대신 이런 옷은 어떠세요?", "Nothing found. Perhaps one of these?")}</p>${grid(context, suggestions, "search-suggestions")}`}</div>`,
  });
}

export function productPage(context, { product, colour, related }) {
  const { t, lang } = context;
  const name = product.name[lang];
  const category = CATEGORIES.find(({ id }) => id === product.category);
  const shade = COLOURS[colour];
  return page(context, {
    title: name, kind: "product",
    events: [productViewed(context, product)],
    main: html`<div class="section">
      <nav class="crumbs" aria-label="${t("현재 위치", "Breadcrumb")}"><a href="/">${t("홈", "Home")}</a> <span aria-hidden="true">/</span> <a href="/c/${category.id}">${category[lang]}</a> <span aria-hidden="true">/</span> <span aria-current="page">${name}</span></nav>
      <div class="product">
        <div class="gallery"><img src="${imageUrl(product, colour)}" width="800" height="1000" alt="${name}, ${shade[lang]}" data-picture=""><img src="/art/${product.id}-${colour}-detail.svg" width="800" height="1000" alt="${t(`${name}의 결을 가까이에서`, `${name}, close up`)}" data-picture="detail"><img src="/art/${product.id}-${colour}-close.svg" width="800" height="1000" alt="${t(`${name}의 바느질`, `${name}, the finish`)}" data-picture="close"></div>
        <div class="product-info">
          <p class="card-brand">${product.brand}</p><h1>${name}</h1>${price(context, product)}
          <p class="product-text">${product.text[lang === "en" ? 1 : 0]}</p>
          <form method="post" action="/cart/add" data-add data-product="${JSON.stringify(productProperties(context, product))}" data-testid="add-form">
            <input type="hidden" name="id" value="${product.id}">
            <fieldset class="choices"><legend>${t("색", "Colour")}</legend>${product.colours.map((id) => html`<label class="choice"><input type="radio" name="colour" value="${id}" data-image="${imageUrl(product, id)}" ${id === colour ? raw("checked") : ""}><span>${swatch(COLOURS[id].hex)} ${COLOURS[id][lang]}</span></label>`)}</fieldset>
            <fieldset class="choices"><legend>${t("사이즈", "Size")}</legend>${product.sizes.map((size, at) => html`<label class="choice"><input type="radio" name="size" value="${size}" ${at === Math.min(1, product.sizes.length - 1) ? raw("checked") : ""}><span>${size}</span></label>`)}</fieldset>
            <p class="quantity"><label for="quantity">${t("수량", "Quantity")}</label><input id="quantity" name="quantity" type="number" min="1" max="10" value="1" data-testid="quantity"></p>
            <button class="button button-wide" data-testid="add-to-cart">${t("장바구니에 담기", "Add to bag")}</button>
          </form>
          <div data-dangol-slot="product-info" class="slot"></div>
          <dl class="facts"><div><dt>${t("소재", "Fabric")}</dt><dd>${product.fabric[lang === "en" ? 1 : 0]}</dd></div><div><dt>${t("배송", "Delivery")}</dt><dd>${t("평일 2시 전 주문은 당일 출발", "Ships the same weekday before 2 pm")}</dd></div><div><dt>${t("교환", "Exchange")}</dt><dd>${t("30일 안에 무료", "Free within 30 days")}</dd></div><div><dt>${t("품번", "Item")}</dt><dd>${product.sku}</dd></div></dl>
        </div>
      </div>
      <section class="reviews" id="reviews"><h2>${t("입어 본 분들의 말", "From people who wear it")}</h2><div class="quotes">
        <figure><blockquote>${t("사진보다 실물이 훨씬 좋아요. 옷감이 도톰하고 바느질이 꼼꼼해요.", "Better than in the picture. The cloth has weight and the stitching is careful.")}</blockquote><figcaption>${t("서** · M 구매", "S. · bought M")}</figcaption></figure>
        <figure><blockquote>${t("두 번째 겨울인데 처음 산 것 같아요. 색을 바꿔 하나 더 샀습니다.", "Second winter and it still looks new. I bought another colour.")}</blockquote><figcaption>${t("김** · L 구매", "K. · bought L")}</figcaption></figure>
        <figure><blockquote>${t("어깨가 좁은 편인데 흐르듯 떨어져요. 매장에서 입어 본 느낌 그대로.", "I have narrow shoulders and it falls just right.")}</blockquote><figcaption>${t("박** · S 구매", "P. · bought S")}</figcaption></figure></div></section>
      <section><div class="section-head"><h2>${t("함께 입기 좋은 옷", "Wear it with")}</h2></div>${grid(context, related, "related")}</section>
    </div>`,
  });
}
