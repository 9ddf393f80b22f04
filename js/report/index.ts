/** What came of the campaigns: from events to numbers with their uncertainty. Shared by the command line and the collector. */
import { chiSquare, deviations, newcombe, wilson } from "./statistics.ts";

export { toText } from "./text.ts";

/** The arm of those who were held out. */
const HOLDOUT = "holdout";
/** All who were shown anything, as one arm. */
const ALL = "*";
/** The arm of a campaign without variants. */
const PLAIN = "message";

export interface Rate {
  arm: string;
  /** Visitors whose first exposure was in this arm. */
  visitors: number;
  /** Visitors among them for whom that first exposure reached the goal. */
  converted: number;
  conversion: number | null;
  /** Of 95 %. */
  interval: [number, number] | null;
}

/** The counts are of all that the arm's visitors saw, did and bought; an order that several exposures claim counts once. */
export interface Arm extends Rate {
  held_out: boolean;
  shown: number;
  clicked: number;
  dismissed: number;
  goals: number;
  /** By currency; "" where the events named none. */
  revenue: { [currency: string]: number };
}

export type Verdict = "too_early" | "better" | "worse" | "no_difference" | "bad_split";

export interface Comparison {
  arm: string;
  against: string;
  difference: number | null;
  /** Of the campaign's `level`. */
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

/** The variants of a later step among those whose exposures before it had none: only they were the same until then. */
export interface StepReport {
  step: string;
  arms: Rate[];
  comparisons: Comparison[];
  ratio: Ratio | null;
}

export interface CampaignReport {
  campaign: string;
  name?: string;
  arms: Arm[];
  comparisons: Comparison[];
  ratio: Ratio | null;
  steps: StepReport[];
  /** Of the intervals of the comparisons: the more of them, the stricter, so that all together raise a false alarm in 5 % of looks. */
  level: number;
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
const text = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" ? `${value}` : "");
/** A variant's arm: whatever the shop calls it, it is nobody who was held out. */
const armOf = (variant: unknown): string => (variant === HOLDOUT || variant === ALL ? `variant:${variant}` : text(variant) || PLAIN);

interface Exposure { at: number; arm: string; step: string; impression: string }
interface Person {
  /** The first event of any kind: tells the arm where the events hold no exposure. */
  since: Exposure | undefined;
  first: Exposure | undefined;
  /** The first exposure to a variant; all before it were the same to everybody. */
  varied: Exposure | undefined;
  shown: number;
  clicked: number;
  dismissed: number;
  /** The exposures that reached the goal. */
  reached: Set<string> | undefined;
}
interface Order { person: Person; worth: number; currency: string }
interface Tally { people: Map<string, Person>; orders: Map<string, Order> }

const earlier = (known: Exposure | undefined, other: Exposure): Exposure => (known && known.at <= other.at ? known : other);

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
    if (!tally) this.#tallies.set(id, (tally = { people: new Map(), orders: new Map() }));
    let person = tally.people.get(visitor);
    if (!person) tally.people.set(visitor, (person = { since: undefined, first: undefined, varied: undefined, shown: 0, clicked: 0, dismissed: 0, reached: undefined }));
    const heldOut = kind === "Message Held Out" || about["held_out"] === true;
    const exposure = { at, arm: heldOut ? HOLDOUT : armOf(about["variant"]), step: text(about["step"]), impression: text(about["impression_id"]) };
    person.since = earlier(person.since, exposure);
    if (kind === "Message Clicked") person.clicked++;
    else if (kind === "Message Dismissed") person.dismissed++;
    else if (kind === "Goal Reached") {
      (person.reached ??= new Set()).add(exposure.impression);
      // Every exposure within its window claims the same purchase; it was made once.
      const order = `${visitor} ${text(about["order_id"]) || `${text(about["event"])}@${at}`}`;
      const worth = Number(about["revenue"] ?? about["value"] ?? 0);
      if (!tally.orders.has(order)) tally.orders.set(order, { person, worth: Number.isFinite(worth) ? worth : 0, currency: text(about["currency"]) });
    } else {
      person.first = earlier(person.first, exposure);
      if (heldOut) return;
      person.shown++;
      if (about["variant"]) person.varied = earlier(person.varied, exposure);
    }
  }

