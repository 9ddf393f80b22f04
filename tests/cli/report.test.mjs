/** `dangol report` against numbers worked out by hand. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { journal } from "./events.mjs";

const CLI = fileURLToPath(new URL("../../pkg/cli.js", import.meta.url));

function report(t, files, ...options) {
  const dir = mkdtempSync(join(tmpdir(), "report-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(join(dir, "deep"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  const given = options.map((option) => option.replace("DIR", dir));
  return spawnSync(process.execPath, [CLI, "report", join(dir, "deep"), ...given], { encoding: "utf8" });
}

const near = (actual, expected, within = 5e-5) => assert.ok(Math.abs(actual - expected) < within, `${actual} is not ${expected}`);
const ndjson = (events) => events.map((event) => JSON.stringify(event)).join("\n");
const config = (holdout) => JSON.stringify({ campaigns: { help: { name: "장바구니 상담", holdout } } });

test("counts, Newcombe's interval and the sample ratio, over files of both kinds", (t) => {
  // Newcombe 1998, table II, case (a): 56/70 − 48/80 = 0.2, method 10: 0.0524 … 0.3339.
  const events = journal({ campaign: "help", shown: 70, held: 80, shownGoals: 56, heldGoals: 48, clicks: 20, dismissals: 7 });
  const half = Math.floor(events.length / 2);
  const { stdout, status } = report(t, {
    "deep/a.ndjson": ndjson(events.slice(0, half)),
    // Sent twice, and as an array: each event counts once.
    "deep/b.json": JSON.stringify(events.slice(half - 10), null, 1),
    "config.json": config(0.5),
  }, "--json", "--config", "DIR/config.json");
  assert.equal(status, 0);
  const { campaigns: [help], events: count } = JSON.parse(stdout);
  assert.equal(count, events.length);
  assert.equal(help.name, "장바구니 상담");
  const [shown, held] = help.arms;
  assert.deepEqual({ ...shown, interval: 0 }, { arm: "message", held_out: false, visitors: 70, shown: 70, clicked: 20, dismissed: 7, goals: 56, converted: 56, conversion: 0.8, interval: 0, revenue: { KRW: 56_000 } });
  assert.deepEqual({ ...held, interval: 0 }, { arm: "holdout", held_out: true, visitors: 80, shown: 0, clicked: 0, dismissed: 0, goals: 48, converted: 48, conversion: 0.6, interval: 0, revenue: { KRW: 48_000 } });
  const [comparison] = help.comparisons;
  near(comparison.difference, 0.2);
  near(comparison.interval[0], 0.0524);
  near(comparison.interval[1], 0.3339);
  assert.equal(comparison.verdict, "better");
  // 70 and 80 where 75 and 75 were expected: χ² = 25/75 + 25/75 = 0.6667, one degree of freedom: p = 0.4142.
  near(help.ratio.p, 0.4142);
  assert.equal(help.ratio.fits, true);
});

test("Wilson's interval", (t) => {
  // 10 of 100: (0.1 + 1.92073/100 ± 1.96·√(0.0009 + 0.0000960365)) / 1.0384146 = 0.05523 … 0.17437.
  const { stdout } = report(t, { "deep/a.ndjson": ndjson(journal({ campaign: "help", shown: 100, held: 0, shownGoals: 10 })) }, "--json");
  const [low, high] = JSON.parse(stdout).campaigns[0].arms[0].interval;
  near(low, 0.05523);
  near(high, 0.17437);
});

test("a division that is not as configured is said before any difference", (t) => {
  // 700 and 300 for one half each: χ² = 160, p far below 0.001.
  const files = { "deep/a.ndjson": ndjson(journal({ campaign: "help", shown: 700, held: 300, shownGoals: 140, heldGoals: 30 })), "config.json": config(0.5) };
  const { campaigns: [help] } = JSON.parse(report(t, files, "--json", "--config", "DIR/config.json").stdout);
  assert.ok(help.ratio.p < 1e-20 && help.ratio.fits === false);
  assert.equal(help.comparisons[0].verdict, "bad_split");
});

test("variants are checked against their weights, and an order that two exposures claim counts once", (t) => {
  const events = [...journal({ campaign: "v", variant: "a", shown: 20, held: 10 }), ...journal({ campaign: "v", variant: "b", shown: 30, held: 0, from: 500 })];
  const goal = { type: "track", event: "Goal Reached", timestamp: "2026-11-03T00:00:00Z", anonymousId: "s0", properties: { campaign: "v", variant: "a", order_id: "o-1", revenue: 500, currency: "KRW" } };
  const files = {
    "deep/a.ndjson": ndjson([...events, { ...goal, messageId: "g1" }, { ...goal, messageId: "g2" }]),
    "config.json": JSON.stringify({ campaigns: { v: { holdout: 0.1, variants: [{ id: "a", weight: 1 }, { id: "b", weight: 2 }] } } }),
  };
  const { campaigns: [v] } = JSON.parse(report(t, files, "--json", "--config", "DIR/config.json").stdout);
  assert.deepEqual(v.arms.map(({ arm, visitors, goals, converted }) => [arm, visitors, goals, converted]), [["a", 20, 1, 1], ["b", 30, 0, 0], ["holdout", 10, 0, 0]]);
  // Expected of 60: 18, 36, 6. χ² = 4/18 + 36/36 + 16/6 = 3.8889, two degrees of freedom: p = e^(−1.9444) = 0.1431.
  near(v.ratio.p, 0.1431);
  assert.deepEqual(v.comparisons.map(({ arm, verdict }) => [arm, verdict]), [["*", "too_early"], ["a", "too_early"], ["b", "too_early"]]);
});

test("thin data is said to be thin, in the language asked for", (t) => {
  const files = { "deep/a.ndjson": ndjson(journal({ campaign: "help", shown: 9, held: 3, shownGoals: 2 })) };
  assert.match(report(t, files, "--locale", "ko").stdout, /→ 아직 판단할 수 없음/);
  assert.match(report(t, files).stdout, /→ Too early to tell/);
  const wrong = report(t, files, "--locale", "fr");
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /ko or en/);
});

/** Events of campaign `c`; `impression` says which exposure they belong to. */
function recorder() {
  const events = [];
  const add = (visitor, day, event, impression, more = {}) => events.push({
    type: "track", event, messageId: `m${events.length}`, timestamp: new Date(Date.UTC(2026, 10, 1) + day * 86_400_000).toISOString(), anonymousId: visitor,
    properties: { campaign: "c", impression_id: `${visitor}-${impression}`, ...more },
  });
  const buys = (visitor, day, impression, more = {}) => add(visitor, day, "Goal Reached", impression, { event: "Order Completed", revenue: 1_000, currency: "KRW", order_id: `o-${visitor}`, ...more });
  return { events, add, buys };
}

