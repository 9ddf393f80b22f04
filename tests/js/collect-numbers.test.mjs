// Collect mode delivers without the engine, by rules written a second time: its numbers must be the engine's.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const UNITS = { SECOND: 1000, MINUTE: 60_000, HOUR: 3_600_000 };

/** What a constant of either language is: a product of numbers and units. */
const product = (text) => text.split("*").map((factor) => UNITS[factor.trim()] ?? Number(factor.replaceAll("_", ""))).reduce((one, other) => one * other);

/** The constants of a source by name, those that are products of numbers. */
const constants = (text) => Object.fromEntries(
  Array.from(text.matchAll(/\bconst ([A-Z][A-Z_]*)(?:: \w+)? = ([\w *]+);/g), ([, name, value]) => [name, product(value)]).filter(([, value]) => Number.isFinite(value)),
);

test("what collect mode waits for, sends and gives up by is what the engine does", () => {
  const engine = constants(["types", "gate", "judge"].map((file) => read(`src/domain/outbox/${file}.rs`)).join("\n"));
  const collect = constants(["collect-bounds", "collect-delivery", "collect-wire"].map((file) => read(`js/host/${file}.ts`)).join("\n"));
  const shared = Object.keys(collect).filter((name) => name in engine);
  assert.deepEqual(shared.sort(), ["LONGEST_WAIT", "MAX_BATCH", "MAX_BODY", "MAX_BYTES", "MAX_EVENT", "MAX_EVENTS", "MAX_EXIT", "PART", "QUICK_REFUSALS", "TIMEOUT"]);
  for (const name of shared) assert.equal(collect[name], engine[name], name);
});

test("what a shop would miss least and most is the same to both", () => {
  const lists = (path) => Array.from(read(path).matchAll(/\[((?:\s*"[A-Z][A-Za-z ]*",?)+)\s*\]/g), ([, list]) => list.match(/"[^"]+"/g));
  const engine = lists("src/domain/outbox/queue.rs");
  assert.equal(engine.length, 2);
  assert.deepEqual(lists("js/host/collect-bounds.ts"), engine);
});
