/**
 * IAB TCF 2.2 and later, by `__tcfapi`. The shop acts for itself, so purposes count and vendors do not.
 *
 * Consent, never legitimate interest: analytics needs purposes 1 (store) and 8 (measure content), personalization 1, 5
 * and 6 (personalise content), marketing 1, 3 and 4 (personalise advertising). Where GDPR does not apply, the framework
 * has nothing to ask and all three are assumed until the visitor says otherwise.
 */
import { read as decode } from "./strings.ts";
import { type Follow, whenThere } from "./source.ts";
import type { Consent } from "../types.ts";

interface TcData {
  eventStatus?: string;
  gdprApplies?: boolean;
  tcString?: string;
  listenerId?: number;
  purpose?: { consents?: { [purpose: string]: boolean } };
}

/** Dangol's purposes out of TCF's. */
export const ofPurposes = (has: (purpose: number) => boolean): Partial<Consent> => {
  const all = (...purposes: number[]): boolean => purposes.every(has);
  return { analytics: all(1, 8), personalization: all(1, 5, 6), marketing: all(1, 3, 4) };
};

export const follow: Follow = (listener) => {
  let active = true;
  let stopListening: (() => void) | undefined;
  const stopLooking = whenThere("__tcfapi", listener, (api) => {
    const heard = (data: TcData | null | undefined, success: boolean): void => {
      if (!active || !success || !data) return;
      const { listenerId } = data;
      if (listenerId !== undefined) stopListening = () => api("removeEventListener", 2, () => {}, listenerId);
      if (data.gdprApplies === false) return listener.assumed({ analytics: true, personalization: true, marketing: true });
      // While the banner is open (`cmpuishown`) nothing is decided.
      if (data.eventStatus !== "tcloaded" && data.eventStatus !== "useractioncomplete") return;
      const consents = data.purpose?.consents;
      const list = consents ? undefined : decode(data.tcString);
      if (consents || list) listener.decided(ofPurposes((purpose) => (consents ? consents[purpose] === true : list!.includes(purpose))));
      else listener.problem("cmp-failed", "the TCF banner gave neither purposes nor a string that can be read; consent stays as it is");
    };
    api("addEventListener", 2, (data: TcData, success: boolean) => {
      try {
        heard(data, success);
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
