/**
 * Collect mode: the engine cannot run here (refused, missing, broken), and events are collected and delivered all the
 * same, through the same store and network. Nothing is decided about the visitor; the rules of delivery are the simple
 * half of the engine's: any 2xx acknowledges, what may pass is tried again, the rest is kept for an hourly attempt.
 * What is promised about consent and about who the visitor is holds here too, and is told to the other tabs.
 */
import type { Link } from "../facade.ts";
import type { Consent, Endpoint, Json, Options, Stats } from "../types.ts";
import { uuid } from "../uuid.ts";
import { ALL } from "./backend.ts";
import { type Pair, read, type Send, write } from "./boundary.ts";
import { Privacy } from "./collect-privacy.ts";
import { type Call, eventOf, farewellOf, requestOf } from "./collect-wire.ts";
import { forgetRecovered, recover } from "./exit.ts";
import type { Store, Stored } from "./store.ts";
import type { Tabs } from "./tabs.ts";
import { Timer } from "./timer.ts";
import type { Transport } from "./transport.ts";

/** Characters of one request, and of one at the page's exit, where the browser allows 64 KiB to all scripts together. */
const MAX_BATCH = 400_000;
const MAX_EXIT = 30_000;
const MAX_BUFFER = 100;
const LONGEST_WAIT = 900_000;
const HOUR = 3_600_000;
/** How often a backend is told that a visitor asked to be forgotten, if it does not answer. */
const FAREWELLS = 5;
const PURPOSES = ["analytics", "personalization", "marketing", "marketingNight"] as const;

/** The record of the visitor's decision, as the engine writes it. */
interface Decided {
  consent?: Partial<Consent>;
  marketingAt?: string;
  banner?: object;
}

interface Identity {
  anonymousId: string;
  userId?: string;
  /** Raised with each new visitor, as in the engine. */
  epoch?: number;
}

const NOTHING: Consent = { analytics: false, personalization: false, marketing: false, marketingNight: false };

const wish = (consent: Options["consent"]): Consent | undefined =>
  consent === "granted" ? { ...NOTHING, analytics: true, personalization: true, marketing: true }
    : typeof consent === "object" ? { ...NOTHING, ...purposesOf(consent) }
    : consent === "denied" ? NOTHING : undefined;

function purposesOf(update: unknown): Partial<Consent> {
  const named: Partial<Consent> = {};
  for (const purpose of PURPOSES) {
    const allowed = (update as Partial<Consent> | undefined)?.[purpose];
    if (typeof allowed === "boolean") named[purpose] = allowed;
  }
  return named;
}

/** Whether an answer may be another one later. */
const passes = (status: number): boolean => status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;
const statusOf = (answer: string): number => read<{ status: number }>(answer)?.status ?? 0;

export class Collector {
  #link: Link;
  #store: Store;
  #transport: Transport;
  #tabs: Tabs;
  #endpoint: Endpoint | undefined;
  #timer = new Timer(() => this.#flush());
  #identity: Identity = { anonymousId: "" };
  /** Who the visitor is was not written down yet. */
  #unwritten = true;
  /** Undefined: not decided yet. */
  #consent: Consent | undefined;
  #record: Decided = {};
  #buffer: { id: string; call: Call }[] = [];
  /** Texts not yet acknowledged, for the page's exit. */
  #waiting = new Map<string, string>();
  #stats: Stats = { created: 0, acknowledged: 0, pending: 0, dropped: {}, local: 0 };
  #stream = uuid(Date.now());
  #seq = 0;
  #tries = 0;
  #flushing = false;
  #closed = false;
  #page: Call["page"];
  #privacy: Privacy;

  constructor(link: Link, store: Store, transport: Transport, tabs: Tabs, config?: string) {
    const { endpoint } = link.options;
    this.#link = link;
    this.#store = store;
    this.#transport = transport;
    this.#tabs = tabs;
    this.#endpoint = typeof endpoint === "string" ? { url: endpoint } : endpoint;
    this.#privacy = new Privacy(config);
  }