test("held out are compared by their first exposure: having more of them is no conversion", (t) => {
  const { events, add, buys } = recorder();
  // A message that is shown until it is clicked: everyone clicks at once, so the others alone are exposed five times. One in
  // ten buys within a day of the first exposure, and another tenth much later.
  for (let index = 0; index < 200; index++) {
    const [shown, held] = [`s${index}`, `h${index}`];
    add(shown, 0, "Message Shown", 0);
    add(shown, 0, "Message Clicked", 0);
    for (let day = 0; day < 5; day++) add(held, day * 7, "Message Held Out", day);
    if (index < 20) [shown, held].forEach((visitor) => buys(visitor, 0.5, 0, { held_out: visitor === held }));
    else if (index < 40) buys(held, 28.5, 4, { held_out: true });
  }
  const { campaigns: [c] } = JSON.parse(report(t, { "deep/a.ndjson": ndjson(events.reverse()) }, "--json").stdout);
  assert.deepEqual(c.arms.map(({ arm, visitors, converted, goals, revenue }) => [arm, visitors, converted, goals, revenue.KRW]), [["message", 200, 20, 20, 20_000], ["holdout", 200, 20, 40, 40_000]]);
  assert.deepEqual(c.comparisons.map(({ difference, verdict }) => [difference, verdict]), [[0, "no_difference"]]);
  assert.deepEqual([c.level, c.steps], [0.95, []]);
});

