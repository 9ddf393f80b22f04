/** What the configuration says about privacy, where there is no engine to keep it: what leaves, and in which form. */
import type { Json } from "../types.ts";
import { read } from "./boundary.ts";
import { hashed } from "./personal.ts";

type Settings = { localOnly?: unknown; urlQuery?: unknown; personalData?: unknown; globalPrivacyControl?: unknown };

const texts = (list: unknown): string[] => (Array.isArray(list) ? list.filter((item) => typeof item === "string") : []);

/** A configuration's settings, behind the two lines of a signed one; undefined where it is none. */
const settingsOf = (text: string | undefined): Settings | undefined => {
  const config = read<{ settings?: Settings }>(text?.startsWith('{"dangol":"signed/1"') ? text.split("\n").slice(2).join("\n") : text);
  return config && (config.settings || {});
};

/** Where a visitor comes from, and nothing about who they are. */
const HARMLESS = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"];

export type Privacy = ReturnType<typeof limits>;

/**
 * `known` is the configuration in force or the last good one. `wanted`: the shop has one, so without it what is to stay is
 * not known, and one that may be anybody's (`refused`) can only say what is to stay as well: see `Settings::limit`.
 */
export function limits(known: string | undefined, refused: string | undefined, wanted: boolean) {
  const certain = settingsOf(known);
  const isUnknown = wanted && !certain;
  const { localOnly, urlQuery, personalData, globalPrivacyControl } = certain || settingsOf(refused) || {};
  const stays = ["traits.memberHash", ...texts(localOnly)];
  const named = Array.isArray(urlQuery) ? texts(urlQuery) : undefined;
  const allowed = isUnknown ? HARMLESS.filter((name) => !named || named.includes(name)) : named;

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
      if (!allowed) return url;
      for (const name of Array.from(url.searchParams.keys())) if (!allowed.includes(name)) url.searchParams.delete(name);
      if (/[=?]/.test(url.hash)) url.hash = "";
      return url;
    },

    /** Properties or traits as they may leave; no traits where no configuration says which are to stay. */
    clean(kind: "properties" | "traits", data: { [key: string]: Json }): { [key: string]: Json } {
      if (isUnknown && kind === "traits") return {};
      return withoutLocal(kind, isUnknown || personalData === "hash" ? hashed(data) : data) as { [key: string]: Json };
    },
  };
}
