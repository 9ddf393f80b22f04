/**
 * The page module, loaded by the facade when it has time: puts engine, storage, network and page together.
 *
 * The fuse is here: an engine that traps is thrown away with everything it put on the page and made anew from storage,
 * twice at most; then events are only collected.
 */
import type { Link, Page } from "../facade.ts";
import type { Capture, Json, Mode } from "../types.ts";
import { refusalOf } from "./address.ts";
import { followBanner } from "./banner.ts";
import { input, read, write } from "./boundary.ts";
import type { Collector } from "./collect.ts";
import { Configuration } from "./configuration.ts";
import { type Hands, makePerformers } from "./effects.ts";
import { Engagement } from "./engagement.ts";
import { type EngineHandle, type EngineSource, makeEngine, remakeEngine } from "./engine-source.ts";
import { forgetRecovered, handOver, recover } from "./exit.ts";
import { Listeners } from "./listeners.ts";
import { pause } from "./pause.ts";
import { watchRoutes } from "./routes.ts";
import { Runtime } from "./runtime.ts";
import { Signals } from "./signals.ts";
import { startInput } from "./start-input.ts";
import { Store, type Stored } from "./store.ts";
import { Tabs } from "./tabs.ts";
import { fromText } from "./text-options.ts";
import { Timer } from "./timer.ts";
import { Transport } from "./transport.ts";

const MAX_CRASHES = 2;
const MAX_HEARD = 1000;
/** How long calls are worked off without letting the page breathe, in milliseconds. */
const SLICE = 8;
/** How long the end waits for what is under way, in milliseconds. */
const PATIENCE = 2000;
/** Starts Dangol on this page. */
export async function start(link: Link, source: () => EngineSource): Promise<Page> {
  const state = document as unknown as { prerendering?: boolean };
  link.options = fromText(link.options);
  // A page that nobody looks at yet is no visit.
  if (state.prerendering) {
    await new Promise((resolve) => document.addEventListener("prerenderingchange", resolve, { once: true }));
    // What was called ahead is of this moment.
    for (const call of link.calls.values()) call.text = call.text.replace(/"at":\d+/, '"at":' + Date.now());
  }
  const host = new Host(link);
  await host.open(source);
  return host;
}

class Host implements Page {
  #link: Link;
  #store: Store;
  #transport: Transport;
  #tabs: Tabs;
  #signals: Signals;
  #engagement: Engagement | undefined;
  #timer: Timer;
  #runtime: Runtime;
  #collector: Collector | undefined;
  #listeners = new Listeners();
  #hands: Hands;
  #fetch = window.fetch.bind(window);
  /** What other tabs said while there was no engine: it may have missed the store that was read. */
  #heard: Json[] = [];
  /** Calls that the engine has not been given: the shop's handler ends before it is asked. */
  #due = new Set<string>();
  #working = false;
  #crashes = 0;
  #running = false;
  #closed = false;
  /** Something lies in sessionStorage that a completed write makes needless. */
  #handedOver = false;
  /** What was recovered lies in memory, since the disk fails. */
  #inMemory = false;
  /** Left (1): the page lives on only if the back-forward cache keeps it. Then it comes back (2), and looks around first. */
  #left = 0;
  #config: Configuration;
  #queries = 0;
  #stream = "";
  #engine: EngineHandle | undefined;

