/**
 * Delivery without an engine: any 2xx acknowledges, what may pass is tried again, the rest is kept for an hourly attempt.
 * Counts what becomes of every event.
 */
import type { Endpoint, Stats } from "../types.ts";
import { type Pair, read } from "./boundary.ts";
import { requestOf } from "./collect-wire.ts";
import type { Store } from "./store.ts";
import type { Tabs } from "./tabs.ts";
import { Timer } from "./timer.ts";
import type { Transport } from "./transport.ts";

/** Characters of one request, and of one at the page's exit, where the browser allows 64 KiB to all scripts together. */
const MAX_BATCH = 400_000;
const MAX_EXIT = 30_000;
const LONGEST_WAIT = 900_000;
const HOUR = 3_600_000;
/** How often a backend is told that a visitor asked to be forgotten, if it does not answer. */
const FAREWELLS = 5;

/** Whether an answer may be another one later. */
const passes = (status: number): boolean => status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;
const isGood = (status: number): boolean => status >= 200 && status < 300;

export type Delivery = ReturnType<typeof deliver>;

/** `may`: whether events may leave now. */
export function deliver(store: Store, transport: Transport, tabs: Tabs, endpoint: Endpoint | undefined, auth: boolean, may: () => boolean | undefined) {
  const stats: Stats = { created: 0, acknowledged: 0, pending: 0, dropped: {}, local: 0 };
  /** Texts not yet acknowledged, for the page's exit. */
  const waiting = new Map<string, string>();
  const timer = new Timer(() => flush());
  let tries = 0;
  let due = Infinity;
  /** Ends the flush under way. */
  let stop: (() => void) | undefined;
  let isClosed = false;

  const isOpen = (): boolean => !!endpoint && !!may();

  /** Counts what was created and dropped at once. */
  function drop(reason: string, count = 1): void {
    stats.created += count;
    stats.dropped[reason] = (stats.dropped[reason] || 0) + count;
  }

  /** Sends after `delay` at the latest. */
  function plan(delay: number): void {
    const at = Date.now() + delay;
    if (at < due) timer.set((due = at));
  }

  function acknowledge(ids: Iterable<string>): void {
    for (const id of ids) if (waiting.delete(id)) stats.acknowledged++;
  }

  async function send(events: Pair[], exit: boolean): Promise<{ status: number; retry_after?: string | null }> {
    return read(await transport.send(requestOf(endpoint!, events, exit, auth))) || { status: 0 };
  }

  function sent(events: Pair[]): Promise<unknown> {
    const ids = events.map(([id]) => id);
    acknowledge(ids);
    tabs.tell([{ acknowledged: ids }]);
    return store.save({ save: 0, drop: { events: ids } });
  }

  async function batches(goesOn: () => boolean): Promise<void> {
    for (;;) {
      const found = await store.pending(MAX_BATCH);
      const events = found.filter(([, text]) => text);
      // The store has put them apart.
      if (events.length < found.length) drop("damaged", found.length - events.length);
      if (!events.length || !isOpen() || !goesOn()) return;
      const { status, retry_after } = await send(events, false);
      if (!isGood(status)) {
        const wait = Math.min(1000 * 2 ** tries++, LONGEST_WAIT);
        const asked = Number(retry_after) * 1000;
        return plan(!passes(status) ? HOUR : asked > 0 ? Math.min(Math.max(asked, 1000), HOUR) : Math.max(Math.random() * wait, 250));
      }
      tries = 0;
      await sent(events);
    }
  }

  /** Sends what lies in the store, batch by batch, under the tabs' lock. */
  function flush(): Promise<void> {
    due = Infinity;
    if (stop || !isOpen()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        if (stop !== end) return;
        stop = undefined;
        tabs.unlock();
        resolve();
      };
      stop = end;
      tabs.lock(() => void batches(() => stop === end).catch(() => {}).then(end));
    });
  }

  /** The page goes to sleep: another tab may flush. This one asks again when it wakes. */
  function sleep(): void {
    if (!stop) return;
    stop();
    plan(0);
  }
  document.addEventListener("freeze", sleep);
  addEventListener("pagehide", sleep);

  return {
    isOpen,
    drop,
    plan,
    acknowledge,
    flush,
    stats: (): Stats => ({ ...stats, pending: waiting.size }),

    /** Counts an event that stays here. */
    stay(): void {
      stats.local++;
    },

    /** Keeps events that are to be sent, `made` of them new; resolves once they are stored. */
    keep(events: Pair[], made: number): Promise<unknown> {
      stats.created += made;
      for (const [id, text] of events) waiting.set(id, text);
      const { flushAt = 20, flushInterval = 10_000 } = endpoint || {};
      if (!tries) plan(waiting.size >= flushAt ? 0 : flushInterval);
      return store.save({ save: 0, events });
    },

    /** Gives up what waits to be sent. */
    lose(reason: string): void {
      const { size } = waiting;
      stats.created -= size;
      if (size) drop(reason, size);
      waiting.clear();
    },

    /** Back from the back-forward cache: what is gone from the store was sent by another tab. */
    async thaw(): Promise<void> {
      const left = new Set((await store.pending(Infinity)).map(([id]) => id));
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

    /** The page may be dying: one small request now; what is not answered stays in the store. */
    leave(): void {
      if (!waiting.size || stop || !isOpen()) return;
      const events: Pair[] = [];
      let room = MAX_EXIT;
      for (const pair of waiting) {
        if ((room -= pair[1].length) < 0) break;
        events.push(pair);
      }
      void send(events, true).then(({ status }) => isGood(status) && sent(events));
    },

    close(): void {
      isClosed = true;
      timer.set(null);
      document.removeEventListener("freeze", sleep);
      removeEventListener("pagehide", sleep);
    },
  };
}
