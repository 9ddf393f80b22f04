/**
 * Collect mode: the engine cannot run here (refused, missing, broken), and events are collected and delivered all the
 * same, through the same store and network. Nothing is decided about the visitor. What is promised about consent and
 * about who the visitor is holds here too, and is told to the other tabs.
 */
import type { Link } from "../facade.ts";
import type { Consent, Json } from "../types.ts";
import { ALL } from "./backend.ts";
import { read, write } from "./boundary.ts";
import { controlled, type Decided, decide, mayStore, whole, wish } from "./collect-consent.ts";
import { deliver } from "./collect-delivery.ts";
import { type Privacy, privacyOf } from "./collect-privacy.ts";
import { epochAfter, type Identity, named, recordOf, stranger, stream } from "./collect-visitor.ts";
import { type Call, eventOf, farewellOf } from "./collect-wire.ts";
import type { Fetched } from "./config.ts";
import type { Configuration } from "./configuration.ts";
import type { Recovered } from "./exit.ts";
import { limitsOf } from "./limits.ts";
import type { Store, Stored } from "./store.ts";
import type { Tabs } from "./tabs.ts";
import type { Transport } from "./transport.ts";

/** How many calls wait for the visitor's decision, and how many characters: as in the engine. */
const MAX_WAITING = 1000;
const MAX_CHARACTERS = 1_048_576;
/** What goes from the store with the visitor it is about. */
const GONE = { save: 0, drop: { journey: [ALL] }, state: "", shared: "", collect: "" };

export type Collector = ReturnType<typeof collect>;

