// Numbers that are quoted are numbers that were measured.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { around, peersTable, QUOTES } from "../../bench/tables.mjs";
import { root } from "../../xtask/setup.mjs";

describe("quoted measurements", () => {
  for (const { file, command, table } of QUOTES) {
    it(`${file} quotes ${command}; \`node bench/tables.mjs\` writes it anew`, () => {
      const text = readFileSync(join(root, file), "utf8");
      assert.ok(text.includes(`\`${command}\``), `the command is named before its table: ${command}`);
      assert.equal(around(text, command)[1], table());
    });
  }

  it("compares with all the peers that are installed for it", () => {
    const rows = peersTable("en").split("\n").slice(2);
    assert.equal(rows.length, 9, rows.join("\n"));
    const { dependencies } = JSON.parse(readFileSync(join(root, "bench", "peers", "package.json"), "utf8"));
    for (const row of rows.slice(1)) {
      const [, name, version] = /^\| (\S+) (\S+) \|/.exec(row);
      assert.equal(dependencies[name], version, name);
    }
  });
});
