// Two builds of the same source in different folders, at different times, give the same modules to the byte.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "node:test";
import { root } from "../../xtask/setup.mjs";

const hash = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

test("two builds in different folders have the same hash", { timeout: 1_500_000 }, (context) => {
  // Both are copied before the first is built, which takes minutes: the source may change meanwhile.
  const folders = ["a", "another-and-longer-name"].map((name) => {
    const folder = join(mkdtempSync(join(tmpdir(), "dangol-build-")), name);
    context.after(() => rmSync(join(folder, ".."), { recursive: true, force: true }));
    for (const part of [".cargo", "src", "js", "xtask", "docs", "bench/sizes.json", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "package.json", "package-lock.json", "tsconfig.json", "pkg/README.md", "LICENSE"]) {
      cpSync(join(root, part), join(folder, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    return folder;
  });
  const hashes = folders.map((folder) => {
    const env = { ...process.env, DANGOL_QUICK: "", CARGO_TARGET_DIR: "" };
    delete env.DANGOL_QUICK;
    delete env.CARGO_TARGET_DIR;
    const done = spawnSync(process.execPath, ["xtask/build.mjs", "--allow-oversize"], { cwd: folder, env, encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
    for (const line of done.stdout.split("\n")) if (/^(ok|OVER) /.test(line)) context.diagnostic(line);
    const files = readdirSync(join(folder, "pkg"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.ok(files.length > 40);
    return Object.fromEntries(files.map(({ parentPath, name }) => join(parentPath, name)).sort().map((file) => [relative(join(folder, "pkg"), file), hash(file)]));
  });
  assert.deepEqual(hashes[0], hashes[1]);
  assert.match(hashes[0]["dangol.wasm"], /^[0-9a-f]{64}$/);
});
