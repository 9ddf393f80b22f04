// Makes sure that what building and testing need is there. Needs only Node and Rust; installs nothing twice.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const TARGET = "wasm32-unknown-unknown";

/** Runs a command in the repository; ends the process with a clear message if it fails. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (done.error) fail(`${command} could not be started (${done.error.code}); is it installed and on PATH?`);
  if (done.status !== 0) fail(`"${command} ${args.join(" ")}" failed${done.signal ? ` (${done.signal})` : ""}`);
  return done;
}

export function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

const has = (command) => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;

function packages() {
  const installed = join(root, "node_modules", ".package-lock.json");
  const fresh = existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs;
  // A checkout touches files; what counts is whether every locked package is there at its version.
  if (fresh || same(installed)) return;
  console.log("installing npm packages");
  run("npm", ["ci", "--no-audit", "--no-fund"]);
}

function same(installed) {
  if (!existsSync(installed)) return false;
  return spawnSync("npm", ["ls", "--all", "--silent"], { cwd: root }).status === 0;
}

function wasmTarget() {
  if (!has("cargo")) fail("Rust is missing: install it from https://rustup.rs");
  const lib = spawnSync("rustc", ["--print", "target-libdir", "--target", TARGET], { cwd: root, encoding: "utf8" });
  if (lib.status === 0 && existsSync(lib.stdout.trim())) return;
  if (!has("rustup")) fail(`this Rust has no ${TARGET} target and there is no rustup to add it`);
  console.log(`adding the Rust target ${TARGET}`);
  run("rustup", ["target", "add", TARGET]);
}

/** The folder in `pkg` of what the script tag loads late, named by its contents (xtask/bundle.mjs). */
export const release = (pkg = join(root, "pkg")) => readdirSync(pkg).find((name) => /^v-[0-9a-f]{8}$/.test(name)) ?? fail("pkg/ is not built: npm run build");

/** Where Chromium is, or undefined. */
export function chromium() {
  return [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .find((path) => path && existsSync(path));
}

function browser() {
  const fonts = spawnSync("sh", ["-c", "fc-list :lang=ko | head -n 1"], { encoding: "utf8" }).stdout?.trim();
  const wanted = [!chromium() && "chromium", !fonts && "fonts-noto-cjk", !has("fc-list") && "fontconfig"].filter(Boolean);
  if (!wanted.length) return;
  if (!has("apt-get")) fail(`the tests need ${wanted.join(" and ")}; install them, and set CHROMIUM if it is not at /usr/bin/chromium`);
  const sudo = process.getuid?.() === 0 ? [] : has("sudo") ? ["sudo"] : fail(`the tests need ${wanted.join(" and ")}: run "apt-get install ${wanted.join(" ")}" as root`);
  console.log(`installing ${wanted.join(", ")}`);
  const [first, ...rest] = [...sudo, "apt-get"];
  run(first, [...rest, "update", "-qq"], { stdio: ["ignore", "ignore", "inherit"] });
  run(first, [...rest, "install", "-y", "-qq", "--no-install-recommends", ...wanted], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, stdio: ["ignore", "ignore", "inherit"],
  });
}

export function setup({ tests = false } = {}) {
  packages();
  wasmTarget();
  if (tests) browser();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) setup({ tests: process.argv.includes("--tests") });
