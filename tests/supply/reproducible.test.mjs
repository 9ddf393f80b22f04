// The same source gives the same module wherever it lies: the smallest one, compiled anew in another folder with another
// folder of crates. `tests/long/reproducible.test.mjs` does so with the whole package.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { compile } from "../../xtask/compile.mjs";
import { root } from "../../xtask/setup.mjs";

const hash = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

test("a module compiled elsewhere has the same hash, and tells nobody where", { timeout: 600_000 }, (context) => {
  const here = compile("signature", ["--features", "signature"]);
  const place = mkdtempSync(join(tmpdir(), "dangol-elsewhere-"));
  context.after(() => rmSync(place, { recursive: true, force: true }));
  const folder = join(place, "a-longer-name-than-ours");
  for (const part of [".cargo", "src", "xtask", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml"]) cpSync(join(root, part), join(folder, part), { recursive: true });
  const crates = process.env.CARGO_HOME || join(homedir(), ".cargo");
  symlinkSync(crates, join(place, "crates"));
  const env = { ...process.env, CARGO_HOME: join(place, "crates"), ...(existsSync(join(homedir(), ".rustup")) && { RUSTUP_HOME: process.env.RUSTUP_HOME || join(homedir(), ".rustup") }) };
  const done = spawnSync(process.execPath, ["xtask/compile.mjs", "signature"], { cwd: folder, env, encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  const there = done.stdout.trim().split("\n").at(-1);
  assert.ok(there.startsWith(place));
  assert.equal(hash(there), hash(here));
  const text = readFileSync(here, "latin1");
  for (const path of [root, crates, homedir(), place]) assert.ok(!text.includes(`${path}/`), `${path} stands in the module`);
});
