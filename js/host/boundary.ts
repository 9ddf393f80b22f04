/** The texts that pass between engine and host, as types; docs/boundary.md explains each. */
import { quote } from "../encode.ts";
import type { Json, Node } from "../types.ts";

export type Pair = [id: string, text: string];

export interface Save {
  save: number;
  events?: Pair[];
  journey?: Pair[];
  state?: string;
  shared?: string;
  consent?: string;
  config?: { text: string; etag?: string | null };
  /** Who the visitor is in collect mode; the host's own. */
  collect?: string;
  drop?: { events?: string[]; journey?: string[] };
  settle?: string[];
}

export interface Watch {
  idle?: number[];
  scroll?: number[];
  exit?: boolean;
  visible?: string[];
  click?: string[];
  slots?: string[];
}

export interface Send {
  batch: number | string;
  url: string;
  headers?: { [name: string]: string };
  body: string;
  timeout?: number;
  exit?: boolean;
  compress?: boolean;
  auth?: boolean;
}

export interface Message {
  impression: string;
  campaign: string;
  step?: string;
  variant?: string;
  layout: string;
  tree: Node;
  [key: string]: unknown;
}

/** What the engine asks for; `n` counts by the order of its answers. */
export type Effect = { n?: number } & (
  | ({ e: "save" } & Save)
  | { e: "settle"; ids: string[] }
  | { e: "keep"; id: string }
  | { e: "claim" }
  | { e: "wipe"; settle?: string[] }
  | { e: "allow"; store: boolean }
  | { e: "wake"; at: number | null }
  | { e: "lock" }
  | { e: "unlock" }
  | ({ e: "send" } & Send)
  | { e: "issue"; key: string; url: string; body: string; timeout?: number }
  | { e: "part" }
  | { e: "show"; message: Message }
  | { e: "hold"; impression: string; slot: string | null }
  | { e: "update"; impression: string; tree: Node }
  | { e: "remove"; impression: string }
  | ({ e: "watch" } & Watch)
  | { e: "filter"; events: Pair[] }
  | { e: "notify"; type: string; detail: unknown }
  | { e: "result"; id: string; value: unknown }
  | { e: "open"; url: string; new_tab?: boolean }
  | { e: "redirect"; url: string }
  | { e: "copy"; impression: string; coupon: string; text: string }
  | { e: "chat"; impression: string; request: { message: string; campaign?: string; add?: boolean } }
  | { e: "broadcast"; data: Json }
);

/** Writes our own plain data. Not `JSON.stringify`: a page's `Array.prototype.toJSON` would take part in that. */
export function write(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return value - value === 0 ? "" + value : "null";
  if (typeof value === "boolean") return "" + value;
  if (typeof value !== "object" || value === null) return "null";
  let text = "";
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) text += (index ? "," : "") + write(value[index]);
    return "[" + text + "]";
  }
  for (const key of Object.keys(value)) {
    const item = (value as { [key: string]: unknown })[key];
    if (item !== undefined && typeof item !== "function") text += (text ? "," : "") + quote(key) + ":" + write(item);
  }
  return "{" + text + "}";
}

/** An input's text. */
export const input = (kind: string, fields: { [key: string]: unknown } = {}): string => write({ in: kind, ...fields });

// Taken when the module loads: a page that replaces JSON later does not reach us.
const { parse } = JSON;
/** Reads JSON; undefined where it is none. */
export function read<T>(text: string | null | undefined): T | undefined {
  try {
    return typeof text === "string" ? (parse(text) as T) : undefined;
  } catch {
    return undefined;
  }
}
