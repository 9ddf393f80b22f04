// The notices of what others wrote and the package carries: crates in the engine's modules and Rust's own library. Their
// licences ask for no more than that these stand beside every copy.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fail, root } from "./setup.mjs";

function cargo(...args) {
  const done = spawnSync("cargo", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.status !== 0) fail(`cargo ${args[0]} failed: ${done.stderr}`);
  return done.stdout;
}

/** The crates that are compiled into a module: name, version, licence and where they lie. */
export function bundled() {
  const listed = cargo("tree", "--locked", "-e", "normal,no-proc-macro", "--target", "wasm32-unknown-unknown", "--features", "tools,signature", "--prefix", "none", "--format", "{p}", "-p", "dangol");
  const names = new Set(listed.split("\n").map((line) => line.split(" ").slice(0, 2).join(" ")));
  const { packages } = JSON.parse(cargo("metadata", "--format-version", "1", "--locked"));
  return packages
    .filter(({ name, version, source }) => source && names.has(`${name} v${version}`))
    .map(({ name, version, license, manifest_path }) => ({ name, version, license, folder: dirname(manifest_path) }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** The text under which a crate is taken: MIT where it leaves the choice, else what it has. */
function text({ name, license, folder }) {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice|unlicense)/i.test(file)).sort();
  const mit = /\bMIT\b/.test(license) && files.find((file) => /mit/i.test(file));
  const chosen = mit ? [mit, ...files.filter((file) => /unicode|notice/i.test(file))] : files;
  if (!chosen.length) fail(`${name} has no licence file to hand on; say in xtask/notices.mjs under which text it is carried`);
  return chosen.map((file) => readFileSync(join(folder, file), "utf8").replace(/\r/g, "").trim()).join("\n\n");
}

/** Rust's library is in every module, and its own texts are not in every installation; the terms are those of our licence. */
const RUST = () => readFileSync(join(root, "LICENSE"), "utf8").replace(/^Copyright.*$/m, "Copyright (c) The Rust Project Contributors").trim();

/** The file that goes with the package. */
export function notices() {
  const texts = new Map();
  const add = (what, text) => texts.set(text, [...(texts.get(text) ?? []), what]);
  add("the Rust standard library and compiler_builtins (MIT)", RUST());
  for (const crate of bundled()) add(`${crate.name} ${crate.version} (${crate.license})`, text(crate));
  const parts = Array.from(texts, ([text, whose]) => `${whose.join("\n")}\n\n${text.replace(/^/gm, "    ").replace(/[ ]+$/gm, "")}\n`);
  return `The modules of this package (dangol.wasm, inline.js, engine.js, signature.js) carry code by others, each under the terms below.\n\n${parts.join("\n")}`;
}
