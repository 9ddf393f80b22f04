// `dangol/engine` takes what may be left out as absent, and throws on misuse.
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadEngine } from "../../pkg/engine.js";

const engine = await loadEngine();
const CONFIG = {
  version: 1, segments: { asked: { when: { $did: "Asked" } } },
  campaigns: {
    hello: { trigger: { event: "Asked" }, variants: [{ id: "a", message: { layout: "toast", blocks: [{ text: "A" }] } }] },
    course: { trigger: { event: "Asked" }, steps: [{ id: "one", message: { layout: "toast", blocks: [{ text: "1" }] } }] },
    empty: { trigger: { event: "Asked" }, message: { layout: "toast", blocks: [] } },
  },
};
const AT = "2026-01-02T00:00:00Z";
const JOURNEY = [{ type: "track", event: "Asked", messageId: "a", timestamp: "2026-01-01T00:00:00Z", anonymousId: "x", properties: {} }];
const NDJSON = JOURNEY.map((line) => JSON.stringify(line)).join("\n");

test("segments takes a journey in every way that replay does", () => {
  const of = engine.segments(CONFIG, AT);
  for (const journey of [JOURNEY, new Set(JOURNEY), JSON.stringify(JOURNEY), ` ${JSON.stringify(JOURNEY)}`, NDJSON, `\ufeff${NDJSON}\r\n\r\n${NDJSON}\n`]) {
    assert.deepEqual(of(journey), ["asked"]);
    assert.equal(engine.replay(CONFIG, journey).segments.asked.length, 1);
  }
  for (const journey of ["", [], "[]"]) assert.deepEqual(of(journey), []);
});

test("segments refuses what replay refuses", () => {
  const of = engine.segments(CONFIG, AT);
  for (const [journey, said] of [["junk", /journey: line 1 is no JSON/], [`${NDJSON}\n{"type":`, /journey: line 2 is no JSON/], [null, /journey: give the events/], [{}, /journey: give the events/]]) {
    assert.throws(() => of(journey), said);
    assert.throws(() => engine.replay(CONFIG, journey), said);
  }
  for (const config of ["{", "nope", "", undefined]) {
    assert.throws(() => engine.segments(config, AT), /^TypeError: dangol: segments: the configuration is no JSON/);
    assert.throws(() => engine.replay(config, []), /^TypeError: dangol: replay: the configuration is no JSON/);
  }
  for (const at of [undefined, null, NaN, Infinity, "soon", "", true]) assert.throws(() => engine.segments(CONFIG, at), /^TypeError: dangol: segments: at must be/);
  assert.deepEqual(engine.segments(CONFIG, Date.parse(AT))(JOURNEY), ["asked"]);
});

test("render says what there is no message at", () => {
  assert.equal(engine.render(CONFIG, "hello", {}, null).part, "card");
  for (const [campaign, options, said] of [
    ["helo", {}, "/campaigns/helo has"], ["empty", undefined, "/campaigns/empty has"], ["hello", { variant: "b" }, '/campaigns/hello, variant "b" has'], ["course", { step: "two" }, '/campaigns/course, step "two" has'],
  ]) assert.throws(() => engine.render(CONFIG, campaign, {}, options), { name: "TypeError", message: new RegExp(`^dangol: render: ${said} no message to draw; name one`) });
});

test("null is absent", () => {
  assert.deepEqual(engine.replay(CONFIG, JOURNEY, null), engine.replay(CONFIG, JOURNEY));
  assert.deepEqual(engine.replay(CONFIG, JOURNEY, { until: null }), engine.replay(CONFIG, JOURNEY));
  const rules = { none: { a: null }, one: { a: 1 }, long: { length: 1 } };
  const set = engine.ruleset(rules, null);
  for (const document of [null, undefined, {}, "x", { a: 1 }]) assert.deepEqual(set.matches(document), Object.keys(rules).filter((id) => engine.evaluate(rules[id], document)));
});
