/** What came of the campaigns: from events to numbers with their uncertainty. Shared by the command line and the collector. */
import { chiSquare, newcombe, wilson } from "./statistics.ts";

export { toText } from "./text.ts";

/** The arm of those who were held out. */
export const HOLDOUT = "holdout";
/** The arm of a campaign without variants. */
const PLAIN = "message";

export interface Arm {
  arm: string;
  held_out: boolean;
  /** Visitors whose first exposure was in this arm. */
  visitors: number;
  shown: number;
  clicked: number;
  dismissed: number;
  goals: number;
  /** Visitors among them who reached the goal. */
  converted: number;
  conversion: number | null;
  interval: [number, number] | null;
  /** By currency; "" where the events named none. An order that several exposures claim counts once. */
  revenue: { [currency: string]: number };
}

export type Verdict = "too_early" | "better" | "worse" | "no_difference" | "bad_split";

export interface Comparison {
  arm: string;
  against: string;
  difference: number | null;
  interval: [number, number] | null;
  verdict: Verdict;
}

export interface Ratio {
  expected: { [arm: string]: number };
  observed: { [arm: string]: number };
  /** Null where fewer than five visitors are expected in an arm: then nothing can be said. */
  p: number | null;
  fits: boolean | null;
}

export interface CampaignReport {
  campaign: string;
  name?: string;
  arms: Arm[];
  comparisons: Comparison[];
  ratio: Ratio | null;
}

export interface Report {
  from: string | null;
  to: string | null;
  events: number;
  campaigns: CampaignReport[];
}

/** The events a report is made of. */
export const REPORT_EVENTS = ["Message Shown", "Message Held Out", "Message Clicked", "Message Dismissed", "Goal Reached"];

type Loose = { [key: string]: unknown };
const object = (value: unknown): Loose => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Loose) : {});
const text = (value: unknown): string => (typeof value === "string" ? value : "");

interface Person { at: number; arm: string; converted: Set<string> }
interface Counts { shown: number; clicked: number; dismissed: number; goals: number; revenue: Map<string, number>; orders: Set<string> }
interface Tally { people: Map<string, Person>; arms: Map<string, Counts> }

/** Takes events in any order, each once by its `messageId`. */
export class Results {
  #seen = new Set<string>();
  #tallies = new Map<string, Tally>();
  #from = Infinity;
  #to = -Infinity;

  add(event: Loose): void {
    const kind = text(event["event"]);
    const about = object(event["properties"]);
    const id = text(about["campaign"]);
    const visitor = text(event["anonymousId"]) || text(event["userId"]);
    const at = Date.parse(text(event["timestamp"]));
    if (!REPORT_EVENTS.includes(kind) || !id || !visitor || Number.isNaN(at)) return;
    const key = text(event["messageId"]);
    if (key && this.#seen.has(key)) return;
    if (key) this.#seen.add(key);
    this.#from = Math.min(this.#from, at);
    this.#to = Math.max(this.#to, at);
    let tally = this.#tallies.get(id);
    if (!tally) this.#tallies.set(id, (tally = { people: new Map(), arms: new Map() }));
    const arm = kind === "Message Held Out" || about["held_out"] === true ? HOLDOUT : text(about["variant"]) || PLAIN;
    let counts = tally.arms.get(arm);
    if (!counts) tally.arms.set(arm, (counts = { shown: 0, clicked: 0, dismissed: 0, goals: 0, revenue: new Map(), orders: new Set() }));
    if (kind === "Message Clicked") counts.clicked++;
    else if (kind === "Message Dismissed") counts.dismissed++;
    else if (kind === "Goal Reached") this.#goal(tally, counts, visitor, arm, about, at);
    else {
      if (arm !== HOLDOUT) counts.shown++;
      const person = this.#person(tally, visitor);
      // Who changed the arm, by a new configuration, stays where they were first.
      if (at < person.at) Object.assign(person, { at, arm });
    }
  }

  #person(tally: Tally, visitor: string): Person {
    let person = tally.people.get(visitor);
    if (!person) tally.people.set(visitor, (person = { at: Infinity, arm: "", converted: new Set() }));
    return person;
  }

