/** What a place that keeps rows can do. The IndexedDB and the memory one answer alike and run the same tests. */
import type { Pair } from "./boundary.ts";

export const STORES = ["events", "journey", "state"] as const;
export type StoreName = (typeof STORES)[number];

/** The key that stands for all rows of a store, where they are deleted. */
export const ALL = "*";

/** Rows to write: text, or null to delete. */
export type Rows = { [name in StoreName]: Map<string, string | null> };

export interface Contents {
  state: Map<string, string>;
  journey: Pair[];
}

export interface Backend {
  read(): Promise<Contents>;
  write(rows: Rows): Promise<void>;
  /** Reads `shared` and writes what `answer` returns, in one transaction. */
  claim(answer: (shared: string | null) => Rows): Promise<void>;
  /** The oldest events, up to `limit` characters. */
  pending(limit: number): Promise<Pair[]>;
  /** Deletes everything but the named keys of `state`. */
  clear(keep: string[]): Promise<void>;
  close(): void;
}

export const noRows = (): Rows => ({ events: new Map(), journey: new Map(), state: new Map() });

export const isEmpty = (rows: Rows): boolean => STORES.every((name) => !rows[name].size);

/** Puts `later` over `rows`. */
export function merge(rows: Rows, later: Rows): void {
  for (const name of STORES) {
    // What is cleared afterwards need not be written first, and the clearing comes before what is written after it.
    if (later[name].has(ALL)) rows[name].clear();
    later[name].forEach((text, key) => rows[name].set(key, text));
  }
}
