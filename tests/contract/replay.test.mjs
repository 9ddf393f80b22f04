// What the contract says of journeys, the visitor's document and validation (§1, §2, §3.1), through the public entry.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decide, engine, identify, iso, page, segment, tick, toast, track } from "./play.mjs";

const document = (journey, config = {}, options = {}) => engine.replay({ version: 1, timezone: "Asia/Seoul", ...config }, journey, options).document;
const item = (product_id, price, quantity = 1, more = {}) => ({ product_id, price, quantity, ...more });
const order = (at, properties = {}) => track(at, "Order Completed", properties);

test("a journey is an array or NDJSON", () => {
  const lines = [track(0, "X"), tick("2h")];
  const config = { version: 1, segments: { s: { name: "s", when: { $did: { event: "X", within: "1h" } } } } };
  const expected = engine.replay(config, lines);
  assert.deepEqual(expected.segments.s, [["2026-11-02T01:00:00.000Z", "enter"], ["2026-11-02T02:00:00.001Z", "leave"]]);
  assert.deepEqual(engine.replay(config, lines.map((line) => JSON.stringify(line)).join("\r\n") + "\n\n"), expected);
  assert.deepEqual(engine.replay(JSON.stringify(config), JSON.stringify(lines)), expected);
  assert.throws(() => engine.replay(config, '{"type":"tick"\n'), /line 1/);
});

test("until ends it, early or late", () => {
  const config = { version: 1, segments: { s: { name: "s", when: { $did: { event: "X", within: "1h" } } } } };
  assert.equal(engine.replay(config, [track(0, "X"), track("2h", "Y")], { until: iso("30m") }).segments.s.length, 1);
  assert.equal(engine.replay(config, [track(0, "X")], { until: iso("1h") }).segments.s.length, 1);
  assert.equal(engine.replay(config, [track(0, "X")], { until: iso("1h+1ms") }).segments.s.length, 2);
});

test("the seed feeds ids and nothing else", () => {
  const config = { version: 1, campaigns: { a: toast({ trigger: { event: "X" }, holdout: 0.5 }) } };
  const run = (seed) => engine.replay(config, [page(0), track(1, "X")], { seed });
  assert.equal(JSON.stringify(run("a")), JSON.stringify(run("a")));
  assert.deepEqual(run("a").decisions, run("b").decisions);
  const nameless = (seed) => document([{ ...page(0), anonymousId: undefined }], {}, { seed }).user.anonymousId;
  assert.notEqual(nameless("a"), nameless("b"));
  assert.equal(nameless("a"), nameless("a"));
});

test("lines that are none are left out, and every segment is answered", () => {
  const config = { version: 1, segments: { s: { name: "s", when: { $did: "X" } }, e: { name: "e", when: {} } } };
  for (const journey of [[], "", [null, 5, "x", {}], [{ type: "track", event: "X" }], [{ type: "track", event: "X", timestamp: 5 }], [{ type: "screen", timestamp: iso(0) }]]) {
    assert.deepEqual(engine.replay(config, journey), { ...engine.replay(config, journey), decisions: [], segments: { s: [], e: [] }, coupons: [] }, JSON.stringify(journey));
  }
  assert.equal(engine.replay(config, [{ type: "track", event: "X", timestamp: iso(0), properties: null }]).segments.s.length, 1);
});

test("an event is taken once by its id", () => {
  const twice = [track(0, "X", {}, { messageId: "q" }), track(5, "X", {}, { messageId: "q" })];
  assert.deepEqual(segment({ $did: { event: "X", count: { $gte: 2 } } }, twice), []);
});

test("who was known before the record began is known by what it names", () => {
  assert.deepEqual(document([page(0, "/", { userId: "u" })]).user, { id: "u", anonymousId: "v1", known: true });
  assert.equal(document([page(0, "/", { userId: "u" })]).lifecycle, "member");
});

test("another member is another visitor", () => {
  const after = document([page(0), identify(1, "u", { a: 1 }), track(2, "Product Added", item("a", 1)), identify(3, "w", { b: 1 })]);
  assert.deepEqual([after.user.id, after.traits, after.cart.count, after.visits.count], ["w", { b: 1 }, 0, 1]);
  assert.notEqual(after.user.anonymousId, "v1");
});

