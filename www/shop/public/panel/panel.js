// The folding panel at the page's edge: shows live what Dangol sees, and moves the demo's clock.
import { controls } from "./controls.js";
import { empty, h } from "./dom.js";
import { readAll } from "./source.js";
import * as views from "./views.js";
import { words } from "./words.js";

const MEMORY = "shop-panel";
const TABS = ["events", "visitor", "decisions", "coupons", "delivery", "controls"];
const SIGNALS = ["segment", "message", "coupon", "chat", "survey", "sync", "problem"];
const THROTTLE = 400;
// track() has no signal of its own, so the panel also looks by itself while it is open.
const LOOK_EVERY = 2000;
const MOST_PROBLEMS = 20;

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(MEMORY)) ?? {};
  } catch {
    return {};
  }
}
const state = { isOpen: false, tab: TABS[0], problems: [], ...remembered() };
state.problems = [];
function remember() {
  try {
    localStorage.setItem(MEMORY, JSON.stringify({ isOpen: state.isOpen, tab: state.tab }));
  } catch {
    // Without storage the panel merely starts closed on the next page.
  }
}

/** Only what the reader does is remembered, never what a page does while it loads. */
function byHand(act, ...values) {
  act(...values);
  remember();
}

// Where it stands at the lower edge, messages stand above it: who wants to know why one is there gets at it.
const host = h("aside", { id: "dangol-panel", "aria-label": "Dangol", "data-dangol-avoid": "" });
const root = host.attachShadow({ mode: "open" });
// Who goes on from here into a message comes back to where they were: the page knows them to be in the host alone.
let last;
root.addEventListener("focusin", ({ target }) => { last = target; });
host.focus = (options) => (last?.checkVisibility() ? last : handle).focus(options);
const body = h("div.body", { id: "panel-body", role: "tabpanel", tabIndex: 0 });
const tabs = TABS.map((id) => h("button.tab", { type: "button", id: `tab-${id}`, role: "tab", "aria-controls": "panel-body", "data-testid": `panel-tab-${id}`, onclick: () => byHand(choose, id) }, words[id]));
const tabList = h("div.tabs", { role: "tablist", "aria-label": words.views, onkeydown: onTabKey }, tabs);
const handle = h("button.handle", { type: "button", "aria-expanded": "false", "aria-label": words.open, "data-testid": "panel-toggle", onclick: () => byHand(toggle, true) }, h("span.pulse", { "aria-hidden": "true" }), "Dangol");
const panel = h("div.panel", { id: "panel", hidden: true, popover: "manual", "data-testid": "panel" },
  h("div.head", {}, h("span.pulse", { "aria-hidden": "true" }), h("h2", {}, words.title), h("button.close", { type: "button", "aria-label": words.close, "data-testid": "panel-close", onclick: () => byHand(toggle, false) }, "✕")),
  tabList, body);

let drawn = "";
function draw(data) {
  const extra = { problems: state.problems, refresh, makeRoom };
  // Drawing again only when something changed keeps selection, focus and folds in peace.
  const current = JSON.stringify([state.tab, data, state.problems.length]);
  if (current === drawn) return;
  drawn = current;
  const focused = root.activeElement?.dataset.key;
  const nodes = state.tab === "controls" ? controls(data, extra) : data.isReady ? views[state.tab](data, extra) : [empty(words.waiting)];
  const top = body.scrollTop;
  body.replaceChildren(...nodes.filter(Boolean));
  body.scrollTop = top;
  if (focused) [...body.querySelectorAll("[data-key]")].find((element) => element.dataset.key === focused)?.focus();
}

/** On a phone the panel has the lower half of the screen, where most of what comes with another time stands. */
function makeRoom() {
  if (matchMedia("(max-width: 600px)").matches) byHand(toggle, false);
}

let reading = false;
let again = false;
async function refresh() {
  if (!state.isOpen || document.hidden) return;
  if (reading) {
    again = true;
    return;
  }
  reading = true;
  draw(await readAll({ stored: state.tab === "delivery", explained: state.tab === "decisions" }));
  reading = false;
  if (again) {
    again = false;
    soon();
  }
}
let timer;
function soon() {
  timer ??= setTimeout(() => { timer = undefined; refresh(); }, THROTTLE);
}

function choose(id, { focus = false } = {}) {
  state.tab = TABS.includes(id) ? id : TABS[0];
  for (const [at, tab] of tabs.entries()) {
    const isChosen = TABS[at] === state.tab;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    if (isChosen) {
      body.setAttribute("aria-labelledby", tab.id);
      if (focus) tab.focus();
      tab.scrollIntoView?.({ block: "nearest", inline: "nearest" });
    }
  }
  body.scrollTop = 0;
  refresh();
}
function onTabKey(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  byHand(choose, TABS[(TABS.indexOf(state.tab) + step + TABS.length) % TABS.length], { focus: true });
}

let looking;
function toggle(isOpen, { focus = true } = {}) {
  state.isOpen = isOpen;
  panel.hidden = !isOpen;
  // Over the message that is there: who opens it wants to read it.
  if (isOpen) panel.showPopover?.();
  else panel.hidePopover?.();
  handle.hidden = isOpen;
  handle.setAttribute("aria-expanded", String(isOpen));
  clearInterval(looking);
  if (isOpen) looking = setInterval(refresh, LOOK_EVERY);
  if (focus) (isOpen ? tabs[TABS.indexOf(state.tab)] : handle).focus();
  refresh();
}

function subscribe() {
  for (const signal of SIGNALS) {
    window.dangol?.on?.(signal, (value) => {
      if (signal === "problem") state.problems = [{ at: Date.now(), problem: value }, ...state.problems].slice(0, MOST_PROBLEMS);
      soon();
    });
  }
}

panel.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  // A message that is there stays.
  event.preventDefault();
  byHand(toggle, false);
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });

/** An adopted sheet needs no element, so neither the policy nor a checker stumbles over it. */
async function style() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await (await fetch(new URL("panel.css", import.meta.url))).text());
  root.adoptedStyleSheets = [sheet];
}

// Nothing is shown before its style has arrived.
await style();
root.append(handle, panel);
document.body.append(host);
choose(state.tab);
toggle(state.isOpen, { focus: false });
subscribe();
