/** Delivery without an engine, by the engine's rules: what goes into a request, when, and what an answer leads to. */
import type { Endpoint } from "../types.ts";
import type { Pair } from "./boundary.ts";
import { type Answer, answerOf, isGood, passes } from "./collect-answer.ts";
import { excess } from "./collect-bounds.ts";
import { ledger } from "./collect-ledger.ts";
import { bytesOf, costOf, requestOf } from "./collect-wire.ts";
import type { Store } from "./store.ts";
import type { Tabs } from "./tabs.ts";
import { Timer } from "./timer.ts";
import type { Transport } from "./transport.ts";

/** Bytes of one request, of one at the page's exit, where the browser allows 64 KiB to all scripts together, and of an event. */
const MAX_BODY = 262_144;
const MAX_EXIT = 32_768;
const MAX_EVENT = 65_536;
/** The most events of one request, and the characters that are read of the store at once. */
const MAX_BATCH = 500;
const PART = 262_144;
const LONGEST_WAIT = 900_000;
/** A connection that comes and goes must not become a storm. */
const ONLINE_WAIT = 30_000;
const HOUR = 3_600_000;
/** So many single events in a row may be refused at full speed: an endpoint that refuses everything must not burn them. */
const QUICK_REFUSALS = 5;
/** How long whoever asks for a flush waits for another tab to give the lock back. */
const IN_LINE = 30_000;
/** How often a backend is told that a visitor asked to be forgotten, if it does not answer. */
const FAREWELLS = 5;

const idOf = ([id]: Pair): string => id;

export type Delivery = ReturnType<typeof deliver>;

