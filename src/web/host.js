// What the browser does for the domain, see src/domain/host.rs. Pure functions: no clock, no state that shows.

/** A compiled regular expression, or undefined where it is none. */
export function pattern(source, ignoreCase) {
  const flags = ignoreCase ? "i" : "";
  try {
    return new RegExp(source, flags + "u");
  } catch {
    try {
      // Needless escapes (`\-`) are refused in Unicode mode only.
      return new RegExp(source, flags);
    } catch {
      return undefined;
    }
  }
}

export const matches = (pattern, text) => pattern.test(text);

export const numberToText = (number) => String(number);

export const textToNumber = (text) => Number(text);

export const lower = (text) => text.toLowerCase();

export const upper = (text) => text.toUpperCase();

/** A name or value of a query as it was meant. */
export const decode = (text) => new URLSearchParams(`q=${text}`).get("q");

/** The parts of a URL, a line each; undefined where it is none. */
export function parseUrl(text, base) {
  let url;
  try {
    url = new URL(text, base);
  } catch {
    try {
      url = new URL(text);
    } catch {
      return undefined;
    }
  }
  const { href, protocol, host, pathname, search, username, password } = url;
  return [href, protocol, host, pathname, search, username || password ? "1" : ""].join("\n");
}

const STEP = 7 * 86_400_000;

/** `[from, offset, from, offset…]` of a time zone, found from Intl by bisection; undefined for an unknown zone. */
export function transitions(zone, from, to) {
  // Asking Intl takes milliseconds, and `dangol segments` asks for every visitor.
  const key = `${zone} ${from} ${to}`;
  if (!tables.has(key)) tables.set(key, ask(zone, from, to));
  return tables.get(key);
}
const tables = new Map();

function ask(zone, from, to) {
  let format;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone, hourCycle: "h23", era: "short", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
    });
  } catch {
    return undefined;
  }
  const offset = (at) => {
    const part = {};
    for (const { type, value } of format.formatToParts(at)) part[type] = value;
    const year = part.era === "BC" ? 1 - part.year : +part.year;
    return Date.UTC(year, part.month - 1, part.day, part.hour, part.minute, part.second) / 1000 - Math.floor(at / 1000);
  };
  let known = offset(from);
  const found = [from, known];
  for (let before = from; before < to; ) {
    // No zone changes and changes back within a week.
    const after = Math.min(before + STEP, to);
    if (offset(after) === known) {
      before = after;
      continue;
    }
    let low = before;
    let high = after;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offset(middle) === known) low = middle;
      else high = middle;
    }
    known = offset(high);
    before = high;
    if (high < to) found.push(high, known);
  }
  return found;
}
