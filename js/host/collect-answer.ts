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
  const { status = 0, retry_after, date, body } = read<{ status: number; retry_after?: string | null; date?: string | null; body?: string }>(text) || {};
  const said = read<{ accepted?: unknown; rejected?: unknown; retryAfter?: unknown } | null>(body);
  const waitOf = (asked: unknown): number | undefined => millisecondsOf(asked, date);
  // Browsers hide the header across origins unless the endpoint shows it; then the body may say it.
  return { status, accepted: idsIn(said?.accepted), rejected: idsIn(said?.rejected) || [], wait: waitOf(retry_after) ?? waitOf(said?.retryAfter) };
}

/** Endpoints that say why name the event inside an object. */
function idsIn(list: unknown): string[] | undefined {
  return Array.isArray(list) ? list.map((item: { messageId?: string; id?: string } | null) => (item?.messageId || item?.id || item) as string) : undefined;
}

/** Seconds or a date, measured by the server's own clock where it is shown; what is no wait (`-1`, `soon`) is none. */
function millisecondsOf(asked: unknown, date: string | null | undefined): number | undefined {
  if (typeof asked === "number") return asked >= 0 ? asked * 1000 : undefined;
  if (typeof asked !== "string") return undefined;
  if (/^\s*\d+\s*$/.test(asked)) return Number(asked) * 1000;
  const at = /:/.test(asked) ? Date.parse(asked) : NaN;
  return at === at ? Math.max(at - (Date.parse(date || "") || Date.now()), 0) : undefined;
}
