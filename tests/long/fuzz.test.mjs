// Ten seconds of fuzzing for each target, where a nightly Rust and cargo-fuzz are; the kept inputs run in `cargo test`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzz, missing, targets } from "../../fuzz/run.mjs";

const lack = missing();
for (const target of targets()) {
  test(`fuzzing ${target} finds nothing`, { skip: lack && `${lack}; tests/corpora.rs has run the kept inputs`, timeout: 900_000 }, (context) => {
    const { clean, count, tail } = fuzz(target, 10);
    context.diagnostic(`${count} inputs`);
    assert.ok(clean, tail);
  });
}
