/** Escape for a message beside the page: it closes also where the focus is elsewhere, unless the page has a use for the key. */

import type { Listen } from "./types.ts";

/** What of the shop's own an Escape is for. Within `:is` an older browser ignores what it does not know. */
const OPEN = ":is(:modal,[popover]:not([popover=manual]):popover-open)";
const AROUND = "[aria-expanded=true],[role$=dialog],[role=menu],[role=listbox],dialog";

export function onEscape(host: Element, window: Window, close: () => void, listen: Listen): void {
  const { document } = window;
  let isFree = false;
  const hasUse = (target: HTMLInputElement): unknown =>
    document.querySelector(OPEN) ||
    [...document.querySelectorAll("[aria-modal=true]")].some((element) => element.checkVisibility?.()) ||
    target.closest?.(AROUND) ||
    // A search field with something in it is emptied by the browser.
    (target.type === "search" && target.value);
  // Asked before any of the page's listeners hears of it, for one may close what was open; answered after all of them.
  listen<KeyboardEvent>(window, "keydown", ({ key, repeat, isComposing, target }) => {
    isFree = key === "Escape" && !repeat && !isComposing && host.isConnected && !hasUse(target as HTMLInputElement);
  }, true);
  listen(window, "keydown", (event) => {
    if (isFree) window.setTimeout(() => event.defaultPrevented || close());
  });
}
