/**
 * Whether the page is about to leave. A message that came up now would go with it, half read: it waits, and where the page
 * has gone, the next one shows it. Browsers without the Navigation API do not tell.
 */

/** A server that takes longer, or has nothing to show, keeps the visitor here. */
const PATIENCE = 10_000;

let since = 0;
const stay = (): void => void (since = 0);

/** Listens until `signal` says that this is over. */
export function watchLeaving(signal: AbortSignal): void {
  const { navigation } = globalThis as unknown as { navigation?: EventTarget };
  navigation?.addEventListener("navigate", (event) => {
    const { destination: { sameDocument, url }, downloadRequest } = event as unknown as { destination: { sameDocument: boolean; url: string }; downloadRequest?: string | null };
    // A download, a mail or a call leaves the page where it is.
    if (sameDocument || downloadRequest != null || !url.startsWith("http")) return;
    since = Date.now();
  }, { signal });
  // A router has taken it.
  navigation?.addEventListener("navigatesuccess", stay, { signal });
  // It may come back from the back-forward cache.
  addEventListener("pageshow", stay, { signal });
}

export const isLeaving = (): boolean => Date.now() - since < PATIENCE;