test("a later step's variants are compared with each other, and an order counts once over arms", (t) => {
  const { events, add, buys } = recorder();
  for (let index = 0; index < 400; index++) {
    const [visitor, held, variant] = [`v${index}`, index % 2 === 1, index % 4 < 2 ? "a" : "b"];
    const what = held ? "Message Held Out" : "Message Shown";
    add(visitor, 0, what, 1, { step: "x" });
    add(visitor, 2, what, 2, { step: "two", variant });
    // The same purchase is claimed by both exposures; "b" brings twice as many.
    if ((index >> 2) % 10 < (variant === "b" ? 6 : 3)) {
      buys(visitor, 2.1, 1, { step: "x", held_out: held, order_id: index });
      buys(visitor, 2.1, 2, { step: "two", variant, held_out: held, order_id: index });
    }
  }
  const config = { campaigns: { c: { holdout: 0.5, steps: [{ id: "x" }, { id: "two", variants: [{ id: "a" }, { id: "b" }] }] } } };
  const files = { "deep/a.ndjson": ndjson(events), "config.json": JSON.stringify(config) };
  const { campaigns: [c] } = JSON.parse(report(t, files, "--json", "--config", "DIR/config.json").stdout);
  assert.deepEqual(c.arms.map(({ arm, visitors, shown, converted, goals, revenue }) => [arm, visitors, shown, converted, goals, revenue.KRW]), [["message", 200, 400, 90, 90, 90_000], ["holdout", 200, 0, 90, 90, 90_000]]);
  assert.deepEqual(c.comparisons.map(({ arm, against, difference, verdict }) => [arm, against, difference, verdict]), [["message", "holdout", 0, "no_difference"]]);
  assert.equal(c.ratio.fits, true);
  const [two] = c.steps;
  assert.deepEqual(two.arms.map(({ arm, visitors, converted }) => [arm, visitors, converted]), [["a", 100, 30], ["b", 100, 60]]);
  assert.deepEqual(two.comparisons.map(({ arm, against, verdict }) => [arm, against, verdict]), [["b", "a", "better"]]);
  assert.deepEqual([two.step, two.ratio.fits, c.steps.length, c.level], ["two", true, 1, 0.975]);
  const { stdout } = report(t, files, "--locale", "ko");
  assert.match(stdout, /  단계 two\n    a: 방문자 100 · 전환 30\.0%.*\n    b: .*\n    b − a: \+30\.0%p .* → 더 나음/);
  assert.match(stdout, /비교 2개가 오경보 5%를 나누어 가지므로 비교의 구간은 97\.5% 구간입니다\./);
});

test("several arms share the chance of a false alarm, and a verdict says what it is worth", (t) => {
  // Of four variants one converts 60 of 400, those held out 39 of 400. By one comparison that is a difference (Newcombe,
  // 95 %: +0.68 … +9.84 points); among five (the four, and all of them as one) the level is 99 % (z = 2.5758): −0.79 … +11.32.
  const variants = ["a", "b", "c", "d"].map((variant, index) => journal({ campaign: "v", variant, shown: 400, held: 0, shownGoals: variant === "a" ? 60 : 39, from: index * 1_000 }));
  const events = [...variants.flat(), ...journal({ campaign: "v", variant: "a", shown: 0, held: 400, heldGoals: 39, from: 9_000 })];
  const { campaigns: [v] } = JSON.parse(report(t, { "deep/a.ndjson": ndjson(events) }, "--json").stdout);
  assert.equal(v.level, 0.99);
  const a = v.comparisons.find(({ arm }) => arm === "a");
  near(a.interval[0], -0.0079);
  near(a.interval[1], 0.1132);
  assert.equal(a.verdict, "no_difference");
  const { stdout } = report(t, { "deep/a.ndjson": ndjson(events) });
  assert.match(stdout, /5 comparisons share the 5% for a false alarm: their intervals are of 99\.0%\./);
  assert.match(stdout, /one in twenty shows a difference.*decide before you start when you will judge/);
});

