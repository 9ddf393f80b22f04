/** How much may wait without an engine, and what goes first where it is more: as in the engine. */
import { type Pair, read } from "./boundary.ts";
import { bytesOf } from "./collect-wire.ts";

export const MAX_EVENTS = 10_000;
export const MAX_BYTES = 1_048_576;

const LEAST = ["Segment ", "Experiment ", "Message Held Out", "Page ", "Product List ", "Engagement"];
const MOST = ["Order ", "Checkout ", "Payment ", "Coupon ", "Signed ", "Lead ", "Survey ", "Goal "];

/** What an event takes of the room there is. */
export const sizeOf = ([id, text]: Pair): number => id.length + bytesOf(text);

/** What a shop would miss least (0) and most (2). */
function worthOf(text: string): number {
  const { type, event = "" } = read<{ type?: string; event?: string }>(text) || {};
  const isOf = (list: string[]): boolean => list.some((start) => event.startsWith(start));
  if (type === "page") return 0;
  if (type === "identify") return 2;
  return isOf(LEAST) ? 0 : isOf(MOST) ? 2 : 1;
}

/**
 * Those of `events` (oldest first) that find no room: of the least worth first, the oldest first. A little more than needed,
 * so that a burst does not pay for it at every event.
 */
export function excess(events: Pair[]): Pair[] {
  let size = 0;
  for (const event of events) size += sizeOf(event);
  let number = events.length > MAX_EVENTS ? events.length + (MAX_EVENTS >> 6) - MAX_EVENTS : 0;
  let bytes = size > MAX_BYTES ? size + (MAX_BYTES >> 6) - MAX_BYTES : 0;
  const gone: Pair[] = [];
  for (let worth = 0; worth < 3 && (number > 0 || bytes > 0); worth++) {
    for (const event of events) {
      if (number <= 0 && bytes <= 0) break;
      if (worthOf(event[1]) !== worth) continue;
      gone.push(event);
      number--;
      bytes -= sizeOf(event);
    }
  }
  return gone;
}