/** `recover` and `forgetRecovered` are those of exit.ts. Nothing but `open` may be called before that has ended. */
export function collect(link: Link, store: Store, transport: Transport, tabs: Tabs, config: Configuration, recover: (link: Link) => Recovered, forgetRecovered: (name: string) => void) {
  const { calls, name, options } = link;
  const newId = (): string => link.uuid(Date.now());
  const { endpoint, locale, beforeSend } = options;
  const delivery = deliver(store, transport, tabs, typeof endpoint === "string" ? { url: endpoint } : endpoint, !!options.auth, () => consent?.analytics, link.emit);
  let visitor: Identity = stranger(newId());
  /** Who the visitor is was not written down yet. */
  let isUnwritten = true;
  /** How often a former visitor is still to be erased from the store. */
  let erasing = 0;
  let origin = stream(newId());
  /** Undefined: not decided yet. */
  let consent: Consent | undefined;
  let record: Decided = {};
  let waiting: { id: string; call: Call }[] = [];
  let characters = 0;
  let page: Call["page"];
  /** The last good configuration. */
  let kept: string | undefined;

  const settle = (id: string): void => calls.get(id)?.settle();
  let judged: Fetched | undefined;
  let judgement: Privacy;
  /** By the configuration of the moment: one may come late. */
  function privacy(): Privacy {
    if (judged !== config.current) {
      judged = config.current;
      judgement = privacyOf(limitsOf([judged.text, kept], judged.refused, !!options.config));
    }
    return judgement;
  }

  /** Takes over the decision and the visitor as they are stored; whoever the engine knew them as, they stay. */
  async function take(): Promise<Stored> {
    const stored = await store.load();
    kept = stored.config?.text;
    record = read<Decided>(stored.consent) || {};
    if (record.consent) consent = whole(record.consent);
    know(stored.shared) || know(stored.collect);
    return stored;
  }

  function know(text: string | null | undefined): boolean {
    const known = named(text);
    if (!known) return false;
    visitor = known;
    isUnwritten = false;
    return true;
  }

  /** Takes up what the tab's former page could not finish, as far as it is about this visitor. */
  function takeUp(): void {
    const { calls, events, who } = recover(link);
    const isSame = !who.length || who.includes(visitor.anonymousId);
    if (isSame && consent?.analytics !== false) {
      // An empty text: it was sent before it was stored.
      const left = events.filter(([, text]) => text);
      if (left.length) void delivery.keep(left);
      // A call whose event was made keeps it: another one would take a number of this page's stream.
      for (const call of calls as Call[]) {
        if (typeof call.id === "string" && !events.some(([id]) => id === call.id) && !link.calls.has(call.id)) run(call.id, call);
      }
    }
    if (!consent) return;
    void store.settled().then(() => {
      if (store.lasting || !isSame) forgetRecovered(name);
    });
  }

  function run(id: string, call: Call): void {
    page = call.page || page;
    const done = (): void => settle(id);
    if (call.invalid && call.call !== "show") {
      delivery.drop("invalid");
      link.emit("problem", { code: "invalid-call", severity: "warning", message: call.call + "() was given what it cannot take" });
      return done();
    }
    switch (call.call) {
      case "track":
      case "page":
      case "identify":
        if (!consent) return wait(id, call);
        if (call.user && visitor.userId !== call.user) {
          // Another member on the same device is somebody else.
          if (visitor.userId) reset(call.user);
          visitor.userId = call.user;
          isUnwritten = true;
          // The token of whoever was here before is not theirs.
          transport.signedOut();
          delivery.knock();
        }
        return event(id, call);
      case "consent":
        return void said(call).then(done);
      case "reset":
        if (!consent) return wait(id, call);
        reset();
        break;
      case "forget":
        return void forget().then(done);
      case "flush":
        return void delivery.flush().then(done);
    }
    done();
  }

  /** In memory until the visitor decides. */
  function wait(id: string, call: Call): void {
    const size = write(call).length;
    if (waiting.length < MAX_WAITING && characters + size <= MAX_CHARACTERS) {
      waiting.push({ id, call });
      characters += size;
      // Whoever waits is answered; a page that ends after the decision has the call to hand over still.
      return calls.get(id)?.resolve();
    }
    if (endpoint) delivery.drop("overflow");
    settle(id);
  }

  function released(): typeof waiting {
    characters = 0;
    return waiting.splice(0);
  }

  function event(id: string, call: Call): void {
    if (isUnwritten) remember();
    if (!delivery.isOpen()) {
      delivery.stay();
      return settle(id);
    }
    const dropped = delivery.report();
    let made: { [key: string]: unknown } | null = eventOf(id, { page, ...call }, privacy(), origin(visitor), { locale, consent: { ...consent }, dropped: dropped && { ...dropped } });
    if (beforeSend) {
      try {
        made = beforeSend(made as never) as unknown as typeof made;
      } catch {
        made = null;
      }
      // A promise, or anything else that is no event, is no permission.
      if (typeof made?.type !== "string") {
        delivery.drop("before_send");
        delivery.owe(dropped);
        return settle(id);
      }
    }
    void delivery.keep([[id, write({ ...made, messageId: id })]]).then(() => settle(id));
  }

  /** Takes over whom another tab names. True, and nothing is taken, where it is another member than signed in here for the same visitor. */
  function follow(text: string | null): boolean {
    const told = named(text);
    if (!told || told.epoch < visitor.epoch) return false;
    if (told.epoch === visitor.epoch) {
      const { userId } = visitor;
      if (userId && told.userId && told.userId !== userId) return true;
      // Whoever is signed in stays so until somebody else comes.
      told.userId ??= userId;
    }
    visitor = told;
    isUnwritten = false;
    return false;
  }

  /** Writes down who the visitor is, as far as that is allowed. */
  function remember(): void {
    if (!mayStore(consent)) return;
    isUnwritten = false;
    void store.claim((text) => {
      // Two members were signed in for one visitor: the one here goes on as somebody else.
      const isAnother = follow(text);
      if (isAnother) comeAnew(visitor.userId);
      isUnwritten = false;
      const shared = recordOf(visitor, text);
      // What another tab has written of them already goes with the former one, where that is still to be erased.
      if (shared === text && !erasing) return undefined;
      if (isAnother) tell("reset");
      else tabs.tell([{ shared }]);
      return { ...(isAnother && GONE), save: 0, shared };
    });
  }

  /** Somebody else from here on; nothing of the former visitor's page load is theirs. */
  function meet(other?: Identity): void {
    visitor = other || stranger(newId(), visitor.epoch + 1);
    isUnwritten = !other;
    origin = stream(newId());
    transport.signedOut();
  }

  /** Somebody new, here first: of whom the other tabs are to be told. */
  function comeAnew(userId?: string): void {
    meet({ ...stranger(newId(), epochAfter(visitor.epoch)), userId });
    isUnwritten = true;
  }

  /** A new anonymous visitor; what the former one did before is still delivered under their name. */
  function reset(userId?: string): void {
    comeAnew(userId);
    if (mayStore(consent)) {
      erasing++;
      void store.save(GONE).then(() => erasing--);
    }
    tell("reset");
  }

  function tell(what: "reset" | "forget"): void {
    tabs.tell([{ [what]: visitor.epoch }, { shared: recordOf(visitor, null) }]);
  }

  /** Erases what this device holds; the backend hears of it once, if it may hear of the visitor at all. */
  async function forget(): Promise<void> {
    if (delivery.isOpen()) {
      const id = newId();
      void delivery.farewell([id, write(farewellOf(id, origin(visitor)))]);
    }
    delivery.lose("forgotten");
    for (const { id } of released()) settle(id);
    comeAnew();
    await store.wipe();
    tell("forget");
  }

  async function said(call: Call): Promise<void> {
    const before = consent;
    const decided = decide(record, before, call, privacy().control);
    if (!decided) return;
    consent = decided[0];
    if (decided[1]) {
      record = decided[1];
      // First the permission: what may not be stored any more must not be written behind the record.
      if (mayStore(consent)) await store.allow(true);
      void store.save({ save: 0, consent: write(record) });
    }
    tabs.tell([{ consent: { ...consent }, marketingAt: record.marketingAt ?? null }]);
    await obey(before);
  }

  /** Carries out the decision in force: what a purpose had allowed goes with it. */
  async function obey(before: Consent | undefined): Promise<void> {
    if (!consent) return;
    const { analytics, personalization } = consent;
    const may = mayStore(consent);
    await store.allow(may);
    if (!analytics) delivery.lose("consent");
    if (!may) {
      if (mayStore(before)) meet();
      await store.wipe();
    } else if (!analytics) await store.save({ save: 0, drop: { events: [ALL] } });
    else if (before?.personalization && !personalization) {
      await store.save({ save: 0, drop: { journey: [ALL] }, state: "", shared: recordOf(visitor, null) });
    }
    for (const { id, call } of released()) run(id, call);
  }

  return {
    async open(): Promise<void> {
      await take();
      if (!record.consent && (consent = wish(options.consent))) consent = controlled(consent, privacy().control);
      if (isUnwritten) know(recover(link).shared);
      // What other pages left is looked for soon; where something of this one comes to wait, it goes with that.
      if (consent?.analytics) delivery.plan(1000);
      await obey(undefined);
      takeUp();
      // What the facade had no room for before anything else had arrived.
      if (endpoint && link.overflow) delivery.drop("overflow", link.overflow);
    },

    /** Back from the back-forward cache: what other tabs did meanwhile is read before anything is done. */
    async thaw(): Promise<void> {
      const { anonymousId } = visitor;
      const wasWritten = !isUnwritten;
      const before = consent;
      const { shared, collect } = await take();
      const isErased = wasWritten && store.lasting && !shared && !collect;
      if (isErased) delivery.lose("forgotten");
      if (isErased || visitor.anonymousId !== anonymousId) meet(isErased ? undefined : visitor);
      await obey(before);
      await delivery.thaw();
      takeUp();
    },

    /** Another tab spoke. */
    hear(data: Json): void {
      for (const item of (Array.isArray(data) ? data : [data]) as { [key: string]: Json }[]) {
        const { consent: told, marketingAt, forget, reset, shared, acknowledged, gone } = item || {};
        if (told) {
          const before = consent;
          consent = whole(told);
          record = { ...record, consent, ...(typeof marketingAt === "string" && { marketingAt }) };
          void obey(before);
        } else if (forget || reset) {
          if (forget) {
            delivery.lose("forgotten");
            for (const { id } of released()) settle(id);
          }
          // Who the visitor is now is told next, unless somebody has come here since; the other tab may have erased what was written of them.
          const epoch = Number(forget || reset);
          if (epoch >= visitor.epoch) meet(stranger(newId(), epoch));
          isUnwritten = true;
        } else if (typeof shared === "string" && store.allowed) follow(shared);
        if (Array.isArray(acknowledged)) delivery.acknowledge(acknowledged as string[]);
        if (Array.isArray(gone)) delivery.gone(gone as string[]);
      }
    },

    /** Takes a call from the facade. */
    call(id: string, text: string): void {
      const call = read<Call>(text);
      if (call) run(id, call);
      else settle(id);
    },

    query(what: string): unknown {
      if (what === "stats") return delivery.stats();
      if (what !== "export") return undefined;
      return store.pending(Infinity).then((pairs) => ({ anonymousId: visitor.anonymousId, userId: visitor.userId, consent, outbox: pairs.map(([, text]) => read(text) ?? text) }));
    },

    /** The page may be dying. */
    leave: delivery.leave,
    close: delivery.close,
  };
}
