/** Who the visitor is, as the engine writes it down and the other tabs know it. */
import { read, write } from "./boundary.ts";
import type { Origin } from "./collect-wire.ts";

export interface Identity {
  anonymousId: string;
  userId?: string | undefined;
  /** Raised with each new visitor, as in the engine. */
  epoch: number;
}

/** Whom a record names. */
export function named(text: string | null | undefined): Identity | undefined {
  const { anonymousId, userId, epoch } = read<Partial<Identity>>(text) || {};
  return typeof anonymousId === "string" && anonymousId
    ? { anonymousId, ...(typeof userId === "string" && { userId }), epoch: typeof epoch === "number" ? epoch : 0 }
    : undefined;
}

/** The record of `who`; what else lies in the former one is theirs only if they are the same. */
export function recordOf(who: Identity, text: string | null): string {
  const { anonymousId } = who;
  const known = read<Partial<Identity>>(text);
  return write({ ...(known?.anonymousId === anonymousId ? known : { v: 1, assignmentId: anonymousId }), ...who });
}

/** Somebody whom nobody knows yet. */
export const stranger = (anonymousId: string, epoch = 0): Identity => ({ anonymousId, epoch });

/** The epoch of somebody who comes now: of two who come in two tabs at once all keep the later one, as in the engine. */
export const epochAfter = (epoch: number): number => Math.max(epoch + 1, Date.now() * 2048 + Math.floor(Math.random() * 2048));

/** A page load's stream of events. */
export function stream(streamId: string): (who: Identity) => Origin {
  let seq = 0;
  return ({ anonymousId, userId }) => ({ anonymousId, userId, streamId, seq: ++seq });
}
