// The consumers' tests hold something: each of them fails for a package that is broken in its own way, and for none that is whole.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, test } from "node:test";
import { root } from "../../xtask/setup.mjs";
import { run, tarball } from "../packaging/lab.mjs";

const folder = mkdtempSync(join(tmpdir(), "dangol-broken-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const NODE = "packaging/node";
const BUNDLERS = "packaging/bundlers";
const LONG = "long/packaging";

const files = (place) => readdirSync(place, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(place, entry.name)) : [join(place, entry.name)]));
const edit = (path, change) => writeFileSync(path, change(readFileSync(path, "utf8")));

/** Of what is packed: what somebody could break without noticing, and whose tests must. */
const BROKEN = {
  "whose messages have another element": {
    spoil: (place) => files(place).filter((path) => /\.c?js$/.test(path)).forEach((path) => edit(path, (text) => text.replaceAll("dangol-message", "dangol-massage"))),
    red: [
      [BUNDLERS, "a static folder with the script tag"], [BUNDLERS, "Vite with React 19"], [BUNDLERS, "webpack 5"], [BUNDLERS, "esbuild"],
      [LONG, "React 18 in strict mode"], [LONG, "Next.js, App Router"],
    ],
  },
  "whose engine is damaged": {
    spoil: (place) => files(place).forEach((path) => {
      if (path.endsWith(".wasm")) writeFileSync(path, readFileSync(path).subarray(0, 50_000));
      // Where it lies in a script, packed.
      else if (/\.c?js$/.test(path)) edit(path, (text) => text.replace(/(H4sI[\w+/]{1000})[\w+/]{1000}/g, (_, head) => head + "A".repeat(1000)));
    }),
    red: [[BUNDLERS, "a static folder with the script tag"], [BUNDLERS, "esbuild"], [NODE, "Node, as ESM and as CommonJS"], [NODE, "Vitest in Node"], [LONG, "Jest, in jsdom and in Node"]],
  },
  "that touches the page when it is imported": {
    spoil: (place) => ["index.js", "index.cjs"].forEach((name) => appendFileSync(join(place, "pkg", name), "\ndocument.title;\n")),
    red: [[NODE, "Node, as ESM and as CommonJS"], [NODE, "Vitest in Node"], [LONG, "Jest, in jsdom and in Node"], [LONG, "Next.js, App Router"]],
  },
  "without the types of an entry": {
    spoil: (place) => ["react.d.ts", "react.d.cts"].forEach((name) => writeFileSync(join(place, "pkg", name), "export {};\n")),
    red: [[NODE, "publint and are-the-types-wrong"]],
  },
  "with a file that nobody asked for": {
    spoil: (place) => writeFileSync(join(place, "pkg", "notes.txt"), "x"),
    red: [[NODE, "the tarball holds what is needed"]],
  },
  "one of whose files is not the one that was listed": {
    spoil: (place) => files(place).filter((path) => /v-\w+\/chat\.js$/.test(path)).forEach((path) => appendFileSync(path, "\n")),
    red: [[NODE, "the tarball holds what is needed"]],
  },
  "with another readme": {
    spoil: (place) => writeFileSync(join(place, "README.md"), "# Another\n"),
    red: [[NODE, "the readme that npm shows"]],
  },
};

/** Packs the package anew, with what `spoil` does to it. */
function repack(name, spoil) {
  const place = join(folder, name.replaceAll(" ", "-"));
  mkdirSync(place);
  run("tar", ["-xzf", tarball(), "-C", place]);
  spoil(join(place, "package"));
  // Files alone, as npm packs them: folders would be entries, too.
  run("tar", ["-czf", `${place}.tgz`, "-C", place, ...files(join(place, "package")).map((path) => relative(place, path))]);
  return `${place}.tgz`;
}

/** Runs the consumers' tests whose names begin so, with that package; gives those that passed and those that failed. */
function verdict(file, names, packed) {
  const pattern = names.map((name) => `^${name.replace(/[.+]/g, "\\$&")}`).join("|");
  const { stdout } = spawnSync(process.execPath, ["--test", "--test-reporter=tap", ...(pattern ? ["--test-name-pattern", pattern] : []), join(root, "tests", `${file}.test.mjs`)], {
    encoding: "utf8", timeout: 900_000, env: { ...process.env, NODE_TEST_CONTEXT: undefined, DANGOL_TARBALL: packed },
  });
  const told = (word) => [...stdout.matchAll(new RegExp(`^${word} \\d+ - (.*?)(?: # SKIP.*)?$`, "gm"))].filter(([line]) => !line.includes("# SKIP")).map(([, name]) => name);
  return { passed: told("ok"), failed: told("not ok"), stdout };
}

for (const [name, { spoil, red }] of Object.entries(BROKEN)) {
  test(`a package ${name}: ${red.length} of the consumers' tests fail`, { timeout: 1_800_000 }, () => {
    const packed = repack(name, spoil);
    assert.ok(statSync(packed).size > 100_000, "it is packed");
    for (const file of new Set(red.map(([file]) => file))) {
      const names = red.filter(([other]) => other === file).map(([, name]) => name);
      const { passed, failed, stdout } = verdict(file, names, packed);
      assert.deepEqual(passed, [], `${file} does not notice\n${stdout}`);
      assert.equal(failed.length, names.length, stdout);
    }
  });
}

test("the same package packed anew, with nothing done to it: all of them pass", { timeout: 1_800_000 }, () => {
  const packed = repack("whole", () => {});
  for (const file of [NODE, BUNDLERS, LONG]) {
    const { passed, failed, stdout } = verdict(file, [], packed);
    assert.deepEqual(failed, [], stdout);
    assert.ok(passed.length >= 3, stdout);
  }
});
