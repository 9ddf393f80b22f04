/**
 * `dangol test`: journeys with what is expected of them.
 *
 * `dangol test config.json journeys/` replays every journey of the folder (`<name>.ndjson`, `.jsonl` or `.json`) and compares
 * it with `<name>.expected.json` beside it: a list of decisions, or an object with the parts that matter of
 * `{ "decisions": [ … ], "segments": {…}, "coupons": [ … ], "document": {…} }`.
 * A file `<name>.test.json` holds both: `{ "config"?: "../config.json", "journey": [ … ] | "file.ndjson", "options"?: {…}, "expect": … }`.
 * An expected object holds what must be there; what it does not name may be anything. `--update` writes what was found.
 */
import { existsSync } from "node:fs";
import { readdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { loadEngine } from "../engine.ts";
import type { Replay } from "../tools.ts";
import { Failure, events, out, read, readJson } from "./files.ts";

type Json = { [key: string]: unknown };
interface Case {
  name: string;
  config: string;
  journey: object[];
  options: object;
  expect: unknown;
  /** Writes down what is expected from now on. */
  update(found: unknown): Promise<void>;
}

const JOURNEY = /\.(ndjson|jsonl|json)$/;
const EXPECTED = ".expected.json";
const TEST = ".test.json";

async function find(path: string): Promise<string[]> {
  let info;
  try {
    info = await stat(path);
  } catch {
    throw new Failure(`${path}: there is no such file or folder`);
  }
  if (!info.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const found = await Promise.all(entries.sort((a, b) => (a.name < b.name ? -1 : 1)).map((entry) => {
    const own = join(path, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : find(own);
    return JOURNEY.test(entry.name) && !entry.name.endsWith(EXPECTED) ? [own] : [];
  }));
  return found.flat();
}

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const write = (path: string, value: unknown): Promise<void> => writeFile(path, JSON.stringify(value, null, 2) + "\n");

/** The cases of a file of tests, each with its own configuration or the one given first. */
async function fileOfTests(file: string, config: string | undefined): Promise<Case[]> {
  const given = await readJson(file);
  const list = (Array.isArray(given) ? given : [given]) as Json[];
  const near = (path: string): string => resolve(dirname(file), path);
  return Promise.all(list.map(async (test, index) => {
    const at = Array.isArray(given) ? `${file}: /${index}` : `${file}: `;
    if (!isObject(test)) throw new Failure(`${at} is no test: expected an object with "journey" and "expect"`);
    const own = test["config"];
    if (own === undefined && config === undefined) throw new Failure(`${at}/config is missing; name it there, or first: dangol test <config> <journeys...>`);
    const journey = test["journey"];
    if (typeof journey !== "string" && !Array.isArray(journey)) throw new Failure(`${at}/journey is ${JSON.stringify(journey) ?? "missing"}; it must be a list of events or the name of a file`);
    return {
      name: `${file}${test["name"] ? ` (${String(test["name"])})` : ""}`,
      config: own === undefined ? config! : typeof own === "string" ? await read(near(own)) : JSON.stringify(own),
      journey: typeof journey === "string" ? await events(near(journey)) : (journey as object[]),
      options: isObject(test["options"]) ? test["options"] : {},
      expect: test["expect"],
      async update(found) {
        test["expect"] = found;
        await write(file, given);
      },
    };
  }));
}

async function casesOf(file: string, config: string | undefined): Promise<Case[]> {
  if (file.endsWith(TEST)) return fileOfTests(file, config);
  const beside = file.replace(JOURNEY, EXPECTED);
  if (config === undefined) throw new Failure(`${file}: no configuration; name it first: dangol test <config> <journeys...>`);
  return [{
    name: file, config, journey: await events(file), options: {},
    expect: existsSync(beside) ? await readJson(beside) : undefined,
    update: (found) => write(beside, found),
  }];
}

/** The parts of what was found that are expected: as they are to be compared, or to be written down. */
function partsOf(expect: unknown, found: Replay): unknown {
  if (!isObject(expect)) return found.decisions;
  return Object.fromEntries(Object.keys(expect).map((key) => [key, found[key]]));
}

const line = (value: unknown): string => {
  if (!isObject(value) || !("outcome" in value)) return JSON.stringify(value) ?? "nothing";
  const { timestamp, campaign, step, outcome, reason, variant, lostTo, ...rest } = value;
  const words = [timestamp, step ? `${campaign}/${step}` : campaign, outcome, reason, variant && `variant ${variant}`, lostTo && `to ${lostTo}`];
  return words.filter(Boolean).join("  ") + (Object.keys(rest).length ? `  ${JSON.stringify(rest)}` : "");
};

/** Whether `actual` has all that is expected. */
function holds(expected: unknown, actual: unknown): boolean {
  if (Array.isArray(expected)) return Array.isArray(actual) && expected.length === actual.length && expected.every((item, index) => holds(item, actual[index]));
  if (isObject(expected)) return isObject(actual) && Object.keys(expected).every((key) => holds(expected[key], actual[key]));
  return Object.is(expected, actual);
}

/** Two lists beside each other: what is missing (`-`), what is too much (`+`), and one line around each. */
function lists(expected: unknown[], actual: unknown[]): string[] {
  const [rows, columns] = [expected.length, actual.length];
  const common = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      common[row]![column] = holds(expected[row], actual[column]) ? common[row + 1]![column + 1]! + 1 : Math.max(common[row + 1]![column]!, common[row]![column + 1]!);
    }
  }
  const all: string[] = [];
  let [row, column] = [0, 0];
  while (row < rows || column < columns) {
    if (row < rows && column < columns && holds(expected[row], actual[column])) {
      all.push(`  ${line(actual[column++])}`);
      row++;
    } else if (row < rows && (column === columns || common[row + 1]![column]! >= common[row]![column + 1]!)) all.push(`- ${line(expected[row++])}`);
    else all.push(`+ ${line(actual[column++])}`);
  }
  const near = (index: number): boolean => [-1, 0, 1].some((step) => all[index + step] !== undefined && !all[index + step]!.startsWith(" "));
  return all.filter((_, index) => near(index));
}

/** Where `actual` differs from what is expected, in lines; none where it does not. */
export function difference(expected: unknown, actual: unknown, path = ""): string[] {
  if (holds(expected, actual)) return [];
  if (Array.isArray(expected) && Array.isArray(actual)) return [`${path || "/"}: - expected, + found`, ...lists(expected, actual)];
  if (isObject(expected) && isObject(actual)) return Object.keys(expected).flatMap((key) => difference(expected[key], actual[key], `${path}/${key}`));
  return [`${path || "/"}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual) ?? "nothing"}`];
}

/** Whether a file named first is a configuration, and no file of tests. */
async function isConfig(path: string): Promise<boolean> {
  return !path.endsWith(TEST) && !(await stat(path).catch(() => undefined))?.isDirectory();
}

export async function runTests(paths: string[], update = false): Promise<number> {
  const first = (await isConfig(paths[0]!)) ? paths[0]! : undefined;
  const config = first === undefined ? undefined : await read(first);
  if (first !== undefined) {
    if (!isObject(await readJson(first))) throw new Failure(`${first}: a configuration is an object; dangol test <config> <journeys...>`);
    if (paths.length < 2) throw new Failure("dangol test needs journeys after the configuration");
  }
  const given = first === undefined ? paths : paths.slice(1);
  // A configuration may lie in the folder of its journeys.
  const files = (await Promise.all(given.map(find))).flat().filter((file) => first === undefined || resolve(file) !== resolve(first));
  if (!files.length) throw new Failure(`no journey (*.ndjson, *.jsonl, *.json) in ${given.join(", ")}`);
  const engine = await loadEngine();
  const tally = { passed: 0, failed: 0, written: 0 };
  for (const file of files) {
    for (const test of await casesOf(file, config)) {
      const found = engine.replay(test.config, test.journey as never, test.options);
      const expected = Array.isArray(test.expect) ? { decisions: test.expect } : test.expect;
      const wrong = expected === undefined
        ? [`nothing is expected yet; --update writes the ${found.decisions.length} decisions found`]
        : difference(expected, found);
      if (wrong.length && update) {
        await test.update(partsOf(test.expect, found));
        tally.written++;
        out(`written ${test.name}\n`);
      } else {
        tally[wrong.length ? "failed" : "passed"]++;
        out(`${wrong.length ? "not ok" : "ok"} ${test.name}\n${wrong.map((text) => `  ${text}\n`).join("")}`);
      }
    }
  }
  out(`${tally.passed} passed, ${tally.failed} failed${tally.written ? `, ${tally.written} written` : ""}\n`);
  return tally.failed ? 1 : 0;
}
