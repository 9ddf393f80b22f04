// `npm test`: sets up, builds, then checks everything, the cheapest first. Ends with one line "N passed, N failed".
// `--long` adds tests/long; other words are parts of test file names to run alone.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { root, setup } from "./setup.mjs";

const long = process.argv.includes("--long");
const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const tally = { passed: 0, failed: 0 };

/** Runs a command, shows what it says, `quiet` once it has ended, and gives it back. */
function show(command, args, { env = {}, quiet = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
    let text = "";
    const hear = (stream) => (data) => {
      text += data;
      if (!quiet) stream.write(data);
    };
    child.stdout.on("data", hear(process.stdout));
    child.stderr.on("data", hear(process.stderr));
    child.on("error", (error) => resolve({ status: -1, text: String(error) }));
    child.on("close", (status) => resolve({ status, text }));
  });
}

/** A check that passes or fails as one. */
async function check(name, command, args, env) {
  console.log(`\n── ${name}`);
  const { status } = await show(command, args, { env });
  if (status === 0) tally.passed++;
  else {
    tally.failed++;
    console.error(`failed: ${name}`);
  }
}

async function cargoTest() {
  console.log("\n── cargo test");
  const { status, text } = await show("cargo", ["test", "--workspace", "--quiet"]);
  let failed = 0;
  for (const [, ok, bad] of text.matchAll(/^test result: .*? (\d+) passed; (\d+) failed/gm)) {
    tally.passed += Number(ok);
    failed += Number(bad);
  }
  // It may also fail without running anything: a test that does not compile.
  tally.failed += status !== 0 ? Math.max(failed, 1) : 0;
}

/** What a failed test left open must not keep the run for ever. */
const [MAJOR, MINOR] = process.versions.node.split(".").map(Number);
const FORCE_EXIT = MAJOR >= 22 || (MAJOR === 20 && MINOR >= 14) ? ["--test-force-exit"] : [];

const named = (paths) => paths.map((path) => relative(root, path)).join(" ");

const isLong = (path) => relative(root, path).startsWith(join("tests", "long"));

/** Runs test files and counts what ran, `quiet` in company; with `again` a failed run is not counted, and the answer is false. */
async function nodeTest(paths, { quiet = false, again = false } = {}) {
  // A file has this limit as a whole; most of a long one's tests have limits of their own.
  const patience = paths.some(isLong) ? 7_200_000 : 300_000;
  const began = Date.now();
  if (!quiet) console.log(`\n── node --test ${named(paths)}`);
  const { status, text } = await show(process.execPath, ["--test", "--test-concurrency=1", `--test-timeout=${patience}`, ...FORCE_EXIT, "--test-reporter=spec", ...paths], { quiet });
  if (quiet) console.log(`\n── node --test ${named(paths)} (${Math.round((Date.now() - began) / 1000)} s)\n${text}`);
  if (again && status !== 0) return false;
  const count = (word) => Number(new RegExp(`^ℹ ${word} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
  tally.passed += count("pass");
  tally.failed += Math.max(count("fail") + count("cancelled"), status === 0 ? 0 : 1);
  return status === 0;
}

/** Runs each file by itself, two at a time, since a browser waits more than it works; the long ones, which load the machine, alone. */
async function browserTests(paths) {
  const waiting = paths.filter((path) => !isLong(path));
  const failed = [];
  const lane = async () => {
    for (let path; (path = waiting.shift()); ) if (!(await nodeTest([path], { quiet: true, again: true }))) failed.push(path);
  };
  await Promise.all([lane(), lane()]);
  for (const path of paths.filter(isLong)) if (!(await nodeTest([path], { again: true }))) failed.push(path);
  for (const path of failed) {
    // Real browsers on a loaded machine miss a moment now and then; what fails alone as well has failed.
    console.log(`\n── failed; a file that drives a browser is run once more, alone: ${named([path])}`);
    await nodeTest([path]);
  }
}

function find(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name === "node_modules" || (name === "long" && !long) ? [] : find(path);
    return name.endsWith(".test.mjs") ? [path] : [];
  });
}

setup({ tests: true });
const { build } = await import("./build.mjs");
let usable = true;
try {
  await build({ allowOversize: process.argv.includes("--allow-oversize") });
  tally.passed++;
} catch (error) {
  console.error(`build: ${error.message}`);
  tally.failed++;
  usable = existsSync(join(root, "pkg", "index.js"));
}

if (!words.length) {
  await check("cargo fmt", "cargo", ["fmt", "--all", "--check"]);
  await check("clippy, native", "cargo", ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]);
  const wasm = ["clippy", "--quiet", "--lib", "--target", "wasm32-unknown-unknown"];
  await check("clippy, wasm", "cargo", [...wasm, "--", "-D", "warnings"]);
  for (const feature of ["tools", "signature"]) await check(`clippy, wasm with ${feature}`, "cargo", [...wasm, "--features", feature, "--", "-D", "warnings"]);
  await check("types", process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", root, "--noEmit"]);
  await cargoTest();
}
// What needs no browser first, then the SDK's own suites, then whole stories.
const order = ["js", "cli", "contract", "collector", "wire", "sources", "render", "e2e", "faults", "packaging", "long"];
const rank = (path) => {
  const place = order.findIndex((name) => relative(join(root, "tests"), path).startsWith(name));
  return place < 0 ? order.length : place;
};
const suites = find(join(root, "tests"))
  .filter((path) => !words.length || words.some((word) => relative(root, path).includes(word)))
  .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
const inBrowser = (path) => /^tests\/(js|e2e|render|faults|hosts|long|wire|sources|packaging)\//.test(relative(root, path)) || /playwright|chromium|browser\(/.test(readFileSync(path, "utf8"));
const plain = suites.filter((path) => !inBrowser(path));
if (plain.length && usable) await nodeTest(plain);
if (usable) await browserTests(suites.filter(inBrowser));

console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed || !tally.passed ? 1 : 0);
