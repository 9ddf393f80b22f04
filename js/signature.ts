/**
 * Which configurations may be used where the shop has pinned keys. Loaded only then: the check is an engine of its own,
 * in Rust, because pages on http have no `crypto.subtle`.
 */
import init, { check } from "glue:signature";
import packed from "packed:signature";
import type { Fetched } from "./host/config.ts";
import { limitsText } from "./host/limits.ts";
import type { Problem } from "./tools.ts";
import { unpack } from "./unpack.ts";

export interface Verdict {
  keyId?: string;
  /** Only where the signature is true. */
  revision?: number;
  /** Why it may not be used. */
  problem?: Problem;
}
type Keys = { [keyId: string]: string };

let loading: Promise<unknown> | undefined;

/** Checks a configuration's text; see `src/domain/signed`. */
export async function verifier(): Promise<(request: { keys: Keys; now: number; floor?: number; accepted?: boolean }, text: string) => Verdict> {
  loading = loading || unpack(packed).arrayBuffer().then((bytes) => WebAssembly.compile(bytes)).then((module) => init({ module_or_path: module }));
  try {
    await loading;
  } catch (error) {
    loading = undefined;
    throw error;
  }
  return (request, text) => JSON.parse(check(JSON.stringify(request), text)) as Verdict;
}

/**
 * Lets through what the pinned keys signed, and tells of the rest. `kept` is what this device accepted before; `stored`
 * reads it, for another tab may have accepted a higher revision meanwhile. Nothing passes that cannot be checked.
 */
export function guard(
  keys: Keys | string,
  tell: (problem: Pick<Problem, "code" | "message">) => void,
  stored: () => Promise<{ config: { text: string } | null }>,
): (fetched: Fetched, kept?: boolean) => Promise<Fetched> {
  let floor: number | undefined;
  /** Accepted on this device before. */
  let former: string | undefined;

  async function passes(text: string, kept?: boolean): Promise<boolean> {
    // The script tag can only say it as text.
    const pinned = typeof keys === "string" ? (JSON.parse(keys) as Keys) : keys;
    const check = await verifier();
    const { config } = kept ? { config: null } : await stored();
    if (config) floor = Math.max(floor ?? 0, check({ keys: pinned, now: Date.now(), accepted: true }, config.text).revision ?? 0);
    const { revision, problem } = check({ keys: pinned, now: Date.now(), floor, accepted: kept }, text);
    // What was accepted once raises the floor even when its time is over.
    if (revision !== undefined && (!problem || kept)) floor = revision;
    // What was kept before keys were pinned is nobody's mistake.
    if (problem && (!kept || revision !== undefined)) tell(problem);
    return !problem;
  }

  return async (fetched, kept) => {
    const text = fetched.text!;
    try {
      if (await passes(text, kept)) return fetched;
    } catch (error) {
      tell({ code: "signature_unavailable", message: String((error as Error)?.message ?? error) });
    }
    if (kept) former = text;
    return { refused: text, limits: limitsText(former, text) };
  };
}
