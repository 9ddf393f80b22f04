/** Reading and writing for the command line. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

/** A mistake of the caller's: shown without a stack, exit code 2. */
export class Failure extends Error {}

const reason = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "that is a folder" : code === "EACCES" ? "it may not be read" : message;
};

/** A file's text; `-` is standard input. */
export async function read(path: string): Promise<string> {
  try {
    return await readFile(path === "-" ? "/dev/stdin" : path, "utf8");
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

/** The events of a file one by one, never all in memory: one a line, or a JSON array. */
export async function* lines(path: string): AsyncGenerator<{ [key: string]: unknown }> {
  const stream = path === "-" ? process.stdin : createReadStream(path, "utf8");
  let number = 0;
  let array = "";
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      number++;
      if (!line.trim()) continue;
      if (array || line.trimStart().startsWith("[")) {
        array += line + "\n";
        continue;
      }
      let event: unknown;
      try {
        event = JSON.parse(line);
      } catch {
        throw new Failure(`${path}:${number}: not JSON`);
      }
      if (typeof event !== "object" || event === null) throw new Failure(`${path}:${number}: not an event`);
      yield event as { [key: string]: unknown };
    }
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${path}: ${reason(error)}`);
  }
  if (!array) return;
  let list: unknown;
  try {
    list = JSON.parse(array);
  } catch (error) {
    throw new Failure(`${path}: ${(error as Error).message}`);
  }
  if (Array.isArray(list)) yield* list as { [key: string]: unknown }[];
}

export const out = (text: string): boolean => process.stdout.write(text);
