/**
 * `dangol segments`: the segments of every visitor in an export of events, one line each.
 *
 * The events of a visitor may lie anywhere in the export, in any order, and an export may be larger than memory. So it is
 * read twice: first to learn which member each browser belongs to, then to put every event into one of many temporary
 * files by its visitor. Each such file holds all events of its visitors and is small enough to be worked on in memory, on
 * as many cores as there are. Only the table of members grows with the export, by some hundred bytes a member.
 */
import { closeSync, createWriteStream, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread, parentPort, workerData, Worker } from "node:worker_threads";
import { loadEngine } from "../engine.ts";
import { momentOf } from "../moment.ts";
import { Failure, batches, out, read, reason } from "./files.ts";
import { warnOf } from "./problems.ts";

/** About how many bytes of events are in memory at once, on each core. */
const BUCKET = 8 << 20;
const MOST_BUCKETS = 512;
/** How much is gathered for a temporary file before it is written. */
const GATHERED = 64 << 10;
/** More cores than this wait for the disk. */
const MOST_WORKERS = 8;

interface Task { config: string; at: number; only: string | undefined }
interface Line { anonymousId?: unknown; userId?: unknown; timestamp?: unknown; type?: unknown }

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Which member a browser belongs to: the first that any of its events names. */
class Members {
  private known = new Map<string, string>();

  learn({ anonymousId, userId }: Line): void {
    const [browser, member] = [text(anonymousId), text(userId)];
    if (browser && member && !this.known.has(browser)) this.known.set(browser, member);
  }

  /** Who an event belongs to: the member it names, else that of its browser, else the browser. */
  visitor({ anonymousId, userId }: Line): string {
    const browser = text(anonymousId);
    return text(userId) || (this.known.get(browser) ?? browser);
  }
}

function parse(line: string, where: string): Line {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    throw new Failure(`${where}: not JSON; an export has one event a line: ${line.slice(0, 60)}`);
  }
  if (typeof event !== "object" || event === null || Array.isArray(event)) throw new Failure(`${where}: not an event but ${line.slice(0, 60)}; an event is an object`);
  const { timestamp, type, anonymousId, userId } = event as Line;
  if (type === "tick" || type === "signal") return event as Line;
  if (Number.isNaN(momentOf(timestamp))) throw new Failure(`${where}: timestamp is ${JSON.stringify(timestamp) ?? "missing"}; it must be an ISO 8601 time such as 2026-11-01T09:00:00Z`);
  if (!text(anonymousId) && !text(userId)) throw new Failure(`${where}: neither anonymousId nor userId; without one an event belongs to nobody`);
  return event as Line;
}

/** FNV-1a: the same visitor always comes into the same file. */
function hash(key: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) value = Math.imul(value ^ key.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

/** The temporary files: a line is the visitor, a tab, and the event. */
class Buckets {
  readonly paths: string[];
  private files: number[];
  private waiting: string[];

  constructor(folder: string, count: number) {
    this.paths = Array.from({ length: count }, (_, index) => join(folder, `${index}`));
    this.files = this.paths.map((path) => openSync(path, "w"));
    this.waiting = this.paths.map(() => "");
  }

  put(visitor: string, line: string): void {
    const index = hash(visitor) % this.files.length;
    this.waiting[index] += `${JSON.stringify(visitor)}\t${line}\n`;
    if (this.waiting[index]!.length > GATHERED) this.write(index);
  }

  private write(index: number): void {
    writeSync(this.files[index]!, this.waiting[index]!);
    this.waiting[index] = "";
  }

  close(): void {
    this.files.forEach((file, index) => {
      this.write(index);
      closeSync(file);
    });
  }
}

/** The answer for the visitors of one temporary file, a line each. */
async function answer(path: string, { config, at, only }: Task): Promise<string> {
  const engine = await loadEngine();
  crowd ??= engine.segments(config, at);
  const visitors = new Map<string, string[]>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const tab = line.indexOf("\t");
    if (tab < 0) continue;
    const visitor = line.slice(0, tab);
    const own = visitors.get(visitor);
    if (own) own.push(line.slice(tab + 1));
    else visitors.set(visitor, [line.slice(tab + 1)]);
  }
  let answers = "";
  for (const visitor of [...visitors.keys()].sort()) {
    const segments = crowd(visitors.get(visitor)!.join("\n"), "read");
    if (only === undefined || segments.includes(only)) answers += `{"visitor":${visitor},"segments":${JSON.stringify(segments.sort())}}\n`;
  }
  return answers;
}
let crowd: ((journey: string, read: "read") => string[]) | undefined;

