// A live example: a recipe's configuration and journeys in an editor, replayed by the engine after every change.
import { element } from "./dom.js";
import { stage } from "./stage.js";
import { words } from "./words.js";

const CHECKS_OF_A_REASON = new Set(["held_out"]);
let loading;
const engineOf = () => (loading ??= import("/dangol/engine.js").then(({ loadEngine }) => loadEngine()));

const fetchText = async (path) => {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.text();
};

const OWN = ["Message ", "Coupon ", "Chat ", "Survey ", "Segment ", "Experiment ", "Goal "];

/** What a text in an editor holds. A browser says where its JSON ends being one in its own words; the place is told in the reader's. */
function parse(text, what) {
  try {
    return JSON.parse(text);
  } catch ({ message }) {
    const [, position] = /position (\d+)/.exec(message) ?? [];
    const before = position && text.slice(0, position).split("\n");
    const [, line, column] = before ? [0, before.length, before.at(-1).length + 1] : /line (\d+) column (\d+)/.exec(message) ?? [];
    throw new Error(`${what}: ${text.trim() ? words.notJson : words.isEmpty}${line ? ` (${words.place(line, column)})` : ""}`);
  }
}

/** The journey's lines, or those of a list, as the engine takes either. It passes over what is no event, so that is told here. */
function linesOf(journey) {
  const each = journey.trim().startsWith("[")
    ? parse(journey, words.journey).map((line, index) => [line, `${words.journey}, ${words.event(index + 1)}`])
    : journey.split("\n").map((line, index) => [line, `${words.journey}, ${words.line(index + 1)}`]).filter(([line]) => line.trim()).map(([line, place]) => [parse(line, place), place]);
  for (const [line, place] of each) {
    if (!line?.type || (line.type === "track" && !line.event)) throw new Error(`${place}: ${words.noEvent}`);
    if (Number.isNaN(Date.parse(line.timestamp))) throw new Error(`${place}: ${words.noTime}`);
  }
  if (!each.length) throw new Error(`${words.journey}: ${words.isEmpty}`);
  return each.map(([line]) => line);
}

/** The shop's own last event, for messages that speak of it. */
function lastEvent(lines) {
  const found = lines.filter(({ type, event }) => type === "track" && !OWN.some((prefix) => event.startsWith(prefix))).at(-1);
  return found ? { name: found.event, properties: found.properties } : undefined;
}

function messageOf(campaign, { step, variant }) {
  if (campaign.steps) return (campaign.steps.find(({ id }) => id === step) ?? campaign.steps[0]).message;
  if (campaign.variants) return (campaign.variants.find(({ id }) => id === variant) ?? campaign.variants[0]).message;
  return campaign.message;
}

