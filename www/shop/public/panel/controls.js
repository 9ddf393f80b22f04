// The panel's switches: the clock, consent, and forgetting.
import { dayAndTime, h } from "./dom.js";
import { language, words } from "./words.js";

const DAY = 24 * 60 * 60 * 1000;
const YEAR_IN_SECONDS = 365 * 24 * 60 * 60;
const PURPOSES = ["analytics", "personalization", "marketing", "marketingNight"];
const CONFIRM_WITHIN = 4000;

const offset = () => Number(/(?:^|;\s*)clock=(-?\d+)/.exec(document.cookie)?.[1] ?? 0);

function moveTo(next) {
  document.cookie = `clock=${next}; Path=/; Max-Age=${YEAR_IN_SECONDS}; SameSite=Lax`;
  location.reload();
}

/** How far the clock was moved, in the reader's words: days, or hours below one day. */
function moved(milliseconds) {
  if (!milliseconds) return words.real;
  const days = Math.abs(milliseconds) / DAY;
  const [amount, unit] = days < 1 ? [days * 24, "hour"] : [days, "day"];
  const length = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 1 }).format(amount);
  return milliseconds < 0 ? words.behind(length) : words.ahead(length);
}

const clockButton = (makeRoom) => (label, id, next) => h("button", { type: "button", "data-testid": `clock-${id}`, "data-key": `clock-${id}`, onclick: () => { makeRoom(); moveTo(next()); } }, label);

function forgetButton(onDone) {
  const button = h("button.danger", { type: "button", "data-testid": "panel-forget", "data-key": "forget" }, words.forget);
  let timer;
  button.addEventListener("click", async () => {
    if (!timer) {
      button.textContent = words.forgetSure;
      timer = setTimeout(() => { timer = undefined; button.textContent = words.forget; }, CONFIRM_WITHIN);
      return;
    }
    clearTimeout(timer);
    timer = undefined;
    await window.dangol?.forget?.();
    button.textContent = words.forgotten;
    onDone();
  });
  return button;
}

export function controls({ consent = {} }, { refresh, makeRoom }) {
  const button = clockButton(makeRoom);
  return [
    h("section.block", {}, h("h3", {}, words.clock),
      h("p.now", { "data-testid": "panel-now" }, `${words.now} ${dayAndTime(new Date())}`, h("span.dim", {}, ` · ${moved(offset())}`)),
      h("div.buttons", {},
        button(words.day, "1", () => offset() + DAY), button(words.days3, "3", () => offset() + 3 * DAY),
        button(words.days15, "15", () => offset() + 15 * DAY), button(words.reset, "reset", () => 0))),
    h("section.block", {}, h("h3", {}, words.consent), PURPOSES.map((purpose) => h("label.switch", {},
      h("input", { type: "checkbox", checked: consent?.[purpose] === true, "data-testid": `consent-${purpose}`, "data-key": `consent-${purpose}`,
        onchange: async (event) => { await window.dangol?.consent?.({ [purpose]: event.target.checked }); refresh(); } }), words.purposes[purpose]))),
    h("section.block", {}, forgetButton(refresh)),
  ];
}
