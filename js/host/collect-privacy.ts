/** What the configuration says about privacy, where there is no engine to keep it: what leaves, and in which form. */
import type { Json } from "../types.ts";
import { limitsOf } from "./limits.ts";
import { hashed } from "./personal.ts";

export type Privacy = ReturnType<typeof privacyOf>;

/** By the settings of a configuration: see `limitsOf`. */
export function privacyOf({ localOnly, urlQuery, personalData, globalPrivacyControl }: ReturnType<typeof limitsOf>) {
  // A path without a root is meant wherever it lies.
  const stays = ["traits.memberHash", ...localOnly.flatMap((path) => (/^(traits|properties)(\.|$)/.test(path) ? path : ["traits." + path, "properties." + path]))];

  /** Data without what must not leave the device; a path goes through lists and through `$setOnce` and its like. */
  function withoutLocal(path: string, value: Json): Json {
    if (Array.isArray(value)) return value.map((item) => withoutLocal(path, item));
    if (typeof value !== "object" || value === null) return value;
    const rest: { [key: string]: Json } = {};
    for (const key of Object.keys(value)) {
      const here = path === "traits" && key[0] === "$" ? path : path + "." + key;
      if (!stays.includes(here)) rest[key] = withoutLocal(here, value[key]!);
    }
    return rest;
  }

  return {
    /** Whether the browser's Global Privacy Control speaks for the visitor. */
    control: globalPrivacyControl !== false && !!(navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl,

    /** An address with only the parameters that may be kept. */
    trim(address: string): URL {
      const url = new URL(address, location.href);
      if (!urlQuery) return url;
      for (const name of Array.from(url.searchParams.keys())) if (!urlQuery.includes(name)) url.searchParams.delete(name);
      if (/[=?]/.test(url.hash)) url.hash = "";
      return url;
    },

    /** Properties or traits as they may leave. */
    clean(kind: "properties" | "traits", data: { [key: string]: Json }): { [key: string]: Json } {
      return stays.includes(kind) ? {} : withoutLocal(kind, personalData === "hash" ? hashed(data) : data) as { [key: string]: Json };
    },
  };
}
