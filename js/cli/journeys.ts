/**
 * `dangol test`: journeys with what is expected of them, `<name>.test.json`:
 * `{ "config": "../config.json", "journey": [ … ] | "file.ndjson", "options": {…}, "expect": { "decisions": [ … ], "segments": {…}, "coupons": [ … ] } }`.
 * An expected object holds what must be there; what it does not name may be anything.
 */
import { readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { loadEngine } from "../engine.ts";
import { Failure, out, read, readJson } from "./files.ts";

interface Case {
  name?: string;
  config: string | object;
  journey: string | object[];
  options?: object;
  expect: { [part: string]: unknown };
}

async function find(path: string): Promise<string[]> {
  let info;
  try {
    info = await stat(path);
  } catch {
    throw new Failure(`${path}: there is no such file or folder`);
  }
  if (!info.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const found = await Promise.all(entries.sort((a, b) => (a.name < b.name ? -1 : 1)).map((entry) =>
    entry.isDirectory() ? (entry.name === "node_modules" ? [] : find(join(path, entry.name))) : entry.name.endsWith(".test.json") ? [join(path, entry.name)] : []));
  return found.flat();
}

/** Where `actual` differs from what is expected, or undefined. */
export function difference(expected: unknown, actual: unknown, path = ""): string | undefined {
  const at = path || "the answer";
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return `${at}: expected a list, found ${JSON.stringify(actual)}`;
    if (expected.length !== actual.length) return `${at}: expected ${expected.length} entries, found ${actual.length}: ${JSON.stringify(actual)}`;
    for (const [index, item] of expected.entries()) {
      const found = difference(item, actual[index], `${path}/${index}`);
      if (found) return found;
    }
    return undefined;
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null) return `${at}: expected an object, found ${JSON.stringify(actual)}`;
    for (const key of Object.keys(expected)) {
      const found = difference((expected as { [key: string]: unknown })[key], (actual as { [key: string]: unknown })[key], `${path}/${key}`);
      if (found) return found;
    }
    return undefined;
  }
  return Object.is(expected, actual) ? undefined : `${at}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}`;
}

export async function runTests(paths: string[]): Promise<number> {
  const files = (await Promise.all(paths.map(find))).flat();
  if (!files.length) throw new Failure(`no *.test.json in ${paths.join(", ")}`);
  const engine = await loadEngine();
  let failed = 0;
  let count = 0;
  for (const file of files) {
    const given = (await readJson(file)) as Case | Case[];
    for (const { name, config, journey, options, expect } of Array.isArray(given) ? given : [given]) {
      count++;
      const near = (path: string): string => resolve(dirname(file), path);
      let wrong: string | undefined;
      try {
        const text = typeof config === "string" ? await read(near(config)) : JSON.stringify(config);
        const events = typeof journey === "string" ? await read(near(journey)) : journey;
        wrong = difference(expect, engine.replay(text, events as string, options));
      } catch (error) {
        if (error instanceof Failure) throw error;
        wrong = (error as Error).message;
      }
      if (wrong) failed++;
      out(`${wrong ? "not ok" : "ok"} ${file}${name ? ` (${name})` : ""}${wrong ? `\n  ${wrong}` : ""}\n`);
    }
  }
  out(`${count - failed} passed, ${failed} failed\n`);
  return failed ? 1 : 0;
}
