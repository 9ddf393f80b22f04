// A recipe of the cookbook in the shop: the bar at the foot of the page plays the recorded journey step by step, the shop's clock included.
const { recipe, run } = document.querySelector("script[data-recipe]").dataset;
const korean = document.documentElement.lang === "ko";
const t = (ko, en) => (korean ? ko : en);
// The configurations' names are Korean.
const english = recipe.charAt(0).toUpperCase() + recipe.slice(1).replaceAll("-", " ");
const KEY = `recipe:${run}`;
/** Further apart than this, the shop's clock is moved. */
const NEAR = 5 * 60_000;
const SIGNALS = { exit: t("마우스를 화면 위로 내보내세요", "move the pointer out through the top"), scroll: t("아래로 스크롤하세요", "scroll down") };

const read = async (path) => {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.text();
};
const [config, lines] = await Promise.all([
  read(`/docs/cookbook/${recipe}.json`).then(JSON.parse),
  read(`/docs/cookbook/journeys/${recipe}.shown.ndjson`).then((text) => text.trim().split("\n").map((line) => JSON.parse(line)).filter(({ type }) => type !== "tick")),
]);
const pathOf = ({ properties }) => new URL(properties.url).pathname + new URL(properties.url).search;

let { done, pending } = JSON.parse(sessionStorage.getItem(KEY) ?? '{"done":0}');
const keep = (state) => sessionStorage.setItem(KEY, JSON.stringify(state));

/** Leads to a page at a moment of the shop's clock; `then` is what is done there. */
function go(path, timestamp, state) {
  keep(state);
  location.href = `${path}${path.includes("?") ? "&" : "?"}clock=${encodeURIComponent(timestamp)}`;
}

async function perform(line) {
  const { type, event, properties, userId, traits } = line;
  // The shop keeps its own bag: without this its bag page would say that nothing is in it.
  if (event === "Product Added") {
    const { product_id: id, quantity = 1 } = properties;
    await fetch("/cart/add", { method: "POST", body: new URLSearchParams({ id, quantity }), redirect: "manual" });
  }
  if (type === "identify") window.dangol.identify(userId, traits);
  else window.dangol.track(event, properties);
}

async function next() {
  const line = lines[done];
  if (line.type === "page") return go(pathOf(line), line.timestamp, { done: done + 1 });
  if (line.type !== "signal") {
    if (Math.abs(Date.parse(line.timestamp) - Date.now()) > NEAR) return go(location.pathname + location.search, line.timestamp, { done: done + 1, pending: true });
    await perform(line);
  }
  done += 1;
  keep({ done });
  return draw();
}

const nameOf = ({ type, event, properties, traits, signal, timestamp }) => {
  const [day] = new Date(timestamp).toLocaleDateString("sv", { timeZone: config.timezone }).split(" ");
  if (type === "page") return `${day} · ${t("페이지", "page")} ${pathOf({ properties })}`;
  if (type === "signal") return SIGNALS[signal] ?? signal;
  return `${day} · ${type === "identify" ? `identify ${Object.keys(traits).join(", ")}` : event}`;
};

const element = (tag, attributes, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};
const bar = element("aside", { class: "recipe", "aria-label": t("레시피", "Recipe"), "data-testid": "recipe", "data-dangol-avoid": "" });
document.body.append(bar);

function draw() {
  const line = lines[done];
  const docs = element("a", { href: `/docs/${korean ? "ko/" : ""}cookbook/${recipe}.html` }, t(Object.values(config.campaigns)[0].name, english));
  const step = line
    ? element("button", { type: "button", "data-testid": "recipe-next" }, `${line.type === "signal" ? "" : t("다음: ", "Next: ")}${nameOf(line)}`)
    : element("span", { "data-testid": "recipe-end" }, t("여정을 다 걸었어요", "The journey is complete"));
  step.addEventListener("click", () => line && next());
  const first = lines.find(({ type }) => type === "page");
  const again = element("a", { href: `${first ? pathOf(first) : "/"}?recipe=${recipe}&clock=${encodeURIComponent(lines[0].timestamp)}` }, t("처음부터", "Start over"));
  const end = element("a", { href: "/?recipe=none&clock=now" }, t("끝내기", "Leave"));
  bar.replaceChildren(docs, element("small", {}, `${done} / ${lines.length}`), step, again, end);
}

// The first page of a journey is the page on which it starts.
if (done === 0 && lines[0].type === "page" && new URL(lines[0].properties.url).pathname === location.pathname) keep({ done: (done = 1) });
if (pending) {
  keep({ done });
  await perform(lines[done - 1]);
}
draw();
