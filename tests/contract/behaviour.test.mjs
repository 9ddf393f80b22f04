// What the contract says of behaviour over time (§3.2), sentence by sentence, through the public entry.
import assert from "node:assert/strict";
import { test } from "node:test";
import { engine, holds, identify, page, segment, tick, track } from "./play.mjs";

const A = (at, properties) => track(at, "A", properties);
const B = (at, properties) => track(at, "B", properties);
const did = (rest) => ({ $did: { event: "A", ...rest } });
const sequence = (steps, rest = {}) => ({ $sequence: { steps: steps.map((event) => ({ event })), ...rest } });
const DAYS = 86_400_000;
/** Changes as `enter 0, leave 7d+1`. */
const is = (when, journey, expected, config) => assert.deepEqual(segment(when, journey, config), expected, JSON.stringify(when));
const yes = (when, ...journey) => assert.equal(holds(when, journey), true, JSON.stringify([when, journey]));
const no = (when, ...journey) => assert.equal(holds(when, journey), false, JSON.stringify([when, journey]));

test("windows include both ends and are left a millisecond later", () => {
  is(did({ within: "7d" }), [A(0), tick("40d")], ["enter 0", `leave ${7 * DAYS + 1}`]);
  is({ $didNot: { event: "A", within: "7d" } }, [B(-1000), A(0), tick("40d")], ["enter -1000", "leave 0", `enter ${7 * DAYS + 1}`]);
  is(did({ within: "90s", count: { $gte: 2 } }), [A(0), A("90s"), tick("1h")], ["enter 90000", "leave 90001"]);
  is(did({ within: "90s", count: { $gte: 2 } }), [A(0), A("90s+1ms"), tick("1h")], []);
});

test("an age turns at the millisecond it reaches", () => {
  is(did({ last: { $lt: "30d" } }), [A(0), tick("40d")], ["enter 0", `leave ${30 * DAYS}`]);
  is(did({ last: { $lte: "30d" } }), [A(0), tick("40d")], ["enter 0", `leave ${30 * DAYS + 1}`]);
  is(did({ last: { $gte: "7d" } }), [A(0), tick("40d")], [`enter ${7 * DAYS}`]);
  is(did({ last: { $gte: "7d" } }), [A(0), A("3d"), tick("40d")], [`enter ${10 * DAYS}`]);
  is(did({ first: { $gte: "7d" } }), [A(0), A("3d"), tick("40d")], [`enter ${7 * DAYS}`]);
  is(did({ within: "3d", last: { $gte: "1d" } }), [A(0), tick("40d")], [`enter ${DAYS}`, `leave ${3 * DAYS + 1}`]);
});

test("calendar words follow the shop's clock", () => {
  is(did({ within: "today" }), [A(0), tick("5d")], ["enter 0", "leave 50400000"]);
  is(did({ within: "yesterday" }), [A(0), tick("5d")], ["enter 50400000", "leave 136800000"]);
  is(did({ within: "thisWeek" }), [A(0), tick("9d")], ["enter 0", "leave 568800000"]);
  is(did({ within: "thisMonth" }), [A(0), tick("40d")], ["enter 0", "leave 2469600000"]);
});

test("calendar words are right across daylight saving", () => {
  const newYork = (within, from, to) =>
    engine.replay({ version: 1, timezone: "America/New_York", segments: { it: { name: "it", when: did({ within }) } } }, [{ type: "track", event: "A", messageId: "1", timestamp: from }, { type: "tick", timestamp: to }]).segments.it.map(([at]) => at);
  assert.deepEqual(newYork("today", "2026-03-08T05:00:00Z", "2026-03-12T05:00:00Z"), ["2026-03-08T05:00:00.000Z", "2026-03-09T04:00:00.000Z"]);
  assert.deepEqual(newYork("yesterday", "2026-11-01T04:00:00Z", "2026-11-05T05:00:00Z"), ["2026-11-02T05:00:00.000Z", "2026-11-03T05:00:00.000Z"]);
  assert.deepEqual(newYork("thisWeek", "2026-11-01T04:00:00Z", "2026-11-05T05:00:00Z"), ["2026-11-01T04:00:00.000Z", "2026-11-02T05:00:00.000Z"]);
  assert.deepEqual(newYork("thisMonth", "2026-03-01T06:00:00Z", "2026-05-05T05:00:00Z"), ["2026-03-01T06:00:00.000Z", "2026-04-01T04:00:00.000Z"]);
});

