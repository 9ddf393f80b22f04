/** The visitor's decision, as the engine keeps it: what the shop begins with, what was decided, and who said so. */
import type { Consent, Json, Options } from "../types.ts";
import { write } from "./boundary.ts";

const PURPOSES = ["analytics", "personalization", "marketing", "marketingNight"] as const;
const NOTHING: Consent = { analytics: false, personalization: false, marketing: false, marketingNight: false };

/** The record of the decision, as the engine writes it; empty while the visitor has not decided. */
export interface Decided {
  consent?: Consent;
  marketingAt?: string;
  banner?: object;
}

/** Collecting may store and send; journey, messages and marketing are the engine's. */
export const mayStore = (consent: Consent | undefined): boolean => !!consent && (consent.analytics || consent.personalization);

function purposesOf(update: unknown): Partial<Consent> {
  const named: Partial<Consent> = {};
  for (const purpose of PURPOSES) {
    const allowed = (update as Partial<Consent> | undefined)?.[purpose];
    if (typeof allowed === "boolean") named[purpose] = allowed;
  }
  return named;
}

/** A consent as it was told or written down: what it does not name is denied. */
export const whole = (consent: unknown): Consent => ({ ...NOTHING, ...purposesOf(consent) });

/** What the shop begins with. */
export const wish = (consent: Options["consent"]): Consent | undefined =>
  consent === "granted" ? { ...NOTHING, analytics: true, personalization: true, marketing: true }
    : typeof consent === "object" ? whole(consent)
    : consent === "denied" ? NOTHING : undefined;

/** What the browser's Global Privacy Control leaves of it. */
export const controlled = <Some extends Partial<Consent>>(consent: Some, control: boolean): Some =>
  control ? { ...consent, marketing: false, marketingNight: false } : consent;

/**
 * The visitor decides, or a banner does for them; whoever speaks last has the word. The consent from here on, and its
 * record unless it is what a banner assumes; undefined where nothing new was said.
 */
export function decide(record: Decided, before: Consent | undefined, { data, source }: { data?: Json | undefined; source?: string | undefined }, control: boolean): [Consent, Decided?] | undefined {
  const update = purposesOf(data);
  const said = write(update);
  if (said === "{}" || (source === "default" && record.consent) || (source === "banner" && said === write(record.banner))) return undefined;
  const agreed = controlled(update, control && !!source);
  const consent = { ...NOTHING, ...before, ...agreed };
  if (source === "default") return [consent];
  const at = new Date().toISOString();
  return [consent, {
    ...record, ...{ v: 1, at }, consent,
    ...((agreed.marketing || agreed.marketingNight) && { marketingAt: at }),
    ...(source === "banner" && { banner: update }),
  }];
}