  /** The report; a configuration gives names, and the shares that the ratio is checked against. */
  finish(config?: unknown): Report {
    const configured = object(object(config)["campaigns"]);
    const when = (at: number): string | null => (Number.isFinite(at) ? new Date(at).toISOString() : null);
    const campaigns = [...this.#tallies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, tally]) => campaign(id, tally, Object.hasOwn(configured, id) ? object(configured[id]) : undefined));
    return { from: when(this.#from), to: when(this.#to), events: this.#seen.size, campaigns };
  }
}

function campaign(id: string, { people, orders }: Tally, config: Loose | undefined): CampaignReport {
  const everybody = [...people.values()];
  const begin = firstStep(everybody);
  const arms = toArms(everybody, orders, begin);
  const held = arms.find(({ held_out }) => held_out);
  const shown = arms.filter(({ held_out }) => !held_out);
  const pairs: [Rate, Rate][] = held
    ? [...(shown.length > 1 ? [together(shown)] : []), ...shown].map((arm) => [arm, held])
    : shown.slice(1).map((arm) => [arm, shown[0]!]);
  // Where the first step has variants, those of a later one are seen only together with them.
  const later = shown.every(({ arm, visitors }) => arm === PLAIN || !visitors) ? laterSteps(everybody, begin) : [];
  const all = pairs.filter(([arm, against]) => arm.visitors && against.visitors).length + later.reduce((sum, { arms }) => sum + arms.length - 1, 0);
  const level = 1 - FALSE_ALARMS / Math.max(1, all);

  const configured = Array.isArray(config?.["steps"]) ? config["steps"].map(object) : [];
  const share = config ? Number(config["holdout"] ?? 0) || 0 : 0;
  const ratio = config ? checkRatio([config["variants"], configured[0]?.["variants"]].find(Array.isArray), share, arms) : null;
  const steps = later.map(({ step, arms }) => {
    const own = configured.find((one) => one["id"] === step);
    const ratio = own ? checkRatio(own["variants"], 0, arms) : null;
    return { step, arms, comparisons: arms.slice(1).map((arm) => compare(arm, arms[0]!, ratio, level)), ratio };
  });
  const name = text(config?.["name"]);
  return { campaign: id, ...(name && { name }), arms, comparisons: pairs.map(([arm, against]) => compare(arm, against, ratio, level)), ratio, steps, level };
}

/** The step that visitors enter a campaign by; "" where it has none. */
function firstStep(people: Person[]): string {
  const counts = new Map<string, number>();
  for (const { first } of people) if (first) counts.set(first.step, (counts.get(first.step) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0] ?? "";
}

/**
 * Everything a visitor does counts in the arm of their first exposure, and converted is whom that one exposure brought to
 * the goal. Later exposures decide nothing: how many there are depends on clicks and dismissals, which only messages get
 * that are shown.
 */
function toArms(people: Person[], orders: Tally["orders"], begin: string): Arm[] {
  const arms = new Map<string, Arm>();
  const armFor = ({ first, since }: Person): Arm => {
    const { arm: own, step } = (first ?? since)!;
    // Who left the first step before it was seen begins with another, whose variants are not those of the first.
    const arm = own === HOLDOUT || !first || step === begin ? own : PLAIN;
    let found = arms.get(arm);
    if (!found) arms.set(arm, (found = { arm, held_out: arm === HOLDOUT, visitors: 0, shown: 0, clicked: 0, dismissed: 0, goals: 0, converted: 0, conversion: null, interval: null, revenue: Object.create(null) as Arm["revenue"] }));
    return found;
  };
  for (const person of people) {
    const arm = armFor(person);
    arm.shown += person.shown;
    arm.clicked += person.clicked;
    arm.dismissed += person.dismissed;
    if (person.first) count(arm, person, person.first);
  }
  for (const { person, worth, currency } of orders.values()) {
    const arm = armFor(person);
    arm.goals++;
    if (worth) arm.revenue[currency] = (arm.revenue[currency] ?? 0) + worth;
  }
  return inOrder(arms);
}

function laterSteps(people: Person[], begin: string): { step: string; arms: Rate[] }[] {
  const steps = new Map<string, Map<string, Rate>>();
  for (const person of people) {
    const { varied } = person;
    if (!varied || varied.step === begin) continue;
    let arms = steps.get(varied.step);
    if (!arms) steps.set(varied.step, (arms = new Map()));
    let arm = arms.get(varied.arm);
    if (!arm) arms.set(varied.arm, (arm = { arm: varied.arm, visitors: 0, converted: 0, conversion: null, interval: null }));
    count(arm, person, varied);
  }
  return [...steps].filter(([, arms]) => arms.size > 1).sort(([a], [b]) => (a < b ? -1 : 1)).map(([step, arms]) => ({ step, arms: inOrder(arms) }));
}

function count(rate: Rate, { reached }: Person, { impression }: Exposure): void {
  rate.visitors++;
  if (reached?.has(impression)) rate.converted++;
}

/** By name, those held out last, with the rates of what was counted. */
function inOrder<Counted extends Rate>(arms: Map<string, Counted>): Counted[] {
  const last = ({ arm }: Rate): number => Number(arm === HOLDOUT);
  const list = [...arms.values()].sort((a, b) => last(a) - last(b) || (a.arm < b.arm ? -1 : 1));
  for (const arm of list) if (arm.visitors) Object.assign(arm, { conversion: arm.converted / arm.visitors, interval: wilson(arm.converted, arm.visitors) });
  return list;
}

/** All variants as one: what showing anything did. */
const together = (arms: Arm[]): Rate => ({
  arm: ALL, visitors: arms.reduce((sum, arm) => sum + arm.visitors, 0), converted: arms.reduce((sum, arm) => sum + arm.converted, 0), conversion: null, interval: null,
});

/** In how many looks at a campaign without any effect one of its comparisons may find a difference. */
const FALSE_ALARMS = 0.05;
/** The fewest visitors of an arm of whom anything is said. */
const FEWEST = 50;
/** The fewest conversions and non-conversions to expect in an arm, the common rule for comparing proportions. */
const FEWEST_EXPECTED = 5;

function compare(arm: Rate, against: Rate, ratio: Ratio | null, level: number): Comparison {
  const [n, m] = [arm.visitors, against.visitors];
  const base = { arm: arm.arm, against: against.arm };
  if (!n || !m) return { ...base, difference: null, interval: null, verdict: "too_early" };
  const difference = arm.converted / n - against.converted / m;
  const interval = newcombe(arm.converted, n, against.converted, m, deviations(level));
  const pooled = (arm.converted + against.converted) / (n + m);
  const thin = Math.min(n, m) < FEWEST || Math.min(n, m) * Math.min(pooled, 1 - pooled) < FEWEST_EXPECTED;
  const verdict = thin ? "too_early" : ratio?.fits === false ? "bad_split" : interval[0] > 0 ? "better" : interval[1] < 0 ? "worse" : "no_difference";
  return { ...base, difference, interval, verdict };
}

/** Below this the visitors were not divided as configured: what is commonly taken for sample-ratio checks. */
const MISMATCH = 0.001;

function checkRatio(listed: unknown, share: number, arms: Rate[]): Ratio | null {
  const holdout = Math.min(1, Math.max(0, share));
  const variants = Array.isArray(listed) && listed.length ? listed.map(object) : [{ weight: 1 }];
  const weights = variants.map(({ weight }) => Math.max(0, Number(weight ?? 1) || 0));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const expected: { [arm: string]: number } = {};
  variants.forEach((variant: Loose, index) => { if (weights[index]) expected[armOf(variant["id"])] = ((1 - holdout) * weights[index]!) / sum; });
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
