// The cookbook: every recipe is a valid configuration, explained in both languages, shown by one journey and held back by another.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { root } from "../../xtask/setup.mjs";

const folder = join(root, "docs", "cookbook");
const recipes = readdirSync(folder).filter((name) => name.endsWith(".json")).map((name) => name.replace(".json", ""));
const read = (...path) => readFileSync(join(folder, ...path), "utf8");

let engine;
before(async () => {
  const { loadEngine } = await import("../../pkg/engine.js");
  engine = await loadEngine();
});

describe("the cookbook", () => {
  it("has more than twenty recipes, each told in both languages", () => {
    assert.ok(recipes.length > 20, String(recipes.length));
    for (const page of ["docs/cookbook.md", "docs/ko/cookbook.md"]) {
      const text = readFileSync(join(root, page), "utf8");
      const told = [...text.matchAll(/^\[`([\w-]+)\.json`\]\((?:\.\.\/)?cookbook\/\1\.json\)$/gm)].map(([, id]) => id);
      assert.deepEqual(told.sort(), recipes, page);
    }
  });

  for (const id of recipes) {
    it(`${id}: is valid, and says everything in Korean and in English`, () => {
      const config = read(`${id}.json`);
      assert.deepEqual(engine.validate(config), []);
      const campaigns = Object.values(JSON.parse(config).campaigns);
      for (const text of texts(campaigns)) assert.ok(text.ko && text.en, JSON.stringify(text));
    });

    it(`${id}: is shown by one journey and not by the other`, () => {
      const tests = JSON.parse(read("tests", `${id}.test.json`));
      assert.deepEqual(tests.map(({ name }) => name), ["shown", "not shown"]);
      for (const { name, journey, options } of tests) {
        const { decisions } = engine.replay(read(`${id}.json`), read("tests", journey), options);
        assert.equal(decisions.at(-1).outcome === "shown", name === "shown", `${name}: ${JSON.stringify(decisions)}`);
      }
    });
  }

  it("passes as `npx dangol test` runs it", () => {
    const files = recipes.map((id) => join(folder, "tests", `${id}.test.json`));
    for (const file of files) assert.ok(existsSync(file), file);
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "pkg", "cli.js"), "test", ...files], { encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, new RegExp(`^${2 * recipes.length} passed, 0 failed`, "m"));
  });
});

/** Everything that is shown: objects with a language as key. */
function* texts(value) {
  if (value === null || typeof value !== "object") return;
  if ("ko" in value || "en" in value) yield value;
  else for (const item of Object.values(value)) yield* texts(item);
}
