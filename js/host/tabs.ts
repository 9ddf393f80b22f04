/** What the tabs of one shop share: a channel to speak on and a lock so that one of them flushes at a time. */
import type { Json } from "../types.ts";

export class Tabs {
  #channel: BroadcastChannel | undefined;
  #name: string;
  #heard: (data: Json) => void;
  #abort: AbortController | undefined;
  #release: (() => void) | undefined;

  constructor(name: string, heard: (data: Json) => void) {
    this.#name = name;
    this.#heard = heard;
    this.listen();
  }

  /** Hears the other tabs, again after `leave`. */
  listen(): void {
    if (this.#channel) return;
    try {
      this.#channel = new BroadcastChannel("dangol:" + this.#name);
      this.#channel.onmessage = ({ data }) => this.#heard(data as Json);
    } catch {
      // A sandboxed frame is alone.
    }
  }

  tell(data: Json): void {
    try {
      this.#channel?.postMessage(data);
    } catch {
      // The channel was closed with the page.
    }
  }

  /** Calls `taken` once this tab holds the flush lock; at once where the browser has no locks. */
  lock(taken: () => void): void {
    if (this.#abort) return;
    const abort = (this.#abort = new AbortController());
    const go = (): void => {
      if (!abort.signal.aborted) taken();
    };
    try {
      navigator.locks.request(`dangol:${this.#name}:flush`, { signal: abort.signal }, () => {
        if (abort.signal.aborted) return undefined;
        go();
        // Unlocked already while it was being taken: nothing to hold.
        if (abort.signal.aborted) return undefined;
        return new Promise<void>((resolve) => (this.#release = resolve));
      }).catch((error: unknown) => {
        if ((error as DOMException | null)?.name !== "AbortError") go();
      });
    } catch {
      // Missing, or forbidden with the site's data (SecurityError). Ids are stable, so a second flusher does no harm.
      go();
    }
  }

  /** Gives the lock back, or stops waiting for it. */
  unlock(): void {
    this.#abort?.abort();
    this.#release?.();
    this.#abort = this.#release = undefined;
  }

  /** Gives up what keeps a page out of the back-forward cache: a held lock, and a channel that somebody speaks on. */
  leave(): void {
    this.unlock();
    this.#channel?.close();
    this.#channel = undefined;
  }
}
