/** Reading and writing for the command line. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { momentOf } from "../moment.ts";
import { payloadOf } from "../signed.ts";

/** A mistake of the caller's: shown without a stack, exit code 2. */
export class Failure extends Error {}

export const reason = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "that is a folder" : code === "EACCES" ? "it may not be read" : message;
};

/** Some editors begin a file with a byte order mark; a page passes over it, too. */
const withoutMark = (text: string): string => text.replace(/^\ufeff/, "");

/** A file's text; `-` is standard input. Of a signed configuration what was signed: whether to believe it is `validate`'s. */
export async function read(path: string): Promise<string> {
  return payloadOf(await readWhole(path));
}

/** A file's text with its signature; `-` is standard input. */
export async function readWhole(path: string): Promise<string> {
  try {
    let text = "";
    if (path !== "-") text = await readFile(path, "utf8");
    else for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
    return withoutMark(text);
  } catch (error) {
    throw new Failure(`${path}: ${reason(error)}`);
  }
}

export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await read(path));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${path}: ${(error as Error).message}`);
  }
}

/** The lines of a file, some hundred at a time, never all in memory; `name` is what the caller called it. */
export async function* batches(path: string, name = path): AsyncGenerator<{ lines: string[]; first: number }> {
  let rest = "";
  let first = 1;
  try {
    for await (const chunk of createReadStream(path, { encoding: "utf8", highWaterMark: 256 << 10 })) {
      const lines = (rest + chunk).split("\n");
      if (first === 1) lines[0] = withoutMark(lines[0]!);
      rest = lines.pop()!;
      yield { lines, first };
      first += lines.length;
    }
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${name}: ${reason(error)}`);
  }
  if (rest) yield { lines: [rest], first };
}

/** The events of a journey: one a line, a JSON array, or what `exportData()` gave. */
export async function events(path: string): Promise<object[]> {
  const text = (await read(path)).trim();
  let list = exported(text);
  if (text.startsWith("[")) {
    try {
      list = JSON.parse(text) as unknown[];
    } catch (error) {
      throw new Failure(`${path}: ${(error as Error).message}`);
    }
  }
  const found = list ?? text.split("\n").map((line, index) => {
    if (!line.trim()) return undefined;
    try {
      return JSON.parse(line) as unknown;
    } catch {
      throw new Failure(`${path}:${index + 1}: not JSON; a journey is a JSON array or one event a line: ${line.slice(0, 60)}`);
    }
  });
  return found.flatMap((event, index) => {
    if (event === undefined) return [];
    const line = (event ?? {}) as Line;
    const { timestamp } = line;
    if (Number.isNaN(momentOf(timestamp))) {
      throw new Failure(`${path}:${index + 1}: timestamp is ${JSON.stringify(timestamp) ?? "missing"}; it must be an ISO 8601 time such as 2026-11-01T09:00:00Z`);
    }
    const mistake = mistakeOf(line);
    if (mistake) process.stderr.write(`${path}:${index + 1}: ${mistake}, so the line is passed over\n`);
    return [line];
  });
}

type Line = { [key: string]: unknown };
const TYPES = ["track", "page", "identify", "tick", "signal"];
const SIGNALS = ["exit", "scroll", "visible", "click", "idle", "manual"];

/** Why the engine passes over a line, which it does in silence. */
function mistakeOf({ type, event, signal }: Line): string | undefined {
  const told = (value: unknown): string => JSON.stringify(value) ?? "missing";
  if (type !== undefined && !TYPES.includes(type as string)) return `type is ${told(type)} and none of ${TYPES.join(", ")}`;
  if (type === "signal" && !SIGNALS.includes(signal as string)) return `signal is ${told(signal)} and none of ${SIGNALS.join(", ")}`;
  if ((type === "track" || type === undefined) && (typeof event !== "string" || !event)) return `event is ${told(event)} and no name`;
  return undefined;
}

/** The journey in what `exportData()` gave, with whose it is; variants are those of the id they were assigned by. */
function exported(text: string): unknown[] | undefined {
  if (!text.startsWith("{")) return undefined;
  let data: Line;
  try {
    data = JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
  const { journey, anonymousId, assignmentId, userId } = data;
  if (!Array.isArray(journey)) return undefined;
  return journey.map((line: Line, index) => ({
    ...line, ...(index === 0 && { anonymousId: assignmentId ?? anonymousId }), ...(line["event"] === "Identified" && userId !== null && { userId }),
  }));
}

/** The objects of a file one by one, never all in memory: one or an array of them a line, or one JSON over many lines. */
export async function* lines(path: string): AsyncGenerator<{ [key: string]: unknown }> {
  const stream = path === "-" ? process.stdin : createReadStream(path, { encoding: "utf8" });
  let number = 0;
  let spread = "";
  try {
    for await (const raw of createInterface({ input: stream, crlfDelay: Infinity })) {
      const line = number++ ? raw : withoutMark(raw);
      if (spread) spread += line + "\n";
      if (spread || !line.trim()) continue;
      let found: unknown;
      try {
        found = JSON.parse(line);
      } catch {
        // What is spread over lines ends its first one in the middle of a list or an object.
        if (!/[[{,]\s*$/.test(line)) throw new Failure(`${path}:${number}: not JSON`);
        spread = line + "\n";
        continue;
      }
      yield* objects(found, `${path}:${number}`);
    }
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${path}: ${reason(error)}`);
  }
  if (!spread) return;
  let found: unknown;
  try {
    found = JSON.parse(spread);
  } catch (error) {
    throw new Failure(`${path}: ${(error as Error).message}`);
  }
  yield* objects(found, path);
}

function objects(found: unknown, where: string): { [key: string]: unknown }[] {
  const list = (Array.isArray(found) ? found : [found]) as { [key: string]: unknown }[];
  const wrong = list.find((one) => typeof one !== "object" || one === null || Array.isArray(one));
  if (wrong !== undefined) throw new Failure(`${where}: not an event but ${JSON.stringify(wrong).slice(0, 60)}; an event is an object`);
  return list;
}

export const out = (text: string): boolean => process.stdout.write(text);
