/** What a consent banner's adapter is given and gives; each adapter is a chunk of its own, loaded where it is asked for. */
import type { Consent } from "../types.ts";

export interface Listener {
  /** What the visitor chose in the banner. */
  decided(consent: Partial<Consent>): void;
  /** What the banner assumes before they chose. */
  assumed(consent: Partial<Consent>): void;
  /** Something the shop's developer should hear of. */
  problem(code: string, message: string): void;
}

/** Follows a banner; returns how to stop. */
export type Follow = (listener: Listener, layer: string) => () => void;

/** How often a banner that is not there yet is looked for, how long, and when its absence is worth a word. */
const EVERY = 250;
const ABSENT = 10_000;
const FOR = 120_000;

/** Calls `found` once `window[name]` is a function; a banner's script may come long after us. */
export function whenThere(name: string, listener: Listener, found: (api: (...args: any[]) => void) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const start = Date.now();
  let told = false;
  const look = (): void => {
    const api = (window as unknown as { [name: string]: unknown })[name];
    if (typeof api === "function") {
      try {
        return found((...args) => (api as (...args: unknown[]) => void)(...args));
      } catch (error) {
        return listener.problem("cmp-failed", `window.${name} has thrown: ${String((error as Error)?.message ?? error)}; consent stays as it is`);
      }
    }
    const waited = Date.now() - start;
    if (!told && waited >= ABSENT) {
      told = true;
      listener.problem("cmp-absent", `window.${name} is not on the page after ${ABSENT / 1000} s; consent stays as it is until it comes`);
    }
    if (waited < FOR) timer = setTimeout(look, told ? EVERY * 8 : EVERY);
  };
  look();
  return () => clearTimeout(timer);
}
