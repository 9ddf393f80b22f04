// What the panel shows, one function a tab; each makes elements from what was read.
import { badge, clockTime, dayAndTime, empty, h } from "./dom.js";
import { fold, tree } from "./tree.js";
import { language, words } from "./words.js";

const MOST_EVENTS = 60;
// What Dangol writes itself is told apart from what the shop reported.
const OWN = /^(Message|Coupon (Issued|Copied|Applied|Redeemed)|Chat|Survey|Segment|Experiment|Goal) ?/;
const nameOf = (event) => event.event ?? event.name ?? (event.type === "page" ? "Page Viewed" : event.type === "identify" ? "Identified" : event.type);
const hintOf = ({ properties = {}, traits = {}, context = {} }) =>
  properties.name ?? properties.campaign ?? properties.segment ?? properties.query ?? properties.order_id ?? properties.list_id ?? properties.path ?? traits.name ?? context.page?.path ?? "";
const section = (title, ...children) => h("section.block", {}, h("h3", {}, title), ...children);

export function events({ events: all }) {
  if (!all.length) return [empty(words.noEvents)];
  return all.slice(0, MOST_EVENTS).map((event, at) => {
    const name = nameOf(event);
    return fold(`event/${event.messageId ?? at}`, h("span.row", {},
      h("time", {}, clockTime(event.timestamp)),
      h(`span.event-name${OWN.test(name) ? ".own" : ""}`, {}, name),
      h("span.dim", {}, String(hintOf(event)))), () => tree(event, `event/${event.messageId ?? at}/tree`, { depth: 2 }));
  });
}

const segmentName = (id, config) => words.segmentNames?.[id] ?? words.names[id] ?? config.segments?.[id]?.name ?? id;

export function visitor({ visitor: documentOf, segments, config }) {
  return [
    section(words.segments, segments.length ? h("p.badges", { "data-testid": "panel-segments" }, segments.map((id) => h("span.badge.good", { "data-segment": id }, segmentName(id, config)))) : empty(words.noSegments)),
    section(words.document, documentOf ? tree(documentOf, "document", { depth: 2 }) : empty(words.noDocument)),
  ];
}

const OUTCOMES = { shown: "good", held_out: "info", queued: "info", suppressed: "bad" };
const short = (value) => {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 64 ? `${text.slice(0, 63)}…` : text;
};

