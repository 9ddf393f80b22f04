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

/** The events of a journey: one a line, or a JSON array. */
export async function events(path: string): Promise<object[]> {
  const text = (await read(path)).trim();
  let list: unknown;
  if (text.startsWith("[")) {
    try {
      list = JSON.parse(text);
    } catch (error) {
      throw new Failure(`${path}: ${(error as Error).message}`);
    }
  }
  const found = list as unknown[] | undefined ?? text.split("\n").map((line, index) => {
    if (!line.trim()) return undefined;
    try {
      return JSON.parse(line) as unknown;
    } catch {
      throw new Failure(`${path}:${index + 1}: not JSON; a journey is a JSON array or one event a line: ${line.slice(0, 60)}`);
    }
  });
  return found.flatMap((event, index) => {
    if (event === undefined) return [];
    const { timestamp } = (event ?? {}) as { timestamp?: unknown };
    if (Number.isNaN(momentOf(timestamp))) {
      throw new Failure(`${path}:${index + 1}: timestamp is ${JSON.stringify(timestamp) ?? "missing"}; it must be an ISO 8601 time such as 2026-11-01T09:00:00Z`);
    }
    return [event as object];
  });
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
