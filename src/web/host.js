// What the browser does for the domain, see src/domain/host.rs. Pure functions: no clock, no state that shows.

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

/** `[from, offset, from, offset…]` of a time zone, offsets in seconds; undefined for an unknown zone. */
export function transitions(zone, from, to) {
  // Asking Intl takes milliseconds, and `dangol segments` asks for every visitor.
  const key = `${zone} ${from} ${to}`;
  if (!tables.has(key)) tables.set(key, (globalThis.Temporal ? told : probed)(zone, from, to));
  return tables.get(key);
}
const tables = new Map();

/** Temporal knows the changes of a zone. A page's first use of Intl takes a tenth of a second on a phone, Temporal next to nothing. */
export function told(zone, from, to) {
  let time;
  try {
    time = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  } catch {
    return undefined;
  }
  const found = [];
  for (; time && (time.epochMilliseconds < to || !found.length); time = time.getTimeZoneTransition("next")) {
    const seconds = time.offsetNanoseconds / 1e9;
    // Some changes are of the name alone.
    if (found.at(-1) !== seconds) found.push(time.epochMilliseconds, seconds);
  }
  return found;
}

/** Intl knows the clock of an instant: the changes are found by bisection. */
export function probed(zone, from, to) {
  let clock;
  try {
    // One field beside the offset, in a language every host has: this is asked hundreds of times at every start.
    const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, year: "numeric", timeZoneName: "longOffset" });
    // "2026, GMT+09:00"; GMT itself has nothing behind it.
    clock = (at) => format.format(at).split("GMT")[1];
    clock(from);
  } catch {
    return undefined;
  }
  const seconds = (clock) => {
    const [hours, minutes, rest] = clock.slice(1).split(":");
    return (clock[0] === "+" ? 1 : -1) * (hours * 3600 + (minutes || 0) * 60 + +(rest || 0)) || 0;
  };
  let known = clock(from);
  const found = [from, seconds(known)];
  for (let before = from; before < to; ) {
    // No zone changes and changes back within a week.
    const after = Math.min(before + STEP, to);
    if (clock(after) === known) {
      before = after;
      continue;
    }
    let low = before;
    let high = after;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (clock(middle) === known) low = middle;
      else high = middle;
    }
    known = clock(high);
    before = high;
    if (high < to) found.push(high, seconds(known));
  }
  return found;
}
