/**
 * What a visitor pays before first paint: takes calls from the first moment, numbers and writes them down, and hands
 * them in order to the page module once that has arrived. Knows no rules.
 *
 * Nothing here throws or rejects into the page, whatever is passed.
 */
import { encode } from "./encode.ts";
import type { Consent, Dangol, Decision, Mode, Options } from "./types.ts";
import { uuid } from "./uuid.ts";

/** A call whose promise has not settled: its input text (docs/boundary.md) and how to settle it. */
export interface Pending {
  text: string;
  /** It is what the visitor has decided about storing. */
  decides?: boolean;
  /** Answers whoever waits; the call itself stays. */
  resolve(value?: unknown): void;
  settle(value?: unknown): void;
}

/** What the page module does for the facade. */
export interface Page {
  /** Once it knows the visitor: what it can do. */
  readonly mode: Promise<Mode>;
  /** Takes the call `id`, found in `Link.calls`. */
  call(id: string): void;
  query(what: string, campaign?: string): unknown;
  destroy(): Promise<void>;
}

/** What the facade does for the page module. */
export interface Link {
  options: Options;
  name: string;
  /** Unsettled calls in the order they were made. */
  calls: Map<string, Pending>;
  /** Calls dropped because the queue before the engine was full. */
  overflow: number;
  emit(type: string, detail: unknown): void;
  /** The shop's own handle, for what the page module notes by itself. */
  dangol: Dangol;
  uuid: typeof uuid;
}

export type Start = (link: Link) => Promise<Page | undefined>;

/** The queue before the engine, in characters. */
const MAX_QUEUE = 2_000_000;
/** How long whoever called waits for the page module, in milliseconds: no call waits for the network. */
const PATIENCE = 2000;
/** sessionStorage for what a dying page had not settled, in characters. */
export const MAX_RESCUE = 65_536;

const KEY = Symbol.for("dangol/1");
const noop = (): void => {};

/** Whether storing is allowed as far as one can know before the engine: the last decision, else the shop's word. */
export function mayStore(name: string, consent: Options["consent"]): unknown {
  const said = (localStorage.getItem("dangol:" + name) || consent) as (Partial<Consent> & string) | undefined;
  return said === "1" || said === "granted" || said?.analytics || said?.personalization;
}

/** Appends lines for the tab's next page; what does not fit is left out. */
export function rescue(name: string, lines: string[]): void {
  let text = sessionStorage.getItem("dangol:" + name) || "";
  for (const line of lines) if (text.length + line.length < MAX_RESCUE) text += line + "\n";
  if (text) sessionStorage.setItem("dangol:" + name, text);
}

/** When, where and under which title a call was made that waited for this file; nothing for one that is made now. */
export type Moment = [] | [at: number, url: string, title: string, referrer: string];
let moment: Moment = [];
/** The moment of the calls that follow. */
export const made = (of: Moment = []): void => void (moment = of);

/** Where the visitor is, as JSON. */
export const where = (): string => encode({ url: moment[1] || location.href, title: moment[2] || document.title, referrer: document.referrer }) || "null";

/** Once the page has painted: what it shows is ahead of everything that we fetch and run. At last after a while, where no frame is drawn. */
const painted = (): Promise<unknown> => new Promise((resolve) => {
  if (document.hidden) resolve(0);
  requestAnimationFrame(() => setTimeout(resolve));
  setTimeout(resolve, PATIENCE);
});

