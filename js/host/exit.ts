/**
 * What a dying page could not settle, handed to the tab's next page through sessionStorage.
 *
 * A line is a letter and JSON: `s` the page load's stream, `w` the ids of the visitor, `h` what all tabs share, where
 * that was never stored, `e` and `j` an `[id, text]` of a write that had not completed, `c` a call's input, `q` a call
 * that the stub noted.
 * Lines are only appended, so that several short pages in a row add up.
 */
import { type Link, MAX_RESCUE, rescue } from "../facade.ts";
import type { Json } from "../types.ts";
import { type Pair, read, write } from "./boundary.ts";
import type { Store } from "./store.ts";

export interface Recovered {
  /** The last page load that left something. */
  stream: string;
  /** Whom it was about: the anonymous ids that the store may know the visitor by. */
  who: string[];
  /** What that page wrote into an empty store, who the visitor is above all. */
  shared?: string;
  calls: object[];
  journey: Pair[];
  events: Pair[];
}

const key = (name: string): string => "dangol:" + name;

/** What the tab's former page left. Bad lines are skipped. */
export function recover({ name, uuid }: Link): Recovered {
  const recovered: Recovered = { stream: "", who: [], calls: [], journey: [], events: [] };
  let text = "";
  try {
    text = sessionStorage.getItem(key(name)) || "";
    if (/^q/m.test(text)) {
      // An id is given once, however often the call is handed on from here.
      text = text.replace(/^q.*/gm, (line) => callOfStub(line, uuid));
      sessionStorage.setItem(key(name), text);
    }
  } catch {
    // Blocked storage holds nothing.
  }
  for (const line of text.split("\n")) {
    const value = read<unknown>(line.slice(1));
    if (line[0] === "c" && typeof value === "object" && value !== null) recovered.calls.push(value);
    else if (line[0] === "s" && typeof value === "string") recovered.stream = value;
    else if (line[0] === "h" && typeof value === "string") recovered.shared = value;
    else if (line[0] === "w" && Array.isArray(value)) recovered.who = value as string[];
    else if (Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "string") {
      if (line[0] === "j") recovered.journey.push(value as Pair);
      else if (line[0] === "e") recovered.events.push(value as Pair);
    }
  }
  return recovered;
}

/** The line of a call that the stub noted before anything else had arrived: `[method, arguments, at, url, title, referrer]`. */
function callOfStub(line: string, uuid: Link["uuid"]): string {
  const [call, [first, ...rest], at, url, title, referrer] = read<[string, Json[], number, string, string, string]>(line.slice(1)) || ["", [], 0];
  const isName = typeof first !== "object";
  const named = call === "identify" ? { user: isName ? "" + first : undefined } : { name: isName ? first : undefined };
  const [data, known] = isName && call !== "consent" ? rest : [first];
  return call ? "c" + write({ in: "call", id: uuid(at), at, call, ...named, data, known, page: { url, title, referrer } }) : "";
}

/** Forgets what was recovered. */
export function forgetRecovered(name: string): void {
  try {
    sessionStorage.removeItem(key(name));
  } catch {
    // As above.
  }
}

/** Writes down what is unsettled, at once: finished events first, since a call made anew would leave a gap in its stream. */
export function handOver({ name, calls }: Link, stream: string, store: Store): void {
  // What was called before an erasure is settled by it; so is the erasure itself, if the next page does the rest.
  if (store.leaveErasing()) for (const { text, settle } of calls.values()) if (/^.{0,120}"call":"forget"/.test(text)) settle(undefined);
  const rows = store.unsettled();
  const shared = rows.state.get("shared");
  const lines: string[] = [];
  // Where the store has known the visitor an empty one means that they were erased.
  if (shared && !store.who) lines.push("h" + write(shared));
  rows.events.forEach((text, id) => {
    // A call whose event was sent before it was stored is not to be sent again, as another event.
    if (text !== null || calls.has(id)) lines.push("e" + write([id, text ?? ""]));
  });
  rows.journey.forEach((text, id) => {
    if (text !== null) lines.push("j" + write([id, text]));
  });
  for (const { text } of calls.values()) lines.push("c" + text);
  if (lines.length) lines.unshift("w" + write(store.names(rows)));
  lines.unshift("s" + write(stream));
  try {
    let room = MAX_RESCUE - (sessionStorage.getItem(key(name)) || "").length;
    const full = lines.findIndex((line) => (room -= line.length + 1) <= 0);
    rescue(name, full < 0 ? lines : lines.slice(0, full));
  } catch {
    // Full or blocked.
  }
}
