/** What the configuration says about privacy, where there is no engine to keep it: what leaves, and in which form. */
import type { Json } from "../types.ts";
import { read } from "./boundary.ts";
import { hashed } from "./personal.ts";

type Settings = { localOnly?: unknown; urlQuery?: unknown; personalData?: unknown; globalPrivacyControl?: unknown };

const texts = (list: unknown): string[] => (Array.isArray(list) ? list.filter((item) => typeof item === "string") : []);

/** The configuration behind the two lines of a signed one; whether they are true does not matter for less leaving. */
const payload = (text: string | undefined): string | undefined =>
  text?.startsWith('{"dangol":"signed/1"') ? text.split("\n").slice(2).join("\n") : text;

export class Privacy {
  #localOnly: string[];
  #urlQuery: string[] | undefined;
  #hashes: boolean;
  /** Whether the browser's Global Privacy Control speaks for the visitor. */
  readonly control: boolean;

  constructor(config: string | undefined) {
    const { localOnly, urlQuery, personalData, globalPrivacyControl } = read<{ settings?: Settings }>(payload(config))?.settings || {};
    this.#localOnly = ["traits.memberHash", ...texts(localOnly)];
    this.#urlQuery = Array.isArray(urlQuery) ? texts(urlQuery) : undefined;
    this.#hashes = personalData === "hash";
    this.control = globalPrivacyControl !== false && !!(navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl;
  }

  /** An address with only the parameters that may be kept. */
  trim(address: string): URL {
    const url = new URL(address, location.href);
    if (!this.#urlQuery) return url;
    for (const name of Array.from(url.searchParams.keys())) if (!this.#urlQuery.includes(name)) url.searchParams.delete(name);
    if (/[=?]/.test(url.hash)) url.hash = "";
    return url;
  }

  /** Properties or traits as they may leave. */
  clean(kind: "properties" | "traits", data: { [key: string]: Json }): { [key: string]: Json } {
    return this.#withoutLocal(kind, this.#hashes ? hashed(data) : data) as { [key: string]: Json };
  }

  /** Data without what must not leave the device; a path goes through lists and through `$setOnce` and its like. */
  #withoutLocal(path: string, value: Json): Json {
    if (Array.isArray(value)) return value.map((item) => this.#withoutLocal(path, item));
    if (typeof value !== "object" || value === null) return value;
    const rest: { [key: string]: Json } = {};
    for (const key of Object.keys(value)) {
      const here = path === "traits" && key[0] === "$" ? path : path + "." + key;
      if (!this.#localOnly.includes(here)) rest[key] = this.#withoutLocal(here, value[key]!);
    }
    return rest;
  }
}