export async function start(root) {
  const { recipe } = root.dataset;
  const language = document.documentElement.lang;
  const base = `/docs/cookbook/`;
  const [config, tests] = await Promise.all([fetchText(`${base}${recipe}.json`), fetchText(`${base}tests/${recipe}.test.json`).then(JSON.parse)]);
  const journeys = await Promise.all(tests.map(({ journey }) => fetchText(new URL(journey, location.origin + `${base}tests/`).pathname)));

  const id = `live-${recipe}`;
  const editor = element("textarea", { spellcheck: "false", autocapitalize: "off", "aria-label": words.configuration, id: `${id}-config` });
  editor.value = config;
  const journey = element("textarea", { spellcheck: "false", autocapitalize: "off", "aria-label": words.journey, id: `${id}-journey` });
  journey.value = journeys[0];
  const areas = [editor, journey];
  const tabs = [words.configuration, words.journey].map((label, index) => element("button", {
    type: "button", role: "tab", "aria-controls": areas[index].id, onclick: () => choose(index),
    onkeydown: (event) => {
      const to = { ArrowLeft: 1 - index, ArrowRight: 1 - index, Home: 0, End: 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose(to);
      tabs[to].focus();
    },
  }, label));
  // Tab leads from the chosen one into its text; arrows lead to the other.
  function choose(chosen) {
    areas.forEach((area, index) => { area.hidden = index !== chosen; });
    tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
    });
  }
  choose(0);
  const pick = element("select", { id: `${id}-pick`, onchange: () => { journey.value = journeys[pick.value]; replay(); } },
    ...tests.map(({ name }, index) => element("option", { value: index }, name === "shown" ? words.shownJourney : words.hiddenJourney)));
  const view = stage();
  const width = (name, label, pressed) => element("button", {
    type: "button", "aria-pressed": String(pressed),
    onclick: ({ currentTarget }) => {
      view.frame.classList.toggle("phone", name === "phone");
      for (const each of currentTarget.parentElement.querySelectorAll("[aria-pressed]")) each.setAttribute("aria-pressed", String(each === currentTarget));
    },
  }, label);
  const verdict = element("p", { class: "verdict", "aria-live": "polite" });
  const wrong = element("p", { class: "wrong", role: "status" });
  const decisions = element("ol");
  const why = element("pre");
  root.replaceChildren(element("div", { class: "panes" },
    element("div", { class: "edit" },
      element("div", { class: "bar", role: "tablist", "aria-label": words.edit }, ...tabs),
      editor, journey, wrong),
    element("div", { class: "result" },
      element("div", { class: "bar" }, element("label", { for: `${id}-pick` }, words.visitor), pick, element("span", { class: "push" }), width("desktop", words.wide, true), width("phone", words.phone, false)),
      element("div", { class: "stage" }, view.frame), verdict,
      element("div", { class: "answer" }, element("p", { class: "about" }, words.decisions), decisions, element("p", { class: "about" }, words.why), why))));

  const engine = await engineOf();
  function replay() {
    let parsed;
    let lines;
    try {
      parsed = parse(editor.value, words.configuration);
      lines = linesOf(journey.value);
    } catch (error) {
      wrong.textContent = error.message;
      // What stands beside it is of the text before.
      root.dataset.stale = "";
      verdict.className = "verdict";
      verdict.textContent = words.stale;
      return;
    }
    delete root.dataset.stale;
    const problems = engine.validate(editor.value, language);
    wrong.textContent = problems.map(({ path, message }) => `${path || "/"}: ${message}`).join("\n");
    const { options } = tests[pick.value];
    const result = engine.replay(editor.value, journey.value, { ...options, explain: true });
    const time = new Intl.DateTimeFormat(language, { timeZone: problems.some(({ path }) => path === "/timezone") ? "UTC" : parsed?.timezone ?? "UTC", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
    decisions.replaceChildren(...result.decisions.map(({ timestamp, campaign, step, variant, outcome, reason }) => element("li", {},
      element("time", { datetime: timestamp }, time.format(new Date(timestamp))),
      element("span", { class: "mono" }, [campaign, step, variant].filter(Boolean).join(" / ")), ` ${words.outcomes[outcome]}${reason && reason !== outcome ? ` · ${words.reasons[reason] ?? reason}` : ""}`)));
    const last = result.decisions.at(-1);
    verdict.className = `verdict ${last?.outcome === "shown" ? "shown" : "held"}`;
    verdict.textContent = !last ? words.nothing : last.outcome === "shown" ? words.isShown : `${words.isHeld}: ${words.reasons[last.reason] ?? last.reason}`;
    why.textContent = last ? explain(result.explanations.find(({ campaign }) => campaign === last.campaign), last) : "";
    const campaign = parsed?.campaigns?.[last?.campaign];
    const document = { ...result.document, event: lastEvent(lines) };
    const tree = last?.outcome === "shown" && campaign
      ? engine.render(editor.value, last.campaign, document, { locale: language, step: last.step, variant: last.variant, now: last.timestamp }) : undefined;
    if (tree) view.show({ campaign: last.campaign, message: messageOf(campaign, last), tree, theme: parsed?.settings?.theme, locale: language, at: last.timestamp });
    else view.clear();
  }

  /** What was asked of the audience and found; for another reason, that check's own words. */
  function explain(explanation, last) {
    if (!explanation) return "";
    const about = (name) => explanation.checks.find(({ check }) => check === name);
    const wanted = last.outcome === "shown" || CHECKS_OF_A_REASON.has(last.reason) ? "not_in_audience" : last.reason;
    const check = about(wanted);
    // What an audience asks stands for itself; other checks say what they are about.
    const text = check ? engine.describe(wanted === "not_in_audience" ? check.detail : check, language) : "";
    return text || (wanted === "not_in_audience" ? words.everyone : words.reasons[wanted] ?? "");
  }

  let timer;
  for (const area of [editor, journey]) area.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(replay, 250); });
  replay();
  root.dataset.ready = "";
}
