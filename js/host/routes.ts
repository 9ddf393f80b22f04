/**
 * Page views of a single-page shop: each route once.
 *
 * The Navigation API is observed. Only where it is missing `history` is wrapped, and unwrapped again if nobody wrapped
 * it after us.
 */
import { read } from "./boundary.ts";
import { Listeners } from "./listeners.ts";

/** What makes a page another one. A hash counts only where it is a route. */
export function route({ pathname, search, hash }: Location | URL = location): string {
  return pathname + search + (/^#[!/]/.test(hash) ? hash : "");
}

/** A route whose queries do not count: a filter noted in the address is the same page, another path is another page. */
export const bare = (address: string): string => address.replace(/\?[^#]*/g, "");

interface NavigationLike extends EventTarget {
  currentEntry?: { key: string };
  /** How this document came about; not every browser tells. */
  activation?: { entry: { key: string } };
}

/** Calls `view` for each new route until the returned function is called; `noted` is the page call that was noted last, if one was. */
export function watchRoutes(view: () => void, noted?: string): () => void {
  const listeners = new Listeners();
  const { page } = read<{ page: { url: string } | null }>(noted) || {};
  let seen = route(page ? new URL(page.url) : location);
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const settle = (): void => {
    clearTimeout(waiting);
    waiting = undefined;
    if (route() === seen) return;
    seen = route();
    view();
  };
  // A task later: a redirect within the router is not a view, and the title has been set.
  const changed = (): void => {
    waiting = waiting ?? setTimeout(settle, 0);
  };
  const replaced = (): void => {
    if (bare(route()) !== bare(seen)) changed();
    else if (waiting === undefined) seen = route();
  };

  const navigation = (window as unknown as { navigation?: NavigationLike }).navigation;
  if (navigation) {
    listeners.add(navigation, "currententrychange", (event: { navigationType?: string }) => {
      if (event.navigationType === "replace") replaced();
      // Null: the state of the entry was updated, nothing moved.
      else if (event.navigationType) changed();
    });
  } else {
    listeners.add(window, "popstate", changed);
    listeners.add(window, "hashchange", changed);
    wrap(listeners, "pushState", changed);
    wrap(listeners, "replaceState", replaced);
  }
  // Nothing is lost when the page is left in the same task.
  listeners.add(window, "pagehide", settle);
  // Back from the back-forward cache the visitor sees the page anew.
  listeners.add(window, "pageshow", (event: PageTransitionEvent) => {
    if (event.persisted) view();
  });
  listeners.own(() => clearTimeout(waiting));
  // The view was told to the tab's next page, and now this one has come back from the back-forward cache.
  if (!noted) view();
  // A router may have gone on before we came: to another path, or in an entry of its own.
  if (navigation?.activation && navigation.activation.entry.key !== navigation.currentEntry?.key) changed();
  else replaced();
  return () => listeners.removeAll();
}

function wrap(listeners: Listeners, method: "pushState" | "replaceState", after: () => void): void {
  const original = history[method];
  let active = true;
  const wrapped = function (this: History, ...args: Parameters<History["pushState"]>): void {
    original.apply(this, args);
    if (active) after();
  };
  try {
    history[method] = wrapped;
  } catch {
    return;
  }
  listeners.own(() => {
    active = false;
    if (history[method] === wrapped) history[method] = original;
  });
}