/** A trace without the moments at which it changes, and the earliest of them: the engine would say them in UTC. */
function timeless({ changesAt, children, ...trace }) {
  const parts = (children ?? []).map(timeless);
  const changes = [changesAt, ...parts.map((part) => part.changes)].filter(Boolean).toSorted()[0];
  return { trace: { ...trace, ...(children && { children: parts.map((part) => part.trace) }) }, changes };
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** What a check found, in lines of words; the reason alone while the engine that words it is not there. */
function found({ check: name, passed, detail }, engine, names) {
  const { trace, changes } = timeless(detail ?? {});
  // The first line names the check; what follows it, or its colon, is what was found.
  const [first, ...parts] = engine ? engine.describe({ check: name, passed, detail: trace }, language, names).split("\n") : [""];
  const inner = parts.map((line) => line.replace(/^ {2}/, ""));
  const lines = inner.length ? inner : passed ? [] : [/\((.*)\)$/.exec(first)?.[1]].filter(Boolean);
  if (lines.length === 1) lines[0] = capital(lines[0].replace(/^[✓✗] /, ""));
  return [...lines, ...(changes && !passed ? [words.changes(dayAndTime(changes))] : [])];
}

/** `said`: the reason that stands above already. */
function check(each, { engine, names }, said) {
  const { check: name, passed } = each;
  const kind = passed ? "good" : "bad";
  const lines = found(each, engine, names);
  return h("div.check", { "data-check": name },
    h("p.row", {},
      h(`span.mark.${kind}`, { "aria-hidden": "true" }, passed ? "✓" : "✕"),
      h("span.check-name", {}, words.checks[name] ?? name),
      h(`span.state.${kind}`, {}, passed ? words.passed : words.failed)),
    passed || name === said ? "" : h("p.found", {}, words.reasons[name] ?? name),
    lines.length ? h("p.found.dim", {}, lines.join("\n")) : "");
}

const campaignName = (id, config) => words.names[id] ?? config.campaigns?.[id]?.name ?? id;
const ORDER = Object.keys(OUTCOMES);

/** What the engine needs to speak of other campaigns, segments and coupons as the reader knows them. */
function namesOf({ currency, campaigns = {}, segments = {}, coupons = {} }) {
  const each = (all, nameOf) => Object.fromEntries(Object.keys(all).map((id) => [id, { name: nameOf(id) }]));
  return {
    currency, campaigns: each(campaigns, (id) => campaignName(id, { campaigns })), segments: each(segments, (id) => segmentName(id, { segments })),
    coupons: each(coupons, (id) => textOf(coupons[id].name) ?? id),
  };
}

export function decisions({ explanations, config, engine }) {
  if (!explanations.length) return [empty(words.noDecisions)];
  const wording = { engine, names: namesOf(config) };
  const sorted = explanations.toSorted((left, right) => ORDER.indexOf(left.outcome) - ORDER.indexOf(right.outcome));
  const report = h("p.to-report", {}, h("a", { href: `/report?lang=${language}`, "data-key": "report", "data-testid": "panel-report" }, words.report));
  return [report, ...sorted.map(({ campaign, outcome, reason, step, variant, checks = [] }) => {
    const [passed, failed] = [checks.filter((each) => each.passed), checks.filter((each) => !each.passed)];
    return h("article.card", { "data-testid": "panel-decision", "data-campaign": campaign },
      h("h3", {}, campaignName(campaign, config), h("span.id", {}, [campaign, step].filter(Boolean).join(" / "))),
      h("p.verdict", {},
        outcome ? badge(words.outcomes[outcome] ?? outcome, OUTCOMES[outcome]) : "", variant ? badge(variant, "info") : "",
        reason && reason !== outcome ? h("span", { "data-reason": reason }, words.reasons[reason] ?? reason) : ""),
      // What was shown is not held back: this is what keeps it from coming up once more.
      outcome === "shown" && failed.length ? h("p.again", {}, words.again) : "",
      failed.map((each) => check(each, wording, reason)),
      passed.length ? fold(`passed/${campaign}`, h("span.row", {}, h("span.mark.good", { "aria-hidden": "true" }, "✓"), h("span", {}, words.allPassed(passed.length))), () => passed.map((each) => check(each, wording))) : "");
  })];
}

const textOf = (text) => (text && typeof text === "object" ? text[language] ?? Object.values(text)[0] : text);

export function coupons({ coupons: all, config }) {
  if (!all.length) return [empty(words.noCoupons)];
  return all.map((coupon) => h("article.card", { "data-testid": "panel-coupon" },
    h("h3", {}, textOf(coupon.name ?? config.coupons?.[coupon.coupon]?.name) ?? coupon.coupon, h("span.id", {}, coupon.coupon)),
    h("p.badges", {}, badge(words.couponStates[coupon.state ?? "issued"] ?? coupon.state, coupon.state === "expired" ? "bad" : "good"), badge(coupon.code)),
    tree(coupon, `coupon/${coupon.code}`, { depth: 0 })));
}

function counter(name, value, kind) {
  return h("div.counter", {}, h("dd", { className: kind ?? "", "data-testid": `panel-${name}` }, String(value ?? "–")), h("dt", {}, words.counters[name]));
}
const sum = (value) => (value && typeof value === "object" ? Object.values(value).reduce((total, each) => total + Number(each), 0) : value);

export function delivery({ stats = {}, stored }, { problems }) {
  const reasons = stats.dropped && typeof stats.dropped === "object" ? Object.entries(stats.dropped) : [];
  return [
    section(words.sending, h("dl.counters", {},
      counter("created", stats.created), counter("acknowledged", stats.acknowledged, "good"), counter("pending", stats.pending, "info"),
      counter("dropped", sum(stats.dropped), sum(stats.dropped) ? "bad" : ""), counter("local", stats.local))),
    reasons.length ? section(words.byReason, h("p.badges", {}, reasons.map(([reason, count]) => badge(`${reason} ${count}`, "bad")))) : "",
    section(words.stored, stored?.length ? stored.map((event, at) => fold(`stored/${event.messageId ?? at}`, h("span.row", {},
      h("time", {}, clockTime(event.timestamp)), h("span.event-name", {}, nameOf(event)), h("span.dim", {}, String(hintOf(event)))),
    () => tree(event, `stored/${event.messageId ?? at}/tree`, { depth: 2 }))) : empty(words.noStored)),
    problems.length ? section(words.problems, problems.map(({ at, problem }) => h("div.plain-row", {}, h("time", {}, dayAndTime(at)), " ", short(problem?.message ?? problem)))) : "",
  ];
}
