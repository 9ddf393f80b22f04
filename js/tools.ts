/** The public contract of the engine without a page, `dangol/engine`. Published in one file with that of the page. */

import type { Condition, Config, Consent, Decision, Event, Explanation, IssuedCoupon, Json, Node, Properties, Trace } from "./types.ts";

/** A finding of `validate`. */
export interface Problem {
  /** JSON pointer, e.g. `/campaigns/x/trigger/event`. */
  path: string;
  /** Stable; docs/problems.md has them all. */
  code: string;
  /** What was found, what was expected, and often a suggestion. */
  message: string;
  /** An error switches its part off, a warning does not. */
  severity: "error" | "warning";
}

/** A line of a recorded journey: an event, a moment that passes, or a signal of the page. */
export type JourneyLine = Event | { type: "tick"; timestamp: string }
  | { type: "signal"; signal: "exit" | "scroll" | "visible" | "click" | "idle" | "manual"; value?: Json; timestamp: string };
/** A recorded journey in time order, as an array or as NDJSON text. */
export type Journey = string | readonly (JourneyLine | { [key: string]: unknown })[];

/** How a journey is replayed. */
export interface ReplayOptions {
  /** ISO time to run to; default the last line's. */
  until?: string;
  /** Feeds ids and jitter only. */
  seed?: string;
  /** Default: all granted. */
  consent?: Partial<Consent>;
  /** Adds every check of every campaign. */
  explain?: boolean;
}

/** How a message is drawn without a page. */
export interface RenderOptions {
  /** The id of a step; default the first. */
  step?: string;
  /** The id of a variant; default the first. */
  variant?: string;
  /** The visitor's locale; default the configuration's. */
  locale?: string;
  /** ISO time that it is then; default 1970, so that countdowns are the same on every run. */
  now?: string;
  /** Answers given so far, by name, for `branch`. */
  answers?: Properties;
  /** The visitor's coupons, by id; default a sample of each. */
  coupons?: { readonly [id: string]: { code?: string; expiresAt?: string; state?: NonNullable<IssuedCoupon["state"]> | "issuing" | "failed" | "uncopied" } };
}

/** What a journey leads to. */
export interface Replay {
  /** What was decided, in order. */
  decisions: Decision[];
  /** When each segment was entered and left. */
  segments: { [id: string]: [timestamp: string, on: "enter" | "leave"][] };
  /** The visitor's document at the end. */
  document: { [key: string]: Json };
  /** The coupons at the end. */
  coupons: IssuedCoupon[];
  /** What later versions add. */
  [key: string]: unknown;
}

/** Conditions that were compiled together. */
export interface Ruleset {
  /** The ids of those that hold, in their order, with the results of `evaluate`. */
  matches(document: object): string[];
}

/** `dangol/engine`: the same engine without a page. Unlike the page's API it throws on misuse. */
export interface Tools {
  /** Whether a condition about the document holds. */
  evaluate(condition: Condition, document: object, options?: { groups?: object }): boolean;
  /** Compiles many conditions once, to ask which of them a document matches; the fast way for segments by the thousand. */
  ruleset(rules: { readonly [id: string]: Condition }, options?: { groups?: object }): Ruleset;
  /** -1 or the variant's index, by GrowthBook's hash. */
  assign(request: { seed: string; value: string; weights: readonly number[]; coverage?: number; hashVersion?: number }): number;
  /** What is wrong with a configuration; the messages in Korean for `ko`, otherwise in English. */
  validate(config: Properties | string, locale?: string): Problem[];
  /** What a recorded journey leads to. */
  replay(config: Config | string, journey: Journey, options?: ReplayOptions): Replay;
  /** For many visitors: gives what tells the segments of one, at a moment, from the events (NDJSON or a list, in any order). */
  segments(config: Config | string, at: string | number): (journey: Journey) => string[];
  /** A message as the tree that the page would draw; throws where the configuration has no such campaign, step or variant, or an error in it. */
  render(config: Config | string, campaignId: string, document: object, options?: RenderOptions): Node;
  /** A trace, a check, a whole explanation or a decision in plain words, `ko` or `en`; with the configuration its names, clock and currency. */
  describe(trace: Trace | Explanation["checks"][number] | Explanation | Decision | readonly (Trace | Explanation | Decision)[], locale: string, config?: Config | string): string;
}