  #goal(tally: Tally, counts: Counts, visitor: string, arm: string, about: Loose, at: number): void {
    this.#person(tally, visitor).converted.add(arm);
    // Every exposure within its window claims the same purchase; it was made once.
    const order = text(about["order_id"]) || `${text(about["event"])}@${at}`;
    const key = `${visitor} ${order}`;
    if (counts.orders.has(key)) return;
    counts.orders.add(key);
    counts.goals++;
    const worth = Number(about["revenue"] ?? about["value"] ?? 0);
    const currency = text(about["currency"]);
    if (Number.isFinite(worth) && worth) counts.revenue.set(currency, (counts.revenue.get(currency) ?? 0) + worth);
  }

  /** The report; a configuration gives names, and the shares that the ratio is checked against. */
  finish(config?: unknown): Report {
    const configured = object(object(config)["campaigns"]);
    const when = (at: number): string | null => (Number.isFinite(at) ? new Date(at).toISOString() : null);
    const campaigns = [...this.#tallies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, tally]) => campaign(id, tally, Object.hasOwn(configured, id) ? object(configured[id]) : undefined));
    return { from: when(this.#from), to: when(this.#to), events: this.#seen.size, campaigns };
  }
}

function campaign(id: string, tally: Tally, config: Loose | undefined): CampaignReport {
  const names = [...tally.arms.keys()].filter((arm) => arm !== HOLDOUT).sort();
  if (tally.arms.has(HOLDOUT)) names.push(HOLDOUT);
  const arms = names.map((name) => toArm(name, tally));
  const ratio = config ? checkRatio(config, arms) : null;
  const held = arms.find(({ held_out }) => held_out);
  const shown = arms.filter(({ held_out }) => !held_out);
  const comparisons: Comparison[] = [];
  if (held) {
    if (shown.length > 1) comparisons.push(compare(together(shown), held, ratio));
    shown.forEach((arm) => comparisons.push(compare(arm, held, ratio)));
  } else shown.slice(1).forEach((arm) => comparisons.push(compare(arm, shown[0]!, ratio)));
  const name = text(config?.["name"]);
  return { campaign: id, ...(name && { name }), arms, comparisons, ratio };
}

function toArm(name: string, { people, arms }: Tally): Arm {
  const { shown, clicked, dismissed, goals, revenue } = arms.get(name)!;
  const own = [...people.values()].filter(({ arm }) => arm === name);
  const converted = own.filter((person) => person.converted.has(name)).length;
  const visitors = own.length;
  return {
    arm: name, held_out: name === HOLDOUT, visitors, shown, clicked, dismissed, goals, converted,
    conversion: visitors ? converted / visitors : null, interval: visitors ? wilson(converted, visitors) : null, revenue: Object.fromEntries(revenue),
  };
}

/** All variants as one: what showing anything did. */
const together = (arms: Arm[]): Pick<Arm, "arm" | "visitors" | "converted"> => ({
  arm: "*", visitors: arms.reduce((sum, arm) => sum + arm.visitors, 0), converted: arms.reduce((sum, arm) => sum + arm.converted, 0),
});

/** The fewest visitors of an arm of whom anything is said. */
const FEWEST = 50;
/** The fewest conversions and non-conversions to expect in an arm, the common rule for comparing proportions. */
const FEWEST_EXPECTED = 5;

function compare(arm: Pick<Arm, "arm" | "visitors" | "converted">, against: Arm, ratio: Ratio | null): Comparison {
  const [n, m] = [arm.visitors, against.visitors];
  const base = { arm: arm.arm, against: against.arm };
  if (!n || !m) return { ...base, difference: null, interval: null, verdict: "too_early" };
  const difference = arm.converted / n - against.converted / m;
  const interval = newcombe(arm.converted, n, against.converted, m);
  const pooled = (arm.converted + against.converted) / (n + m);
  const thin = Math.min(n, m) < FEWEST || Math.min(n, m) * Math.min(pooled, 1 - pooled) < FEWEST_EXPECTED;
  const verdict = thin ? "too_early" : ratio?.fits === false ? "bad_split" : interval[0] > 0 ? "better" : interval[1] < 0 ? "worse" : "no_difference";
  return { ...base, difference, interval, verdict };
}

/** Below this the visitors were not divided as configured: what is commonly taken for sample-ratio checks. */
const MISMATCH = 0.001;

function checkRatio(config: Loose, arms: Arm[]): Ratio | null {
  const holdout = Math.min(1, Math.max(0, Number(config["holdout"] ?? 0) || 0));
  const listed = [config["variants"], object(Array.isArray(config["steps"]) ? config["steps"][0] : undefined)["variants"]].find(Array.isArray) as Loose[] | undefined;
  const variants = listed?.length ? listed : [{ id: PLAIN, weight: 1 }];
  const weights = variants.map((variant) => Math.max(0, Number(object(variant)["weight"] ?? 1) || 0));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const expected: { [arm: string]: number } = {};
  variants.forEach((variant, index) => { if (weights[index]) expected[text(object(variant)["id"]) || PLAIN] = ((1 - holdout) * weights[index]!) / sum; });
  if (holdout) expected[HOLDOUT] = holdout;
  const names = Object.keys(expected).filter((name) => expected[name]! > 0);
  if (names.length < 2) return null;
  const counts = names.map((name) => arms.find(({ arm }) => arm === name)?.visitors ?? 0);
  const total = counts.reduce((all, count) => all + count, 0);
  const observed = Object.fromEntries(names.map((name, index) => [name, counts[index]!]));
  if (names.some((name) => total * expected[name]! < FEWEST_EXPECTED)) return { expected, observed, p: null, fits: null };
  const { p } = chiSquare(counts, names.map((name) => expected[name]!));
  return { expected, observed, p, fits: p >= MISMATCH };
}
