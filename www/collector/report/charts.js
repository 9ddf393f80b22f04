/** The chart of a campaign: for each group its conversion as a bar and its interval as a line, on one scale. */

const SVG = "http://www.w3.org/2000/svg";
const ROW = 38;
const LEFT = 96;
const RIGHT = 64;
const WIDTH = 520;

function make(name, attributes, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

/** The next round number above the largest end: 1, 2 or 5 times a power of ten. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return Math.min(1, power * ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10));
}

export function conversionChart(arms, label, percent, title) {
  const drawn = arms.filter(({ interval }) => interval);
  const height = drawn.length * ROW + 28;
  const svg = make("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": title, class: "chart" });
  const top = ceiling(Math.max(0.001, ...drawn.map(({ interval }) => interval[1])));
  const x = (rate) => LEFT + (rate / top) * (WIDTH - LEFT - RIGHT);
  for (const part of [0, 0.5, 1]) {
    svg.append(make("line", { x1: x(top * part), x2: x(top * part), y1: 0, y2: height - 24, class: "grid" }));
    svg.append(make("text", { x: x(top * part), y: height - 8, class: "tick", "text-anchor": "middle" }, percent(top * part)));
  }
  drawn.forEach((arm, index) => {
    const middle = index * ROW + ROW / 2;
    const [low, high] = arm.interval;
    svg.append(make("text", { x: LEFT - 10, y: middle + 4, class: "name", "text-anchor": "end" }, label(arm.arm)));
    svg.append(make("rect", { x: LEFT, y: middle - 9, width: Math.max(1, x(arm.conversion) - LEFT), height: 18, rx: 3, class: arm.held_out ? "bar held" : "bar" }));
    svg.append(make("line", { x1: x(low), x2: x(high), y1: middle, y2: middle, class: "whisker" }));
    for (const end of [low, high]) svg.append(make("line", { x1: x(end), x2: x(end), y1: middle - 5, y2: middle + 5, class: "whisker" }));
    svg.append(make("text", { x: x(high) + 8, y: middle + 4, class: "value" }, percent(arm.conversion)));
  });
  return svg;
}