test("a visit ends after thirty minutes without an event, and the former one is counted back in whole days", () => {
  assert.equal(document([page(0), page("30m")]).visits.count, 1);
  assert.equal(document([page(0), page("30m+1ms")]).visits.count, 2);
  assert.equal(document([page(0), tick("20m"), page("31m")]).visits.count, 2, "a tick is no event");
  assert.deepEqual(document([page(0), page("10m"), page("1d+10m"), track("1d+20m", "X")]).visits, { count: 2, firstAt: iso(0), previousAt: iso("10m"), daysSincePrevious: 1 });
  assert.equal(document([page(0), page("1d-1ms")]).visits.daysSincePrevious, 0);
  assert.equal("daysSincePrevious" in document([page(0)]).visits, false);
  assert.equal(document([page(0), page("6m")], { settings: { session: "5m" } }).visits.count, 2);
  const named = (at, sessionId) => page(at, "/", { context: { sessionId } });
  assert.equal(document([named(0, "a"), named("1h", "a"), named("61m", "b")]).visits.count, 2);
  const { number, startedAt, pageViews, landingPath, utm } = document([page(0, "/a?utm_source=x"), page("5m", "/b")]).session;
  assert.deepEqual({ number, startedAt, pageViews, landingPath, utm }, { number: 1, startedAt: iso(0), pageViews: 2, landingPath: "/a", utm: { source: "x" } });
});