test("a variant that is called holdout is not who was held out", (t) => {
  const events = [...journal({ campaign: "v", variant: "holdout", shown: 3, held: 2 }), ...journal({ campaign: "v", variant: "b", shown: 4, held: 0, from: 500 })];
  const files = { "deep/a.ndjson": ndjson(events), "config.json": JSON.stringify({ campaigns: { v: { holdout: 0.1, variants: [{ id: "holdout" }, { id: "b" }] } } }) };
  const { campaigns: [v] } = JSON.parse(report(t, files, "--json", "--config", "DIR/config.json").stdout);
  assert.deepEqual(v.arms.map(({ arm, held_out, visitors }) => [arm, held_out, visitors]), [["b", false, 4], ["variant:holdout", false, 3], ["holdout", true, 2]]);
  assert.deepEqual(v.ratio.observed, { "variant:holdout": 3, b: 4, holdout: 2 });
});

test("events are read as endpoints receive them: every format, and what editors make of them", (t) => {
  const events = journal({ campaign: "help", shown: 3, held: 2, shownGoals: 1 });
  const clouds = events.map((event) => ({ specversion: "1.0", id: event.messageId, source: "https://shop.example", type: "dangol.track", time: event.timestamp, data: event }));
  const kept = {
    "batches": [ndjson([{ batch: events.slice(0, 3), sentAt: "2026-11-01T00:00:00Z" }, { batch: events.slice(3) }])],
    "rows": [ndjson([{ rows: events }])],
    "CloudEvents, a batch": [JSON.stringify(clouds)],
    "CloudEvents, one a line": [ndjson(clouds)],
    "an array a line": [ndjson([events.slice(0, 2), events.slice(2)])],
    "an array over lines": [JSON.stringify(events, null, 2)],
    "a batch over lines": [JSON.stringify({ batch: events }, null, 2)],
    "a byte order mark": ["\ufeff" + ndjson(events)],
    "Windows' line ends": [ndjson(events).replaceAll("\n", "\r\n")],
  };
  for (const [name, [text]] of Object.entries(kept)) {
    const { stdout, stderr } = report(t, { "deep/a.json": text }, "--json");
    assert.equal(stderr, "", name);
    assert.deepEqual(JSON.parse(stdout).campaigns[0]?.arms.map(({ visitors }) => visitors), [3, 2], name);
  }
  for (const [text, words] of [["[null]", /a\.json:1: not an event but null/], ["[\n1\n]", /a\.json: not an event but 1/], ['{"type":"tr', /a\.json:1: not JSON/], ["7", /a\.json:1: not an event but 7/]]) {
    const { status, stderr } = report(t, { "deep/a.json": text });
    assert.equal(status, 2, text);
    assert.match(stderr, words);
  }
});

test("nothing to report on is said", (t) => {
  assert.match(report(t, { "deep/a.ndjson": "" }).stdout, /no events of messages/);
  assert.equal(report(t, {}).status, 2);
});

test("what is no configuration is not taken for one", (t) => {
  for (const text of ["[1]", "null", "7"]) {
    const { status, stdout, stderr } = report(t, { "deep/a.ndjson": "", "config.json": text }, "--config", "DIR/config.json");
    assert.deepEqual([status, stdout], [2, ""], text);
    assert.ok(stderr.includes(`config.json: a configuration is an object, not ${text}`), stderr);
  }
});
