/** Fetches the configuration and keeps it fresh: at start, when the page becomes visible again, every ten minutes. */
import { Listeners } from "./listeners.ts";
import { bodyOf, type Fetch } from "./transport.ts";

const EVERY = 600_000;
const TIMEOUT = 10_000;
const LONGEST = 2_000_000;

export interface Fetched {
  text?: string;
  etag?: string | null;
  error?: string;
  /** A text that came and may not be used, and what goes for a configuration instead. */
  refused?: string | undefined;
  limits?: string;
}

/** Fetches once. Never rejects. */
export async function fetchConfig(fetch: Fetch, url: string): Promise<Fetched> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT);
  try {
    // The browser's own cache sends the ETag: a header of ours would cost a preflight on another origin.
    const response = await fetch(url, { cache: "no-cache", signal: abort.signal });
    const text = await bodyOf(response, LONGEST + 1, response.ok);
    if (!response.ok) return { error: `status ${response.status}` };
    if (text.length > LONGEST) return { error: `larger than ${LONGEST} characters` };
    return { text, etag: response.headers.get("etag") };
  } catch (error) {
    return { error: abort.signal.aborted ? `no answer within ${TIMEOUT} ms` : String((error as Error)?.message || error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Fetches again and again; `news` hears of what came. Returns how to stop. */
export function followConfig(get: () => Promise<Fetched>, news: (fetched: Fetched) => void): () => void {
  const listeners = new Listeners();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy = false;
  const again = (): void => {
    clearTimeout(timer);
    timer = setTimeout(look, EVERY);
  };
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const fetched = await get();
    busy = false;
    if (stopped) return;
    again();
    news(fetched);
  };
  let stopped = false;
  listeners.add(document, "visibilitychange", () => {
    if (document.visibilityState === "visible") void look();
  });
  again();
  return () => {
    stopped = true;
    clearTimeout(timer);
    listeners.removeAll();
  };
}
