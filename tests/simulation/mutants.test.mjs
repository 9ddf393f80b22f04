// What the mutants of delivery break is there to be broken; that they are noticed is tried in tests/long/simulation.test.mjs.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { root } from "../../xtask/setup.mjs";
import { MUTANTS, mutated } from "./mutants.mjs";

for (const mutant of MUTANTS) {
  test(`the place of "${mutant[0]}" stands in the source once`, async () => {
    const [path, text] = await mutated(root, mutant);
    assert.notEqual(text, await readFile(path, "utf8"));
  });
}
