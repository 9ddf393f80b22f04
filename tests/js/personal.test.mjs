// Collect mode hashes what is personal as the engine does: `tests/privacy` takes the same texts.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../xtask/setup.mjs";
import { load } from "./lab.mjs";

const { hashed, hashOf, isPersonal, sha256 } = await load('export * from "./host/personal.ts";');
const hash = (text) => createHash("sha256").update(text).digest("hex");

test("SHA-256 is the standard's, at every length of a block", () => {
  for (let length = 0; length < 200; length++) {
    const text = "단골x".repeat(50).slice(0, length);
    assert.equal(sha256(text), hash(text), `${length} characters`);
  }
});

test("what is personal, and what it is hashed as", () => {
  for (const [text, plain] of JSON.parse(readFileSync(join(root, "tests/personal/texts.json"), "utf8"))) {
    assert.equal(isPersonal(text), plain !== null, text);
    if (plain !== null) assert.equal(hashOf(text), hash(plain), text);
  }
  const data = { who: "Minji@Example.com", list: [{ tel: "010-1234-5678" }, "shoes", 7, null, true], $setOnce: { email: "minji@example.com" } };
  const [mail, tel] = [hash("minji@example.com"), hash("+821012345678")];
  assert.deepEqual(hashed(data), { who: mail, list: [{ tel }, "shoes", 7, null, true], $setOnce: { email: mail } });
});
