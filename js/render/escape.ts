/** Escape for a message beside the page: it closes also where the focus is elsewhere, unless the page has a use for the key. */

/** What of the shop's own an Escape is for. Within `:is` an older browser ignores what it does not know. */
const OPEN = ":is(:modal,[popover]:not([popover=manual]):popover-open)";
const AROUND = "dialog,[role=dialog],[role=alertdialog],[role=menu],[role=listbox],[aria-expanded=true]";

export function onEscape(host: Element, close: () => void, signal: AbortSignal): void {
  const { ownerDocument: document } = host;
  const window = document.defaultView!;
  let isFree = false;
  const hasUse = (target: Element): boolean =>
    !!document.querySelector(OPEN) ||
    [...document.querySelectorAll("[aria-modal=true]")].some((element) => element.checkVisibility?.()) ||
    // A search field with something in it is emptied by the browser.
    !!target.closest?.(AROUND) || !!((target as HTMLInputElement).type === "search" && (target as HTMLInputElement).value);
  // Asked before any of the page's listeners hears of it, for one may close what was open; answered after all of them.
  window.addEventListener("keydown", ({ key, repeat, isComposing, target }) => {
    isFree = key === "Escape" && !repeat && !isComposing && host.isConnected && !hasUse(target as Element);
  }, { capture: true, signal });
  window.addEventListener("keydown", (event) => {
    if (isFree) window.setTimeout(() => event.defaultPrevented || close());
  }, { signal });
}
