/**
 * `dangol segments`: the segments of every visitor in an export of events, one line each.
 *
 * Events of a visitor need not lie together, but only the visitors' events are kept in memory, grouped; an export that
 * is larger than memory is cut by visitor before.
 */
import { loadEngine } from "../engine.ts";
import { lines, out, read } from "./files.ts";

type Event = { [key: string]: unknown };

/** Who an event belongs to: the member from whichever event named them on, else the browser. */
function group(events: Iterable<Event>): Map<string, Event[]> {
  const member = new Map<string, string>();
  const list = Array.from(events);
  for (const { anonymousId, userId } of list) {
    if (typeof userId === "string" && typeof anonymousId === "string" && !member.has(anonymousId)) member.set(anonymousId, userId);
  }
  const visitors = new Map<string, Event[]>();
  for (const event of list) {
    const { anonymousId, userId } = event;
    const visitor = typeof userId === "string" && userId ? userId : typeof anonymousId === "string" ? member.get(anonymousId) ?? anonymousId : "";
    if (!visitor) continue;
    const own = visitors.get(visitor);
    if (own) own.push(event);
    else visitors.set(visitor, [event]);
  }
  return visitors;
}

export async function segments(config: string, file: string, at: string): Promise<number> {
  const text = await read(config);
  const events: Event[] = [];
  const until = Date.parse(at);
  for await (const event of lines(file)) {
    if (!(Date.parse(String(event["timestamp"])) > until)) events.push(event);
  }
  const engine = await loadEngine();
  for (const [visitor, own] of group(events)) {
    own.sort((a, b) => Date.parse(String(a["timestamp"])) - Date.parse(String(b["timestamp"])));
    const { segments } = engine.replay(text, own, { until: at });
    const inside = Object.keys(segments).filter((id) => segments[id]!.at(-1)?.[1] === "enter").sort();
    out(JSON.stringify({ visitor, segments: inside }) + "\n");
  }
  return 0;
}
