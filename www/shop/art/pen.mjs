// The drawing kit that every garment shares: cloth with volume, texture, folds and seams.
//
// Only presentation attributes are used, never `style`, so that the pictures pass the shop's
// Content-Security-Policy even when they are opened on their own.

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** Mixes a colour with another one; `amount` 0 keeps it, 1 replaces it. */
export function mix(hex, other, amount) {
  const to = channels(other);
  return `#${channels(hex)
    .map((value, at) => Math.round(value + (to[at] - value) * amount).toString(16).padStart(2, "0"))
    .join("")}`;
}
// Shadows lean to a warm brown-black and lights to cream, which keeps all palettes in one family.
export const dark = (hex, amount = 0.4) => mix(hex, "#1c1512", amount);
export const light = (hex, amount = 0.35) => mix(hex, "#fff8ec", amount);

const TEXTURES = {
  rib: (c) => [10, 10, `<path d="M2.5 0V10" stroke="${dark(c, 0.5)}" stroke-width="3" opacity=".34"/><path d="M6.5 0V10" stroke="${light(c, 0.5)}" stroke-width="2" opacity=".3"/>`],
  knit: (c) => [14, 11, `<path d="M0 1L7 7L14 1" fill="none" stroke="${dark(c, 0.45)}" stroke-width="2" opacity=".3"/><path d="M0 4L7 10L14 4" fill="none" stroke="${light(c, 0.5)}" stroke-width="1.6" opacity=".28"/>`],
  twill: (c) => [7, 7, `<path d="M-1 8L8 -1M-1 1L1 -1M6 8L8 6" stroke="${dark(c, 0.5)}" stroke-width="1" opacity=".26"/>`],
  wool: (c) => [23, 19, `<g fill="none" stroke-linecap="round" stroke-width="1.3" opacity=".3"><path d="M2 4l4 2M12 3l3-2M18 9l3 2M5 13l4-2M13 15l4 1" stroke="${dark(c, 0.5)}"/><path d="M8 8l3 2M16 5l4-1M2 17l3-1M10 18l3-2" stroke="${light(c, 0.6)}"/></g>`],
  check: (c, second) => [68, 68, `<g fill="${second}"><rect width="24" height="68" opacity=".38"/><rect width="68" height="24" opacity=".38"/></g><path d="M46 0V68M0 46H68" stroke="${light(c, 0.7)}" stroke-width="2.5" opacity=".7"/>`],
  stripe: (c, second) => [68, 46, `<rect y="6" width="68" height="15" fill="${second}" opacity=".92"/>`],
  pinstripe: (c, second) => [22, 22, `<path d="M11 0V22" stroke="${second}" stroke-width="2.4" opacity=".75"/>`],
  tweed: (c, second) => [18, 18, `<path d="M0 0h9v9h-9zM9 9h9v9h-9z" fill="${second}" opacity=".24"/><path d="M0 4h6M10 13h6M3 9v6M13 0v6" stroke="${light(c, 0.8)}" stroke-width="1.5" opacity=".55"/><path d="M9 4h6M1 14h5" stroke="${dark(c, 0.7)}" stroke-width="1.4" opacity=".4"/>`],
  fleece: (c) => [26, 24, `<g fill="none" stroke-width="3" opacity=".4"><path d="M2 8q5-7 9 0t9 0" stroke="${light(c, 0.75)}"/><path d="M-4 20q5-7 9 0t9 0t9 0" stroke="${dark(c, 0.28)}"/></g>`],
  floral: (c, second) => [92, 84, [[20, 20], [66, 60]].map(([x, y]) => `<g transform="translate(${x} ${y})" fill="${second}"><ellipse cy="-7" rx="4" ry="6"/><ellipse cx="7" cy="-1" rx="6" ry="4"/><ellipse cx="-7" cy="-1" rx="6" ry="4"/><ellipse cx="4" cy="6" rx="4" ry="5"/><ellipse cx="-4" cy="6" rx="4" ry="5"/><circle r="3" fill="${dark(second, 0.4)}"/><path d="M12 8q8 4 10 12" stroke="${dark(second, 0.25)}" fill="none" stroke-width="1.6"/></g>`).join("")],
  canvas: (c) => [6, 6, `<path d="M0 3H6" stroke="${dark(c, 0.4)}" stroke-width="1" opacity=".22"/><path d="M3 0V6" stroke="${light(c, 0.6)}" stroke-width="1" opacity=".3"/>`],
};

