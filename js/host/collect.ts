/**
 * Collect mode: the engine cannot run here (refused, missing, broken), and events are collected and delivered all the
 * same, through the same store and network. Nothing is decided about the visitor; the rules of delivery are the simple
 * half of the engine's: any 2xx acknowledges, what may pass is tried again, the rest is kept for an hourly attempt.
 */
import type { Link } from "../facade.ts";
import type { Consent, Endpoint, Json, Options, Stats } from "../types.ts";
import { uuid } from "../uuid.ts";
import { type Pair, read, type Send, write } from "./boundary.ts";
import { forgetRecovered, recover } from "./exit.ts";
import type { Store } from "./store.ts";
import type { Tabs } from "./tabs.ts";
import { Timer } from "./timer.ts";
import type { Transport } from "./transport.ts";

const LIBRARY = { name: "dangol", version: VERSION };
/** Characters of one request, and of one at the page's exit, where the browser allows 64 KiB to all scripts together. */
const MAX_BATCH = 400_000;
const MAX_EXIT = 30_000;
const MAX_BUFFER = 100;
const LONGEST_WAIT = 900_000;
const HOUR = 3_600_000;

interface Call {
  id: string;
  at: number;
  call: string;
  name?: string;
  user?: string;
  data?: { [key: string]: Json };
  page?: { url: string; title: string; referrer: string };
  invalid?: boolean;
}

/** The record of the visitor's decision, as the engine writes it. */
interface Decided {
  consent?: Partial<Consent>;
}

interface Identity {
  anonymousId: string;
  userId?: string;
}

const wish = (consent: Options["consent"]): boolean | undefined =>
  consent === "granted" ? true : consent === "denied" ? false : typeof consent === "object" ? consent.analytics : undefined;

const texts = (list: unknown): string[] => (Array.isArray(list) ? list.filter((item) => typeof item === "string") : []);

export class Collector {
  #link: Link;
  #store: Store;
  #transport: Transport;
  #tabs: Tabs;
  #endpoint: Endpoint | undefined;
  #timer = new Timer(() => this.#flush());
  #identity: Identity = { anonymousId: "" };
  /** Undefined: not decided yet. */
  #analytics: boolean | undefined;
  #buffer: { id: string; call: Call }[] = [];
  /** Texts not yet acknowledged, for the page's exit. */
  #waiting = new Map<string, string>();
  #stats: Stats = { created: 0, acknowledged: 0, pending: 0, dropped: {}, local: 0 };
  #stream = uuid(Date.now());
  #seq = 0;
  #tries = 0;
  #flushing = false;
  #page: Call["page"];

  /** `settings.localOnly` and `settings.urlQuery` hold here too. */
  #localOnly: string[];
  #urlQuery: string[] | undefined;

  constructor(link: Link, store: Store, transport: Transport, tabs: Tabs, config?: string) {
    const { endpoint } = link.options;
    this.#link = link;
    this.#store = store;
    this.#transport = transport;
    this.#tabs = tabs;
    this.#endpoint = typeof endpoint === "string" ? { url: endpoint } : endpoint;
    const { localOnly, urlQuery } = read<{ settings?: { localOnly?: unknown; urlQuery?: unknown } }>(config)?.settings || {};
    this.#localOnly = ["traits.memberHash", ...texts(localOnly)];
    this.#urlQuery = Array.isArray(urlQuery) ? texts(urlQuery) : undefined;
  }

  async open(): Promise<void> {
    const stored = await this.#store.load();
    const decided = read<Decided>(stored.consent)?.consent;
    this.#analytics = decided && typeof decided.analytics === "boolean" ? decided.analytics : wish(this.#link.options.consent);
    // Whoever the engine knew the visitor as, they stay.
    const { calls, events, shared } = recover(this.#link);
    for (const text of [stored.shared, stored.collect, shared]) {
      const { anonymousId, userId } = read<Partial<Identity>>(text) || {};
      if (!this.#identity.anonymousId && typeof anonymousId === "string") {
        this.#identity = { anonymousId, userId: typeof userId === "string" ? userId : undefined };
      }
    }
    await this.#store.allow(!!this.#analytics);
    if (!this.#identity.anonymousId) this.#rename();
    if (this.#analytics === false) return;
    if (events.length) this.#keep(events, []);
    // A call whose event was made keeps it: another one would take a number of this page's stream.
    for (const call of calls as Call[]) {
      if (typeof call.id === "string" && !events.some(([id]) => id === call.id)) this.#take(call.id, call);
    }
    if (!this.#analytics) return;
    this.#plan(1000);
    void this.#store.settled().then(() => {
      if (this.#store.lasting) forgetRecovered(this.#link.name);
    });
  }

  #rename(): void {
    this.#identity = { anonymousId: uuid(Date.now()) };
    this.#remember();
  }

  #remember(): void {
    if (this.#analytics) void this.#store.save({ save: 0, collect: write(this.#identity) });
  }

  /** Takes a call from the facade. */
  call(id: string, text: string): void {
    const call = read<Call>(text);
    if (!call) return this.#settle(id);
    this.#take(id, call);
  }

  #settle(id: string, value?: unknown): void {
    this.#link.calls.get(id)?.settle(value);
  }

  #drop(reason: string, count = 1): void {
    this.#stats.created += count;
    this.#stats.dropped[reason] = (this.#stats.dropped[reason] || 0) + count;
  }

