/**
 * IAB's Global Privacy Platform, by `__gpp`: heard once its signal is ready, then at every change.
 *
 * The European section counts as in `tcf.ts`. A section of the United States is about opting out: who has opted out of
 * sale, sharing or targeted advertising, or sends Global Privacy Control, gets no marketing; the shop's own analytics and
 * personalization are no sale. Where no section applies, nothing is asked and nothing is denied.
 */
import { optedOut, read, sections } from "./strings.ts";
import { type Follow, whenThere } from "./source.ts";
import { ofPurposes } from "./tcf.ts";
import type { Consent } from "../types.ts";

type Fields = { [field: string]: unknown };
interface Ping {
  signalStatus?: string;
  gppString?: string;
  applicableSections?: number[];
  parsedSections?: { [section: string]: Fields | Fields[] };
}
interface Happening {
  eventName?: string;
  listenerId?: number;
  data?: unknown;
  pingData?: Ping;
}

const EUROPE = 2;
const USP = 6;
/** The national section and those of the states. */
const isAmerican = (section: number): boolean => section >= 7 && section <= 27;
const OPT_OUTS = ["SaleOptOut", "SharingOptOut", "TargetedAdvertisingOptOut"];

const hasOptedOut = (fields: Fields): boolean => fields["Gpc"] === true || OPT_OUTS.some((field) => fields[field] === 1);

/** What a ping says; undefined where it cannot be read. */
function consentOf({ applicableSections = [], parsedSections = {}, gppString }: Ping): { consent: Partial<Consent>; applies: boolean } | undefined {
  const applicable = applicableSections.filter((section) => section > 0);
  const all: Partial<Consent> = { analytics: true, personalization: true, marketing: true };
  if (!applicable.length) return { consent: all, applies: false };
  const parsed = (name: string): Fields | undefined => {
    const section = parsedSections[name];
    return Array.isArray(section) ? Object.assign({}, ...section) : section;
  };
  const texts = sections(gppString);
  const consent = { ...all };
  let known = false;
  const narrow = (more: Partial<Consent>): void => {
    known = true;
    for (const [purpose, allowed] of Object.entries(more)) if (!allowed) consent[purpose as keyof Consent] = false;
  };
  for (const section of applicable) {
    const text = texts?.get(section);
    if (section === EUROPE) {
      const given = parsed("tcfeuv2")?.["PurposeConsents"] as (number | boolean)[] | undefined;
      // Some list the purposes, some a flag for each.
      const list = given?.every((item) => typeof item === "boolean") && given.length ? given.flatMap((item, at) => (item ? at + 1 : [])) : given;
      const purposes = (list as number[] | undefined) ?? read(text);
      if (purposes) narrow(ofPurposes((purpose) => purposes.includes(purpose)));
    } else if (section === USP) {
      const said = (parsed("uspv1")?.["OptOutSale"] as string | undefined) ?? text?.[2];
      if (said) narrow({ marketing: said.toUpperCase() !== "Y" });
    } else if (isAmerican(section)) {
      const names = Object.keys(parsedSections).filter((key) => /^us(?!p)/.test(key));
      const out = names.length ? names.some((name) => hasOptedOut(parsed(name)!)) : text === undefined ? undefined : optedOut(section, text);
      if (out !== undefined) narrow({ marketing: !out });
    }
  }
  return known ? { consent, applies: true } : undefined;
}

export const follow: Follow = (listener) => {
  let active = true;
  let stopListening: (() => void) | undefined;
  const stopLooking = whenThere("__gpp", listener, (api) => {
    const heard = ({ eventName, listenerId, data, pingData }: Happening): void => {
      if (listenerId !== undefined) stopListening = () => api("removeEventListener", () => {}, listenerId);
      const ready = pingData?.signalStatus === "ready" || (eventName === "signalStatus" && data === "ready");
      if (!active || !ready || !pingData) return;
      const said = consentOf(pingData);
      if (!said) listener.problem("cmp-failed", "the GPP banner gave no section that can be read; consent stays as it is");
      else if (said.applies) listener.decided(said.consent);
      else listener.assumed(said.consent);
    };
    api("addEventListener", (happening: Happening) => {
      try {
        if (happening) heard(happening);
      } catch (error) {
        listener.problem("cmp-failed", String((error as Error)?.message ?? error));
      }
    });
  });
  return () => {
    active = false;
    stopLooking();
    try {
      stopListening?.();
    } catch {
      // The banner's own trouble.
    }
  };
};