/** Makes the page's one instance; `load` fetches the page module. */
export function create(options: Options, load: () => Promise<Start>): Dangol {
  const home = globalThis as unknown as { [KEY]?: Dangol & { warned?: boolean }; document?: Document };
  const first = home[KEY];
  if (first) {
    if (!first.warned) console.warn("dangol: init() was called twice");
    first.warned = true;
    return first;
  }
  options ||= {} as Options;
  const calls: Link["calls"] = new Map();
  const listeners: { [type: string]: Set<(detail: never) => void> } = Object.create(null);
  let page: Page | undefined;
  /** On a server from the beginning. */
  let dead = !home.document;
  /** The page module has had its time: until it comes calls lie in memory, at last for the tab's next page. */
  let late = false;
  let queued = 0;
  let ready: (mode: Mode | Promise<Mode>) => void = noop;
  let end: Promise<void> | undefined;

  const link = {
    options,
    name: "" + (options.name || "dangol"),
    calls,
    overflow: 0,
    uuid,
    emit(type: string, detail: unknown) {
      listeners[type]?.forEach((listener) => {
        try {
          listener(detail as never);
        } catch (error) {
          // The shop's own error is shown as such, outside our stack.
          setTimeout(() => { throw error; });
        }
      });
    },
  } as Link;

  /** Notes a call. `fields` is a list of names and values; a value that cannot be encoded makes the call invalid. */
  const call = (kind: string, ...fields: unknown[]): Promise<any> => new Promise<any>((resolve: (value?: unknown) => void) => {
    try {
      const now = moment[0] || Date.now();
      const id = uuid(now);
      const decides = kind === "consent";
      let text = '{"in":"call","id":"' + id + '","at":' + encode(now) + ',"call":"' + kind + '"';
      for (let index = 0; index < fields.length; index += 2) {
        const value = fields[index + 1];
        const json = encode(value);
        // No argument is a list, so one is the caller's mistake. Told by its text: a revoked Proxy throws when it is asked.
        if (value != null) text += ',"' + fields[index] + '":' + (json && json[0] !== "[" ? json : 'false,"invalid":true');
      }
      // The decision is kept without consent, so it says nothing of where it was made.
      text += (decides ? "}" : ',"page":' + where() + "}");
      if (dead) return resolve();
      if (!page && (queued += text.length) > MAX_QUEUE) {
        link.overflow++;
        return resolve();
      }
      calls.set(id, {
        text,
        decides,
        resolve,
        settle(value) {
          calls.delete(id);
          resolve(value);
        },
      });
      if (page) page.call(id);
      else if (late) resolve();
    } catch {
      resolve();
    }
  });

  const query = <T>(what: string, empty: T, campaign?: string): T => {
    try {
      return (page?.query(what, campaign) as T) ?? empty;
    } catch {
      return empty;
    }
  };
  /** Properties must be an object; a word is the caller's mistake. */
  const plain = (value: unknown): unknown => value == null || typeof value === "object" ? value : noop;

  const atExit = (): void => {
    // From then on the page module does this, together with what it has not yet stored.
    if (page || dead || options.storage === "memory") return;
    try {
      let may = mayStore(link.name, options.consent);
      // Analytics or personalization, given or refused: of a decision's text this is all that has to be read.
      for (const { text, decides } of calls.values()) if (decides) may = text.match(/[sn]":t/) || (may && !text.match(/[sn]":f/));
      // They are the next page's: this one may come back from the back-forward cache, and would make them once more.
      rescue(link.name, [...calls.values()].flatMap(({ text, decides, settle }) => (may || decides ? (settle(), "c" + text) : [])));
    } catch {
      // Storage is blocked here.
    }
  };

  const dangol: Dangol = (link.dangol = {
    ready: new Promise((resolve) => (ready = resolve)),
    track: (event, properties) => call("track", "name", typeof event === "string" && event ? event : noop, "data", plain(properties)),
    page: (name, properties) => name && typeof name === "object" ? call("page", "data", plain(name)) : call("page", "name", name, "data", plain(properties)),
    identify: (user: unknown, traits?: object, known?: object) => user && typeof user === "object"
      ? call("identify", "data", plain(user))
      : call("identify", "user", (typeof user === "string" || typeof user === "number") && user !== "" ? "" + user : noop, "data", plain(traits), "known", plain(known)),
    reset: () => call("reset"),
    consent: (update) => call("consent", "data", plain(update) || noop),
    segments: () => query("segments", []),
    on(type, listener) {
      if (typeof listener !== "function") return noop;
      const own = (detail: never): void => listener(detail);
      const heard = (listeners[type] ||= new Set()).add(own);
      return () => { heard.delete(own); };
    },
    show: (campaign, options) => call("show", "name", campaign, "options", options)
      .then((decision?: Decision) => decision || { campaign, timestamp: new Date().toISOString(), outcome: "suppressed", reason: "invalid" }),
    dismiss() { call("dismiss"); },
    explain: (campaign) => query("explain", [], campaign),
    coupons: () => query("coupons", []),
    flush: () => call("flush"),
    stats: () => query("stats", { created: 0, acknowledged: 0, pending: 0, dropped: {}, local: 0 }),
    exportData: () => dangol.ready.then(() => query("export", {})).catch(() => ({})),
    forget: () => call("forget"),
    destroy: () => (end ||= (async () => {
      if (dead) return;
      atExit();
      dead = true;
      delete home[KEY];
      removeEventListener("pagehide", atExit);
      try {
        await page?.destroy();
      } catch {
        // Nothing is left that could be removed.
      }
      page = undefined;
      for (const { settle } of calls.values()) settle();
      ready("collect");
    })()),
  });

  if (dead) {
    ready("collect");
    return dangol;
  }
  home[KEY] = dangol;
  addEventListener("pagehide", atExit);
  if (options.capture?.page !== false) void dangol.page();

  const begin = async (tries: number): Promise<void> => {
    try {
      await painted().catch(noop);
      // Destroyed before the paint: nothing is fetched any more.
      const start = dead || await load();
      if (dead) return;
      const started = await (start as Start)(link);
      if (dead) return started?.destroy();
      if ((page = started)) {
        for (const [id] of [...calls]) page.call(id);
        // Only now: whoever waits for it asks right away.
        ready(page.mode);
      }
    } catch {
      // The module did not arrive (offline, blocked, a deploy in between): once more, then the calls wait in memory.
      if (tries) setTimeout(begin, PATIENCE, tries - 1);
      else ready("collect");
    }
  };
  void begin(1);
  setTimeout(() => {
    late = true;
    if (!page) for (const { resolve } of calls.values()) resolve();
  }, PATIENCE);
  return dangol;
}
