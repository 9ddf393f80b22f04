/** `dangol report`: what came of the campaigns, from a file or a folder of events. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Results, toText } from "../report/index.ts";
import { Failure, lines, out, readJson } from "./files.ts";
import { localeOf } from "./problems.ts";

/** The files of a folder that may hold events, in the order of their names. */
async function files(path: string): Promise<string[]> {
  if (path === "-") return [path];
  const info = await stat(path).catch(() => { throw new Failure(`${path}: there is no such file or folder`); });
  if (!info.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const found = await Promise.all(entries.sort((a, b) => (a.name < b.name ? -1 : 1)).map((entry) =>
    entry.isDirectory() ? files(join(path, entry.name)) : /\.(ndjson|jsonl|json)$/.test(entry.name) ? [join(path, entry.name)] : []));
  return found.flat();
}

type Loose = { [key: string]: unknown };

/** What was kept as it was sent: a batch is its events, under whatever key the endpoint has, and a CloudEvent's is its data. */
function eventsIn(line: Loose): Loose[] {
  const list: unknown[] = typeof (line["type"] ?? line["event"]) === "string" ? [line] : Object.values(line).find(Array.isArray) ?? [line];
  return list.filter((one) => typeof one === "object" && one !== null).map((one) => {
    const { specversion, data } = one as Loose;
    return (specversion && typeof data === "object" && data ? data : one) as Loose;
  });
}

export async function report(paths: string[], options: { config?: string; json?: boolean; locale?: string }): Promise<number> {
  const locale = localeOf(options.locale);
  const config = options.config ? await readJson(options.config) : undefined;
  if (options.config && (typeof config !== "object" || !config || Array.isArray(config))) throw new Failure(`${options.config}: a configuration is an object, not ${JSON.stringify(config).slice(0, 60)}`);
  const found = (await Promise.all(paths.map(files))).flat();
  if (!found.length) throw new Failure(`no .ndjson, .jsonl or .json in ${paths.join(", ")}`);
  const results = new Results();
  for (const file of found) {
    for await (const line of lines(file)) for (const event of eventsIn(line)) results.add(event);
  }
  const finished = results.finish(config);
  out((options.json ? JSON.stringify(finished, null, 2) : toText(finished, locale)) + "\n");
  return 0;
}
