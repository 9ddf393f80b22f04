/**
 * Whether the page is about to leave. A message that came up now would go with it, half read: it waits, and where the page
 * has gone, the next one shows it. Browsers without the Navigation API do not tell.
 */

/** A server that takes longer, or has nothing to show, keeps the visitor here. */
const PATIENCE = 10_000;

let since = 0;
const { navigation } = globalThis as unknown as { navigation?: EventTarget };
navigation?.addEventListener("navigate", (event) => {
  if (!(event as unknown as { destination: { sameDocument: boolean } }).destination.sameDocument) since = Date.now();
});
// A router has taken it.
navigation?.addEventListener("navigatesuccess", () => (since = 0));

export const isLeaving = (): boolean => Date.now() - since < PATIENCE;