test("since counts from the occurrence on; the reference never counts itself, its twin does", () => {
  const since = (more) => ({ $didNot: { event: "O", since: { event: "A", at: "last", ...more } } });
  is(since({}), [B(0), A(1000), track(2000, "O"), A(3000)], ["enter 1000", "leave 2000", "enter 3000"]);
  is(since({ for: "7d" }), [B(0), A(1000), track("7d+1s", "O")], ["enter 1000", `leave ${7 * DAYS + 1000}`]);
  is(since({ for: "7d" }), [B(0), A(1000), track("7d+1001ms", "O")], ["enter 1000"]);
  is(since({}), [track(1000, "O"), A(1000)], []);
  is(since({}), [A(1000), track(1000, "O")], ["enter 1000", "leave 1000"]);
  is(did({ since: { event: "A", at: "first" } }), [A(1000), A(1000)], ["enter 1000"]);
  no({ $didNot: { event: "O", since: { event: "Z" } } }, A(0));
  no({ $did: { event: "A", since: { event: "Z" } } }, A(0));
  is({ $did: { event: "O", within: "1d", since: { event: "A" } } }, [A(0), track("1h", "O"), tick("3d")], ["enter 3600000", `leave ${DAYS + 3_600_001}`]);
  // To wait the period out, an age stands beside it.
  is({ ...since({ for: "7d" }), ...did({ last: { $gte: "7d" } }) }, [A(0), tick("30d")], [`enter ${7 * DAYS}`]);
});

test("without events counts are zero and the rest is false", () => {
  for (const measure of ["sum", "distinct"]) yes({ $did: { event: "Z", [measure]: { of: "p", $lt: 3 } } }, A(0));
  yes({ $did: { event: "Z", count: { $lt: 3 } } }, A(0));
  yes({ $did: { event: "Z", count: 0 } }, A(0));
  for (const measure of ["avg", "min", "max"]) no({ $did: { event: "Z", [measure]: { of: "p", $lt: 3 } } }, A(0));
  for (const measure of ["first", "last"]) no({ $did: { event: "Z", [measure]: { $lt: "9d" } } }, A(0));
  for (const test of [{ $eq: null }, { $ne: 1 }, { $exists: false }]) no({ $did: { event: "Z", value: { of: "p", ...test } } }, A(0));
  no({ $did: "Z" }, A(0));
  yes({ $didNot: "Z" }, A(0));
});

test("measures hold together over the same events", () => {
  const both = did({ count: { $gte: 2 }, sum: { of: "p", $gte: 5 } });
  no(both, A(0, { p: 5 }));
  yes(both, A(0, { p: 5 }), A(1));
  yes(did({ count: 2 }), A(0), A(1));
  no(did({ count: 2 }), A(0), A(1), A(2));
  yes(did({ sum: { of: "p", $eq: 3 } }), A(0, { p: 3 }), A(1, { p: "4" }), A(2, { p: null }), A(3));
  yes(did({ avg: { of: "p", $eq: 3 } }), A(0, { p: 3 }), A(1, { p: "9" }));
  no(did({ avg: { of: "p", $gte: 0 } }), A(0, { p: "4" }));
  yes(did({ min: { of: "p", $eq: 2 }, max: { of: "p", $eq: 9 } }), A(0, { p: 9 }), A(1, { p: 2 }), A(2, { p: "1" }));
  yes(did({ distinct: { of: "p", $eq: 2 } }), A(0, { p: 1 }), A(1, { p: "1" }), A(2, { p: 1 }), A(3, { p: null }), A(4));
});

test("distinct counts days by the shop's clock, and sessions", () => {
  yes(did({ distinct: { of: "@day", $eq: 2 } }), A("14h-1ms"), A("14h"));
  yes(did({ distinct: { of: "@day", $eq: 1 } }), A(0), A("14h-1ms"));
  yes(did({ distinct: { of: "@session", $eq: 1 } }), A(0), A("30m"));
  yes(did({ distinct: { of: "@session", $eq: 2 } }), A(0), A("30m+1ms"));
});

