/**
 * Sends what the engine made and reports what came back. Judges no answer: a status is a fact, a rule is not ours.
 *
 * Never `sendBeacon`: it says true while offline. The answer's body is always read: an unread one holds the page's
 * keepalive budget for seconds. Redirects are not followed: a POST that became a GET of some page looks like success.
 */
import { input, read, type Send } from "./boundary.ts";
import { pause } from "./pause.ts";

const MAX_ANSWER = 65_536;
const DEFAULT_TIMEOUT = 30_000;
/** How long a request waits for its token, in milliseconds. */
const PATIENCE = 10_000;

/** The page's `fetch` as it was when we started; a later wrapper may be broken. */
export type Fetch = typeof fetch;

export interface Answer {
  /** 0: no answer. */
  status: number;
  body: string;
  headers: Headers | null;
}

const NO_ANSWER: Answer = { status: 0, body: "", headers: null };

/** The first `limit` characters of a body, all of it read off the wire. One that breaks off is a failure only where `whole` is wanted. */
export async function bodyOf(response: Response, limit = MAX_ANSWER, whole?: boolean): Promise<string> {
  let text = "";
  try {
    const reader = response.body?.getReader();
    if (!reader) return (await response.text()).slice(0, limit);
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
      if (text.length > limit) {
        await reader.cancel();
        break;
      }
    }
  } catch (error) {
    // Of an answer the status counts, and it has arrived.
    if (whole) throw error;
  }
  return text.slice(0, limit);
}

/** A moment as HTTP or ISO 8601 spells it; the oldest spelling of RFC 9110 names no zone. */
const momentOf = (text: string): number => Date.parse(text.replace(/:\d\d \d{4}$/, "$& GMT"));

/** Seconds or a date, in milliseconds by the server's own clock where it is shown; what is no wait (`-1`, `soon`) is none. */
function waitOf(asked: unknown, date: number | null): number | null {
  if (/^\s*\d+(\.\d+)?\s*$/.test(asked as string)) return Number(asked) * 1000;
  const at = /:/.test(asked as string) ? momentOf(asked as string) : NaN;
  return at === at ? Math.max(at - (date ?? Date.now()), 0) : null;
}

async function gzip(text: string): Promise<ArrayBuffer> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

/** Whether there is no token, or one that ends within half a minute. */
function isOld(token: string): boolean {
  try {
    const { exp } = JSON.parse(atob(token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/"))) as { exp?: number };
    return !!exp && exp * 1000 < Date.now() + 30_000;
  } catch {
    // It says nothing about its end.
    return !token;
  }
}

export class Transport {
  #fetch: Fetch;
  #auth: (() => Promise<string>) | undefined;
  #open = new Set<AbortController>();
  #token = "";
  #asks = 0;

  constructor(fetch: Fetch, auth?: () => Promise<string>) {
    this.#fetch = fetch;
    this.#auth = auth;
  }

  /** Sends a batch; the text of the `answer` input. */
  async send({ batch, url, headers, body, timeout, exit, compress, auth }: Send): Promise<string> {
    const all: { [name: string]: string } = { "Content-Type": "text/plain;charset=UTF-8" };
    for (const name of Object.keys(headers || {})) {
      if (name.toLowerCase() === "content-type") delete all["Content-Type"];
      all[name] = headers![name]!;
    }
    let content: BodyInit = body;
    if (compress && !exit && typeof CompressionStream === "function") {
      try {
        content = await gzip(body);
        all["Content-Encoding"] = "gzip";
      } catch {
        // Then as it is.
      }
    }
    // All tabs wait for this one meanwhile: a token that does not come goes along the next time.
    // A dying page has no time to ask; the engine asks for a new token (`auth`) after a 401.
    if (this.#auth && !exit && (auth || isOld(this.#token))) await Promise.race([this.#ask(), pause(PATIENCE)]);
    if (this.#token) all["Authorization"] = "Bearer " + this.#token;
    const { status, body: said, headers: told } = await this.post(url, all, content, timeout, !!exit);
    const date = momentOf(told?.get("date") || "") || null;
    // Browsers hide the header across origins unless the endpoint shows it; then the body may say it.
    const wait = waitOf(told?.get("retry-after"), date) ?? waitOf(status < 400 || read<{ retryAfter?: unknown } | null>(said)?.retryAfter, date);
    return input("answer", { batch, status, body: said, date, wait });
  }

  async #ask(): Promise<void> {
    const round = this.#asks;
    let token = "";
    try {
      token = await this.#auth!();
    } catch {
      // The backend will say 401, and the engine keeps the events.
    }
    // Whoever signed in meanwhile must not go by the former one's token.
    if (round === this.#asks) this.#token = token;
  }

  /** Somebody else may be signed in: the token is asked for anew. */
  signedOut(): void {
    this.#asks++;
    this.#token = "";
  }

  /** POSTs `body`. Never rejects. */
  async post(url: string, headers: { [name: string]: string }, body: BodyInit, timeout = DEFAULT_TIMEOUT, keepalive = false): Promise<Answer> {
    const abort = new AbortController();
    // A request that outlives the page must not be cut by our own clock, nor with us.
    if (!keepalive) this.#open.add(abort);
    const timer = keepalive ? undefined : setTimeout(() => abort.abort(), Math.min(timeout, 2 ** 31 - 1));
    try {
      const request = (keepalive: boolean): Promise<Response> =>
        this.#fetch(url, { method: "POST", headers, body, keepalive, signal: abort.signal, redirect: "manual", cache: "no-store", referrerPolicy: "strict-origin" });
      let response: Response;
      try {
        response = await request(keepalive);
      } catch (error) {
        // The keepalive budget of the page was used up by others; a network failure looks the same.
        if (!keepalive || !(error instanceof TypeError)) throw error;
        response = await request(false);
      }
      // The redirect's own status is hidden from scripts; all of them mean the same to the engine.
      const status = response.type === "opaqueredirect" ? 302 : response.status;
      return { status, body: await bodyOf(response), headers: response.headers };
    } catch {
      return NO_ANSWER;
    } finally {
      clearTimeout(timer);
      this.#open.delete(abort);
    }
  }

  /** Gives up all that is under way. */
  close(): void {
    for (const abort of this.#open) abort.abort();
  }
}