/**
 * A pen draws one garment in one colour. `prefix` keeps its ids apart from other garments
 * when several are composed into one scene.
 */
export function createPen(prefix, colour, second = light(colour, 0.8)) {
  const defs = [];
  let count = 0;
  const define = (make) => {
    const id = `${prefix}${(count += 1)}`;
    defs.push(make(id));
    return id;
  };
  const blurs = new Map();
  const blur = (deviation) => {
    if (!blurs.has(deviation)) {
      blurs.set(deviation, define((id) => `<filter id="${id}" x="-30%" y="-30%" width="160%" height="160%"><feGaussianBlur stdDeviation="${deviation}"/></filter>`));
    }
    return `filter="url(#${blurs.get(deviation)})"`;
  };
  const textures = new Map();
  const texture = (name, fill) => {
    const key = `${name}${fill}`;
    if (!textures.has(key)) {
      const [width, height, body] = TEXTURES[name](fill, second);
      textures.set(key, define((id) => `<pattern id="${id}" width="${width}" height="${height}" patternUnits="userSpaceOnUse">${body}</pattern>`));
    }
    return `url(#${textures.get(key)})`;
  };

  /** A piece of cloth: fill, texture, light from the upper left, folds, and a fine outline. */
  function cloth(d, { fill = colour, weave, folds = [], puff = 46, depth = 0.5, edge = 0.55 } = {}) {
    const clip = define((id) => `<clipPath id="${id}"><path d="${d}"/></clipPath>`);
    const sheen = define((id) => `<linearGradient id="${id}" x1="0" y1="0" x2="1" y2="1"><stop stop-color="${light(fill, 0.8)}" stop-opacity=".26"/><stop offset=".5" stop-color="${fill}" stop-opacity="0"/><stop offset="1" stop-color="${dark(fill, 0.8)}" stop-opacity=".28"/></linearGradient>`);
    return `<path d="${d}" fill="${fill}"/><g clip-path="url(#${clip})">${
      weave ? `<path d="${d}" fill="${texture(weave, fill)}"/>` : ""
    }<path d="${d}" fill="none" stroke="${dark(fill, 0.6)}" stroke-width="${puff}" opacity="${depth}" ${blur(18)}/>${folds
      .map(([path, width = 12]) => `<path d="${path}" fill="none" stroke="${dark(fill, 0.6)}" stroke-width="${width}" stroke-linecap="round" opacity=".36" ${blur(7)}/><path d="${path}" transform="translate(-${width} 0)" fill="none" stroke="${light(fill, 0.6)}" stroke-width="${width * 0.7}" stroke-linecap="round" opacity=".38" ${blur(7)}/>`)
      .join("")}<path d="${d}" fill="url(#${sheen})"/></g><path d="${d}" fill="none" stroke="${dark(fill, 0.62)}" stroke-width="2" stroke-linejoin="round" opacity="${edge}"/>`;
  }
  const seam = (d, { width = 2, dash, ink = dark(colour, 0.6), opacity = 0.55 } = {}) =>
    `<path d="${d}" fill="none" stroke="${ink}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round" opacity="${opacity}"${dash ? ` stroke-dasharray="${dash}"` : ""}/>`;
  const stitch = (d, ink = light(colour, 0.55)) => seam(d, { width: 1.8, dash: "7 5", ink, opacity: 0.8 });
  const button = (x, y, radius = 9, fill = dark(colour, 0.55)) =>
    `<g transform="translate(${x} ${y})"><circle cy="2.5" r="${radius}" fill="#1c1512" opacity=".28"/><circle r="${radius}" fill="${fill}"/><circle r="${radius * 0.68}" fill="none" stroke="${light(fill, 0.4)}" stroke-width="1.2" opacity=".8"/><path d="M-2.4 -2.4h.1M2.4 -2.4h.1M-2.4 2.4h.1M2.4 2.4h.1" stroke="${light(fill, 0.6)}" stroke-width="2.2" stroke-linecap="round"/></g>`;
  /** Draws the same thing on both sides of the middle line. */
  const both = (markup) => `${markup}<g transform="matrix(-1 0 0 1 800 0)">${markup}</g>`;

  return { colour, second, cloth, seam, stitch, button, both, blur, define, defs: () => `<defs>${defs.join("")}</defs>` };
}
