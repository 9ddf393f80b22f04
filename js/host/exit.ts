/**
 * What a dying page could not settle, handed to the tab's next page through sessionStorage.
 *
 * A line is a letter and JSON: `s` the page load's stream, `c` a call's input, `j` and `e` an `[id, text]` of a write
 * that had not completed.
 * Lines are only appended, so that several short pages in a row add up.
 */
import { rescue } from "../facade.ts";
import type { Rows } from "./backend.ts";
import { type Pair, read, write } from "./boundary.ts";

export interface Recovered {
  /** The last page load that left something. */
  stream: string;
  calls: object[];
  journey: Pair[];
  events: Pair[];
}

const key = (name: string): string => "dangol:" + name;

/** What the tab's former page left. Bad lines are skipped. */
export function recover(name: string): Recovered {
  const recovered: Recovered = { stream: "", calls: [], journey: [], events: [] };
  let text = "";
  try {
    text = sessionStorage.getItem(key(name)) || "";
  } catch {
    // Blocked storage holds nothing.
  }
  for (const line of text.split("\n")) {
    const value = read<unknown>(line.slice(1));
    if (line[0] === "c" && typeof value === "object" && value !== null) recovered.calls.push(value);
    else if (line[0] === "s" && typeof value === "string") recovered.stream = value;
    else if (Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "string") {
      if (line[0] === "j") recovered.journey.push(value as Pair);
      else if (line[0] === "e") recovered.events.push(value as Pair);
    }
  }
  return recovered;
}

/** Forgets what was recovered. */
export function forgetRecovered(name: string): void {
  try {
    sessionStorage.removeItem(key(name));
  } catch {
    // As above.
  }
}

/** Writes down what is unsettled, at once. */
export function handOver(name: string, stream: string, calls: string[], rows: Rows): void {
  const lines = ["s" + write(stream), ...calls];
  rows.journey.forEach((text, id) => {
    if (text !== null) lines.push("j" + write([id, text]));
  });
  rows.events.forEach((text, id) => {
    if (text !== null) lines.push("e" + write([id, text]));
  });
  try {
    rescue(name, lines);
  } catch {
    // Full or blocked.
  }
}
