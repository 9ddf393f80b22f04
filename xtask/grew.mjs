// `node xtask/grew.mjs`: what grew from the build before to this one, by crate, module and function of the engine and by source file of
// the JavaScript. `node xtask/grew.mjs <checkout>`: from the build that lies in another checkout. Every build notes what it is made of.
//
// Functions are measured as the compiler made them, with their names, before wasm-opt takes names and a third of the bytes away:
// the rows tell where bytes come from; how many of them a visitor loads is what the build prints.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./setup.mjs";

const NOTES = join("target", "package", "inside.json");
const BEFORE = join("target", "package", "inside-before.json");

/** The functions of a module, by name, with the bytes of their bodies; `(data)` is what lies in memory from the start. */
export function functions(bytes) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const text = () => {
    const length = number();
    return bytes.toString("utf8", at, (at += length));
  };
  let imported = 0;
  const bodies = [];
  const names = new Map();
  let data = 0;
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = number() + at;
    if (section === 2) imported = importedFunctions();
    if (section === 10) for (let left = number(); left > 0; left--) {
      const length = number();
      bodies.push(length);
      at += length;
    }
    if (section === 11) data = end - at;
    if (section === 0 && text() === "name") while (at < end) {
      const kind = bytes[at++];
      const close = number() + at;
      if (kind === 1) for (let left = number(); left > 0; left--) names.set(number(), text());
      at = close;
    }
    at = end;
  }
  const found = { "(data)": data };
  bodies.forEach((length, index) => {
    // Without the hash that differs from build to build; a name that several share is one row.
    const name = (names.get(imported + index) ?? "(without a name)").replace(/::h[0-9a-f]{16}$/, "").replace(/\[[0-9a-f]{16}\]/g, "");
    found[name] = (found[name] ?? 0) + length;
  });
  return found;

  function importedFunctions() {
    let count = 0;
    const limits = () => { if (bytes[at++] & 1) number(); number(); };
    for (let left = number(); left > 0; left--) {
      text();
      text();
      const kind = bytes[at++];
      if (kind === 0) {
        count++;
        number();
      } else if (kind === 1) {
        at++;
        limits();
      } else if (kind === 2) limits();
      else at += 2;
    }
    return count;
  }
}

/** The crate of a function and its module: `dangol`, `dangol::domain::engine`. */
export function home(name) {
  const path = /[A-Za-z_]\w*(?:::[A-Za-z_]\w*)+/.exec(name)?.[0].split("::");
  if (!path) return { crate: name.startsWith("(") ? name : "(glue)", module: name.startsWith("(") ? name : "(glue)" };
  return { crate: path[0], module: path.slice(0, Math.min(3, path.length - 1)).join("::") };
}

/** Notes what the build in `target/package` is made of; `modules`: bytes by source file, of each JavaScript file. What was noted before stays beside it. */
export function note(modules) {
  const parts = { "engine of every page": "first.wasm", "engine of the first message": "second.wasm" };
  const engine = Object.fromEntries(Object.entries(parts).map(([part, file]) => [part, functions(readFileSync(join(root, "target", "package", "page", file)))]));
  const now = JSON.stringify({ engine, modules });
  const path = join(root, NOTES);
  if (existsSync(path) && readFileSync(path, "utf8") !== now) renameSync(path, join(root, BEFORE));
  writeFileSync(path, now);
}

/** Rows of what differs, the most grown first. */
export function grown(before, now) {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].map((name) => ({ name, by: (now[name] ?? 0) - (before[name] ?? 0), now: now[name] ?? 0 }))
    .filter(({ by }) => by).sort((a, b) => b.by - a.by || (a.name < b.name ? -1 : 1));
}

const grouped = (sizes, key) => Object.entries(sizes).reduce((sum, [name, size]) => ({ ...sum, [home(name)[key]]: (sum[home(name)[key]] ?? 0) + size }), {});
const sum = (sizes) => Object.values(sizes).reduce((total, size) => total + size, 0);

/** The report as text; of functions the `most` that grew and as many that shrank. */
export function report(before, now, most = 25) {
  const lines = [];
  const row = ({ name, by, now }) => `${(by > 0 ? `+${by}` : String(by)).padStart(9)}${String(now).padStart(10)}  ${name.length > 150 ? `${name.slice(0, 149)}…` : name}`;
  const table = (title, rows, limit = Infinity) => {
    if (!rows.length) return;
    const shown = rows.length <= 2 * limit ? rows : [...rows.slice(0, limit), ...rows.slice(-limit)];
    lines.push("", `  ${title}${shown.length < rows.length ? ` (${shown.length} of ${rows.length})` : ""}`, ...shown.map(row));
  };
  for (const part of Object.keys(now.engine)) {
    const [former, latter] = [before.engine[part] ?? {}, now.engine[part]];
    lines.push(`${part}, before wasm-opt: ${sum(former)} -> ${sum(latter)} bytes`);
    table("crates", grown(grouped(former, "crate"), grouped(latter, "crate")));
    table("modules", grown(grouped(former, "module"), grouped(latter, "module")), most);
    table("functions", grown(former, latter), most);
    lines.push("");
  }
  for (const file of Object.keys(now.modules)) table(`${file}, minified, not compressed`, grown(before.modules[file] ?? {}, now.modules[file]));
  return lines.join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [, , checkout] = process.argv;
  const [former, latter] = [checkout ? join(resolve(checkout), NOTES) : join(root, BEFORE), join(root, NOTES)];
  const missing = [former, latter].find((path) => !existsSync(path));
  if (missing) {
    console.error(`${missing} is not there: it takes two full builds (node xtask/build.mjs) that differ`);
    process.exitCode = 1;
  } else console.log(report(...[former, latter].map((path) => JSON.parse(readFileSync(path, "utf8")))));
}
