/** Draws the report. Every text from outside becomes a text node, never markup. */
import { conversionChart } from "/report/charts.js";
import { WORDS } from "/report/words.js";

const asked = new URLSearchParams(location.search).get("lang") ?? navigator.language.slice(0, 2);
const lang = asked === "ko" ? "ko" : "en";
const words = WORDS[lang];
const number = (value) => value.toLocaleString(lang);
const percent = (rate) => (rate === null ? "–" : rate.toLocaleString(lang, { style: "percent", minimumFractionDigits: rate && rate < 0.1 ? 1 : 0, maximumFractionDigits: 1 }));
const points = (rate) => `${rate < 0 ? "−" : "+"}${Math.abs(rate * 100).toFixed(1)}%p`;
const day = (time) => new Date(time).toLocaleDateString(lang, { year: "numeric", month: "short", day: "numeric" });
const label = (arm) => ({ holdout: words.holdout, "*": words.all, message: words.message })[arm] ?? arm;

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

function money(revenue) {
  const sums = Object.entries(revenue).map(([currency, sum]) => {
    try {
      return currency ? sum.toLocaleString(lang, { style: "currency", currency, maximumFractionDigits: 0 }) : number(sum);
    } catch {
      return `${number(sum)} ${currency}`;
    }
  });
  return sums.join(" + ") || "0";
}

function table(arms) {
  const columns = ["visitors", "shown", "clicked", "dismissed", "goals", "revenue", "conversion"];
  const head = make("tr", "", make("th", "", words.group), ...columns.map((column) => make("th", "", words[column])));
  const rows = arms.map((arm) => {
    const cells = [number(arm.visitors), ...["shown", "clicked", "dismissed"].map((key) => (arm.held_out ? "–" : number(arm[key]))), number(arm.goals), money(arm.revenue), percent(arm.conversion)];
    const name = make("th", "", label(arm.arm));
    name.scope = "row";
    return make("tr", "", name, ...cells.map((cell, index) => {
      const field = make("td", "", cell);
      // On a phone each figure stands in a line of its own, with its name.
      field.dataset.name = words[columns[index]];
      return field;
    }));
  });
  const box = make("div", "table", make("table", "", make("thead", "", head), make("tbody", "", ...rows)));
  // Laid out as lines on a phone it is still a table to whoever listens.
  for (const [part, role] of [["table", "table"], ["thead, tbody", "rowgroup"], ["tr", "row"], ["thead th", "columnheader"], ["tbody th", "rowheader"], ["td", "cell"]]) {
    for (const element of box.querySelectorAll(part)) element.setAttribute("role", role);
  }
  return box;
}

/** What is said of some arms: their chart, what each comparison found, and whether the visitors were divided as configured. */
function findings(title, arms, comparisons, ratio) {
  const verdicts = comparisons.map(({ arm, against, difference, interval, verdict }) => make("li", verdict,
    make("strong", "", words.verdict[verdict]), make("span", "", `${label(arm)} − ${label(against)}`),
    make("span", "numbers", difference === null ? "" : `${points(difference)} [${interval.map(points).join(", ")}]`)));
  const check = ratio ? [make("p", ratio.fits === false ? "ratio broken" : "ratio", `${words.ratio}: ${ratio.p === null ? words.thin : `${ratio.fits ? words.fits : words.broken} (p = ${ratio.p.toPrecision(2)})`}`)] : [];
  const chart = make("figure", "", conversionChart(arms, label, percent, `${words.chart}: ${title}`), make("figcaption", "", words.chart));
  // Without those it was kept from, nobody can say what a message added.
  const said = verdicts.length ? make("ul", "verdicts", ...verdicts) : make("p", "alone", words.alone);
  return make("div", "split", chart, make("div", "", said, ...check));
}

function card({ campaign, name, arms, comparisons, ratio, steps, level }) {
  const title = make("h2", "", name ?? campaign, ...(name ? [make("code", "", campaign)] : []));
  const later = steps.flatMap(({ step, arms, comparisons, ratio }) => [make("h3", "", words.step(step)), findings(`${name ?? campaign}, ${words.step(step)}`, arms, comparisons, ratio)]);
  const count = [comparisons, ...steps.map((step) => step.comparisons)].flat().filter(({ difference }) => difference !== null).length;
  const notes = count > 1 ? [make("p", "note", words.level(count, percent(level)))] : [];
  return make("section", "card", title, findings(name ?? campaign, arms, comparisons, ratio), table(arms), ...later, ...notes);
}

document.documentElement.lang = lang;
document.title = `${words.title} · Dangol`;
document.querySelector("h1").textContent = words.title;
document.querySelector(`nav a[lang=${lang}]`).setAttribute("aria-current", "true");
const lead = document.querySelector(".lead");
const list = document.querySelector(".campaigns");
try {
  const answer = await fetch("/api/report");
  const report = await answer.json();
  if (!answer.ok) throw new Error(report.error?.message);
  lead.textContent = report.campaigns.length ? words.lead(day(report.from), day(report.to), number(report.events)) : words.empty;
  list.append(...report.campaigns.map(card));
  if (report.campaigns.length) list.before(make("p", "note", `${words.first} ${words.looks}`));
} catch (error) {
  lead.textContent = `${words.failed} ${error.message ?? ""}`;
}
list.removeAttribute("aria-busy");
