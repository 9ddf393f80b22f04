/** The one timer of the engine. */

/** How long it goes without a look at the clock, which may have been set, or run on while the device slept and this did not. */
const LONGEST = 60_000;

export class Timer {
  #handle: ReturnType<typeof setTimeout> | undefined;
  #at: number | null = null;
  #wake: () => void;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** Wakes at `at` (milliseconds of the wall clock); null clears. */
  set(at: number | null): void {
    clearTimeout(this.#handle);
    this.#at = at;
    if (at !== null) this.#handle = setTimeout(() => this.check(), Math.min(Math.max(at - Date.now(), 0), LONGEST));
  }

  /** Wakes if the time has come; else waits on. Timers sleep with the page, the wall clock does not. */
  check(): void {
    if (this.#at === null) return;
    if (Date.now() < this.#at) return this.set(this.#at);
    this.set(null);
    this.#wake();
  }
}
