// What the panel shows, one function a tab; each makes elements from what was read.
import { badge, clockTime, dayAndTime, empty, h } from "./dom.js";
import { fold, tree } from "./tree.js";
import { words } from "./words.js";

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

export function visitor({ visitor: documentOf, segments }) {
  return [
    section(words.segments, segments.length ? h("p.badges", { "data-testid": "panel-segments" }, segments.map((id) => badge(id, "good"))) : empty(words.noSegments)),
    section(words.document, documentOf ? tree(documentOf, "document", { depth: 2 }) : empty(words.noDocument)),
  ];
}

const OUTCOMES = { shown: "good", held_out: "info", queued: "info", suppressed: "bad" };
const short = (value) => {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 64 ? `${text.slice(0, 63)}…` : text;
};

function check({ check: name, passed, detail }, path) {
  const compared = detail && "actual" in detail ? `${words.actual} ${short(detail.actual)} · ${words.expected} ${short(detail.expected ?? "–")}` : "";
  const line = h("span.row", {},
    h(`span.mark.${passed ? "good" : "bad"}`, { role: "img", "aria-label": passed ? words.passed : words.failed }, passed ? "✓" : "✕"),
    h("span", {}, name), h("span.dim", {}, compared));
  return detail && Object.keys(detail).length ? fold(path, line, () => tree(detail, `${path}/tree`, { depth: 3 })) : h("div.plain-row", {}, line);
}

export function decisions({ explanations }) {
  if (!explanations.length) return [empty(words.noDecisions)];
  return explanations.map(({ campaign, outcome, reason, step, variant, checks = [] }) =>
    h("article.card", { "data-testid": "panel-decision", "data-campaign": campaign },
      h("h3", {}, campaign, step ? h("span.dim", {}, ` / ${step}`) : ""),
      h("p.badges", {}, outcome ? badge(outcome, OUTCOMES[outcome]) : "", reason ? badge(reason) : "", variant ? badge(variant, "info") : ""),
      checks.map((each, at) => check(each, `check/${campaign}/${at}`))));
}

export function coupons({ coupons: all }) {
  if (!all.length) return [empty(words.noCoupons)];
  return all.map((coupon) => h("article.card", { "data-testid": "panel-coupon" },
    h("h3", {}, coupon.code ?? coupon.id ?? ""),
    h("p.badges", {}, badge(coupon.status ?? coupon.state ?? "issued", "good"), badge(coupon.coupon ?? coupon.id ?? "")),
    tree(coupon, `coupon/${coupon.code}`, { depth: 1 })));
}

function counter(name, value, kind) {
  return h("div.counter", {}, h("dd", { className: kind ?? "", "data-testid": `panel-${name}` }, String(value ?? "–")), h("dt", {}, name));
}
const sum = (value) => (value && typeof value === "object" ? Object.values(value).reduce((total, each) => total + Number(each), 0) : value);

export function delivery({ stats = {}, stored }, { problems }) {
  const reasons = stats.dropped && typeof stats.dropped === "object" ? Object.entries(stats.dropped) : [];
  return [
    section(words.queue, h("dl.counters", {},
      counter("created", stats.created), counter("acknowledged", stats.acknowledged, "good"), counter("pending", stats.pending, "info"),
      counter("dropped", sum(stats.dropped), sum(stats.dropped) ? "bad" : ""), counter("local", stats.local))),
    reasons.length ? section(words.byReason, h("p.badges", {}, reasons.map(([reason, count]) => badge(`${reason} ${count}`, "bad")))) : "",
    section(words.stored, stored?.length ? stored.map((event, at) => fold(`stored/${event.messageId ?? at}`, h("span.row", {},
      h("time", {}, clockTime(event.timestamp)), h("span.event-name", {}, nameOf(event)), h("span.dim", {}, String(hintOf(event)))),
    () => tree(event, `stored/${event.messageId ?? at}/tree`, { depth: 2 }))) : empty(words.noStored)),
    problems.length ? section(words.problems, problems.map(({ at, problem }) => h("div.plain-row", {}, h("time", {}, dayAndTime(at)), " ", short(problem?.message ?? problem)))) : "",
  ];
}
