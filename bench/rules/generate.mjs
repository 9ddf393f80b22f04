// Seeded documents and rules. A rule is neutral here (`{all}`, `{any}`, `{path, op, value}`); each engine gets its own words.

/** mulberry32: the same numbers on every machine. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const WORDS = {
  "device.type": ["phone", "tablet", "desktop"],
  "device.os": ["ios", "android", "windows", "macos", "linux"],
  "device.browser": ["chrome", "safari", "firefox", "edge", "samsung", "whale"],
  "device.language": ["ko-KR", "en-US", "ja-JP", "zh-CN"],
  "page.name": ["home", "category", "product", "cart", "checkout", "search", "my"],
  "page.query.sort": ["new", "popular", "price", "review"],
  "traits.grade": ["bronze", "silver", "gold", "vip"],
  "traits.city": ["서울", "부산", "인천", "대구", "광주", "대전", "Osaka", "Tokyo"],
  "journey.stage": ["visitor", "browser", "shopper", "buyer"],
  "session.utm.source": ["naver", "google", "kakao", "instagram", "direct"],
  "session.utm.medium": ["cpc", "social", "email", "organic"],
  lifecycle: ["new", "active", "at_risk", "lapsed"],
  "cart.currency": ["KRW", "USD", "JPY"],
};
const NUMBERS = {
  "session.number": 40, "session.pageViews": 30, "session.duration": 3600, "visits.count": 60, "visits.daysSincePrevious": 90,
  "cart.count": 12, "cart.value": 400000, "orders.count": 20, "orders.revenue": 3000000, "orders.average": 200000,
  "traits.age": 80, "traits.points": 50000, "affinity.category.outer": 100, "affinity.category.shoes": 100, "page.scroll": 100, "time.hour": 24,
};
const TEXTS = {
  "page.path": ["/", "/c/outer", "/c/shoes", "/p/coat-1042", "/p/boots-77", "/cart", "/checkout/payment", "/search", "/my/orders"],
  "page.title": ["느루 — 오늘의 코트", "Wool coat, camel", "장바구니", "Search results", "Leather boots"],
  "session.referrer": ["https://search.naver.com/search", "https://www.google.com/", "https://instagram.com/p/1", ""],
};
const PATTERNS = {
  "page.path": ["^/p/", "^/c/(outer|shoes)", "/checkout/", "-\\d+$", "^/(cart|my)", "boots"],
  "page.title": ["코트", "[Cc]oat", "^Search", "boots$"],
  "session.referrer": ["naver\\.com", "google\\.", "^https://[a-z]+\\.", "instagram"],
};
const OPTIONAL = ["user.id", "traits.birthday", "cart.coupon", "session.utm.campaign", "visits.previousAt"];

function put(document, path, value) {
  const keys = path.split(".");
  const last = keys.pop();
  let at = document;
  for (const key of keys) at = at[key] ??= {};
  at[last] = value;
}

/** Documents like the one of a visitor; `fresh` gives each a path and a title of its own. */
export function documents(count, seed = 1, fresh = false) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  return Array.from({ length: count }, (_, index) => {
    const document = { user: {}, traits: {}, page: {}, device: {}, session: {}, visits: {}, cart: {} };
    for (const path in WORDS) put(document, path, pick(WORDS[path]));
    for (const path in NUMBERS) put(document, path, Math.floor(next() * NUMBERS[path]));
    for (const path in TEXTS) put(document, path, pick(TEXTS[path]) + (fresh && path !== "session.referrer" ? ` ${seed}-${index}` : ""));
    for (const path of OPTIONAL) if (next() < 0.5) put(document, path, `x${Math.floor(next() * 1000)}`);
    document.cart.items = Array.from({ length: 1 + Math.floor(next() * 4) }, () => ({ sku: `s${Math.floor(next() * 1e4)}`, price: Math.floor(next() * 1e5), quantity: 1 }));
    return document;
  });
}

export function rules(count, seed = 7) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const words = Object.keys(WORDS);
  const numbers = Object.keys(NUMBERS);
  const patterns = Object.keys(PATTERNS);
  const leaf = () => {
    const kind = next();
    if (kind < 0.38) {
      const path = pick(numbers);
      return { path, op: pick(["gt", "gte", "lt", "lte"]), value: Math.floor(next() * NUMBERS[path]) };
    }
    if (kind < 0.64) {
      const path = pick(words);
      return { path, op: next() < 0.8 ? "eq" : "ne", value: pick(WORDS[path]) };
    }
    if (kind < 0.82) {
      const path = pick(words);
      return { path, op: "in", value: WORDS[path].filter(() => next() < 0.5).concat("other") };
    }
    if (kind < 0.9) {
      const path = pick(patterns);
      return { path, op: "regex", value: pick(PATTERNS[path]) };
    }
    return { path: pick(OPTIONAL), op: "exists", value: next() < 0.5 };
  };
  const leaves = (count) => Array.from({ length: count }, leaf);
  return Array.from({ length: count }, () => {
    const size = 4 + Math.floor(next() * 3);
    const shape = next();
    if (shape < 0.4) return { all: leaves(size) };
    if (shape < 0.85) return { all: [...leaves(size - 2), { any: leaves(2) }] };
    return { any: [{ all: leaves(2) }, { all: leaves(size - 2) }] };
  });
}