  constructor(link: Link) {
    const { options, name } = link;
    this.#link = link;
    this.#store = new Store(name, options.storage === "memory" ? "memory" : "persistent");
    this.#transport = new Transport(this.#fetch, options.auth);
    this.#tabs = new Tabs(name, (data) => {
      if (this.#collector) this.#collector.hear(data);
      else if (this.#running) this.#give("peer", { data });
      else if (this.#heard.length < MAX_HEARD) this.#heard.push(data);
    });
    this.#config = new Configuration(link, this.#fetch, (code, error) => this.#problem(code, error), ({ text, etag, error, limits }) =>
      this.#give("config", { text, etag, error, limits: this.#config.current.text ? undefined : limits }));
    this.#signals = new Signals((signal, value) => this.#give("signal", { signal, value }));
    this.#timer = new Timer(() => this.#give("wake"));
    this.#hands = makePerformers({
      link,
      store: this.#store,
      transport: this.#transport,
      tabs: this.#tabs,
      signals: this.#signals,
      timer: this.#timer,
      runtime: () => this.#runtime,
      config: () => this.#config.current.text,
      taken: () => {
        if (!this.#handedOver || this.#left) return;
        // What a disk that fails leaves in memory is handed over again, once.
        if (!this.#store.lasting) this.#inMemory = true;
        else {
          this.#handedOver = false;
          forgetRecovered(name);
        }
      },
      leaving: () => !!this.#left,
    });
    this.#runtime = new Runtime(this.#hands.performers, (text, error) => this.#blown(text, error), !!options.debug);
  }

  #give(kind: string, fields: { [key: string]: unknown } = {}): void {
    // What time and visitor do to a page that was left is the next page's business.
    if (!this.#running || (this.#left && /wake|ui/.test(kind))) return;
    const text = input(kind, fields);
    // What the shop said before comes before; a long burst is not made one long task by the clock's word. Another tab's is not
    // kept waiting: what it has delivered would be sent again.
    if (this.#due.size && !this.#left && kind === "wake") this.#due.add(text);
    else {
      this.#catchUp();
      this.#runtime.give(text);
    }
  }

  async open(source: () => EngineSource): Promise<void> {
    const { dangol, options: { capture, cmp, endpoint }, calls } = this.#link;
    // All that waits is kept: without the header, or the password, it might be what the endpoint tells shops apart by.
    const refusal = refusalOf(endpoint);
    if (refusal) this.#problem("invalid-endpoint", `/endpoint ${write(endpoint)}: ${refusal}`);
    // Before anything is waited for: each route counts. And first, so that one that was about to be counted still is.
    if (!capture || capture.page !== false) this.#listeners.own(watchRoutes(() => {
      // What is left comes before what is come to.
      this.#engagement?.end();
      void dangol.page();
    }, Array.from(calls.values(), ({ text }) => text).filter(isPage).pop()));
    const engine = makeEngine(source).catch((error: unknown) => {
      this.#problem("engine_unavailable", error);
      return undefined;
    });
    const loaded = this.#store.load();
    await this.#config.open(loaded, () => this.#store.load());
    this.#listen();
    this.#engine = await engine;
    // The start is the longest work there is, and half of it the configuration's: each in a task of its own, behind whatever waits.
    await pause();
    const { text, etag } = this.#config.current;
    if (this.#engine && text !== undefined) {
      this.#runtime.use(this.#engine);
      // An engine that traps here takes no start either, and that is dealt with.
      this.#runtime.give(input("config", { text, etag }));
      await pause();
    }
    if (this.#engine) this.#begin(this.#engine, await loaded, text);
    else await this.#collect();
    if (!cmp) return;
    void followBanner(cmp, capture, (source, data) => this.#said(source, data), (code, error) => this.#problem(code, error)).then((stop) => {
      if (this.#closed) stop?.();
      else if (stop) this.#listeners.own(stop);
    });
  }

  /** A consent banner speaks as a call does. */
  #said(source: string, data: unknown): void {
    const id = this.#link.uuid(Date.now());
    const text = input("call", { id, at: Date.now(), call: "consent", source, data });
    if (this.#collector) this.#collector.call(id, text);
    else if (this.#running) {
      this.#catchUp();
      this.#runtime.give(text);
    }
  }

