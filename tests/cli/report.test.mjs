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

test("nothing to report on is said", (t) => {
  assert.match(report(t, { "deep/a.ndjson": "" }).stdout, /no events of messages/);
  assert.equal(report(t, {}).status, 2);
});
