/**
 * How a page view was used: the seconds it was in view and how far down it was read, told as `Page Left` when it ends.
 *
 * One event a view. A view of less than a second was not read, by the same measure as a message that was not seen.
 */
import { Listeners } from "./listeners.ts";
import { bare, route } from "./routes.ts";

const SEEN = 1000;

export interface Left {
  /** Without a query, and without a fragment that holds values. */
  url: string;
  path: string;
  title: string;
  /** Seconds in view. */
  duration: number;
  /** How much of the page had been in view, in percent. */
  scroll_depth: number;
}

export class Engagement {
  #tell: (left: Left) => void;
  #listeners = new Listeners();
  #view: { url: string; path: string; title: string } | undefined;
  #seen = 0;
  /** Since when the view has been visible; 0 while it is not. */
  #since = 0;
  #deepest = 0;
  #height = 0;
  /** The route that is looked at. */
  #route = "";

  constructor(tell: (left: Left) => void) {
    this.#tell = tell;
    // At a click, too: a router may draw the next route before it is known that this one ends.
    for (const type of ["scroll", "click", "visibilitychange", "pagehide"]) this.#listeners.add(window, type, () => this.#look(), { capture: true });
    this.#listeners.add(document, "visibilitychange", () => this.#count());
    this.#listeners.add(window, "pagehide", () => this.end());
  }

  /** A page view begins; the one before it ends. */
  begin(): void {
    this.end();
    this.#view = { url: location.href.replace(/\?.*|#.*=.*/s, ""), path: location.pathname, title: document.title };
    this.#seen = this.#since = 0;
    this.#deepest = 0;
    this.#route = route();
    this.#look();
    this.#count();
  }

  /** How far down it is read; the next route's height is not this one's. */
  #look(): void {
    const now = route();
    const known = this.#route;
    // Where only the query is another one, and the view goes on, it is the same page: looked at the next time.
    if (bare(now) === bare(known)) this.#route = now;
    if (now !== known) return;
    this.#deepest = Math.max(this.#deepest, window.scrollY);
    this.#height = document.documentElement.scrollHeight;
  }

  /** The page view ends, if there is one. */
  end(): void {
    const view = this.#view;
    if (!view) return;
    this.#count();
    this.#view = undefined;
    if (this.#seen < SEEN) return;
    const depth = this.#height ? ((this.#deepest + window.innerHeight) / this.#height) * 100 : 100;
    this.#tell({ ...view, duration: Math.round(this.#seen / 100) / 10, scroll_depth: Math.min(100, Math.round(depth)) });
  }

  #count(): void {
    const now = performance.now();
    if (this.#since) this.#seen += now - this.#since;
    this.#since = document.visibilityState === "visible" ? now : 0;
  }

  stop(): void {
    this.#view = undefined;
    this.#listeners.removeAll();
  }
}