  async open(): Promise<void> {
    const stored = await this.#store.load();
    this.#take(stored);
    if (!this.#record.consent && this.#consent) this.#consent = { ...this.#consent, ...this.#controlled() };
    if (!this.#identity.anonymousId) this.#know(recover(this.#link).shared);
    if (!this.#identity.anonymousId) this.#identity = { anonymousId: uuid(Date.now()) };
    await this.#obey(undefined);
    this.#recover();
    if (this.#consent?.analytics) this.#plan(1000);
  }

  /** Takes up what the tab's former page could not finish, as far as it is about this visitor. */
  #recover(): void {
    const { calls, events, who } = recover(this.#link);
    const isSame = !who.length || who.includes(this.#identity.anonymousId);
    if (isSame && this.#consent?.analytics !== false) {
      if (events.length) this.#keep(events, []);
      // A call whose event was made keeps it: another one would take a number of this page's stream.
      for (const call of calls as Call[]) {
        if (typeof call.id === "string" && !events.some(([id]) => id === call.id) && !this.#link.calls.has(call.id)) this.#run(call.id, call);
      }
    }
    if (!this.#consent) return;
    void this.#store.settled().then(() => {
      if (this.#store.lasting || !isSame) forgetRecovered(this.#link.name);
    });
  }

  /** Takes over the decision and the visitor as they are stored; whoever the engine knew them as, they stay. */
  #take(stored: Stored): void {
    this.#record = read<Decided>(stored.consent) || {};
    this.#consent = this.#record.consent ? { ...NOTHING, ...purposesOf(this.#record.consent) } : this.#consent || wish(this.#link.options.consent);
    this.#know(stored.shared) || this.#know(stored.collect);
  }

  #know(text: string | null | undefined): boolean {
    const { anonymousId, userId, epoch } = read<Partial<Identity>>(text) || {};
    if (typeof anonymousId !== "string" || !anonymousId) return false;
    this.#identity = { anonymousId, ...(typeof userId === "string" && { userId }), ...(typeof epoch === "number" && { epoch }) };
    this.#unwritten = false;
    return true;
  }

  /** Back from the back-forward cache: what other tabs did meanwhile is read before anything is done. */
  async thaw(): Promise<void> {
    const { anonymousId } = this.#identity;
    const wasWritten = !this.#unwritten;
    const before = this.#consent;
    const stored = await this.#store.load();
    this.#take(stored);
    const erased = wasWritten && this.#store.lasting && !stored.shared && !stored.collect;
    if (erased) this.#lose();
    if (erased || this.#identity.anonymousId !== anonymousId) this.#meet(erased ? undefined : this.#identity);
    await this.#obey(before);
    const left = new Set((await this.#store.pending(Infinity)).map(([id]) => id));
    for (const id of Array.from(this.#waiting.keys())) if (!left.has(id)) this.#count("acknowledged", id);
    this.#recover();
    this.#timer.check();
  }

  /** Another tab spoke. */
  hear(data: Json): void {
    for (const item of (Array.isArray(data) ? data : [data]) as { [key: string]: Json }[]) {
      if (item?.["consent"]) {
        const before = this.#consent;
        this.#consent = { ...NOTHING, ...purposesOf(item["consent"]) };
        this.#record = { ...this.#record, consent: this.#consent, ...(typeof item["marketingAt"] === "string" && { marketingAt: item["marketingAt"] }) };
        void this.#obey(before);
      } else if (item?.["forget"] || item?.["reset"]) {
        if (item["forget"]) {
          this.#lose();
          this.#buffer = [];
        }
        this.#meet(undefined);
      } else if (typeof item?.["shared"] === "string" && this.#store.allowed) {
        const { epoch = 0 } = read<Partial<Identity>>(item["shared"]) || {};
        if (epoch >= (this.#identity.epoch || 0)) this.#know(item["shared"]);
      }
      for (const id of Array.isArray(item?.["acknowledged"]) ? (item["acknowledged"] as string[]) : []) this.#count("acknowledged", id);
    }
  }

  #mayStore(): boolean {
    return !!this.#consent && (this.#consent.analytics || this.#consent.personalization);
  }

  #controlled(): Partial<Consent> {
    return this.#privacy.control ? { marketing: false, marketingNight: false } : {};
  }

  /** Somebody else from here on; nothing of the former visitor's page load is theirs. */
  #meet(identity: Identity | undefined): void {
    this.#identity = identity || { anonymousId: uuid(Date.now()), epoch: (this.#identity.epoch || 0) + 1 };
    this.#unwritten = !identity;
    this.#stream = uuid(Date.now());
    this.#seq = 0;
    this.#transport.signedOut();
  }

  /** The shared state with the visitor as this page knows them; what else lies in it is theirs only if they are the same. */
  #shared(text: string | null): string {
    const { anonymousId } = this.#identity;
    const known = read<Partial<Identity>>(text);
    return write({ ...(known?.anonymousId === anonymousId ? known : { v: 1, assignmentId: anonymousId }), epoch: 0, ...this.#identity });
  }

  /** Writes down who the visitor is, as far as that is allowed. */
  #remember(): void {
    if (!this.#mayStore()) return;
    this.#unwritten = false;
    void this.#store.claim((shared) => {
      const known = read<Partial<Identity>>(shared);
      if ((known?.epoch || 0) > (this.#identity.epoch || 0) && this.#know(shared)) return undefined;
      const text = this.#shared(shared);
      this.#tabs.tell([{ shared: text }]);
      return { save: 0, shared: text };
    });
  }

  /** Takes a call from the facade. */
  call(id: string, text: string): void {
    const call = read<Call>(text);
    if (!call) return this.#settle(id);
    this.#run(id, call);
  }

  #settle(id: string, value?: unknown): void {
    this.#link.calls.get(id)?.settle(value);
  }

  /** Counts what was created and dropped at once. */
  #drop(reason: string, count = 1): void {
    this.#stats.created += count;
    this.#stats.dropped[reason] = (this.#stats.dropped[reason] || 0) + count;
  }

  #count(outcome: "acknowledged", id: string): void {
    if (this.#waiting.delete(id)) this.#stats[outcome]++;
  }

  /** Gives up what waits to be sent. */
  #lose(reason = "forgotten"): void {
    this.#stats.created -= this.#waiting.size;
    if (this.#waiting.size) this.#drop(reason, this.#waiting.size);
    this.#waiting.clear();
  }

  #run(id: string, call: Call): void {
    this.#page = call.page || this.#page;
    switch (call.call) {
      case "track":
      case "page":
      case "identify":
        if (call.invalid) {
          this.#drop("invalid");
          return this.#settle(id);
        }
        if (!this.#consent) return this.#wait(id, call);
        if (call.user && this.#identity.userId !== call.user) {
          // Another member on the same device is somebody else.
          if (this.#identity.userId) this.#reset();
          this.#identity.userId = call.user;
          this.#unwritten = true;
        }
        return this.#event(id, call);
      case "consent":
        return this.#decide(call).then(() => this.#settle(id)) as unknown as void;
      case "reset":
        if (!this.#consent) return this.#wait(id, call);
        this.#reset();
        return this.#settle(id);
      case "forget":
        void this.#forget().then(() => this.#settle(id));
        return;
      case "flush":
        void this.#flush().then(() => this.#settle(id));
        return;
    }
    this.#settle(id);
  }

  /** In memory until the visitor decides. */
  #wait(id: string, call: Call): void {
    if (this.#buffer.length < MAX_BUFFER) this.#buffer.push({ id, call });
    else this.#drop("overflow");
    this.#settle(id);
  }

  /** A new anonymous visitor; what the former one did before is still delivered under their name. */
  #reset(): void {
    this.#meet(undefined);
    if (this.#mayStore()) void this.#store.save({ save: 0, drop: { journey: [ALL] }, state: "", shared: "", collect: "" });
    this.#tell("reset");
  }

  #tell(what: "reset" | "forget"): void {
    this.#tabs.tell([{ [what]: this.#identity.epoch! }, { shared: this.#shared(null) }]);
  }

  /** Erases what this device holds; the backend hears of it once, if it may hear of the visitor at all. */
  async #forget(): Promise<void> {
    if (this.#consent?.analytics && this.#endpoint) {
      const id = uuid(Date.now());
      const { anonymousId, userId } = this.#identity;
      const text = write(farewellOf(id, { anonymousId, userId, streamId: this.#stream, seq: ++this.#seq }));
      void this.#farewell(this.#request([[id, text]], true));
    }
    this.#lose();
    this.#buffer = [];
    this.#meet(undefined);
    await this.#store.wipe(true);
    this.#tell("forget");
  }

  async #farewell(send: Send): Promise<void> {
    for (let tries = 1; tries <= FAREWELLS && !this.#closed; tries++) {
      if (!passes(statusOf(await this.#transport.send(send)))) return;
      await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** tries));
    }
  }

  /** The visitor decides, or a banner does for them; whoever speaks last has the word. */
  async #decide({ data, source }: Call): Promise<void> {
    const update = purposesOf(data);
    const said = write(update);
    const record = this.#record;
    if (said === "{}" || (source === "default" && record.consent) || (source === "banner" && said === write(record.banner))) return;
    const before = this.#consent;
    this.#consent = { ...NOTHING, ...before, ...update, ...(source && this.#controlled()) };
    if (source !== "default") {
      const at = new Date().toISOString();
      const isAgreed = (update.marketing || update.marketingNight) && !(source && this.#privacy.control);
      this.#record = {
        ...record, ...{ v: 1, at }, consent: this.#consent,
        ...(isAgreed && { marketingAt: at }),
        ...(source === "banner" && { banner: update }),
      };
      // First the permission: what may not be stored any more must not be written behind the record.
      if (this.#mayStore()) await this.#store.allow(true);
      void this.#store.save({ save: 0, consent: write(this.#record) });
    }
    this.#tabs.tell([{ consent: { ...this.#consent }, marketingAt: this.#record.marketingAt ?? null }]);
    await this.#obey(before);
  }

  /** Carries out the decision in force: what a purpose had allowed goes with it. */
  async #obey(before: Consent | undefined): Promise<void> {
    const consent = this.#consent;
    if (!consent) return;
    await this.#store.allow(this.#mayStore());
    if (!consent.analytics) this.#lose("consent");
    if (!this.#mayStore()) {
      if (before && (before.analytics || before.personalization)) this.#meet(undefined);
      await this.#store.wipe(true);
    } else if (!consent.analytics) await this.#store.save({ save: 0, drop: { events: [ALL] } });
    if (this.#mayStore() && before?.personalization && !consent.personalization) {
      await this.#store.save({ save: 0, drop: { journey: [ALL] }, state: "", shared: write({ v: 1, assignmentId: this.#identity.anonymousId, epoch: 0, ...this.#identity }) });
    }
    for (const { id, call } of this.#buffer.splice(0)) this.#run(id, call);
  }

  #event(id: string, call: Call): void {
    if (this.#unwritten) this.#remember();
    if (!this.#consent!.analytics || !this.#endpoint) {
      this.#stats.local++;
      return this.#settle(id);
    }
    let event: { [key: string]: unknown } | null = this.#write(id, call);
    if (this.#link.options.beforeSend) {
      try {
        event = this.#link.options.beforeSend(event as never) as unknown as typeof event;
      } catch {
        event = null;
      }
      // A promise, or anything else that is no event, is no permission.
      if (typeof event?.type !== "string") {
        this.#drop("before_send");
        return this.#settle(id);
      }
    }
    this.#stats.created++;
    this.#keep([[id, write({ ...event, messageId: id })]], [id]);
  }

  #write(id: string, call: Call): { [key: string]: unknown } {
    const { anonymousId, userId } = this.#identity;
    return eventOf(id, { page: this.#page, ...call }, this.#privacy, {
      anonymousId, userId, streamId: this.#stream, seq: ++this.#seq, locale: this.#link.options.locale,
    });
  }

  #keep(events: Pair[], settle: string[]): void {
    for (const [id, text] of events) this.#waiting.set(id, text);
    void this.#store.save({ save: 0, events }).then(() => {
      for (const id of settle) this.#settle(id);
    });
    const { flushAt = 20, flushInterval = 10_000 } = this.#endpoint || {};
    if (!this.#tries) this.#plan(this.#waiting.size >= flushAt ? 0 : flushInterval);
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
    if (this.#flushing || !this.#endpoint || !this.#consent?.analytics) return Promise.resolve();
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
      if (!pending.length || !this.#consent?.analytics) return;
      const answer = read<{ status: number; retry_after: string | null }>(await this.#transport.send(this.#request(pending, false)));
      const status = answer?.status ?? 0;
      if (status >= 200 && status < 300) {
        const ids = pending.map(([id]) => id);
        this.#tries = 0;
        for (const id of ids) this.#count("acknowledged", id);
        this.#tabs.tell([{ acknowledged: ids }]);
        await this.#store.save({ save: 0, drop: { events: ids } });
        continue;
      }
      const wait = Math.min(1000 * 2 ** this.#tries++, LONGEST_WAIT);
      const asked = Number(answer?.retry_after) * 1000;
      this.#plan(!passes(status) ? HOUR : asked > 0 ? Math.min(Math.max(asked, 1000), HOUR) : Math.max(Math.random() * wait, 250));
      return;
    }
  }

  #request(events: Pair[], exit: boolean): Send {
    return requestOf(this.#endpoint!, events, exit, !!this.#link.options.auth);
  }

  /** The page may be dying: one small request now; what is not answered stays in the store. */
  leave(): void {
    if (!this.#waiting.size || !this.#endpoint || !this.#consent?.analytics || this.#flushing) return;
    const events: Pair[] = [];
    let room = MAX_EXIT;
    for (const pair of this.#waiting) {
      if ((room -= pair[1].length) < 0) break;
      events.push(pair);
    }
    void this.#transport.send(this.#request(events, true)).then((answer) => {
      const status = statusOf(answer);
      if (status < 200 || status > 299) return;
      for (const [id] of events) this.#count("acknowledged", id);
      void this.#store.save({ save: 0, drop: { events: events.map(([id]) => id) } });
    });
  }

  query(what: string): unknown {
    if (what === "stats") return { ...this.#stats, pending: this.#waiting.size };
    const { anonymousId, userId } = this.#identity;
    if (what === "export") {
      return this.#store.pending(Infinity).then((pairs) => ({ anonymousId, userId, consent: this.#consent, outbox: pairs.map(([, text]) => read(text)) }));
    }
    return undefined;
  }

  close(): void {
    this.#closed = true;
    this.#timer.set(null);
  }
}
