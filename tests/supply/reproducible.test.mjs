// The same source gives the same module wherever it lies: the one that every page loads, compiled anew in another folder
// with another folder of crates, bound, cut in two and optimised anew. `tests/long/reproducible.test.mjs` does so with the
// whole package.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { refine } from "../../xtask/build.mjs";
import { root } from "../../xtask/setup.mjs";

const hash = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

test("the page's module built elsewhere has the same hash, and tells nobody where", { timeout: 900_000 }, (context) => {
  const place = mkdtempSync(join(tmpdir(), "dangol-elsewhere-"));
  context.after(() => rmSync(place, { recursive: true, force: true }));
  const folder = join(place, "a-longer-name-than-ours");
  for (const part of [".cargo", "src", "xtask", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "package.json"]) cpSync(join(root, part), join(folder, part), { recursive: true });
  const crates = process.env.CARGO_HOME || join(homedir(), ".cargo");
  symlinkSync(crates, join(place, "crates"));
  const env = { ...process.env, CARGO_HOME: join(place, "crates"), ...(existsSync(join(homedir(), ".rustup")) && { RUSTUP_HOME: process.env.RUSTUP_HOME || join(homedir(), ".rustup") }) };
  const done = spawnSync(process.execPath, ["xtask/compile.mjs"], { cwd: folder, env, encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  const compiled = done.stdout.trim().split("\n").at(-1);
  assert.ok(compiled.startsWith(place));
  const there = refine(compiled, join(place, "refined"), { split: true });
  assert.deepEqual([hash(there.wasm), hash(there.part)], [hash(join(root, "pkg", "dangol.wasm")), hash(join(root, "target", "package", "page", "part.wasm"))]);
  for (const module of [there.wasm, there.part]) {
    const text = readFileSync(module, "latin1");
    for (const path of [root, crates, homedir(), place]) assert.ok(!text.includes(`${path}/`), `${path} stands in the module`);
  }
});
