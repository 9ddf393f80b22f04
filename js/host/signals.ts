/**
 * What the page sees: idle, scroll, exit intent, an element in view, a click, whether a slot is there. Watches for exactly what the engine asked for.
 */
import type { Watch } from "./boundary.ts";
import { Listeners } from "./listeners.ts";

export type Report = (signal: string, value?: number | string) => void;

const ACTIVITY = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "scroll"];
/** A finger's flick upwards of this share of the screen within a quarter second is a wish to leave. */
const FLICK = 0.4;
/** Whoever looks at something else for this long had left; shorter is a glance at a notification. */
const AWAY = 2000;

export class Signals {
  #report: Report;
  #listeners = new Listeners();
  #idleTimers: ReturnType<typeof setTimeout>[] = [];
  #observer: IntersectionObserver | undefined;
  /** What was reported on this page view already. */
  #done = new Set<string>();
  #watch: Watch = {};
  /** The slots that were last reported as there. */
  #slots = new Set<string>();
  /** Whether the visitor came to this page by the back button, and whether the engine knows of the page. */
  #back = (performance.getEntriesByType?.("navigation")[0] as PerformanceNavigationTiming | undefined)?.type === "back_forward";
  #viewed = false;

  constructor(report: Report) {
    this.#report = report;
  }

  /** A new page view: everything can be seen anew. */
  newPage(): void {
    this.#done.clear();
    this.#viewed = true;
    this.watch(this.#watch);
  }

  /** Replaces what is watched for. */
  watch(watch: Watch): void {
    this.stop();
    this.#watch = watch;
    if (watch.idle?.length) this.#watchIdle(watch.idle);
    if (watch.scroll?.length) this.#watchScroll(watch.scroll);
    if (watch.click?.length) this.#watchClicks(watch.click);
    // These two may tell at once, and be told to watch anew by what comes of it: nothing is added behind that.
    if (watch.exit) this.#watchExit();
    if (watch.visible?.length || watch.slots?.length) this.#watchElements(watch.visible || [], watch.slots || []);
  }

  stop(): void {
    this.#listeners.removeAll();
    this.#idleTimers.splice(0).forEach(clearTimeout);
    this.#observer?.disconnect();
  }

  #once(signal: string, value: number | string): void {
    const key = signal + " " + value;
    if (this.#done.has(key)) return;
    this.#done.add(key);
    this.#report(signal, value);
  }

  #watchIdle(thresholds: number[]): void {
    let last = 0;
    const restart = (): void => {
      // Moves come by the hundred; the timers need not follow each.
      if (Date.now() - last < 200 && Date.now() >= last) return;
      last = Date.now();
      this.#idleTimers.splice(0).forEach(clearTimeout);
      for (const ms of thresholds) {
        this.#idleTimers.push(setTimeout(() => {
          if (document.visibilityState === "visible") this.#report("idle", ms);
        }, Math.min(ms, 2 ** 31 - 1)));
      }
    };
    for (const type of ACTIVITY) this.#listeners.add(window, type, restart, { passive: true, capture: true });
    this.#listeners.add(document, "visibilitychange", restart);
    restart();
  }

  #watchScroll(percents: number[]): void {
    let waiting = 0;
    const look = (): void => {
      waiting = 0;
      const { scrollHeight } = document.documentElement;
      const seen = scrollHeight ? ((window.scrollY + window.innerHeight) / scrollHeight) * 100 : 0;
      // Half a percent of grace: zoomed pages never reach their last pixel.
      for (const percent of percents) if (seen + 0.5 >= percent) this.#once("scroll", percent);
    };
    this.#listeners.add(window, "scroll", () => (waiting = waiting || requestAnimationFrame(look)), { passive: true });
    this.#listeners.own(() => cancelAnimationFrame(waiting));
  }

  #watchExit(): void {
    let last = -Infinity;
    const leaving = (): void => {
      if (Math.abs(Date.now() - last) < 1000) return;
      last = Date.now();
      this.#report("exit");
    };
    // The pointer leaves through the top: towards tabs, address bar and back button.
    this.#listeners.add(document, "mouseout", (event: MouseEvent) => {
      if (!event.relatedTarget && event.clientY <= 0) leaving();
    }, { passive: true });
    // A phone has no pointer to leave with. It has the way back to where the visitor came in, a look at another app, and
    // the flick back to the top, from at least one screen down, that reveals the address bar; back-button traps are not ours.
    if (!matchMedia("(hover: none)").matches) return;
    const back = (event: Event): void => {
      this.#back = event.type === "popstate" || (event as PageTransitionEvent).persisted;
    };
    this.#listeners.add(window, "popstate", back);
    this.#listeners.add(window, "pageshow", back);
    let left = Infinity;
    this.#listeners.add(document, "visibilitychange", () => {
      const now = Date.now();
      if (document.visibilityState === "hidden") left = now;
      else if (now - left >= AWAY) leaving();
    });
    let from = window.scrollY;
    let since = Date.now();
    this.#listeners.add(window, "scroll", () => {
      const now = Date.now();
      if (now - since > 250 || window.scrollY > from) {
        from = window.scrollY;
        since = now;
      } else if (from > window.innerHeight && from - window.scrollY > FLICK * window.innerHeight) leaving();
    }, { passive: true });
    if (!this.#viewed || !this.#back) return;
    this.#back = false;
    this.#report("exit", "back");
  }

  #watchElements(selectors: string[], slots: string[]): void {
    const known = new Map<Element, string[]>();
    const observer = (this.#observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) for (const selector of known.get(target) || []) this.#once("visible", selector);
      }
    }));
    const find = (): void => {
      for (const selector of selectors) {
        for (const element of query(selector)) {
          const names = known.get(element);
          if (names?.includes(selector)) continue;
          if (names) names.push(selector);
          else known.set(element, [selector]);
          // Observed anew: an element that is in view already is reported for the new selector too.
          observer.unobserve(element);
          observer.observe(element);
        }
      }
      for (const slot of slots) {
        const there = query(slot).length > 0;
        if (there === this.#slots.has(slot)) continue;
        if (there) this.#slots.add(slot);
        else this.#slots.delete(slot);
        this.#report(there ? "slot" : "slot_gone", slot);
      }
    };
    // The engine takes every slot of a new list as missing until it hears otherwise.
    this.#slots.clear();
    // What the shop adds later. The records are not walked: a hundred thousand mutations cost one search.
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const mutations = new MutationObserver(() => {
      waiting = waiting ?? setTimeout(() => {
        waiting = undefined;
        find();
      }, 300);
    });
    mutations.observe(document.documentElement, { childList: true, subtree: true });
    this.#listeners.own(() => {
      mutations.disconnect();
      clearTimeout(waiting);
    });
    find();
  }

  #watchClicks(selectors: string[]): void {
    this.#listeners.add(document, "click", (event: MouseEvent) => {
      // The way that the click takes, out of shadow roots too; one on a message is not one on what it lies in.
      const path = event.composedPath();
      if ((event.target as Element).localName === "dangol-message") return;
      for (const selector of selectors) if (path.some((node) => matches(node, selector))) this.#report("click", selector);
    }, { capture: true, passive: true });
  }
}

function query(selector: string): ArrayLike<Element> & Iterable<Element> {
  try {
    return document.querySelectorAll(selector);
  } catch {
    // A selector that is none; `validate` has said so.
    return [];
  }
}

function matches(node: EventTarget, selector: string): boolean {
  try {
    return (node as Element).matches(selector);
  } catch {
    // Not a selector, or not an element.
    return false;
  }
}