  /** Starts an engine; `known` is the configuration that it has been given already. */
  #begin(engine: EngineHandle, stored: Stored, known?: string): void {
    const recovered = recover(this.#link);
    this.#handedOver = !!recovered.stream || recovered.calls.length > 0;
    // A stream numbers its events from 1, so a new engine opens a new one.
    this.#stream = this.#link.uuid(Date.now());
    this.#runtime.use(engine);
    this.#running = true;
    const config = this.#config.current;
    this.#runtime.give(startInput(this.#link, config, known, stored, recovered, this.#stream));
    if (document.hidden) this.#give("signal", { signal: "hidden" });
    for (const data of this.#heard.splice(0)) this.#give("peer", { data });
    // Ahead of the first message, but behind everything the shop does.
    if (/"(message|variants|steps)"/.test(config.text || "")) {
      (window.requestIdleCallback || setTimeout)(() => this.#running && this.#hands.prepare());
    }
  }

  /** What the page does by itself, whatever is watched for. */
  #listen(): void {
    const { dangol, options: { capture } } = this.#link;
    const signal = (name: string): void => this.#give("signal", { signal: name });
    if (!capture || capture.engagement !== false) {
      const engagement = (this.#engagement = new Engagement((left) => void dangol.track("Page Left", left)));
      this.#listeners.own(() => engagement.stop());
    }
    if (capture && Object.keys(capture).some((key) => !/^(page|engagement)$/.test(key) && capture[key as "html"])) void this.#listenTo(capture);
    this.#listeners.add(window, "pagehide", () => {
      // What was decided before comes before: the last request takes along what that leads to.
      this.#runtime.drain(true);
      signal("pagehide");
      this.#runtime.drain(true);
      this.#collector?.leave();
      this.#tabs.leave();
      this.#store.flush();
      this.#left = 1;
      this.#handOver();
    });
    this.#listeners.add(window, "pageshow", (event: PageTransitionEvent) => {
      if (event.persisted) void this.#thaw();
    });
    this.#listeners.add(document, "visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        this.#runtime.drain(true);
        signal("hidden");
        this.#runtime.drain(true);
        this.#collector?.leave();
        this.#store.flush();
      } else {
        signal("shown");
        this.#timer.check();
      }
    });
    // A tab that sleeps gives nothing back any more: the others would wait for its lock, or for its turn.
    this.#listeners.add(document, "freeze", () => {
      signal("pagehide");
      this.#tabs.unlock();
    });
    this.#listeners.add(window, "online", () => signal("online"));
    this.#listeners.add(window, "offline", () => signal("offline"));
  }

  /** Takes events from what else is on the page. */
  async #listenTo(capture: Capture): Promise<void> {
    let stop: (() => void) | undefined;
    this.#listeners.own(() => stop?.());
    try {
      const { follow } = await import("../sources/index.ts");
      if (!this.#closed) stop = follow(this.#link, capture, (id) => this.call(id));
    } catch (error) {
      this.#problem("source_unavailable", error);
    }
  }

  #handOver(): void {
    if (!this.#store.allowed || this.#link.options.storage === "memory") return;
    // A write that completes from here on does not speak for what was handed over: the next page reads that.
    this.#handedOver = false;
    if (this.#inMemory && !this.#store.lasting) forgetRecovered(this.#link.name);
    handOver(this.#link, this.#stream, this.#store);
  }

  call(id: string): void {
    const pending = this.#link.calls.get(id);
    if (this.#runtime.logging) return pending?.settle();
    // What is left comes before what is come to.
    if (pending && isPage(pending.text)) this.#engagement?.begin();
    if (this.#collector && !this.#left) {
      if (pending) this.#collector.call(id, pending.text);
    } else if (this.#running || this.#left) {
      this.#due.add(id);
      if (!this.#working) queueMicrotask(this.#work);
      this.#working = true;
    }
  }

  /** Still in the task of the call, behind the shop's own code; a long burst goes on in tasks of its own. */
  #work = (): void => {
    this.#working = this.#catchUp(performance.now() + SLICE);
    if (this.#working) setTimeout(this.#work);
  };

  /** Gives the engine the calls that are due, until then; true if some are left. */
  #catchUp(until = Infinity): boolean {
    // A shop that speaks in its own `pagehide`, after ours, or in its own `pageshow`, before it: that is for whoever is
    // there then, perhaps the tab's next page.
    if (this.#left) {
      if (this.#left === 1 && this.#due.size) this.#handOver();
      return false;
    }
    for (const due of this.#due) {
      if (!this.#running || performance.now() >= until) break;
      this.#due.delete(due);
      // A call's id, or an input that stood in line behind calls.
      const text = this.#link.calls.get(due)?.text || (due[0] === "{" && due);
      if (!text) continue;
      if (/"call":"(identify|reset|forget)"/.test(text)) this.#transport.signedOut();
      this.#runtime.give(text);
      if (isPage(text)) this.#signals.newPage();
    }
    return this.#due.size > 0;
  }

  /** The visitor is known once the first claim has been answered; until then every question would be answered emptily. */
  get mode(): Promise<Mode> {
    return this.#runtime.rest().then(() => (this.#collector || !this.#running ? "collect" : "full"));
  }

  query(what: string, campaign?: string): unknown {
    if (this.#collector) return this.#collector.query(what);
    if (!this.#running || this.#runtime.logging) return undefined;
    this.#catchUp();
    const id = "q" + ++this.#queries;
    const value = this.#runtime.query(input("query", { what, id, campaign }), id);
    return what === "export" ? this.#export(value) : value;
  }

  /** The engine knows what it has in hand; what waits on disk to be sent belongs to the visitor's data too. */
  async #export(value: unknown): Promise<unknown> {
    const outbox = (await this.#store.pending(Infinity)).map(([, text]) => read(text) ?? text);
    return { ...(value as object | undefined), outbox };
  }

  /** The engine has trapped while it handled `text`. */
  #blown(text: string, error: unknown): void {
    if (!this.#running || this.#closed) return;
    this.#running = false;
    this.#due.clear();
    this.#runtime.use(undefined);
    this.#quiet();
    // The call that broke it is not given again.
    const id = /^\{"in":"call","id":"([^"]+)"/.exec(text)?.[1];
    if (id) this.#link.calls.get(id)?.settle();
    if (this.#link.options.debug) console.debug("dangol", text, error);
    void this.#restart(error);
  }

  async #restart(error: unknown): Promise<void> {
    if (++this.#crashes <= MAX_CRASHES) {
      try {
        return await this.#anew();
      } catch {
        // Then it is over.
      }
    }
    if (this.#closed) return;
    this.#problem("crashed", error);
    await this.#collect();
  }

  /** Takes up what is stored as a new page does. */
  async #anew(): Promise<void> {
    await this.#store.settled();
    const stored = await this.#store.load();
    this.#left = 0;
    if (this.#closed) return;
    this.#begin((this.#engine = remakeEngine()), stored);
    for (const id of Array.from(this.#link.calls.keys())) this.call(id);
  }

  /**
   * Back from the back-forward cache. What other tabs did meanwhile (a sign-out, an erasure, a decision) was not heard
   * here, so a page that knows a visitor takes everything up anew before it does anything; another one, whose calls
   * lie in memory, hears of a decision.
   */
  async #thaw(): Promise<void> {
    this.#left = 2;
    this.#tabs.listen();
    if (this.#collector) {
      await this.#collector.thaw();
      this.#left = 0;
      for (const id of this.#due) this.call(id);
      this.#due.clear();
    } else if (this.#running && this.#store.who) {
      this.#running = false;
      this.#due.clear();
      this.#runtime.use(undefined);
      this.#quiet();
      this.#transport.signedOut();
      await this.#anew().catch((error: unknown) => this.#restart(error));
    } else {
      const { consent } = await this.#store.load();
      this.#left = 0;
      this.#give("signal", { signal: "pageshow" });
      if (consent) this.#give("peer", { data: read(consent) });
      this.#timer.check();
    }
  }

  async #collect(): Promise<void> {
    this.#running = false;
    this.#runtime.use(undefined);
    this.#quiet();
    try {
      const { collect } = await import("./collect.ts");
      if (this.#closed) return;
      const collector = collect(this.#link, this.#store, this.#transport, this.#tabs, this.#config, recover, forgetRecovered);
      await collector.open();
      if (this.#closed) return collector.close();
      this.#collector = collector;
      for (const data of this.#heard.splice(0)) collector.hear(data);
      if (this.#crashes) for (const id of Array.from(this.#link.calls.keys())) this.call(id);
    } catch (failed) {
      // What is called from here on waits in memory for the tab's next page.
      this.#problem("collect_unavailable", failed);
    }
  }

  #problem(code: string, error: unknown): void {
    this.#link.emit("problem", { code, message: String((error as Error)?.message ?? error) });
  }

  /** Takes everything of the engine off the page. */
  #quiet(): void {
    this.#hands.removeAll();
    this.#signals.watch({});
    this.#timer.set(null);
    this.#tabs.unlock();
  }

  async destroy(): Promise<void> {
    this.#catchUp();
    this.#closed = true;
    this.#hands.removeAll();
    // What is under way comes to its end first: who signed in or out is known once a claim has been answered.
    await Promise.race([this.#runtime.rest(), pause(PATIENCE)]);
    // What lies in memory alone has no other page to send it.
    if (!this.#store.lasting) this.#give("signal", { signal: "pagehide" });
    this.#runtime.drain(true);
    this.#running = false;
    this.#listeners.removeAll();
    this.#quiet();
    this.#config.stop();
    this.#collector?.close();
    this.#hands.messages.close();
    this.#runtime.use(undefined);
    this.#store.flush();
    await this.#store.settled();
    this.#transport.close();
    this.#tabs.leave();
    this.#store.close();
    this.#engine?.free();
  }
}

/** Whether a call's input notes a page view; `call` stands before all that is the shop's. */
const isPage = (text: string): boolean => text.slice(0, 120).includes('"call":"page"');
