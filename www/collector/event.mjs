/**
 * Decides whether an event is good, and lays a good one out as a row.
 *
 * Only what the collector relies on is checked: the envelope, the identity, the clock and the size.
 * Properties and traits are the shop's own and are kept as they came.
 */

import { show } from "./answer.mjs";
import { LIMITS } from "./limits.mjs";
import { isObject } from "./wire.mjs";

/**
 * @typedef {object} Row
 * @property {string} messageId
 * @property {"track" | "page" | "identify"} type
 * @property {string} event the name under which rules and queries know it
 * @property {string | null} anonymousId
 * @property {string | null} userId
 * @property {number} timestamp milliseconds, by the device's clock
 * @property {string | null} streamId
 * @property {number | null} seq
 * @property {string | null} campaign
 * @property {string | null} variant
 * @property {string} raw the whole event as JSON text
 */

/** @typedef {{ messageId: string | null, path: string, value: string | null, message: string }} Problem */

/** What `page` and `identify` calls are called as events, so that one query by name finds everything. */
const CALL_NAMES = { page: "Page Viewed", identify: "Identified" };

// ISO 8601 with its zone: a time without one would be read in the collector's zone, which the device does not know.
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/;

/**
 * Returns the milliseconds of an ISO time, or null where the value is no such time.
 *
 * @param {unknown} value
 * @returns {number | null}
 */
export function readTime(value) {
  if (typeof value !== "string" || !ISO_TIME.test(value)) return null;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : time;
}

/**
 * Checks one event. The first fault found is reported.
 *
 * @param {import("./wire.mjs").Found} found
 * @returns {{ row: Row } | { problem: Problem }}
 */
export function checkEvent({ value, path, fault }) {
  const messageId = isObject(value) && typeof value.messageId === "string" && value.messageId !== "" ? value.messageId : null;
  const problem = (key, given, message) => ({ problem: { messageId, path: key === "" ? path : `${path}/${key}`, value: show(given), message } });

  if (fault) return problem("", value, fault);
  if (!isObject(value)) return problem("", value, "An event is a JSON object.");
  const event = value;
  if (messageId === null) return problem("messageId", event.messageId, "Give every event a `messageId`, a text that stays the same when it is sent again.");
  if (messageId.length > LIMITS.messageIdChars) return problem("messageId", messageId, `The id has ${messageId.length} characters, at most ${LIMITS.messageIdChars} are allowed. A UUID has 36.`);
  // SQLite's text ends at a NUL and has no lone surrogates, so such an id could be taken for another one.
  if (/\p{Cc}/u.test(messageId) || !messageId.isWellFormed()) return problem("messageId", messageId, "The id contains control characters or half a character. Use letters, digits and dashes.");
  if (!["track", "page", "identify"].includes(event.type)) return problem("type", event.type, 'The type is one of "track", "page" and "identify".');
  if (event.type === "track" && !isName(event.event)) return problem("event", event.event, `A track call has the event's name in \`event\`, a text of 1 to ${LIMITS.nameChars} characters.`);
  const timestamp = readTime(event.timestamp);
  if (timestamp === null) return problem("timestamp", event.timestamp, "The timestamp is an ISO 8601 time with its zone, such as 2030-01-31T12:00:00.000Z.");
  for (const key of ["anonymousId", "userId"]) {
    if (event[key] !== undefined && event[key] !== null && !isName(event[key])) return problem(key, event[key], `An id is a text of 1 to ${LIMITS.nameChars} characters, or absent.`);
  }
  if (!event.anonymousId && !event.userId) return problem("anonymousId", event.anonymousId, "An event belongs to somebody: set `anonymousId` or `userId`.");
  for (const key of ["properties", "traits", "context"]) {
    if (event[key] !== undefined && event[key] !== null && !isObject(event[key])) return problem(key, event[key], `\`${key}\` is an object, or absent.`);
  }

  let raw;
  try {
    raw = JSON.stringify(event);
  } catch {
    return problem("", null, "The event is nested too deeply. Send flatter properties.");
  }
  const bytes = Buffer.byteLength(raw);
  if (bytes > LIMITS.eventBytes) return problem("", raw, `The event has ${bytes} bytes as JSON, at most ${LIMITS.eventBytes} are allowed. Send fewer or shorter properties.`);

  const seq = event.seq ?? event.context?.seq;
  return {
    row: {
      messageId,
      type: event.type,
      event: event.type === "track" ? columnText(event.event) : CALL_NAMES[event.type],
      anonymousId: columnText(event.anonymousId),
      userId: columnText(event.userId),
      timestamp,
      streamId: columnText(event.context?.streamId),
      seq: Number.isSafeInteger(seq) && seq > 0 ? seq : null,
      campaign: columnText(event.properties?.campaign),
      variant: columnText(event.properties?.variant),
      raw,
    },
  };
}

/**
 * Returns a value as a column holds it, or null where it is no text. NUL and half characters, which SQLite would cut
 * or replace, become U+FFFD; a query does the same to what it looks for. The JSON text keeps the original.
 *
 * @param {unknown} value
 * @returns {string | null}
 */
export function columnText(value) {
  if (typeof value !== "string") return null;
  return value.slice(0, LIMITS.nameChars).toWellFormed().replaceAll("\0", "\ufffd");
}

function isName(value) {
  return typeof value === "string" && value !== "" && value.length <= LIMITS.nameChars;
}
