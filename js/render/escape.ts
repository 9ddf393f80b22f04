/** Escape for a message beside the page: it closes also where the focus is elsewhere, unless the page has a use for the key. */

import type { Listen } from "./types.ts";

/** Dialogs of the shop's own making that can be seen, as far as the browser tells. */
const dialogs = (document: Document): Element[] =>
  [...document.querySelectorAll("[aria-modal=true]")].filter((element) => element.checkVisibility?.({ checkOpacity: true, checkVisibilityCSS: true }));

/**
 * Whether a dialog of the shop's own lies over the page. `:modal` also holds for a video in fullscreen. What is no `<dialog>`
 * may stand ready beside the screen, or be a mere wrapper: it has to be met at its place, or at the edge next to that.
 */
export const isCovered = ({ document, innerWidth, innerHeight }: Window): unknown =>
  document.querySelector(":modal") ||
  dialogs(document).some((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const inside = (from: number, to: number, size: number) => Math.min(Math.max((from + to) / 2, 0), size - 1);
    return element.contains(document.elementFromPoint(inside(left, right, innerWidth), inside(top, bottom, innerHeight)));
  });
/** Whether a key belongs to what is still being composed; Safari tells the last one of it by its number alone. */
export const composes = ({ isComposing, keyCode }: KeyboardEvent): boolean => isComposing || keyCode === 229;

/** What of the shop's own an Escape is for. Within `:is` an older browser ignores what it does not know. */
const OPEN = ":is(:modal,[popover]:not([popover=manual]):popover-open)";
const AROUND = "[aria-expanded=true],[role$=dialog],[role=menu],[role=listbox],dialog";

export function onEscape(host: Element, window: Window, close: () => void, listen: Listen): void {
  const { document } = window;
  let isFree = false;
  const hasUse = (target: HTMLInputElement): unknown =>
    document.querySelector(OPEN) ||
    dialogs(document).length ||
    target.closest?.(AROUND) ||
    // A search field with something in it is emptied by the browser.
    (target.type === "search" && target.value);
  // Asked before any of the page's listeners hears of it, for one may close what was open; answered after all of them.
  listen<KeyboardEvent>(window, "keydown", (event) => {
    const { key, repeat, target } = event;
    isFree = key === "Escape" && !repeat && !composes(event) && host.isConnected && !hasUse(target as HTMLInputElement);
  }, true);
  listen(window, "keydown", (event) => {
    if (isFree) window.setTimeout(() => event.defaultPrevented || close());
  });
}