test("a property of the first or last event", () => {
  const journey = [A(0, { c: "x" }), A(1, { c: "y" })];
  no(did({ value: { of: "c", at: "last", $eq: "x" } }), ...journey);
  yes(did({ value: { of: "c", at: "first", $eq: "x" } }), ...journey);
  yes(did({ value: { of: "c", $in: ["y"] } }), ...journey);
  yes(did({ where: { c: "x" }, value: { of: "c", $eq: "x" } }), ...journey);
});

test("the current session only", () => {
  is(did({ in: "session", count: { $gte: 2 } }), [A(0), A("30m"), B("61m"), A("62m")], ["enter 1800000", "leave 3660000"]);
});

test("names: one, a list, or every event of the shop", () => {
  yes(did({ event: ["A", "B"], count: 2 }), A(0), B(1), track(2, "C"));
  yes(did({ event: "*", count: 3 }), A(0), B(1), page(2));
  yes({ $did: { event: "Page Viewed", where: { name: "Home" } } }, { ...page(0), name: "Home" });
  yes({ $did: { event: "Page Viewed", where: { path: "/x" } } }, page(0, "/x"));
  yes({ $did: { event: "Identified", where: { a: 1 } } }, identify(0, "u", { a: 1 }));
});

test("per: one value must do, counting only events that have it", () => {
  const twice = did({ per: "product_id", count: { $gte: 2 } });
  no(twice, A(0, { product_id: 1 }), A(1, { product_id: 2 }));
  yes(twice, A(0, { product_id: 1 }), A(1, { products: [{ product_id: 2 }, { product_id: 1 }] }));
  const never = { $didNot: { event: "O", since: { event: "A" }, per: "product_id" } };
  const order = track(2, "O", { products: [{ product_id: 1 }] });
  yes(never, A(0, { product_id: 1 }), A(1, { product_id: 2 }), order);
  no(never, A(0, { product_id: 1 }), order);
  no(sequence(["A", "B"], { per: "product_id" }), A(0, { product_id: 1 }), B(1, { product_id: 2 }));
  yes(sequence(["A", "B"], { per: "product_id" }), A(0, { product_id: 1 }), B(1, { product_id: 1 }));
});

test("sequences: distinct events in order, wherever in the history", () => {
  yes(sequence(["A", "B"]), A(0), B(0));
  no(sequence(["A", "B"]), B(0), A(0));
  no(sequence(["A", "A"]), A(0));
  yes(sequence(["A", "A"]), A(0), A(0));
  yes(sequence(["A", "B"], { within: "30m" }), A(0), B("30m"));
  no(sequence(["A", "B"], { within: "30m" }), A(0), B("30m+1ms"));
  yes(sequence(["A", "B"], { within: "30m" }), A(0), A("20m"), B("40m"));
  is(sequence(["A", "B"], { within: "30m" }), [A(0), B("1m"), tick("40d")], ["enter 60000"]);
  is(sequence(["A", "B"], { recent: "7d" }), [A(0), B("1m"), tick("40d")], ["enter 60000", `leave ${7 * DAYS + 60_001}`]);
});

test("sequences: adjacent, without, in one session", () => {
  no(sequence(["A", "B"], { adjacent: true }), A(0), track(1, "C"), B(2));
  yes(sequence(["A", "B"], { adjacent: true }), A(0), track(1, "C"), A(2), B(2));
  no(sequence(["A", "B"], { without: { event: "O" } }), A(0), track(1, "O"), B(2));
  no(sequence(["A", "B"], { without: { event: "O" } }), A(0), track(0, "O"), B(0));
  yes(sequence(["A", "B"], { without: { event: "O" } }), track(0, "O"), A(0), B(2), track(2, "O"));
  no(sequence(["A", "B"], { without: { event: "B" } }), A(0), B(1));
  no(sequence(["A", "B"], { in: "session" }), A(0), B("31m"));
  yes(sequence(["A", "B"], { in: "session" }), A(0), B("30m"));
});

test("equal times keep the order received, late ones too", () => {
  no(sequence(["A", "B"]), B("1h"), A("1h"));
  no(sequence(["A", "B"]), B("1h"), track("2h", "C"), A("1h"));
  yes(sequence(["A", "B"]), A("1h"), track("2h", "C"), B("1h"));
});