test("the page and the device", () => {
  const recorded = { type: "page", name: "Home", timestamp: iso(0), messageId: "1", anonymousId: "v", properties: {}, context: { page: { url: "https://s.test/a?x=1&utm_source=n", path: "/a", title: "T", referrer: "https://g.test/" }, locale: "ko-KR", timezone: "Asia/Seoul", userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1" } };
  const { page: shown, device } = document([recorded]);
  assert.deepEqual(shown, { url: "https://s.test/a?x=1&utm_source=n", path: "/a", host: "s.test", query: "?x=1&utm_source=n", title: "T", referrer: "https://g.test/", utm: { source: "n" } });
  assert.deepEqual(device, { type: "mobile", os: "iOS", browser: "Safari", language: "ko-KR", timezone: "Asia/Seoul" });
  assert.equal("device" in document([page(0)]), false);
});

test("the cart merges by product and variant, is replaced by Cart Viewed with products, and emptied by an order", () => {
  const add = (at, ...rest) => track(at, "Product Added", item(...rest));
  const cart = (...journey) => { const { items, count, value } = document(journey).cart; return [items.map(({ product_id, variant, quantity }) => `${product_id}${variant ?? ""}x${quantity}`).join(" "), count, value]; };
  assert.deepEqual(cart(add(0, "a", 10, 2), add(1, "a", 10), add(2, "a", 10, 1, { variant: "red" }), track(3, "Product Removed", item("a", 10, 1))), ["ax2 aredx1", 3, 30]);
  assert.deepEqual(cart(add(0, "a", 10, 2), track(1, "Product Removed", { product_id: "a" })), ["", 0, 0]);
  assert.deepEqual(cart(add(0, "a", 10, 2), track(1, "Cart Viewed", { products: [item("b", 5, 3)] })), ["bx3", 3, 15]);
  assert.deepEqual(cart(add(0, "a", 10, 2), track(1, "Cart Viewed")), ["ax2", 2, 20]);
  assert.deepEqual(cart(add(0, "a", 10, 2), order(1, { order_id: "1", revenue: 20 })), ["", 0, 0]);
});

test("an order counts once by its id, its revenue by whichever name it has", () => {
  const { orders } = document([order(0, { order_id: "1", revenue: 20 }), order(0, { order_id: "1", revenue: 20 }), order("1d", { order_id: "2", total: 40 }), order("2d", { value: 40 })]);
  assert.deepEqual(orders, { count: 3, revenue: 100, average: 100 / 3, firstAt: iso(0), lastAt: iso("2d") });
});

test("the stage is the furthest since the last order", () => {
  const stage = (...events) => document(events.map((event, index) => track(index, event))).journey;
  assert.deepEqual(stage("Checkout Started", "Product Viewed"), { stage: "checkout", stageSince: iso(0) });
  assert.deepEqual(stage("Order Completed", "Product Viewed"), { stage: "product", stageSince: iso(1) });
  assert.deepEqual(document([track(0, "Demo Requested")], { settings: { stages: [{ id: "lead", event: "Demo Requested" }] } }).journey.stage, "lead");
});

test("lifecycle, later ones win", () => {
  const is = (expected, ...journey) => assert.equal(document(journey).lifecycle, expected);
  is("visitor", page(0));
  is("member", identify(0, "u"));
  is("first_time", order(0));
  is("repeat", order(0), order(1));
  is("repeat", order(0), order(1), order(2));
  is("loyal", order(0), order(1), order(2), order(3));
  is("first_time", order(0), tick("60d"));
  is("at_risk", order(0), tick("60d+1ms"));
  is("at_risk", order(0), tick("180d"));
  is("lapsed", order(0), tick("180d+1ms"));
  is("repeat", order(0), order("180d"));
  is("won_back", order(0), order("180d+1ms"));
  is("won_back", order(0), order("180d+1ms"), tick("210d+1ms"));
  is("repeat", order(0), order("180d+1ms"), tick("210d+2ms"));
  assert.deepEqual(segment({ lifecycle: "at_risk" }, [order(0), tick("200d")]), ["enter 5184000001", "leave 15552000001"]);
});

test("affinity halves in fourteen days and its highest is one", () => {
  const viewed = (at, category) => track(at, "Product Viewed", { category });
  assert.deepEqual(document([viewed(0, "shoes"), viewed(1, "bags"), viewed(2, "shoes")]).affinity.category, { shoes: 1, bags: 0.5 });
  assert.deepEqual(document([viewed(0, "shoes"), viewed("14d", "bags")]).affinity.category, { shoes: 0.5, bags: 1 });
  assert.deepEqual(document([viewed(0, "shoes"), viewed("7d", "bags")], { settings: { affinity: { halfLife: "7d" } } }).affinity.category, { shoes: 0.5, bags: 1 });
});

test("traits are set, set once, incremented, appended and unset", () => {
  const { traits } = document([identify(0, "u", { a: 1, n: 1 }), identify(1, "u", { $setOnce: { a: 2, b: 3 }, $increment: { n: 5, m: 2 }, $append: { l: "x" } }), identify(2, "u", { $append: { l: "x" }, $unset: ["b"] })]);
  assert.deepEqual(traits, { a: 1, n: 6, m: 2, l: ["x", "x"] });
});

test("validate names path, value and remedy; what it says is switched off is off and the rest runs", () => {
  const when = { $did: "X" };
  const config = {
    version: 1, foo: 1, settings: { sesion: "5m" }, segments: { good: { name: "g", when }, bad: { name: "b", when: { "cart.value": { $gtee: 1 } } }, odd: { name: "o", when: { $did: { event: "X", wihtin: "7d" } } } },
    campaigns: { good: toast({ trigger: { event: "X" }, limits: { perDya: 1 } }), bad: toast({ trigger: { evnt: "X" } }), ugly: { trigger: { event: "X" }, message: { layout: "modl", blocks: [{ text: "hi" }] } }, off: toast({ trigger: { event: "X" }, audience: { $segmnt: "good" } }) },
  };
  const found = engine.validate(config).map(({ path, severity, message }) => `${severity} ${path} ${/did you mean "(.*)"/.exec(message)?.[1]}`).sort();
  assert.deepEqual(found, [
    "error /campaigns/bad/trigger event", "error /campaigns/off/audience/$segmnt $segment", "error /campaigns/ugly/message/layout modal", "error /segments/bad/when/cart.value/$gtee $gte",
    "warning /campaigns/good/limits/perDya perDay", "warning /foo undefined", "warning /segments/odd/when/$did/wihtin within", "warning /settings/sesion session",
  ]);
  const { segments } = engine.replay(config, [page(0), track(1, "X")]);
  assert.deepEqual([segments.good.length, segments.bad.length, segments.odd.length], [1, 0, 1]);
  assert.deepEqual(decide(config.campaigns, [page(0), track(1, "X")]).sort(), ["good shown @1", "off suppressed invalid @1", "ugly suppressed invalid @1"]);
});

test("deep and huge input is answered, never a crash", () => {
  const nest = (depth, leaf, wrap) => { let value = leaf; for (let index = 0; index < depth; index++) value = wrap(value); return value; };
  for (const depth of [50, 500, 2000]) {
    const when = nest(depth, { $did: "X" }, (inner) => ({ $not: inner }));
    const config = { version: 1, segments: { deep: { name: "d", when }, good: { name: "g", when: { $did: "X" } } } };
    assert.deepEqual(engine.validate(config).map(({ path, code }) => `${path.slice(0, 19)} ${code}`), ["/segments/deep/when condition-too-deep"], `${depth}`);
    assert.deepEqual(engine.replay(config, [track(0, "X")]).segments, { deep: [], good: [["2026-11-02T01:00:00.000Z", "enter"]] });
    assert.equal(engine.evaluate(nest(depth, { a: 1 }, (inner) => ({ $not: inner })), { a: 1 }), depth < 60);
    assert.equal(engine.evaluate({ a: 1 }, { a: 1, b: nest(depth, 1, (inner) => [inner]) }), true);
  }
  // Deeper than JavaScript itself can write.
  const endless = nest(100_000, {}, (inner) => ({ $not: inner }));
  assert.equal(engine.validate({ version: 1, segments: { s: { when: endless } } })[0].code, "config-unreadable");
  assert.throws(() => engine.evaluate(endless, {}), TypeError);
  const circle = {};
  circle.itself = circle;
  assert.equal(engine.validate(circle)[0].code, "config-unreadable");
  const wide = { version: 1, segments: { s: { name: "s", when: { $or: Array.from({ length: 20_000 }, (_, index) => ({ "traits.n": index })) } } } };
  assert.ok(engine.validate(wide).length < 2000);
  assert.equal(engine.replay({ version: 1 }, [track(0, "x".repeat(100_000), { big: "y".repeat(1_000_000) })]).decisions.length, 0);
});

test("what is no journey, and no time to end at, is named with its remedy", () => {
  for (const journey of [null, undefined, 7, {}]) assert.throws(() => engine.replay({ version: 1 }, journey), { name: "TypeError", message: /journey.*array.*NDJSON/ });
  for (const until of ["soon", ""]) assert.throws(() => engine.replay({ version: 1 }, [], { until }), { name: "TypeError", message: /until.*ISO/ });
});

test("another member leaves the segments of the one before", () => {
  const segments = { all: { name: "a", when: {} }, buyer: { name: "b", when: { $did: "Order Completed" } } };
  const changes = engine.replay({ version: 1, segments }, [page(0), identify(1, "u"), track(2, "Order Completed"), identify(3, "w")]).segments;
  assert.deepEqual([changes.all, changes.buyer].map((list) => list.map(([, on]) => on).join(" ")), ["enter leave enter", "enter leave"]);
});

test("a word that is not known comes with those that are", () => {
  const messages = (campaign) => engine.validate({ version: 1, campaigns: { c: { trigger: { manual: true }, message: { layout: "toast", blocks: [{ text: "x" }] }, ...campaign } } }).map(({ message }) => message).join();
  assert.match(messages({ message: { layout: "popover", blocks: [{ text: "x" }] } }), /"popover".*banner.*modal/);
  assert.match(messages({ message: { layout: "toast", blocks: [{ text: "{{ traits.name | shout }}" }] } }), /shout.*default.*josa/);
  assert.match(messages({ message: { layout: "toast", blocks: [{ coupon: "none" }] } }), /`none`.*"coupons"/);
  assert.match(messages({ trigger: { segment: "nobody", on: "enter" } }), /"nobody"; none is defined/);
});
