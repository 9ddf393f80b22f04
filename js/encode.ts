/**
 * Turns whatever a shop passes into JSON text, once, at the time of the call.
 *
 * Never throws and never calls the page's code except getters: no `toJSON`, no patched `JSON` or prototype method
 * takes part (Prototype.js and friends add `Array.prototype.toJSON`, which garbles events of other SDKs).
 */

/** Deeper values become null. */
const MAX_DEPTH = 16;
/** Longer texts are refused: the call counts as invalid. */
const MAX_BYTES = 32_768;

const { keys } = Object;
const isArray = Array.isArray;
// Works across realms, unlike instanceof, and costs no exception.
const tag = Object.prototype.toString;
const time = Date.prototype.getTime;
const iso = Date.prototype.toISOString;
// Taken now: a page may patch them later.
const forEachEntry = Map.prototype.forEach;
const forEachItem = Set.prototype.forEach;
// With the `u` flag a paired surrogate is one character, so this matches lone ones only.
const UNSAFE = /[\0-\x1f"\\\ud800-\udfff]/gu;

/** `text` as a JSON string; lone surrogates become U+FFFD. */
export const quote = (text: string): string =>
  '"' + text.replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0);
    return code > 0xd7ff ? "\ufffd" : code < 32 ? "\\u" + (code + 0x10000).toString(16).slice(1) : "\\" + char;
  }) + '"';

/** `value` as JSON text, or undefined where it is no value (a function, a symbol) or is larger than 32 KiB. */
export function encode(value: unknown): string | undefined {
  let room = MAX_BYTES;
  const path: unknown[] = [];

  const spend = (text: string): string => {
    if ((room -= text.length) < 0) throw 0;
    return text;
  };

  const write = (value: unknown): string | undefined => {
    switch (typeof value) {
      case "string":
        // Cut before quoting: a string of 1 GB is refused without being copied.
        return value.length > room ? spend(value) : spend(quote(value));
      case "number":
        return spend(value - value === 0 ? "" + value : "null");
      case "boolean":
        return spend("" + value);
      case "bigint":
        return spend('"' + value + '"');
      case "object":
        return value === null ? spend("null") : writeObject(value);
    }
    return undefined;
  };

  const writeObject = (value: object): string => {
    if (path.length >= MAX_DEPTH || path.indexOf(value) >= 0) return spend("null");
    path.push(value);
    let text: string;
    try {
      text = members(value);
    } catch (error) {
      if (error === 0) throw error;
      // A revoked or hostile Proxy, a pretended Date.
      text = spend("null");
    }
    path.pop();
    return text;
  };

  const members = (value: object): string => {
    const kind = tag.call(value).slice(8, -1);
    if (kind === "Date") {
      const at = time.call(value);
      return spend(at === at ? '"' + iso.call(value) + '"' : "null");
    }
    if (kind === "String" || kind === "Number" || kind === "Boolean") return write(value.valueOf()) as string;
    let text = "";
    const add = (item: unknown, key?: string): void => {
      const written = write(item);
      if (key === undefined) text += (text && spend(",")) + (written ?? spend("null"));
      else if (written !== undefined) text += (text && spend(",")) + spend(quote(key)) + ":" + written;
    };
    if (isArray(value)) {
      for (let index = 0; index < value.length; index++) add(read(value, index));
      return "[" + text + "]";
    }
    if (value instanceof Map) {
      forEachEntry.call(value, (item, key) => add(item, typeof key === "symbol" ? "" : "" + key));
    } else if (value instanceof Set) {
      forEachItem.call(value, (item) => add(item));
      return "[" + text + "]";
    } else {
      for (const key of keys(value)) add(read(value, key), key);
    }
    return "{" + text + "}";
  };

  const read = (owner: object, key: string | number): unknown => {
    try {
      return (owner as Record<string | number, unknown>)[key];
    } catch {
      // A getter of the page failed; the rest of the event is still good.
      return undefined;
    }
  };

  try {
    const text = write(value);
    // In UTF-8 everything beyond ASCII counts three, which errs on the safe side. Asked once, of the whole text: asked
    // of each piece it was half of what a call costs the shop.
    return text && room < 2 * text.replace(/[\0-\x7f]+/g, "").length ? undefined : text;
  } catch {
    return undefined;
  }
}
