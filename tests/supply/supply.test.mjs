// What the package is made of: licences, lock files, nothing that runs at installation.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bundled } from "../../xtask/notices.mjs";
import { root } from "../../xtask/setup.mjs";

const read = (path) => readFileSync(join(root, path), "utf8");
const manifest = JSON.parse(read("package.json"));

/** Licences that ask for no more than their notice. */
const FREE = new Set(["MIT", "MIT-0", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "Zlib", "Unlicense", "CC0-1.0", "Unicode-3.0", "Unicode-DFS-2016", "BSL-1.0", "BlueOak-1.0.0", "Python-2.0"]);
/** File-level copyleft is fine in a tool that tests alone use, and in nothing else. */
const TESTS_ONLY = { "@axe-core/playwright": "MPL-2.0", "axe-core": "MPL-2.0" };

/** Whether an SPDX expression can be met with the licences above. */
export function free(expression) {
  const words = (expression ?? "").replaceAll("/", " OR ").replace(/\s+WITH\s+/g, " WITH ").match(/\(|\)|[^()\s]+(?: WITH \S+)?/g) ?? [];
  let at = 0;
  const one = () => {
    if (words[at] === "(") {
      at++;
      const value = any();
      at++;
      return value;
    }
    return FREE.has(words[at++]);
  };
  const all = () => {
    let value = one();
    while (words[at] === "AND") {
      at++;
      const next = one();
      value = value && next;
    }
    return value;
  };
  const any = () => {
    let value = all();
    while (words[at] === "OR") {
      at++;
      const next = all();
      value = value || next;
    }
    return value;
  };
  return words.length > 0 && any();
}

function cargo(...args) {
  const done = spawnSync("cargo", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}

test("licences are understood as they are written", () => {
  for (const good of ["MIT", "MIT OR GPL-3.0", "MIT/Apache-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0", "Apache-2.0 WITH LLVM-exception OR MIT", "Unlicense OR MIT"]) assert.ok(free(good), good);
  for (const bad of ["", undefined, "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND LGPL-2.1", "SEE LICENSE IN x", "UNLICENSED", "MPL-2.0"]) assert.ok(!free(bad), bad);
});

test("installing the package runs nothing and brings nothing along", () => {
  assert.deepEqual(Object.keys(manifest.scripts).filter((name) => /^(pre|post)|^(install|prepare|prepack|publish)/.test(name)), []);
  for (const kind of ["dependencies", "optionalDependencies", "bundledDependencies", "bundleDependencies"]) assert.equal(manifest[kind], undefined);
  assert.deepEqual(Object.keys(manifest.peerDependencies), ["react"]);
  assert.equal(manifest.peerDependenciesMeta.react.optional, true);
  assert.ok(!existsSync(join(root, "binding.gyp")), "npm would run node-gyp by itself");
  for (const [name, version] of Object.entries(manifest.devDependencies)) assert.match(version, /^\d+\.\d+\.\d+$/, `${name} is pinned`);
});

test("every npm package is locked by its hash and has a free licence", () => {
  const { packages } = JSON.parse(read("package-lock.json"));
  assert.deepEqual(packages[""].devDependencies, manifest.devDependencies, "package-lock.json belongs to package.json");
  let count = 0;
  for (const [path, { version, integrity, license, link, resolved }] of Object.entries(packages)) {
    if (!path) continue;
    count++;
    const name = path.split("node_modules/").at(-1);
    assert.ok(!link, name);
    assert.match(version, /^\d+\.\d+\.\d+/, name);
    assert.match(integrity ?? "", /^sha512-/, `${name} has no hash`);
    assert.ok(!resolved || /^https:\/\//.test(resolved), `${name} comes from ${resolved}`);
    assert.ok(free(license) || TESTS_ONLY[name] === license, `${name} is under ${license}`);
  }
  assert.ok(count > 10);
});

test("every crate is locked by its hash, from the registry, and has a free licence", () => {
  // Fails where Cargo.lock does not belong to Cargo.toml.
  const { packages } = JSON.parse(cargo("metadata", "--format-version", "1", "--locked"));
  for (const { name, license, source } of packages) {
    if (source) assert.match(source, /^registry\+/, `${name} comes from ${source}`);
    assert.ok(free(license), `${name} is under ${license}`);
  }
  const blocks = read("Cargo.lock").split("[[package]]").slice(1);
  assert.ok(blocks.length > 20);
  for (const block of blocks) if (block.includes("source =")) assert.match(block, /checksum = "[0-9a-f]{64}"/, block);
});

test("what a visitor's browser runs is made of few crates", () => {
  const crates = (...features) => new Set(cargo("tree", "--locked", "-e", "normal,no-proc-macro", "--target", "wasm32-unknown-unknown", "--prefix", "none", "--format", "{lib}", "-p", "dangol", ...features).trim().split("\n").map((line) => line.replace("(*)", "").trim()).filter(Boolean));
  const page = crates();
  for (const name of page) assert.match(name, /^(dangol|wasm_bindgen|wasm_bindgen_shared|js_sys|cfg_if|once_cell|unicode_ident|futures_util|futures_core|futures_task|pin_project_lite|slab)$/, `${name} is new on the page`);
  assert.deepEqual([...crates("--features", "signature")].filter((name) => !page.has(name)), ["ed25519_compact"]);
});

test("the notices of all that others wrote go with the package", () => {
  const { files } = JSON.parse(spawnSync("npm", ["pack", "--dry-run", "--json"], { cwd: root, encoding: "utf8" }).stdout)[0];
  assert.ok(files.some(({ path }) => path === "pkg/THIRD-PARTY.txt") && files.some(({ path }) => path === "LICENSE"));
  const text = read("pkg/THIRD-PARTY.txt");
  const crates = bundled();
  assert.ok(crates.some(({ name }) => name === "ed25519-compact") && crates.some(({ name }) => name === "wasm-bindgen"));
  for (const { name, version, folder } of crates) {
    assert.ok(text.includes(`\n${name} ${version} (`), `${name} ${version} is not named`);
    const licence = ["LICENSE-MIT", "LICENSE"].map((file) => join(folder, file)).find(existsSync);
    const [, owner] = /^\s*(Copyright .*)$/im.exec(readFileSync(licence, "utf8")) ?? [];
    if (owner) assert.ok(text.includes(owner.trim()), `${name}: "${owner}" is missing`);
  }
  assert.match(text, /Copyright \(c\) The Rust Project Contributors/);
  for (const place of [root, process.env.HOME]) assert.ok(!text.includes(place));
});