/** Whether this is one of the threads that [`segments`] started; then it works on what it is sent. */
export function isWorker(): boolean {
  if (isMainThread || !workerData?.dangolSegments) return false;
  parentPort!.on("message", (path: string) => {
    answer(path, workerData.dangolSegments as Task).then((answers) => parentPort!.postMessage(answers));
  });
  return true;
}

/** All files on some threads, answered in the order of the files. */
async function work(paths: string[], task: Task, say: (answers: string) => void): Promise<void> {
  const count = Math.min(MOST_WORKERS, cpus().length, paths.length);
  if (count < 2) {
    for (const path of paths) say(await answer(path, task));
    return;
  }
  const done = new Map<number, string>();
  let [next, said] = [0, 0];
  await Promise.all(Array.from({ length: count }, () => new Promise<void>((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { dangolSegments: task } });
    let index = -1;
    const more = (): void => {
      index = next++;
      if (index < paths.length) worker.postMessage(paths[index]);
      else worker.terminate().then(() => resolve());
    };
    worker.on("message", (answers: string) => {
      done.set(index, answers);
      for (; done.has(said); said++) {
        say(done.get(said)!);
        done.delete(said);
      }
      more();
    });
    worker.on("error", reject);
    more();
  })));
}

/** Standard input can be read once only, so it is kept beside the temporary files. */
async function keep(folder: string): Promise<string> {
  const path = join(folder, "input");
  const file = createWriteStream(path);
  for await (const chunk of process.stdin) if (!file.write(chunk)) await new Promise((resolve) => file.once("drain", resolve));
  await new Promise<void>((resolve) => file.end(() => resolve()));
  return path;
}

export async function segments(config: string, file: string, at: string, only?: string): Promise<number> {
  const json = await read(config);
  let known: object;
  try {
    known = (JSON.parse(json) as { segments?: object } | null)?.segments ?? {};
  } catch (error) {
    throw new Failure(`${config}: ${(error as Error).message}`);
  }
  warnOf(await loadEngine(), json, config);
  if (only !== undefined && !Object.hasOwn(known, only)) throw new Failure(`${config}: /segments has no "${only}"; it has ${Object.keys(known).join(", ") || "none"}`);
  const folder = mkdtempSync(join(tmpdir(), "dangol-"));
  try {
    const path = file === "-" ? await keep(folder) : file;
    let size: number;
    try {
      size = statSync(path).size;
    } catch (error) {
      throw new Failure(`${file}: ${reason(error)}`);
    }
    const members = new Members();
    // Only events that name a member can tell which browser is whose.
    for await (const { lines, first } of batches(path, file)) lines.forEach((line, index) => {
      if (line.includes('"userId"')) members.learn(parse(line, `${file}:${first + index}`));
    });
    const buckets = new Buckets(folder, Math.min(MOST_BUCKETS, Math.max(1, Math.ceil(size / BUCKET))));
    for await (const { lines, first } of batches(path, file)) {
      lines.forEach((line, index) => {
        if (!line.trim()) return;
        const visitor = members.visitor(parse(line, `${file}:${first + index}`));
        if (visitor) buckets.put(visitor, line.trim());
      });
    }
    buckets.close();
    await work(buckets.paths, { config: json, at: momentOf(at), only }, out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
}
