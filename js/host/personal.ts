/**
 * What looks like an e-mail address or a telephone number of a person, and its hash: the rules of `src/domain/personal.rs`
 * for where the engine cannot run. A test gives both the same texts.
 */
import type { Json } from "../types.ts";

/** Only ASCII's white space and letters are treated as such, as the engine does. */
const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

function isMail(text: string): boolean {
  const at = text.indexOf("@");
  const host = text.slice(at + 1);
  const plain = /^[^\u0000- @<>()[\],;:\\"/?]+$/;
  return at > 0 && plain.test(text.slice(0, at)) && plain.test(host) && /^[^.].*\./s.test(host) && isEnd(host.slice(host.lastIndexOf(".") + 1));
}

const isEnd = (end: string): boolean => new TextEncoder().encode(end).length >= 2 && /^[a-zA-Z\u0080-\uffff]+$/.test(end);

function isPhone(text: string): boolean {
  const rest = text.replace(/^\+/, "");
  const digits = rest.replace(/[^0-9]/g, "").length;
  const marks = rest.replace(/[^-. ()]/g, "").length;
  if (digits + marks !== rest.length) return false;
  if (rest !== text) return digits >= 9 && digits <= 15;
  const isLocal = text[0] === "0" && digits >= 9 && digits <= 11;
  return isLocal && (marks >= 2 || (digits >= 10 && /^01[016789]/.test(text)));
}

/** Whether a text is a person's address or number. */
export const isPersonal = (text: string): boolean => {
  const trimmed = text.trim();
  return /^[+0]/.test(trimmed) && isPhone(trimmed) ? true : isMail(trimmed);
};

/** SHA-256 in hexadecimal of the normalised form. */
export function hashOf(text: string): string {
  const plain = text.trim();
  if (plain.includes("@")) return sha256(lower(plain));
  const digits = plain.replace(/[^0-9]/g, "");
  return sha256("+" + (plain[0] === "+" ? digits : digits.replace(/^0/, "82")));
}

/** The same data with a hash in place of everything personal. */
export function hashed(value: Json): Json {
  if (typeof value === "string") return isPersonal(value) ? hashOf(value) : value;
  if (Array.isArray(value)) return value.map(hashed);
  if (typeof value !== "object" || value === null) return value;
  const out: { [key: string]: Json } = {};
  for (const key of Object.keys(value)) out[key] = hashed(value[key]!);
  return out;
}

/** FIPS 180-4; a page on http has no WebCrypto. */
export function sha256(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const blocks = new DataView(new ArrayBuffer(((bytes.length + 72) >> 6) << 6));
  bytes.forEach((byte, at) => blocks.setUint8(at, byte));
  blocks.setUint8(bytes.length, 0x80);
  blocks.setUint32(blocks.byteLength - 4, bytes.length * 8);
  const state = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));
  const constants = primes(64).map((prime) => fraction(Math.cbrt(prime)));
  const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by));
  const words = new Int32Array(64);
  for (let block = 0; block < blocks.byteLength; block += 64) {
    for (let at = 0; at < 16; at++) words[at] = blocks.getInt32(block + at * 4);
    for (let at = 16; at < 64; at++) {
      const [two, fifteen] = [words[at - 2]!, words[at - 15]!];
      words[at] = words[at - 16]! + (turn(fifteen, 7) ^ turn(fifteen, 18) ^ (fifteen >>> 3)) + words[at - 7]! + (turn(two, 17) ^ turn(two, 19) ^ (two >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let at = 0; at < 64; at++) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + constants[at]! + words[at]!) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (state[at]! += word));
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** The first 32 bits of the fractional part. */
const fraction = (root: number): number => ((root % 1) * 2 ** 32) | 0;

function primes(count: number): number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number++) if (found.every((prime) => number % prime)) found.push(number);
  return found;
}
