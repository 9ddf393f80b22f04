/**
 * Finds the events in a body, whichever of the wire formats it has:
 *
 * - `{"batch":[…],"sentAt":…}`: Segment's batch
 * - `{"<any key>":[…]}`: the same under another key
 * - one event a line: NDJSON, also with a single line
 * - `[…]`: CloudEvents 1.0 in the JSON batch format, or bare events
 *
 * The shape decides, never the Content-Type (see body.mjs). Whether each event is good is decided in event.mjs.
 */

import { Refusal } from "./answer.mjs";

/**
 * @typedef {object} Found one event as it lay in the body
 * @property {unknown} value the event, not yet checked
 * @property {string} path where it lay, as a JSON pointer; in NDJSON the first part is the line, from 0
 * @property {string} [fault] why the event could not even be read
 */

/**
 * @typedef {object} Batch
 * @property {"segment" | "envelope" | "ndjson" | "cloudevents" | "array"} format
 * @property {unknown} sentAt the sender's clock at sending, where the format has a place for it
 * @property {Found[]} found
 */

/**
 * Returns the events of a body in their order.
 *
 * @param {string} text
 * @returns {Batch}
 */
export function readBatch(text) {
  const body = text.trim();
  if (body === "") throw new Refusal(400, "empty_body", 'The body is empty. Send {"batch":[…]} with at least one event.');
  let parsed;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    // Several lines that are not one JSON value are read line by line, if the first of them is an object.
    const lines = body.split("\n");
    if (lines.length > 1 && isObject(parseOr(lines[0], null))) return readLines(lines);
    throw new Refusal(400, "unparseable", `The body is neither JSON nor NDJSON: ${error.message.slice(0, 200)}.`, { path: "", value: body.slice(0, 200) });
  }
  if (Array.isArray(parsed)) return readArray(parsed);
  if (!isObject(parsed)) {
    throw new Refusal(400, "not_a_batch", 'The body is JSON but no object or array. Send {"batch":[…]}.', { path: "", value: parsed });
  }
  return readEnvelope(parsed);
}

function readEnvelope(body) {
  if ("batch" in body) {
    if (!Array.isArray(body.batch)) {
      throw new Refusal(400, "not_a_batch", "`batch` is not an array. Put the events in an array.", { path: "/batch", value: body.batch });
    }
    return { format: "segment", sentAt: body.sentAt, found: locate(body.batch, "/batch/") };
  }
  // A single line of NDJSON is one event; it may carry arrays of its own, so it is looked for before other keys.
  if ("messageId" in body || typeof body.type === "string") {
    return { format: "ndjson", sentAt: undefined, found: [{ value: body, path: "/0" }] };
  }
  const keys = Object.keys(body).filter((key) => Array.isArray(body[key]));
  if (keys.length !== 1) {
    throw new Refusal(400, "not_a_batch", `The body has ${keys.length} arrays where one is expected. Send {"batch":[…]}, or the events under one key of your own.`, {
      path: "",
      value: Object.keys(body),
    });
  }
  const pointer = keys[0].replaceAll("~", "~0").replaceAll("/", "~1");
  return { format: "envelope", sentAt: body.sentAt, found: locate(body[keys[0]], `/${pointer}/`) };
}

function readLines(lines) {
  /** @type {Found[]} */
  const found = [];
  lines.forEach((line, index) => {
    if (line.trim() === "") return;
    const value = parseOr(line, undefined);
    const fault = value === undefined ? "The line is not JSON. Write one event on one line." : undefined;
    found.push({ value: fault ? line : value, path: `/${index}`, fault });
  });
  return { format: "ndjson", sentAt: undefined, found };
}

function readArray(items) {
  const isCloudEvents = items.some((item) => isObject(item) && "specversion" in item);
  if (!isCloudEvents) return { format: "array", sentAt: undefined, found: locate(items, "/") };
  return { format: "cloudevents", sentAt: undefined, found: items.map(readCloudEvent) };
}

/**
 * Takes the event out of a CloudEvents envelope. The event in `data` is whole by itself; what it leaves out
 * is taken from the attributes that mean the same.
 */
function readCloudEvent(item, index) {
  const path = `/${index}`;
  if (!isObject(item) || item.specversion !== "1.0") {
    return { value: item, path, fault: 'Not a CloudEvent of version 1.0. Set "specversion" to "1.0".' };
  }
  if (!isObject(item.data)) {
    return { value: { messageId: item.id }, path: `${path}/data`, fault: "The CloudEvent has no JSON object in `data`. Put the event there." };
  }
  const kind = typeof item.type === "string" ? item.type.slice(item.type.lastIndexOf(".") + 1) : undefined;
  const value = { type: kind, messageId: item.id, timestamp: item.time, ...item.data };
  return { value, path: `${path}/data` };
}

function locate(events, prefix) {
  return events.map((value, index) => ({ value, path: `${prefix}${index}` }));
}

function parseOr(text, fallback) {
  try {
    return JSON.parse(text);
  } catch {
    return fallback;
  }
}

/** @returns {value is Record<string, any>} */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
