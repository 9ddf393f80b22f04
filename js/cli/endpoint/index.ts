/** `dangol check-endpoint <url>`: which rules of delivery an endpoint keeps. */
import { Failure, out } from "../files.ts";
import { makeEvent, send, type Target } from "./probe.ts";
import { type Finding, type Level, preflightHeaders, RULES } from "./rules.ts";

interface Values {
  format?: string;
  envelope?: string;
  "write-key"?: string;
  header?: string[];
  origin?: string;
  lookup?: string;
  strict?: boolean;
  timeout?: string;
  json?: boolean;
}
type Outcome = "kept" | "broken" | "unseen";
interface Result {
  id: string;
  level: Level;
  outcome: Outcome;
  rule: string;
  seen: string;
  remedy?: string;
}

const FORMATS = ["segment", "ndjson", "cloudevents"];

function targetOf(url: string, values: Values): Target {
  let parsed: URL;
  try {
    parsed = new URL(url);
    if (!/^https?:$/.test(parsed.protocol)) throw new TypeError();
  } catch {
    throw new Failure(`"${url}" is no address; dangol check-endpoint needs one such as https://collect.example.com/v1/batch`);
  }
  if (values.format !== undefined && !FORMATS.includes(values.format)) throw new Failure(`--format is "${values.format}"; it must be one of ${FORMATS.join(", ")}, or --envelope with the backend's key`);
  const headers: { [name: string]: string } = {};
  for (const line of values.header ?? []) {
    const at = line.indexOf(":");
    if (at < 1) throw new Failure(`--header is "${line}"; it must be "Name: value"`);
    headers[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  const seconds = Number(values.timeout ?? 15);
  if (!(seconds > 0)) throw new Failure(`--timeout is "${values.timeout}"; it must be a number of seconds`);
  return {
    url, headers, timeout: seconds * 1000, origin: values.origin ?? "https://shop.example",
    format: values.envelope ? { envelope: values.envelope } : ((values.format ?? "segment") as Target["format"]),
    ...(values["write-key"] !== undefined && { writeKey: values["write-key"] }), ...(values.lookup && { lookup: values.lookup }),
  };
}

/** Whether an endpoint that has answered takes no connection any more. */
const isGone = async (target: Target): Promise<boolean> => (await send(target, [makeEvent()])).failure === "ECONNREFUSED";
const goneSince = (id: string): Finding => ({ kept: undefined, seen: `it takes no connection since "${id}"` });

/** Asks the endpoint, rule by rule; 0 where every rule that must be kept is. */
export async function checkEndpoint(url: string, values: Values): Promise<number> {
  const target = targetOf(url, values);
  const first = await send(target, [makeEvent()]);
  const results: Result[] = [];
  /** The rule that a server did not live through. */
  let fell: string | undefined;
  for (const { id, level: usual, rule, remedy, check } of RULES) {
    const isNeeded = (id === "strict-ack" && values.strict) || (id === "preflight" && preflightHeaders(target).length > 0);
    const level: Level = isNeeded ? "must" : usual;
    // Without any answer every further question would only wait, and of a server that fell over it would find everything wrong.
    const found: Finding = first.status || id === "https" || id === "accepts" ? (fell && (await isGone(target)) ? goneSince(fell) : await check(target, first)) : { kept: undefined, seen: "there was no answer to ask further" };
    const outcome = found.kept === undefined ? "unseen" : found.kept ? "kept" : "broken";
    if (outcome === "broken" && first.status) fell = (await isGone(target)) ? id : undefined;
    results.push({ id, level, outcome, rule, seen: found.seen + (fell === id ? ", and no connection since: the server fell over, so look at what it said" : ""), ...(outcome === "broken" && { remedy }) });
  }
  const broken = (level: Level): number => results.filter((result) => result.level === level && result.outcome === "broken").length;
  const usable = broken("must") === 0;
  if (values.json) out(JSON.stringify({ url, usable, results }, null, 2) + "\n");
  else out(report(url, results, usable));
  return usable ? 0 : 1;
}

const MARKS: { [outcome in Outcome]: string } = { kept: "ok", broken: "NO", unseen: "--" };

function report(url: string, results: Result[], usable: boolean): string {
  const lines = [url, ""];
  for (const { id, level, outcome, rule, seen, remedy } of results) {
    lines.push(`${MARKS[outcome]}  ${id.padEnd(15)} ${level.padEnd(6)}  ${rule}`, `${" ".repeat(28)}seen: ${seen}`);
    if (remedy) lines.push(`${" ".repeat(28)}${remedy}`);
  }
  const count = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  lines.push("", `${count("kept")} kept, ${count("broken")} broken, ${count("unseen")} not seen: ${usable ? "pages can deliver to it" : "pages cannot rely on it yet"}`);
  lines.push('The events it was sent are named "Dangol Endpoint Check".');
  return lines.join("\n") + "\n";
}
