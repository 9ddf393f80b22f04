// Sizes of the package's parts, printed, kept, and held against the budgets below.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { release } from "./setup.mjs";

/** What a visitor loads, and what only loads when it is needed. */
const PARTS = [
  ["facade (npm)", "index.js"], ["facade (script tag)", "dangol.js"], ["stub", "stub.js"], ["page: host, glue", "page.js"], ["renderer, styles, drawing; lazy", "render.js"],
  ["engine, streamed", "dangol.wasm"], ["engine, inlined", "inline.js"], ["collect mode, lazy", "collect.js"],
  ["hand-over to chats, lazy", "chat.js"], ["receipt in words, lazy", "why.js"], ["pulling down a sheet, lazy", "drag.js"], ["answers, lazy", "form.js"], ["room for launchers, lazy", "launcher.js"], ["signature check, lazy", "signature.js"], ["sources, lazy", "sources.js"], ["banner: Google, lazy", "cmp-gcm.js"], ["banner: TCF, lazy", "cmp-tcf.js"], ["banner: GPP, lazy", "cmp-gpp.js"],
  ["slim", "slim.js"], ["tools", "engine.js"], ["react", "react.js"], ["command line", "cli.js"],
];
// A limit only goes down; `goal` is where a limit is on its way to.
const BUDGETS = [
  { name: "facade (npm)", parts: ["index.js"], limit: 3_000 },
  { name: "facade (script tag)", parts: ["dangol.js"], limit: 3_000 },
  { name: "stub, uncompressed", parts: ["stub.js"], limit: 1_000, raw: true },
  // What every page loads; and what a page has loaded once a message is on it (raised once, when the engine was cut in two: 22 kB less
  // for every page, 4 kB more where both halves are needed).
  { name: "critical path", parts: ["dangol.js", "page.js", "dangol.wasm"], limit: 173_750, goal: 40_000 },
  { name: "critical path (npm)", parts: ["index.js", "page.js", "inline.js"], limit: 166_050, goal: 40_000 },
  { name: "with the first message", parts: ["dangol.js", "page.js", "dangol.wasm", "render.js"], limit: 214_500, goal: 40_000 },
];

/** Where a part lies: in the release's folder, if it is one of those that are loaded late. */
const place = (pkg, folder, file) => [join(pkg, folder, file), join(pkg, file)].find((path) => existsSync(path));

/** Prints and writes the table; false if a budget is exceeded. */
export function measure({ pkg, out, build }) {
  const folder = release(pkg);
  const sizes = {};
  const before = existsSync(out) ? JSON.parse(readFileSync(out, "utf8")) : {};
  const change = (now, then) => (then === undefined ? "new" : `${now < then ? "" : "+"}${now - then}`);
  const wide = (text, width) => String(text).padStart(width);
  console.log(`\n${"part".padEnd(30)}${wide("raw", 10)}${wide("gzip", 10)}${wide("brotli", 10)}${wide("change", 10)}`);
  for (const [name, file] of PARTS) {
    const path = place(pkg, folder, file);
    if (!path) continue;
    const bytes = readFileSync(path);
    const size = { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length };
    sizes[file] = { part: name, ...size };
    console.log(`${name.padEnd(30)}${wide(size.raw, 10)}${wide(size.gzip, 10)}${wide(size.brotli, 10)}${wide(change(size.gzip, before.sizes?.[file]?.gzip), 10)}`);
  }
  let small = true;
  const budgets = {};
  for (const { name, parts, limit, goal, raw } of BUDGETS) {
    const used = parts.reduce((sum, file) => sum + (sizes[file]?.[raw ? "raw" : "gzip"] ?? 0), 0);
    budgets[name] = { used, limit, goal };
    if (used > limit) small = false;
    console.log(`${used > limit ? "OVER " : "ok   "}${name}: ${used} of ${limit} bytes${raw ? "" : " gzip"} (${change(used, before.budgets?.[name]?.used)})${goal ? `, goal ${goal}` : ""}`);
  }
  const integrity = (file) => `sha384-${createHash("sha384").update(readFileSync(join(pkg, file))).digest("base64")}`;
  // All that a tag may come to load, by its address beside `dangol.js`: also what the `integrity` of an import map looks like.
  const files = Object.fromEntries(["dangol.js", "stub.js", ...readdirSync(join(pkg, folder)).sort().map((name) => `${folder}/${name}`)].map((file) => [`./${file}`, integrity(file)]));
  console.log(`\n<script async src="dangol.js" integrity="${files["./dangol.js"]}" crossorigin="anonymous"></script>`);
  console.log(`stub.js as inline script: script-src 'sha384-${createHash("sha384").update(readFileSync(join(pkg, "stub.js"), "utf8").trimEnd()).digest("base64")}'\n`);
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify({ version: build.version, sizes, budgets }, null, 2)}\n`);
  writeFileSync(join(pkg, "integrity.json"), `${JSON.stringify(files, null, 2)}\n`);
  return small;
}
