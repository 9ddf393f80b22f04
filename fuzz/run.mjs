// Runs the fuzz targets: `node fuzz/run.mjs [--seconds 120] [--install] [target…]`. Needs a nightly Rust; cargo-fuzz is
// installed into target/fuzz-tools with --install. New inputs go into target/fuzz-corpus, fuzz/corpus is only read.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tools = join(root, "target", "fuzz-tools");
const env = { ...process.env, PATH: `${join(tools, "bin")}:${process.env.PATH}`, RUSTUP_TOOLCHAIN: "nightly", CARGO_TARGET_DIR: join(root, "target", "fuzz") };

/** Why nothing can be fuzzed here, or undefined. */
export function missing() {
  if (spawnSync("rustc", ["--version"], { env }).status !== 0) return "there is no nightly Rust (rustup toolchain install nightly)";
  if (spawnSync("cargo-fuzz", ["--version"], { env }).status !== 0) return "there is no cargo-fuzz (node fuzz/run.mjs --install)";
  return undefined;
}

export const targets = () => readdirSync(join(root, "fuzz", "fuzz_targets")).map((name) => name.replace(".rs", "")).sort();

/** Fuzzes one target; the last lines it said and whether it found nothing. */
export function fuzz(target, seconds) {
  const found = join(root, "target", "fuzz-corpus", target);
  mkdirSync(found, { recursive: true });
  const done = spawnSync("cargo", ["fuzz", "run", target, found, join("fuzz", "corpus", target), "--", `-max_total_time=${seconds}`, "-max_len=8192", "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1"], { cwd: root, env, encoding: "utf8", maxBuffer: 1 << 28 });
  const text = done.stdout + done.stderr;
  const count = Number(/stat::number_of_executed_units: (\d+)/.exec(text)?.[1] ?? 0);
  return { clean: done.status === 0 && count > 0, count, tail: text.split("\n").slice(-40).join("\n") };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const words = process.argv.slice(2);
  const at = words.indexOf("--seconds");
  const seconds = at < 0 ? 120 : Number(words.splice(at, 2)[1]);
  const install = words.indexOf("--install");
  if (install >= 0) {
    words.splice(install, 1);
    if (!existsSync(join(tools, "bin", "cargo-fuzz"))) spawnSync("cargo", ["install", "cargo-fuzz", "--locked", "--root", tools], { stdio: "inherit" });
  }
  const lack = missing();
  if (lack) {
    console.error(`fuzz: ${lack}`);
    process.exit(2);
  }
  let bad = 0;
  for (const target of words.length ? words : targets()) {
    const { clean, count, tail } = fuzz(target, seconds);
    console.log(`${target}: ${clean ? "clean" : "FOUND SOMETHING"}, ${count} inputs in ${seconds} s`);
    if (!clean) {
      bad++;
      console.log(tail);
    }
  }
  process.exit(bad ? 1 : 0);
}
