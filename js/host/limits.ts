/** What a configuration that may not be used still says: what is to stay on the device. */
import { payloadOf } from "../signed.ts";
import { read, write } from "./boundary.ts";

interface Settings {
  localOnly?: unknown;
  urlQuery?: unknown;
  personalData?: unknown;
  globalPrivacyControl?: unknown;
}

const texts = (list: unknown): string[] => (Array.isArray(list) ? list.filter((item) => typeof item === "string") : []);

/** A configuration's settings, signed or not; undefined where it is none. */
function settingsOf(text: string | undefined): Settings | undefined {
  const config = read<{ settings?: Settings }>(text && payloadOf(text));
  // A list, a number or a text is none, as in the engine.
  return typeof config === "object" && config && !Array.isArray(config) ? config.settings || {} : undefined;
}

/** Where a visitor comes from, and nothing about who they are. */
const HARMLESS = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"];

/**
 * The settings of the first of `known` that is a configuration: the one in force, then the last good one. Without any,
 * and if the shop has one at all, what is to stay is not known: then it is as `LIMITS` in the engine says, and what one
 * that may be anybody's (`refused`) says is to stay stays as well.
 */
export function limitsOf(known: (string | undefined)[], refused: string | undefined, wanted: boolean) {
  const certain = known.map(settingsOf).find(Boolean);
  const { localOnly, urlQuery, personalData, globalPrivacyControl } = certain || settingsOf(refused) || {};
  const isUnknown = wanted && !certain;
  const named = Array.isArray(urlQuery) ? texts(urlQuery) : undefined;
  return {
    localOnly: [...texts(localOnly), ...(isUnknown ? ["traits"] : [])],
    urlQuery: isUnknown ? HARMLESS.filter((name) => !named || named.includes(name)) : named,
    personalData: isUnknown ? "hash" : personalData,
    globalPrivacyControl,
  };
}

/** A configuration of nothing but that. */
export const limitsText = (known: string | undefined, refused: string | undefined): string => write({ version: 1, settings: limitsOf([known], refused, true) });
