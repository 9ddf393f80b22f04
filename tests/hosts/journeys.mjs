// Journeys from a seed, for comparing hosts: many shapes, odd texts, odd numbers, zones with odd clocks.

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

// Not Africa/Casablanca: its clock follows Ramadan by tables that each release of the zone data revises, and hosts differ in theirs.
export const ZONES = ["Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns", "UTC"];
const TEXTS = ["운동화", "Straße", "é", "e\u0301", "𝒳😀", "İstanbul", "ﬁ", "", " ", "null", "constructor", "__proto__", "a\u0000b", "line\nbreak", "\u2028", "quote\"\\", "شكرا", "0x10", "1e3", "\ud800"];
const NUMBERS = [0, -0, 0.1, 0.1 + 0.2, 1 / 3, 1e21, 1e-7, 123456789012345680000, 5e-324, 1.7976931348623157e308, 2 ** 53, -1.5, 29900, 19.99, 100.005];
const NAMES = ["Product Viewed", "Product Added", "Product Removed", "Cart Viewed", "Checkout Started", "Order Completed", "Products Searched", "Signed Up", "Product List Viewed", "리뷰 작성"];
const GAPS = [0, 1, 999, 1000, 20_000, 60_000, 1_799_999, 1_800_000, 1_800_001, 3_600_000, 86_400_000, 86_400_001, 7 * 86_400_000, 40 * 86_400_000];

/** One recorded journey. */
export function journey(seed) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const number = () => (next() < 0.4 ? pick(NUMBERS) : next() < 0.5 ? Math.floor(next() * 100_000) : next() * 10 ** Math.floor(next() * 12 - 4));
  const text = () => pick(TEXTS) + (next() < 0.3 ? pick(TEXTS) : "");
  const product = () => ({ product_id: pick(["a", "b", text()]), name: text(), category: pick(["shoes", "bags", text()]), brand: text(), price: number(), quantity: pick([1, 2, 0.5]), currency: "KRW" });
  let at = Date.parse("2025-03-01T00:00:00Z") + Math.floor(next() * 500 * 86_400_000);
  const lines = [];
  const length = 5 + Math.floor(next() * 40);
  for (let index = 0; index < length; index++) {
    at += next() < 0.7 ? pick(GAPS) : Math.floor(next() * 10_000_000);
    const shift = next() < 0.08 ? Math.floor(next() * 5_000_000) : 0;
    const common = { messageId: `m${seed}-${index}`, timestamp: new Date(at - shift).toISOString(), anonymousId: `v${seed}` };
    if (next() < 0.1) common.timestamp = new Date(at - shift + 9 * 3_600_000).toISOString().replace("Z", "+09:00");
    const kind = next();
    if (kind < 0.1) lines.push({ type: "tick", timestamp: new Date(at).toISOString() });
    else if (kind < 0.2) lines.push({ type: "signal", signal: pick(["exit", "scroll", "idle", "click", "visible"]), value: pick([60, "30s", "[data-help]", "#reviews"]), timestamp: new Date(at).toISOString() });
    else if (kind < 0.4) lines.push({ ...common, type: "page", name: text(), properties: { url: `https://shop.test/${pick(["", "cart", "p/1?utm_source=네이버&utm_medium=cpc#x", "%ED%95%9C/글", "a/../b"])}`, title: text(), referrer: pick(["", "https://search.naver.com/?q=1", "not a url"]) } });
    else if (kind < 0.48) lines.push({ ...common, type: "identify", userId: pick(["u1", "u1", "u2"]), traits: { name: text(), points: { $increment: number() }, tags: { $append: text() }, birthday: pick(["1992-02-29", "1990-11-05T23:30:00-05:00"]), [pick(TEXTS) || "x"]: number() } });
    else {
      const event = pick(NAMES);
      const order = event === "Order Completed" && { order_id: `o${index}`, revenue: number(), products: [product(), product()] };
      lines.push({ ...common, type: "track", event, properties: { ...product(), ...order, note: text(), deep: { list: [number(), text(), null, true] } } });
    }
  }
  return lines;
}

/** A configuration whose segments ask about clocks, windows, numbers and texts. */
export const config = (timezone) => ({
  version: 1, timezone, locale: "ko", currency: "KRW",
  segments: {
    week: { when: { $did: { event: "Product Viewed", within: "thisWeek", count: { $gte: 2 } } } },
    today: { when: { $did: { event: "*", within: "today" } } },
    days: { when: { $did: { event: "*", distinct: { of: "@day", $gte: 3 } } } },
    spender: { when: { $did: { event: "Order Completed", sum: { of: "revenue", $gte: 100.1 } } } },
    mean: { when: { $did: { event: "*", avg: { of: "price", $lt: 19.99 } } } },
    text: { when: { "page.url": { $regexi: "shop\\.test/(cart|p/[0-9]+)" } } },
    letters: { when: { $did: { event: "*", where: { name: { $regexi: "straße|운동|i" } } } } },
    list: { when: { "traits.name": { $ini: ["STRASSE", "İSTANBUL", "é"] } } },
    night: { when: { "time.hour": { $gte: 21 } } },
    fan: { when: { "affinity.category.shoes": { $gte: 0.7 } } },
    order: { when: { $sequence: { steps: [{ event: "Product Viewed" }, { event: "Product Added" }], within: "1d", without: { event: "Order Completed" } } } },
    birthday: { when: { "traits.birthday": { $anniversary: "7d" } } },
    close: { when: { $sequence: { steps: [{ event: "Product Viewed" }, { event: "Product Added" }], per: "product_id", adjacent: true, recent: "30d" } } },
    visits: { when: { $did: { event: "*", distinct: { of: "@session", $gte: 2 }, last: { $lt: "2d" } } } },
    month: { when: { $did: { event: "Product Viewed", within: "thisMonth", value: { of: "category", at: "first", $ne: "hats" } } } },
    clicked: { when: { $campaign: { id: "a", shown: { $gte: 1 }, clicked: 0, within: "7d" } } },
    left: { when: { $didNot: { event: "Order Completed", since: { event: "Product Added", at: "last" }, per: "product_id" } } },
  },
  campaigns: {
    a: { trigger: { segment: "week", on: "enter" }, purpose: "service", holdout: 0.2, variants: [{ id: "x", weight: 1, message: { layout: "toast", blocks: [{ text: "{{ event.properties.price | money }}" }] } }, { id: "y", weight: 2, message: { layout: "toast", blocks: [{ text: "b" }] } }] },
    b: { trigger: { dwell: "20s" }, audience: { "cart.value": { $gte: 10 } }, limits: { perDay: 1 }, message: { layout: "modal", blocks: [{ text: "c" }] } },
    c: { trigger: { event: "Signed Up" }, steps: [{ id: "one", message: { layout: "sheet", blocks: [{ text: "d" }, { coupon: "w" }] } }, { id: "two", after: "1d", message: { layout: "toast", blocks: [{ text: "e" }] } }] },
  },
  coupons: { w: { name: "c", issue: { url: "/coupons" }, expires: { after: "7d", from: "issued" } } },
});
