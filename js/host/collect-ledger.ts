/**
 * What becomes of every event, as the engine counts it: created once, ended once, acknowledged or dropped with a reason.
 * `created = acknowledged + pending + dropped`, at every instant.
 */
import type { Stats } from "../types.ts";
import { type Pair, read } from "./boundary.ts";
import { MAX_BYTES, MAX_EVENTS, sizeOf } from "./collect-bounds.ts";

export type Drops = { [reason: string]: number };

function add(drops: Drops, more: Drops | undefined): void {
  for (const reason of Object.keys(more || {})) if (more![reason]! > 0) drops[reason] = (drops[reason] || 0) + more![reason]!;
}

/** `tell`: what a listener of `sync` hears. */
export function ledger(tell: (detail: object) => void) {
  const stats: Stats = { created: 0, acknowledged: 0, pending: 0, dropped: {}, local: 0 };
  /** What is to be sent: this page's texts, and an empty one for what another page looks after. */
  const waiting = new Map<string, string>();
  /** Drops that no event has reported yet. */
  let owed: Drops = {};
  /** What they take of the room there is. */
  let size = 0;

  /** Counts what was created and dropped at once. */
  function drop(reason: string, count = 1): void {
    stats.created += count;
    add(stats.dropped, { [reason]: count });
    add(owed, { [reason]: count });
  }

  /** Whether it waited. */
  function end(id: string): boolean {
    const text = waiting.get(id);
    if (text === undefined) return false;
    size -= sizeOf([id, text]);
    return waiting.delete(id);
  }

  return {
    waiting,
    drop,

    /** Whether more waits than may. */
    isOver: (): boolean => size > MAX_BYTES || waiting.size > MAX_EVENTS,

    /** Counts an event that stays here. */
    stay(): void {
      stats.local++;
    },

    /** Takes note of what is to be sent. */
    add(events: Pair[], isOwn: boolean): void {
      for (const [id, text] of events) {
        if (waiting.has(id)) continue;
        waiting.set(id, isOwn ? text : "");
        size += sizeOf([id, isOwn ? text : ""]);
        stats.created++;
      }
    },

    acknowledge(ids: string[]): void {
      const count = ids.filter(end).length;
      stats.acknowledged += count;
      if (count) tell({ what: "acknowledged", count });
    },

    /** These will never be sent. */
    giveUp(events: Pair[], reason: string): void {
      for (const [id, text] of events) {
        if (end(id)) stats.created--;
        drop(reason);
        // The event was to report others: that is owed again.
        add(owed, read<{ context?: { dropped?: Drops } }>(text)?.context?.dropped);
        tell({ what: "dropped", reason });
      }
    },

    /** Another tab dropped these; it is the one to report it. */
    gone(ids: string[]): void {
      add(stats.dropped, { rejected: ids.filter(end).length });
    },

    /** Everything that waits is dropped; the endpoint may not hear of this visitor any more, so nothing is reported. */
    lose(reason: string): void {
      add(stats.dropped, { [reason]: waiting.size });
      waiting.clear();
      size = 0;
      owed = {};
    },

    /** The drops that the next event is to report, in its `context.dropped`; it is then theirs to report. */
    report(): Drops | undefined {
      const report = owed;
      owed = {};
      return Object.keys(report).length ? report : undefined;
    },

    /** A report was taken and its event will not be sent. */
    owe: (report: Drops | undefined): void => add(owed, report),

    stats: (): Stats => ({ ...stats, dropped: { ...stats.dropped }, pending: waiting.size }),
  };
}
