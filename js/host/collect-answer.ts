/** What an endpoint's answer says about a batch, read as the engine does; docs/endpoint.md has the rules. */
import { read } from "./boundary.ts";

export interface Answer {
  /** 0: nobody answered. */
  status: number;
  /** The ids that the body names; undefined where it has no such list. */
  accepted: string[] | undefined;
  rejected: string[];
  /** How many milliseconds the endpoint asks to wait, where it does. */
  wait: number | undefined;
}

/** Whether an answer may be another one later. */
export const passes = (status: number): boolean => status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;
export const isGood = (status: number): boolean => status >= 200 && status < 300;

/** Reads the text of an `answer` input. */
export function answerOf(text: string): Answer {
  const { status = 0, wait, body } = read<{ status: number; wait?: number | null; body?: string }>(text) || {};
  const said = read<{ accepted?: unknown; rejected?: unknown } | null>(body);
  return { status, accepted: idsIn(said?.accepted), rejected: idsIn(said?.rejected) || [], wait: wait ?? undefined };
}

/** Endpoints that say why name the event inside an object. */
function idsIn(list: unknown): string[] | undefined {
  return Array.isArray(list) ? list.map((item: { messageId?: string; id?: string } | null) => (item?.messageId || item?.id || item) as string) : undefined;
}