  #take(id: string, call: Call): void {
    this.#page = call.page || this.#page;
    switch (call.call) {
      case "track":
      case "page":
      case "identify":
        if (call.invalid) {
          this.#drop("invalid");
          return this.#settle(id);
        }
        if (call.user) {
          // Another member on the same device is somebody else.
          if (this.#identity.userId && this.#identity.userId !== call.user) this.#rename();
          this.#identity.userId = call.user;
          this.#remember();
        }
        return this.#event(id, call);
      case "consent":
        return this.#consent(id, call.data as Partial<Consent> | undefined);
      case "reset":
        this.#rename();
        return this.#settle(id);
      case "forget":
        this.#waiting.clear();
        void this.#store.wipe(true).then(() => {
          this.#rename();
          this.#settle(id);
        });
        return;
      case "flush":
        void this.#flush().then(() => this.#settle(id));
        return;
    }
    this.#settle(id);
  }

  #consent(id: string, update: Partial<Consent> | undefined): void {
    if (typeof update?.analytics === "boolean") this.#analytics = update.analytics;
    void this.#store.load()
      .then(({ consent }) => this.#store.save({ save: 0, consent: write({ v: 1, at: new Date().toISOString(), consent: { ...read<Decided>(consent)?.consent, ...update } }) }))
      .then(() => this.#store.allow(!!this.#analytics))
      .then(async () => {
        this.#remember();
        const buffer = this.#buffer.splice(0);
        if (this.#analytics) for (const { id, call } of buffer) this.#event(id, call);
        else if (this.#analytics === false) {
          this.#drop("consent", buffer.length + this.#waiting.size);
          this.#waiting.clear();
          await this.#store.wipe(true);
        }
        this.#settle(id);
      });
  }

  #event(id: string, call: Call): void {
    if (this.#analytics === undefined) {
      // In memory until the visitor decides.
      if (this.#buffer.length < MAX_BUFFER) this.#buffer.push({ id, call });
      else this.#drop("buffer_full");
      return this.#settle(id);
    }
    if (!this.#analytics || !this.#endpoint) {
      this.#stats.local++;
      return this.#settle(id);
    }
    let event: { [key: string]: unknown } | null = this.#wire(id, call);
    if (this.#link.options.beforeSend) {
      try {
        event = this.#link.options.beforeSend(event as never) as unknown as typeof event;
      } catch {
        event = null;
      }
      if (!event) {
        this.#drop("beforeSend");
        return this.#settle(id);
      }
    }
    this.#stats.created++;
    this.#keep([[id, write({ ...event, messageId: id })]], [id]);
  }

  #keep(events: Pair[], settle: string[]): void {
    for (const [id, text] of events) this.#waiting.set(id, text);
    void this.#store.save({ save: 0, events }).then(() => {
      for (const id of settle) this.#settle(id);
    });
    const { flushAt = 20, flushInterval = 10_000 } = this.#endpoint || {};
    if (!this.#tries) this.#plan(this.#waiting.size >= flushAt ? 0 : flushInterval);
  }

  #wire(id: string, { call, name, at, data, page = this.#page }: Call): { [key: string]: unknown } {
    const url = this.#trim(page?.url || location.href);
    data = this.#withoutLocal(call === "identify" ? "traits" : "properties", data || {}) as Call["data"];
    return {
      type: call,
      ...(call === "track" ? { event: name, properties: data || {} } : call === "page" ? { name, properties: data || {} } : { traits: data || {} }),
      messageId: id,
      timestamp: new Date(at || Date.now()).toISOString(),
      anonymousId: this.#identity.anonymousId,
      userId: this.#identity.userId,
      context: {
        library: LIBRARY,
        locale: this.#link.options.locale || document.documentElement.lang || navigator.language,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        userAgent: navigator.userAgent,
        page: { url: url.href, path: url.pathname, search: url.search, title: page?.title, referrer: page?.referrer && this.#trim(page.referrer).href },
        streamId: this.#stream,
        mode: "collect",
      },
      seq: ++this.#seq,
    };
  }

  /** An address with only the parameters that may be kept. */
  #trim(address: string): URL {
    const url = new URL(address, location.href);
    if (!this.#urlQuery) return url;
    for (const name of Array.from(url.searchParams.keys())) if (!this.#urlQuery.includes(name)) url.searchParams.delete(name);
    if (/[=?]/.test(url.hash)) url.hash = "";
    return url;
  }

  /** Data without what must not leave the device; a path goes through lists and through `$setOnce` and its like. */
  #withoutLocal(path: string, value: Json): Json {
    if (Array.isArray(value)) return value.map((item) => this.#withoutLocal(path, item));
    if (typeof value !== "object" || value === null) return value;
    const rest: { [key: string]: Json } = {};
    for (const key of Object.keys(value)) {
      const here = path === "traits" && key[0] === "$" ? path : path + "." + key;
      if (!this.#localOnly.includes(here)) rest[key] = this.#withoutLocal(here, value[key]!);
    }
    return rest;
  }

  #due = Infinity;
  #plan(delay: number): void {
    const at = Date.now() + delay;
    if (at >= this.#due) return;
    this.#due = at;
    this.#timer.set(at);
  }

  /** Sends what lies in the store, batch by batch, under the tabs' lock. */
  #flush(): Promise<void> {
    this.#due = Infinity;
    if (this.#flushing || !this.#endpoint || !this.#analytics) return Promise.resolve();
    this.#flushing = true;
    return new Promise((resolve) => {
      this.#tabs.lock(() => void this.#deliver().catch(() => {}).then(() => {
        this.#tabs.unlock();
        this.#flushing = false;
        resolve();
      }));
    });
  }

  async #deliver(): Promise<void> {
    for (;;) {
      const pending = await this.#store.pending(MAX_BATCH);
      if (!pending.length || !this.#analytics) return;
      const answer = read<{ status: number; retry_after: string | null }>(await this.#transport.send(this.#request(pending, false)));
      const status = answer?.status ?? 0;
      if (status >= 200 && status < 300) {
        const ids = pending.map(([id]) => id);
        this.#tries = 0;
        this.#stats.acknowledged += ids.filter((id) => this.#waiting.delete(id)).length;
        await this.#store.save({ save: 0, drop: { events: ids } });
        continue;
      }
      const passes = status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;
      const wait = Math.min(1000 * 2 ** this.#tries++, LONGEST_WAIT);
      const asked = Number(answer?.retry_after) * 1000;
      this.#plan(!passes ? HOUR : asked > 0 ? Math.min(Math.max(asked, 1000), HOUR) : Math.max(Math.random() * wait, 250));
      return;
    }
  }

  #request(events: Pair[], exit: boolean): Send {
    const { url, format = "segment", headers, writeKey, compress } = this.#endpoint!;
    const texts = events.map(([, text]) => text);
    const list = "[" + texts.join(",") + "]";
    const body = format === "ndjson" ? texts.join("\n") + "\n"
      : format === "cloudevents" ? write(texts.map((text) => this.#cloud(text)))
      : typeof format === "object" ? `{${write(format.envelope)}:${list}}`
      : `{"batch":${list},"sentAt":${write(new Date().toISOString())}${writeKey ? `,"writeKey":${write(writeKey)}` : ""}}`;
    return { batch: 0, url, headers, body, exit, compress, auth: !!this.#link.options.auth };
  }

  #cloud(text: string): object {
    const event = read<{ type: string; messageId: string; timestamp: string }>(text);
    return {
      specversion: "1.0", id: event?.messageId, source: location.origin, type: "dangol." + event?.type, time: event?.timestamp,
      datacontenttype: "application/json", data: event,
    };
  }

  /** The page may be dying: one small request now; what is not answered stays in the store. */
  leave(): void {
    if (!this.#waiting.size || !this.#endpoint || !this.#analytics || this.#flushing) return;
    const events: Pair[] = [];
    let room = MAX_EXIT;
    for (const pair of this.#waiting) {
      if ((room -= pair[1].length) < 0) break;
      events.push(pair);
    }
    void this.#transport.send(this.#request(events, true)).then((answer) => {
      const status = read<{ status: number }>(answer)?.status ?? 0;
      if (status < 200 || status > 299) return;
      this.#stats.acknowledged += events.filter(([id]) => this.#waiting.delete(id)).length;
      void this.#store.save({ save: 0, drop: { events: events.map(([id]) => id) } });
    });
  }

  query(what: string): unknown {
    if (what === "stats") return { ...this.#stats, pending: this.#waiting.size };
    if (what === "export") {
      return this.#store.pending(Infinity).then((pairs) => ({ ...this.#identity, outbox: pairs.map(([, text]) => read(text)) }));
    }
    return undefined;
  }

  close(): void {
    this.#timer.set(null);
  }
}
