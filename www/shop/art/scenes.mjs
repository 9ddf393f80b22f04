// Editorial scenes: garments hung or laid in a place, for the home page and the lookbook.
import { COLOURS } from "../data/colours.mjs";
import { productOf } from "../data/products.mjs";
import { drawGarment } from "./index.mjs";
import { dark, light, mix } from "./pen.mjs";

const WIDTH = 1600;
const HEIGHT = 1000;

const gradient = (id, from, to, turn = "0 0 0 1") => {
  const [x1, y1, x2, y2] = turn.split(" ");
  return `<linearGradient id="${id}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"><stop stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`;
};
const CAST = `<filter id="cast" x="-30%" y="-30%" width="170%" height="170%"><feDropShadow dx="22" dy="22" stdDeviation="18" flood-color="#3a2617" flood-opacity=".3"/></filter><filter id="soft"><feGaussianBlur stdDeviation="9"/></filter><filter id="haze"><feGaussianBlur stdDeviation="30"/></filter>`;

/** Places garments; one with `hang` gets a hanger whose hook reaches up to that height. */
function place(items) {
  return items.map(({ id, colour, x, y, scale = 0.6, turn = 0, hang }, at) => {
    const { defs, drawing } = drawGarment(`s${at}-`, productOf(id).art, COLOURS[colour]);
    const hook = hang === undefined ? "" : `<path d="M${x + 400 * scale} ${y + 205 * scale}V${hang + 16}q0 -18 13 -14" fill="none" stroke="#6d5a45" stroke-width="5" stroke-linecap="round"/>`;
    return `${defs}${hook}<g filter="url(#cast)"><g transform="translate(${x} ${y}) scale(${scale}) rotate(${turn} 400 500)">${drawing}</g></g>`;
  }).join("");
}

function hill(base, height, seed, fill) {
  const points = Array.from({ length: 9 }, (_, at) => base - height * (0.5 + 0.5 * Math.sin(seed + at * 1.13)));
  const path = points.slice(1).map((y, at) => `S${(at + 0.6) * 200} ${y} ${(at + 1) * 200} ${y}`).join("");
  return `<path d="M0 ${points[0]}${path}V${HEIGHT}H0Z" fill="${fill}"/>`;
}

const room = ({ wall, floor, light: beam = "#fff3d8" }) => `<defs>${gradient("wall", light(wall, 0.28), dark(wall, 0.1), "0 0 1 1")}${gradient("floor", floor, dark(floor, 0.2))}${CAST}</defs><rect width="${WIDTH}" height="${HEIGHT}" fill="url(#wall)"/><rect y="846" width="${WIDTH}" height="154" fill="url(#floor)"/><path d="M0 846H1600" stroke="${dark(wall, 0.25)}" stroke-width="3" opacity=".5"/><g fill="${beam}" opacity=".5" filter="url(#soft)"><path d="M560 -20L760 -20L520 430L320 430Z"/><path d="M780 -20L980 -20L740 430L540 430Z"/><path d="M310 450L510 450L300 846L100 846Z"/><path d="M530 450L730 450L520 846L320 846Z"/></g>`;

const field = ({ sky, sun, hills }) => `<defs>${gradient("sky", sky[0], sky[1])}${CAST}</defs><rect width="${WIDTH}" height="${HEIGHT}" fill="url(#sky)"/><circle cx="${sun.x}" cy="${sun.y}" r="${sun.r * 1.5}" fill="${sun.hex}" opacity=".35" filter="url(#haze)"/><circle cx="${sun.x}" cy="${sun.y}" r="${sun.r}" fill="${sun.hex}"/>${hills.map((fill, at) => hill(640 + at * 110, 190 - at * 26, 1.2 + at * 2.1, fill)).join("")}`;

const rail = (from, to, y) => `<g stroke-linecap="round"><path d="M${from} ${y}H${to}" stroke="#5d4632" stroke-width="13"/><path d="M${from} ${y - 3}H${to}" stroke="#a98561" stroke-width="3" opacity=".8"/><path d="M${from + 26} ${y}L${from - 6} 930M${from + 26} ${y}L${from + 62} 904M${to - 26} ${y}L${to + 6} 930M${to - 26} ${y}L${to - 62} 904" stroke="#5d4632" stroke-width="10"/></g>`;
const stool = (x, y) => `<g filter="url(#cast)"><path d="M${x + 26} ${y + 20}L${x} ${y + 230}M${x + 214} ${y + 20}L${x + 240} ${y + 230}M${x + 80} ${y + 20}L${x + 70} ${y + 196}M${x + 160} ${y + 20}L${x + 170} ${y + 196}" stroke="#7b5a3c" stroke-width="13" stroke-linecap="round"/><rect x="${x - 6}" y="${y}" width="252" height="28" rx="14" fill="#96714e"/><path d="M${x + 10} ${y + 8}H${x + 226}" stroke="#c9a67d" stroke-width="4" stroke-linecap="round" opacity=".7"/></g>`;
const branch = (x, y, hex) => `<g stroke="${dark(hex, 0.3)}" fill="none" stroke-width="6" stroke-linecap="round"><path d="M${x} ${y}C${x + 10} ${y - 160} ${x - 30} ${y - 280} ${x + 40} ${y - 420}"/><path d="M${x - 2} ${y - 200}C${x - 50} ${y - 250} ${x - 70} ${y - 290} ${x - 80} ${y - 340}M${x + 2} ${y - 280}C${x + 50} ${y - 310} ${x + 70} ${y - 330} ${x + 100} ${y - 380}"/></g>${[[-80, -344, -30], [-62, -284, 40], [40, -424, 10], [100, -384, 60], [58, -322, -20], [-20, -330, -50], [16, -376, 70], [-10, -180, 60], [-46, -236, -40]].map(([dx, dy, turn]) => `<ellipse cx="${x + dx}" cy="${y + dy}" rx="34" ry="15" transform="rotate(${turn} ${x + dx} ${y + dy})" fill="${mix(hex, "#fff8ec", (Math.abs(dx) % 30) / 90)}"/>`).join("")}`;
const jar = (x, y, hex) => `<path d="M${x - 42} ${y}C${x - 84} ${y + 50} ${x - 76} ${y + 130} ${x - 40} ${y + 150}H${x + 40}C${x + 76} ${y + 130} ${x + 84} ${y + 50} ${x + 42} ${y}Z" fill="${hex}"/><path d="M${x - 48} ${y + 22}C${x - 70} ${y + 70} ${x - 60} ${y + 116} ${x - 40} ${y + 136}" stroke="${light(hex, 0.6)}" stroke-width="9" fill="none" stroke-linecap="round" opacity=".6"/><ellipse cx="${x}" cy="${y}" rx="43" ry="10" fill="${dark(hex, 0.5)}"/>`;

