/** Moments as the engine reads them. */

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(?:[Zz]|([+-])(\d\d):?(\d\d)?)?)?$/;

/**
 * The milliseconds of an ISO 8601 time, in UTC where it names no offset; NaN for anything else. `Date.parse` would read what
 * the engine does not, and a time without an offset by the clock of the machine.
 */
export function momentOf(text: unknown): number {
  const found = ISO.exec(String(text));
  if (!found) return NaN;
  const [year, month, day, hours, minutes, seconds] = found.slice(1, 7).map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  const clock = hours * 3_600_000 + minutes * 60_000 + seconds * 1000 + Math.floor(Number(found[7] ?? 0) * 1000);
  const offset = (found[8] === "-" ? -1 : 1) * (Number(found[9] ?? 0) * 60 + Number(found[10] ?? 0)) * 60_000;
  const isDate = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  const isClock = minutes < 60 && seconds < 60 && clock <= 86_400_000 && Number(found[9] ?? 0) < 24 && Number(found[10] ?? 0) < 60;
  return isDate && isClock ? midnight.getTime() + clock - offset : NaN;
}