test("a late event is put at its place, changes memberships as of now, and fires nothing", () => {
  const config = { version: 1, segments: { s: { name: "s", when: did({ within: "1h" }) } }, campaigns: { c: { trigger: { event: "A" }, message: { layout: "toast", blocks: [{ text: "hi" }] } }, d: { trigger: { segment: "s", on: "enter" }, message: { layout: "toast", blocks: [{ text: "hi" }] } } } };
  const { decisions, segments, document } = engine.replay(config, [B("1h"), A("30m"), tick("2h")]);
  assert.deepEqual(decisions, []);
  assert.deepEqual(segments.s, [["2026-11-02T02:00:00.000Z", "enter"], ["2026-11-02T02:30:00.001Z", "leave"]]);
  assert.equal(document.session.startedAt, "2026-11-02T01:30:00.000Z");
  assert.equal(document.event.name, "B");
  // By the clock of the journey a tick counts, too.
  assert.deepEqual(engine.replay(config, [tick("1h"), A("30m"), tick("2h")]).decisions, []);
});

test("what is true of an empty history is entered at the first event, before it is handled", () => {
  const config = { version: 1, segments: { everyone: { name: "e", when: {} }, never: { name: "n", when: { $didNot: "A" } } } };
  assert.deepEqual(engine.replay(config, [tick(-5000), A(0)]).segments, {
    everyone: [["2026-11-02T01:00:00.000Z", "enter"]], never: [["2026-11-02T01:00:00.000Z", "enter"], ["2026-11-02T01:00:00.000Z", "leave"]],
  });
  assert.deepEqual(engine.replay(config, [tick(0), tick("1h")]).segments, { everyone: [], never: [] });
});

test("dates of the document move by time", () => {
  is({ "traits.d": { $withinLast: "7d" } }, [identify(0, "u", { d: "2026-11-02T01:00:00Z" }), tick("30d")], ["enter 0", `leave ${7 * DAYS + 1}`]);
  is({ "traits.d": { $withinNext: "7d" } }, [identify(0, "u", { d: "2026-11-12T01:00:00Z" }), tick("30d")], [`enter ${3 * DAYS}`, `leave ${10 * DAYS + 1}`]);
  is({ "traits.d": { $anniversary: "7d" } }, [identify(0, "u", { d: "1990-11-10" }), tick("30d")], ["enter 50400000", "leave 1346400000"]);
  const years = engine.replay({ version: 1, timezone: "Asia/Seoul", segments: { it: { name: "it", when: { "traits.d": { $anniversary: "0d" } } } } }, [
    { type: "identify", userId: "u", messageId: "1", traits: { d: "1992-02-29" }, timestamp: "2027-02-01T00:00:00Z" }, { type: "tick", timestamp: "2028-04-01T00:00:00Z" }]);
  assert.deepEqual(years.segments.it.map(([at]) => at), ["2027-02-27T15:00:00.000Z", "2027-02-28T15:00:00.000Z", "2028-02-28T15:00:00.000Z", "2028-02-29T15:00:00.000Z"]);
});

test("the clock of the document moves by time", () => {
  is({ "time.hour": { $gte: 22 } }, [A(0), tick("15h")], ["enter 43200000", "leave 50400000"]);
  is({ "time.weekday": "tue" }, [A(0), tick("2d")], ["enter 50400000", "leave 136800000"]);
});

test("what Dangol writes must be named, and recorded ones are ignored but for what the visitor did", () => {
  const config = { campaigns: { a: { trigger: { event: "A" }, message: { layout: "modal", blocks: [{ text: "hi" }] } } } };
  const click = track("5s", "Message Clicked", { campaign: "a" });
  const shown = track(2, "Message Shown", { campaign: "a" });
  is({ $did: { event: "*", count: { $gte: 3 } } }, [page(0), A(1), click, tick("1h")], [], config);
  is({ $did: "Message Shown" }, [page(0), A(1), shown, tick("1h")], ["enter 1001"], config);
  is({ $campaign: { id: "a", clicked: { $gte: 1 } } }, [page(0), A(1), click, tick("1h")], ["enter 5000"], config);
  is({ $campaign: { id: "a", shown: { $gte: 1 }, clicked: 0, within: "30d" } }, [page(0), A(1), tick("31d")], ["enter 1001", `leave ${30 * DAYS + 1002}`], config);
});