/** `may`: whether events may leave now. */
export function deliver(
  store: Store, transport: Transport, tabs: Tabs, endpoint: Endpoint | undefined, auth: boolean, may: () => boolean | undefined,
  emit: (type: string, detail: object) => void,
) {
  const book = ledger((detail) => emit("sync", detail));
  const { waiting, acknowledge } = book;
  const timer = new Timer(() => flush());
  let due = Infinity;
  /** Nothing is sent within `pause` of `since`. */
  let since = 0;
  let pause = 0;
  let failures = 0;
  let refusals = 0;
  /** Whether nobody answered the last request. */
  let isSilent = false;
  /** The status by which the endpoint said that it does not want the events; 0 while it takes them. */
  let parked = 0;
  /** On their way in a request that was to be the page's last. */
  const leaving = new Set<string>();
  /** The token was refused: the shop is asked for a new one. */
  let isTokenOld = false;
  /** A 413's lesson, forgotten after an hour: servers change. */
  let limit = MAX_BODY;
  let limitUntil = 0;
  /** Those of which one makes the endpoint refuse a batch. */
  let suspects: string[] = [];
  /** Ends the flush under way. */
  let stop: (() => void) | undefined;
  let flushing = Promise.resolve();
  /** On their way in the request of a flush. */
  let flying: string[] = [];
  let isClosed = false;

  const isOpen = (): boolean => !!endpoint && !!may();

  /** What is left of a pause. A clock that was put back ends it. */
  function rest(): number {
    const passed = Date.now() - since;
    return passed < 0 ? 0 : Math.max(pause - passed, 0);
  }

  /** Sends after `delay`, or after the pause, at the latest. */
  function plan(delay: number): void {
    const at = Date.now() + Math.max(delay, rest());
    if (at < due) timer.set((due = at));
  }

  /** No attempt for so long; no more may be sent now. */
  function wait(length: number): false {
    since = Date.now();
    pause = length;
    plan(0);
    return false;
  }

  /** The endpoint wants events later: after what it asked for, or after full jitter. */
  function later(asked?: number): false {
    const ceiling = Math.min(1000 * 2 ** failures++, LONGEST_WAIT);
    const clamped = asked !== undefined && Math.min(Math.max(asked, 1000), HOUR);
    // A little is added, so that not everybody who was told the same comes back at once.
    return wait(clamped ? Math.min(clamped * (1 + Math.random() / 10), HOUR) : Math.max(Math.random() * ceiling, 250));
  }

  async function send(events: Pair[], exit: boolean): Promise<Answer> {
    return answerOf(await transport.send(requestOf(endpoint!, events, exit, isTokenOld)));
  }

  /** Settles those of `events` that a body names, or all of them; resolves with their number, once they are gone from the store. */
  async function settle(events: Pair[], accepted: string[] | undefined, rejected: string[], reason = "rejected"): Promise<number> {
    const refused = events.filter(([id]) => rejected.includes(id));
    const taken = events.filter((event) => !refused.includes(event) && (!accepted || accepted.includes(event[0])));
    book.giveUp(refused, reason);
    acknowledge(taken.map(idOf));
    const ids = [...refused, ...taken].map(idOf);
    if (!ids.length) return 0;
    if (taken.length) tabs.tell([{ acknowledged: taken.map(idOf) }]);
    if (refused.length) tabs.tell([{ gone: refused.map(idOf) }]);
    await store.save({ save: 0, drop: { events: ids } });
    return ids.length;
  }

  /** Drops those of `events` (oldest first) that find no room. */
  function makeRoom(events: Pair[]): void {
    const gone = excess(events);
    if (!gone.length) return;
    book.giveUp(gone, "overflow");
    const ids = gone.map(idOf);
    tabs.tell([{ gone: ids }]);
    void store.save({ save: 0, drop: { events: ids } });
  }

  /** A 2xx: how many events it settled. */
  const taken = (events: Pair[], { accepted, rejected }: Answer): Promise<number> =>
    settle(events, endpoint!.strictAck ? accepted || [] : undefined, rejected);

  /** A single event that the endpoint will never take; true if more may be sent at once. */
  async function refuse(events: Pair[], reason: string): Promise<boolean> {
    await settle(events, [], events.map(idOf), reason);
    return ++refusals < QUICK_REFUSALS || later();
  }

  /** Draws the consequences of an answer; true if more may be sent at once. */
  async function judge(events: Pair[], size: number, answer: Answer): Promise<boolean> {
    const { status, accepted, rejected } = answer;
    isSilent = !status;
    if (isGood(status)) {
      // A captive portal's page under `strictAck` accepts nothing: asking at once would spin.
      if (!(await taken(events, answer))) return later();
      if (parked) emit("sync", { what: "resumed" });
      isTokenOld = false;
      parked = failures = refusals = 0;
      return true;
    }
    if (passes(status)) return later(answer.wait);
    if (status === 413) {
      if (events.length < 2) return refuse(events, "too_large");
      limit = size / 2;
      limitUntil = Date.now() + HOUR;
      return true;
    }
    if (status === 400 || status === 422) {
      if (await settle(events, accepted || [], rejected)) {
        refusals = 0;
        return true;
      }
      if (events.length < 2) return refuse(events, "rejected");
      suspects = events.map(idOf);
      return true;
    }
    if (status === 401 && auth && !isTokenOld) return (isTokenOld = true);
    if (!parked) {
      emit("problem", { code: "endpoint-refuses", severity: "warning", status, message: "the endpoint refuses events; they are kept and it is asked again hourly" });
    }
    parked = status;
    return wait(HOUR);
  }

  /** The oldest that fit into `room` bytes, one at least if `atLeast`; and their bytes. */
  function fitting(events: Iterable<Pair>, room: number, atLeast: number, most = MAX_BATCH): [Pair[], number] {
    const fit: Pair[] = [];
    let size = 0;
    for (const event of events) {
      const more = bytesOf(event[1]) + costOf(endpoint!);
      if (fit.length >= most || (size + more > room && fit.length >= atLeast)) break;
      fit.push(event);
      size += more;
    }
    return [fit, size];
  }

  /** What goes into the next request: the first half of the suspects while there are any. */
  function pick(found: Pair[]): [Pair[], number] {
    if (Date.now() >= limitUntil) limit = MAX_BODY;
    const suspected = found.filter(([id]) => suspects.includes(id));
    if (!suspected.length) suspects = [];
    return fitting(suspected.length ? suspected : found, Math.min(limit, MAX_BODY - 128), 1, suspected.length ? suspected.length >> 1 || 1 : MAX_BATCH);
  }

  async function batches(goesOn: () => boolean): Promise<void> {
    for (;;) {
      const found = await store.pending(PART);
      const events = found.filter(([, text]) => text);
      // The store has put them apart.
      if (events.length < found.length) book.giveUp(found.filter(([, text]) => !text), "damaged");
      if (!events.length || !isOpen() || !goesOn()) return;
      book.add(events, false);
      const [batch, size] = pick(events);
      flying = batch.map(idOf);
      const answer = await send(batch, false);
      flying = [];
      if (!(await judge(batch, size, answer))) return;
    }
  }

  /** Sends what lies in the store, batch by batch, under the tabs' lock, as soon as the endpoint may be asked. */
  function flush(): Promise<void> {
    due = Infinity;
    if (!isOpen()) return Promise.resolve();
    // What is under way takes along what came meanwhile.
    if (stop) return flushing;
    if (rest()) {
      plan(0);
      return Promise.resolve();
    }
    return (flushing = new Promise((resolve) => {
      const end = (): void => {
        if (stop !== end) return;
        stop = undefined;
        tabs.unlock();
        resolve();
      };
      stop = end;
      // A tab that stands in a debugger, or whose process sleeps, keeps the lock: the place in line is kept, nobody is kept waiting.
      const inLine = setTimeout(resolve, IN_LINE);
      tabs.lock(() => {
        clearTimeout(inLine);
        void batches(() => stop === end).catch(() => {}).then(end);
      });
    }));
  }

  /** The page goes to sleep: another tab may flush. This one asks again when it wakes. */
  function sleep(): void {
    if (!stop) return;
    stop();
    plan(0);
  }
  /** A hint: a wait for want of an answer ends soon. */
  function online(): void {
    if (!isSilent) return;
    pause = Math.min(pause, Math.max(Date.now() - since + Math.random() * 1000, ONLINE_WAIT));
    plan(0);
  }
  document.addEventListener("freeze", sleep);
  addEventListener("pagehide", sleep);
  addEventListener("online", online);

  /** The page may be dying: one small request now; what is not answered stays in the store. */
  function leave(): void {
    // Within a pause, or while a request is under way that may end with the page, only what no store holds is worth asking for,
    // and nothing of an endpoint that does not want it.
    if (!isOpen() || ((stop || rest()) && (parked || store.lasting))) return;
    // A page that is hidden again and again while nobody answers asks no more than once.
    const own = Array.from(waiting).filter(([id, text]) => text && !leaving.has(id));
    const [events] = fitting(own, MAX_EXIT - 128, 0);
    if (!events.length) return;
    for (const [id] of events) leaving.add(id);
    void send(events, true).then((answer) => {
      for (const [id] of events) leaving.delete(id);
      if (isGood(answer.status)) void taken(events, answer);
    });
  }

  return {
    ...book,
    isOpen,
    plan,
    flush,

    /** Keeps events that are to be sent; resolves once they are stored. */
    keep(events: Pair[]): Promise<unknown> {
      const kept = events.filter((event) => {
        const fits = bytesOf(event[1]) <= MAX_EVENT;
        if (!fits) book.giveUp([event], "too_large");
        return fits;
      });
      // The first look for what others left goes with it.
      if (!waiting.size) due = Infinity;
      book.add(kept, true);
      // What is on its way may be there already.
      if (book.isOver()) makeRoom(Array.from(waiting).filter(([id, text]) => text && !flying.includes(id) && !leaving.has(id)));
      const { flushAt = 20, flushInterval = 10_000 } = endpoint || {};
      plan(waiting.size >= flushAt ? 0 : flushInterval);
      return store.save({ save: 0, events: kept.filter(([id]) => waiting.has(id)) });
    },

    /** Back from the back-forward cache: what is gone from the store was sent by another tab. */
    async thaw(): Promise<void> {
      const left = new Set((await store.pending(Infinity)).map(idOf));
      acknowledge(Array.from(waiting.keys()).filter((id) => !left.has(id)));
      timer.check();
    },

    /** Tells the backend that a visitor asked to be forgotten: once, out of memory alone. */
    async farewell(event: Pair): Promise<void> {
      for (let tries = 1; tries <= FAREWELLS && !isClosed; tries++) {
        if (!passes((await send([event], true)).status)) return;
        await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** tries));
      }
    },

    /** Somebody signed in: what was refused for want of a token may be taken now. */
    knock(): void {
      if (parked !== 401) return;
      pause = 0;
      plan(0);
    },

    leave,
    close(): void {
      // What lies in memory alone has no other page to send it.
      if (!store.lasting) leave();
      isClosed = true;
      timer.set(null);
      document.removeEventListener("freeze", sleep);
      removeEventListener("pagehide", sleep);
      removeEventListener("online", online);
    },
  };
}
