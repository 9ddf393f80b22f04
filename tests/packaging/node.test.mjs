// The packed package where there is no browser: Node, test runners, type checkers; and what lies in it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { consumer, installed, run, tarball } from "./lab.mjs";

const inNode = {
  mode: "collect", segments: [], stats: { created: 0, acknowledged: 0, pending: 0, dropped: {}, local: 0 }, slim: "function",
  vip: true, problems: 0, schema: "https://json-schema.org/draft/2020-12/schema",
};

test("Node, as ESM and as CommonJS: importing is inert, the engine runs; the command line is there", () => {
  const folder = installed("node");
  for (const file of ["esm.mjs", "cjs.cjs"]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--no-warnings", file], { cwd: folder, encoding: "utf8" });
    assert.equal(stderr, "", file);
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout), inNode, file);
  }
  assert.match(run("npx", ["--no-install", "dangol", "validate", "campaigns.json"], { cwd: folder }), /campaigns\.json|no problem|0/i);
});

test("script and stub are inert on a server, too, where a bundler takes them along by mistake", () => {
  const folder = installed("node");
  const loads = ["await import('dangol/dangol.js'); await import('dangol/stub.js');", "const { createRequire } = await import('node:module'); const require = createRequire(process.cwd() + '/x.js'); require('dangol/stub.js'); require('dangol/dangol.js');"];
  for (const load of loads) {
    const script = `const before = Object.keys(globalThis); ${load} console.log(JSON.stringify([Object.keys(globalThis).filter((key) => !before.includes(key)), typeof dangol]))`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, encoding: "utf8" });
    assert.equal(stderr, "");
    assert.deepEqual(JSON.parse(stdout), [[], "undefined"]);
  }
});

test("the tarball holds what is needed and nothing else, and runs nothing when it is installed", () => {
  const files = run("tar", ["-tzf", tarball()]).trim().split("\n").map((file) => file.replace(/^package\//, "")).sort();
  const allowed = /^(package\.json|README(\.ko)?\.md|LICENSE|pkg\/(README\.md|THIRD-PARTY\.txt|(index|inline|slim|engine|react)\.c?js|(v-[0-9a-f]{8}\/)?(page|render|chat|why|drag|form|launcher|collect|sources|signature|cmp-(gcm|tcf|gpp))\.c?js|v-[0-9a-f]{8}\/dangol\.wasm|(dangol|stub)\.c?js|(cli|report)\.js|dangol\.wasm|(schema|integrity)\.json|(types|index|slim|engine|react|global|stub)\.d\.c?ts))$/;
  assert.deepEqual(files.filter((file) => !allowed.test(file)), []);
  const [folder] = files.find((file) => file.startsWith("pkg/v-")).match(/^pkg\/v-\w+\//);
  const late = ["page", "render", "chat", "why", "drag", "form", "launcher", "collect", "sources", "signature", "cmp-gcm", "cmp-tcf", "cmp-gpp"];
  const needed = [...["index", "inline", "slim", "engine", "react"].flatMap((name) => [`pkg/${name}.js`, `pkg/${name}.cjs`]), ...late.flatMap((name) => [`${folder}${name}.js`, `pkg/${name}.cjs`]), `${folder}dangol.wasm`];
  assert.deepEqual(needed.filter((name) => !files.includes(name)), []);
  assert.deepEqual(files.filter((file) => file.startsWith("pkg/v-") && !file.startsWith(folder)), [], "one release");
  // What a tag can come to load is listed with its integrity, and has it.
  const integrity = JSON.parse(run("tar", ["-xzOf", tarball(), "package/pkg/integrity.json"]));
  assert.deepEqual(Object.keys(integrity).sort(), ["./dangol.js", "./stub.js", ...[...late.map((name) => `${name}.js`), "dangol.wasm"].map((name) => `./${folder.slice(4)}${name}`)].sort());
  for (const [file, expected] of Object.entries(integrity)) {
    const bytes = spawnSync("tar", ["-xzOf", tarball(), `package/pkg/${file.slice(2)}`], { maxBuffer: 1e7 }).stdout;
    assert.equal(`sha384-${createHash("sha384").update(bytes).digest("base64")}`, expected, file);
  }
  const manifest = JSON.parse(run("tar", ["-xzOf", tarball(), "package/package.json"]));
  const lifecycle = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare", "prepack", "postpack"];
  assert.deepEqual(Object.keys(manifest.scripts ?? {}).filter((name) => lifecycle.includes(name)), []);
  assert.deepEqual(Object.keys(manifest.dependencies ?? {}), [], "no runtime dependency");
  const named = JSON.stringify([manifest.exports, manifest.main, manifest.module, manifest.types, manifest.typesVersions, manifest.unpkg, manifest.jsdelivr, manifest.bin]).match(/pkg\/[\w./-]+/g);
  assert.deepEqual(named.filter((file) => !files.includes(file)), [], "every file that the manifest names");
});

test("the React entry says that it is for the client: a server component may import it", () => {
  const [esm, cjs] = ["react.js", "react.cjs"].map((name) => run("tar", ["-xzOf", tarball(), `package/pkg/${name}`]));
  assert.match(esm, /^"use client";/);
  assert.match(cjs, /^"use strict";\s*"use client";/);
});

test("publint and are-the-types-wrong find nothing; the types hold in strict TypeScript", () => {
  const folder = consumer("checks");
  const place = join(folder, "node_modules/dangol");
  const lint = run(process.execPath, [join(folder, "node_modules/publint/src/cli.js"), place, "--strict", "--pack", "false"], { cwd: folder });
  assert.match(lint, /All good/);
  // What is no code has no types.
  const data = ["dangol.wasm", "schema.json", "integrity.json", "package.json"];
  // All of its rules, for every way of resolving. It ends with a status of its own when there is something.
  run(process.execPath, [join(folder, "node_modules/@arethetypeswrong/cli/dist/index.js"), tarball(), "--profile", "strict", "--format", "ascii", "--exclude-entrypoints", ...data], { cwd: folder, env: { ...process.env, NO_COLOR: "1" } });
  for (const mode of ["bundler", "nodenext", "node10"]) run(process.execPath, [join(folder, "node_modules/typescript/bin/tsc"), "-p", `tsconfig.${mode}.json`], { cwd: folder });
});

test("Vitest in Node, jsdom and happy-dom", () => {
  const folder = consumer("vitest");
  const said = run(process.execPath, [join(folder, "node_modules/vitest/vitest.mjs"), "run", "--reporter=json"], { cwd: folder });
  const { numPassedTests, numFailedTests } = JSON.parse(said.slice(said.indexOf("{")));
  assert.deepEqual([numPassedTests, numFailedTests], [3, 0]);
});

test("the readme that npm shows is the project's", () => {
  assert.match(readFileSync(join(consumer("checks"), "node_modules/dangol/README.md"), "utf8"), /^# Dangol/);
});
