// Compiles one of the engine's modules, to the same bytes wherever that is done.
import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root, run } from "./setup.mjs";

const TARGET = "wasm32-unknown-unknown";

/** `DANGOL_QUICK=1`: modules that are compiled in a third of the time and are twice the size, for working on the rest. */
export const QUICK = process.env.DANGOL_QUICK === "1";
const HASTE = { CARGO_PROFILE_RELEASE_LTO: "off", CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16", CARGO_PROFILE_RELEASE_INCREMENTAL: "true", CARGO_PROFILE_RELEASE_OPT_LEVEL: "1" };

/**
 * A panic names its place in the source. What it names must not depend on where crates, the standard library's sources and
 * this folder lie, nor tell it to everyone who reads the package.
 */
function places() {
  const ask = (...args) => spawnSync("rustc", args, { cwd: root, encoding: "utf8" }).stdout?.trim() ?? "";
  const commit = /^commit-hash: (\w+)/m.exec(ask("-vV"))?.[1] ?? "std";
  const named = {
    [root]: "dangol",
    [join(process.env.CARGO_HOME || join(homedir(), ".cargo"), "registry", "src")]: "crates",
    [join(ask("--print", "sysroot"), "lib", "rustlib", "src", "rust")]: `/rustc/${commit}`,
  };
  return Object.entries(named).map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
}

/**
 * What the compiler makes of the module `name`: the path of the file, not yet bound or optimised. What is to be `split` in
 * two is told apart by the linker's notes: whose each address is.
 */
export function compile(name, features, { level = "z", split = false } = {}) {
  // A target folder each: with a shared one the two sets of features would evict each other.
  const folder = join(root, "target", `wasm-${name}${QUICK ? "-quick" : ""}`);
  const flags = `target.${TARGET}.rustflags=${JSON.stringify([...places(), ...(split ? ["-Clink-arg=--emit-relocs"] : [])])}`;
  run("cargo", ["build", "--quiet", "--release", "--lib", "--locked", "--config", flags, "--target", TARGET, "--target-dir", folder, ...features], {
    env: { ...process.env, CARGO_PROFILE_RELEASE_OPT_LEVEL: level, ...(QUICK && HASTE) },
  });
  return join(folder, TARGET, "release", "dangol.wasm");
}

// `node xtask/compile.mjs`: the module that every page loads.
if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(compile("page", [], { split: true }));