const SCENES = {
  hero: () => room({ wall: "#dcc5a6", floor: "#b08d68" }) + rail(560, 1460, 150) + place([
    { id: "muyeong-shirt", colour: "sky", x: 528, y: 100, scale: 0.56, hang: 150 },
    { id: "dal-slip", colour: "pine", x: 716, y: 84, scale: 0.66, hang: 150 },
    { id: "haneul-coat", colour: "camel", x: 872, y: 76, scale: 0.72, hang: 150 },
    { id: "mok-turtle", colour: "brick", x: 1086, y: 104, scale: 0.56, hang: 150 },
  ]) + stool(1264, 724) + place([{ id: "banwol-bag", colour: "cocoa", x: 1220, y: 392, scale: 0.42 }]).replaceAll("s0-", "b0-") + place([{ id: "bi-boots", colour: "camel", x: 596, y: 676, scale: 0.3 }]).replaceAll("s0-", "c0-") + branch(1508, 800, "#7f8a63") + jar(1508, 790, "#8b5a44"),
  sale: () => room({ wall: "#b9563d", floor: "#7d3a2b", light: "#ffb98d" }) + rail(700, 1480, 150) + place([
    { id: "nubi-jacket", colour: "cream", x: 664, y: 96, scale: 0.64, hang: 150 },
    { id: "gil-trench", colour: "oat", x: 860, y: 82, scale: 0.72, hang: 150 },
    { id: "kkot-dress", colour: "indigo", x: 1056, y: 84, scale: 0.68, hang: 150 },
  ]) + place([{ id: "bi-boots", colour: "ink", x: 708, y: 640, scale: 0.34 }]).replaceAll("s0-", "b0-"),
  dawn: () => field({ sky: ["#e8c9b0", "#f6e9d6"], sun: { x: 1130, y: 400, r: 150, hex: "#e98f5b" }, hills: ["#c9b59a", "#a19b7d", "#73795c", "#4c5a49"] }) + place([{ id: "haneul-coat", colour: "oat", x: 180, y: 60, scale: 0.9, turn: -3 }, { id: "check-scarf", colour: "brick", x: 790, y: 260, scale: 0.66, turn: 7 }]),
  market: () => room({ wall: "#c9ccb5", floor: "#a58f70" }) + stool(470, 720) + place([{ id: "jang-tote", colour: "cream", x: 350, y: 214, scale: 0.6 }, { id: "dan-cardigan", colour: "butter", x: 780, y: 120, scale: 0.78, hang: 60, turn: 2 }]) + branch(1400, 800, "#5f7350") + jar(1400, 790, "#d9c7a8"),
  rain: () => field({ sky: ["#8d9ca6", "#d6dad6"], sun: { x: 420, y: 300, r: 110, hex: "#eef0e8" }, hills: ["#a9b5b5", "#82928f", "#5d706d", "#3f514f"] }) + `<g stroke="#f2f4ef" stroke-width="3" stroke-linecap="round" opacity=".5">${Array.from({ length: 70 }, (_, at) => { const x = (at * 337) % 1600; const y = (at * 211) % 900; return `<path d="M${x} ${y}l-9 44"/>`; }).join("")}</g>` + place([{ id: "gil-trench", colour: "oat", x: 660, y: 50, scale: 0.92, turn: 2 }, { id: "bi-boots", colour: "camel", x: 250, y: 440, scale: 0.56 }]),
  reading: () => room({ wall: "#a9b3b8", floor: "#6f5a49", light: "#f4ecd6" }) + rail(240, 1080, 150) + place([
    { id: "jo-vest", colour: "indigo", x: 236, y: 96, scale: 0.6, hang: 150 }, { id: "kkoa-cable", colour: "cream", x: 430, y: 90, scale: 0.66, hang: 150 }, { id: "tong-slacks", colour: "cocoa", x: 660, y: 110, scale: 0.66, hang: 150 },
  ]) + stool(1180, 724) + `<g filter="url(#cast)"><rect x="1200" y="690" width="210" height="34" rx="4" fill="#8c4a3a"/><rect x="1214" y="658" width="186" height="32" rx="4" fill="#d9c7a8"/><rect x="1206" y="624" width="196" height="34" rx="4" fill="#3f5474"/></g>`,
};

export const SCENE_NAMES = Object.keys(SCENES);
export const drawScene = (name) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" preserveAspectRatio="xMidYMid slice">${SCENES[name]()}</svg>`;
