// Every layout with every block, live, with the JSON that makes it.
const LAYOUTS = {
  banner: ["top", "bottom"],
  modal: ["center", "top", "bottom"],
  slide: ["bottom-right", "bottom-left", "top-right", "top-left"],
  sheet: ["bottom"],
  toast: ["bottom", "top", "bottom-right", "bottom-left", "top-right", "top-left"],
  fullscreen: ["center"],
  bubble: ["bottom-right", "bottom-left"],
  inline: ["center"],
  custom: ["center"],
};
const SIZES = { phone: [390, 700], tablet: [768, 760], desktop: [1280, 760] };
const CONTROLS = {
  layout: ["레이아웃 Layout", Object.fromEntries(Object.keys(LAYOUTS).map((name) => [name, name]))],
  position: ["자리 Position", {}],
  size: ["화면 Screen", { phone: "폰 Phone", tablet: "태블릿 Tablet", desktop: "데스크톱 Desktop" }],
  scheme: ["밝기 Theme", { light: "밝게 Light", dark: "어둡게 Dark" }],
  locale: ["언어 Language", { ko: "한국어", en: "English", ja: "日本語", ar: "العربية (RTL)" }],
  accent: ["색 Accent", { "": "기본 Default", "#9a3f24": "벽돌 Brick", "#ffd400": "노랑 Yellow", "#0b6e4f": "초록 Green" }],
};

const contents = await (await fetch("/gallery/contents.json")).json();
// A clock that runs: the day that the file names is the tests'.
const soon = new Date(Math.ceil(Date.now() / 3_600_000 + 51) * 3_600_000).toISOString();
for (const block of contents.flatMap(({ blocks }) => blocks)) if (/^\d/.test(block.countdown)) block.countdown = soon;
const wanted = new URLSearchParams(location.search);
const state = { layout: "modal", position: "", size: "phone", scheme: "light", locale: "ko", accent: "" };
for (const name of Object.keys(state)) state[name] = wanted.get(name) ?? state[name];

function create(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function drawControls() {
  const focused = document.activeElement?.id;
  const groups = Object.entries(CONTROLS).map(([name, [title, choices]]) => {
    const options = name === "position" ? Object.fromEntries(LAYOUTS[state.layout].map((place) => [place, place])) : choices;
    const labels = Object.entries(options).map(([value, text]) => {
      const input = create("input", { type: "radio", name, value, id: `${name}-${value}` });
      input.checked = state[name] === value;
      return create("label", { class: "choice" }, input, create("span", {}, text));
    });
    return create("fieldset", {}, create("legend", {}, title), ...labels);
  });
  document.querySelector("#controls").replaceChildren(...groups);
  // On a phone a group is a row to swipe, which begins at what is chosen.
  for (const label of document.querySelectorAll("label:has(:checked)")) label.parentElement.scrollLeft = label.offsetLeft + label.offsetWidth - innerWidth + 48;
  if (focused) document.getElementById(focused)?.focus();
}

/** The message that the JSON of a sample makes. */
function messageOf({ blocks, branch }) {
  const { layout, position } = state;
  return { layout, ...(position && { position }), ...(layout === "inline" && { slot: "[data-dangol-slot=sample]" }), blocks, ...(branch && { branch }) };
}

function address(message) {
  const { locale, scheme, accent } = state;
  const asked = { message: { ...message, dismiss: { ...message.dismiss, after: message.dismiss?.after ?? "1d" } }, locale, scheme, theme: accent ? { accent } : {} };
  return `/gallery/frame.html#${encodeURIComponent(JSON.stringify(asked))}`;
}

function drawSample(content) {
  const message = messageOf(content);
  const title = content.title[state.locale] ?? content.title.en;
  const stage = () => {
    const made = create("iframe", { loading: "lazy", title: `${state.layout}: ${title}`, src: address(JSON.parse(text.value)) });
    made.addEventListener("problem", ({ detail }) => { wrong.textContent = detail; });
    return made;
  };
  const text = create("textarea", { spellcheck: "false", "aria-label": `JSON: ${title}` });
  text.value = JSON.stringify(message, null, 2);
  const frame = create("div", { class: "stage" }, stage());
  const wrong = create("p", { class: "wrong", role: "status" });
  const again = create("button", { type: "button" }, "다시 그리기 Draw again");
  again.addEventListener("click", () => {
    try {
      // A new frame: another address alone would only move within the old page.
      const made = stage();
      wrong.textContent = "";
      frame.replaceChildren(made);
    } catch (error) {
      wrong.textContent = `JSON이 아니에요. Not JSON: ${error.message}`;
    }
  });
  const json = create("details", {}, create("summary", {}, "JSON"), text, wrong, again);
  return create("section", { "data-sample": content.name }, create("h2", {}, title, create("code", {}, content.name)), frame, json);
}

function draw() {
  if (!LAYOUTS[state.layout]) state.layout = "modal";
  if (!LAYOUTS[state.layout].includes(state.position)) [state.position] = LAYOUTS[state.layout];
  if (!SIZES[state.size]) state.size = "phone";
  drawControls();
  const [width, height] = SIZES[state.size];
  const samples = document.querySelector("#samples");
  samples.style.setProperty("--width", `${width}px`);
  samples.style.setProperty("--height", `${height}px`);
  samples.replaceChildren(...contents.map(drawSample));
  fit();
}

/** A screen that is wider than its column is shown smaller. */
function fit() {
  const samples = document.querySelector("#samples");
  const column = samples.querySelector(".stage").clientWidth;
  samples.style.setProperty("--scale", String(Math.min(1, column / SIZES[state.size][0])));
}
addEventListener("resize", fit);

document.querySelector("#controls").addEventListener("change", ({ target }) => {
  state[target.name] = target.value;
  history.replaceState(null, "", `?${new URLSearchParams(state)}`);
  draw();
});
draw();