test("segments build on one another, not in a circle", () => {
  const segments = { b: { name: "b", when: { $did: "A" } }, a: { name: "a", when: { $segment: "b" } }, x: { name: "x", when: { $segment: "y" } }, y: { name: "y", when: { $segment: "x" } }, z: { name: "z", when: { $segment: "x" } } };
  assert.deepEqual(engine.replay({ version: 1, segments }, [A(0)]).segments, { b: [["2026-11-02T01:00:00.000Z", "enter"]], a: [["2026-11-02T01:00:00.000Z", "enter"]], x: [], y: [], z: [] });
  const found = engine.validate({ version: 1, segments }).map(({ path, code }) => `${path} ${code}`);
  assert.deepEqual(found, ["x", "y", "z"].map((id) => `/segments/${id}/when segment-circle`));
});

test("a span is a whole number with its unit or a word of the calendar, and reaches no further back than events are kept", () => {
  const fine = (within) => engine.validate({ version: 1, segments: { it: { name: "it", when: did({ within }) } } }).length === 0;
  for (const text of ["90s", "30m", "12h", "7d", "2w", "0s", "today", "yesterday", "thisWeek", "thisMonth"]) assert.ok(fine(text), text);
  for (const text of ["1.5h", "-1d", "7", "7 d", "1mo", "1y", "", "Today", 7]) assert.ok(!fine(text), `${text}`);
  assert.equal(fine("400d"), true);
  assert.equal(fine("401d"), false, "further back than events are kept");
});

test("clauses inside one another, and the corners of references, sequences and empty windows", () => {
  const since = (reference, more) => ({ $didNot: { event: "O", since: { event: "A", ...reference }, ...more } });
  is({ $nor: [{ $did: "A" }, { $did: "B" }] }, [track(0, "C"), B(1)], ["enter 0", "leave 1"]);
  is({ $not: { $did: "A" } }, [B(0), A(1)], ["enter 0", "leave 1"]);
  is(since({ where: { k: 1 } }), [A(0), A(1, { k: 1 }), track(2, "O")], ["enter 1", "leave 2"]);
  is(since({ event: ["A", "B"] }), [B(0), track(2, "O"), A(3)], ["enter 0", "leave 2", "enter 3"]);
  is({ $did: { event: "O", since: { event: "A", at: "first", for: "1d" }, within: "2d" } }, [A(0), track("1d", "O"), tick("5d")], [`enter ${DAYS}`, `leave ${3 * DAYS + 1}`]);
  is({ $didNot: { event: "A", within: "yesterday" } }, [A(0), tick("3d")], ["enter 0", "leave 50400000", "enter 136800000"]);
  is({ $didNot: { event: "A", in: "session" } }, [A(0), B("1h")], ["enter 0", "leave 0", "enter 3600000"]);
  is(did({ within: "0s" }), [A(0), tick("5s")], ["enter 0", "leave 1"]);
  is(did({ value: { of: "c", $exists: false } }), [A(0, { c: 1 }), A(1)], ["enter 1"]);
  is(did({ where: { c: "x" }, per: "product_id", count: { $gte: 2 } }), [A(0, { product_id: 1, c: "x" }), A(1, { product_id: 1, c: "y" }), A(2, { product_id: 1, c: "x" })], ["enter 2"]);
  is(sequence(["A", "A", "A"], { within: "1m" }), [A(0), A(1), A(60_001), A(60_001)], ["enter 60001"]);
  // What Dangol writes, or reads back of a message, lies between nobody's steps; a page view does.
  is(sequence(["A", "B"], { adjacent: true }), [A(0), track(1, "Message Clicked", { campaign: "x" }), B(2)], ["enter 2"]);
  no(sequence(["A", "B"], { adjacent: true }), A(0), page(1), B(2));
  is(sequence(["A", "B"], { without: { event: "O" } }), [A(0), track(1, "O"), A(2), B(3)], ["enter 3"]);
});
