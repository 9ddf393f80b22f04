/** The consent strings of IAB, as far as purposes and opt-outs go: for banners that hand over nothing but the text. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Reads bits from a base64url text; undefined where it is none. */
function bitsOf(text: string): ((length: number) => number) | undefined {
  let at = 0;
  for (const letter of text) if (!ALPHABET.includes(letter)) return undefined;
  return (length) => {
    let number = 0;
    for (let left = length; left > 0; left--, at++) {
      number = number * 2 + ((ALPHABET.indexOf(text[Math.floor(at / 6)] ?? "A") >> (5 - (at % 6))) & 1);
    }
    return number;
  };
}

/** The shortest core segment that holds all purposes: 152 bits and 24. */
const CORE = Math.ceil(176 / 6);

/** The purposes consented to in a TC string of version 2; undefined where it cannot be read. */
export function read(text: unknown): number[] | undefined {
  const core = typeof text === "string" ? text.split(".")[0]! : "";
  const bits = core.length >= CORE ? bitsOf(core) : undefined;
  if (!bits || bits(6) !== 2) return undefined;
  // Created, updated, CMP, version, screen, language, vendor list, policy, two flags, special features.
  for (const skipped of [36, 36, 12, 12, 6, 12, 12, 6, 1, 1, 12]) bits(skipped);
  const purposes: number[] = [];
  for (let purpose = 1; purpose <= 24; purpose++) if (bits(1)) purposes.push(purpose);
  return purposes;
}

/** The sections of a GPP string by id; undefined where it cannot be read. */
export function sections(text: unknown): Map<number, string> | undefined {
  const [header = "", ...parts] = typeof text === "string" ? text.split("~") : [];
  const bits = header.length >= 3 ? bitsOf(header) : undefined;
  if (!bits || bits(6) !== 3 || bits(6) !== 1) return undefined;
  const ids: number[] = [];
  let last = 0;
  for (let count = bits(12); count > 0 && ids.length <= 64; count--) {
    const isRange = bits(1);
    const from = (last += fibonacci(bits));
    if (isRange) last += fibonacci(bits);
    for (let id = from; id <= last && ids.length <= 64; id++) ids.push(id);
  }
  if (!ids.length || ids.length !== parts.length) return undefined;
  return new Map(ids.map((id, index) => [id, parts[index]!]));
}

/** A number in Fibonacci's code: sums of his numbers, ended by two ones in a row. */
function fibonacci(bits: (length: number) => number): number {
  let [small, large, sum, before] = [1, 2, 0, 0];
  for (let count = 0; count < 64; count++) {
    const bit = bits(1);
    if (bit && before) return sum;
    if (bit) sum += small;
    before = bit;
    [small, large] = [large, small + large];
  }
  return sum;
}

/** Where the opt-outs lie in a section of the United States (nation, CA, VA, CO, UT, CT): bits of notices before them, and how many they are. */
const AMERICAN: { [section: number]: [notices: number, optOuts: number] } = { 7: [12, 3], 8: [6, 2], 9: [6, 2], 10: [6, 2], 11: [8, 2], 12: [6, 2] };

/** Whether a section of the United States says that the visitor opted out of selling, sharing or targeted advertising; undefined where it cannot be read. */
export function optedOut(section: number, text: string): boolean | undefined {
  const [core = "", ...more] = text.split(".");
  const bits = core.length >= 4 ? bitsOf(core) : undefined;
  const place = AMERICAN[section];
  if (!bits || !place || bits(6) < 1) return undefined;
  bits(place[0]);
  // Two bits each: 1 is "opted out".
  const out = Array.from({ length: place[1] }, () => bits(2)).includes(1);
  // A segment of type 1 carries Global Privacy Control.
  const control = more.some((segment) => {
    const bits = bitsOf(segment);
    return bits && bits(2) === 1 && bits(1) === 1;
  });
  return out || control;
}
