/**
 * Google Consent Mode v2: the `consent` commands that banners push onto the data layer, those from before us too.
 *
 * `analytics_storage` is analytics; `personalization_storage`, or where it is never named `ad_personalization`, is
 * personalization; marketing needs `ad_storage` and, where it is named, `ad_user_data`. A `default` is no decision: one
 * that grants something holds until the visitor chooses, one that denies everything leaves consent pending.
 */
import type { Consent } from "../types.ts";
import type { Follow } from "./source.ts";

type State = { [type: string]: boolean };
type Layer = unknown[] & { push: (...items: unknown[]) => number };

const TYPES = ["analytics_storage", "personalization_storage", "ad_personalization", "ad_storage", "ad_user_data"];

/** The purposes of what was said so far; what nobody named is not among them. */
function purposes(state: State): Partial<Consent> {
  const consent: Partial<Consent> = {};
  const { analytics_storage, personalization_storage = state["ad_personalization"], ad_storage, ad_user_data = true } = state;
  if (analytics_storage !== undefined) consent.analytics = analytics_storage;
  if (personalization_storage !== undefined) consent.personalization = personalization_storage;
  if (ad_storage !== undefined) consent.marketing = ad_storage && ad_user_data;
  return consent;
}

export const follow: Follow = (listener, name) => {
  const page = window as unknown as { [name: string]: Layer | undefined };
  const ours = !page[name];
  const layer = (page[name] = page[name] || ([] as unknown as Layer));
  const state: State = {};
  /** What a default for a region denies: nobody here knows where the visitor is, so it counts everywhere until they choose. */
  const denied: State = {};
  let chosen = false;

  const take = (item: unknown): boolean => {
    // gtag() pushes its `arguments`; some banners push a list.
    const [command, kind, given] = Array.from((item as ArrayLike<unknown>) ?? []);
    if (command !== "consent" || (kind !== "default" && kind !== "update") || !given || typeof given !== "object") return false;
    let known = false;
    for (const type of TYPES) {
      const word = (given as { [type: string]: unknown })[type];
      if (word !== "granted" && word !== "denied") continue;
      known = true;
      const isRegional = kind === "default" && "region" in given;
      if (kind === "update") delete denied[type];
      if (isRegional) {
        if (word === "denied") denied[type] = false;
      } else state[type] = word === "granted";
    }
    if (known && kind === "update") chosen = true;
    return known;
  };
  const tell = (): void => {
    const consent = purposes({ ...state, ...denied });
    if (chosen) listener.decided(consent);
    else if (Object.values(consent).some(Boolean)) listener.assumed(consent);
  };
  const read = (items: unknown[]): void => {
    try {
      // Several in a row (a default, then what was stored of the last visit) are one word.
      if (items.filter(take).length) tell();
    } catch (error) {
      listener.problem("cmp-failed", String((error as Error)?.message ?? error));
    }
  };

  read(Array.from(layer));
  const { push } = layer;
  let active = true;
  const listening = function (this: unknown, ...items: unknown[]): number {
    const result = push.apply(layer, items);
    if (active) read(items);
    return result;
  };
  layer.push = listening;
  return () => {
    active = false;
    // Whoever wrapped it after us keeps their wrapper; ours only passes on then.
    if (layer.push === listening) {
      if (push === Array.prototype.push) delete (layer as { push?: unknown }).push;
      else layer.push = push;
    }
    if (ours && !layer.length && page[name] === layer) delete page[name];
  };
};
