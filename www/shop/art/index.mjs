// Pictures of products: a garment on a quiet studio backdrop.
import * as bottoms from "./bottoms.mjs";
import * as goods from "./goods.mjs";
import * as outer from "./outer.mjs";
import { createPen, dark, light, mix } from "./pen.mjs";
import * as tops from "./tops.mjs";

const GARMENTS = { ...tops, ...outer, ...bottoms, ...goods };
const VIEWS = { full: "0 0 800 1000", detail: "210 190 400 500", close: "330 400 320 400" };

/** The garment alone, to be placed on a backdrop or in a scene. */
export function drawGarment(prefix, { kind, ...options }, colour) {
  const pen = createPen(prefix, colour.hex, colour.second);
  const drawing = GARMENTS[kind](pen, options);
  return { defs: pen.defs(), drawing };
}

const shadow = `<filter id="cast" x="-20%" y="-20%" width="150%" height="150%"><feDropShadow dx="14" dy="24" stdDeviation="20" flood-color="#3a2a1c" flood-opacity=".26"/></filter>`;

/** A whole product picture as SVG text. */
export function drawProduct(product, colour, view = "full") {
  const { defs, drawing } = drawGarment("g", product.art, colour);
  const wall = mix(product.backdrop, colour.hex, 0.06);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${VIEWS[view]}" width="800" height="1000">${defs}<defs>${shadow}<radialGradient id="wall" cx=".36" cy=".26" r=".95"><stop stop-color="${light(wall, 0.62)}"/><stop offset=".62" stop-color="${wall}"/><stop offset="1" stop-color="${dark(wall, 0.14)}"/></radialGradient></defs><rect width="800" height="1000" fill="url(#wall)"/><g filter="url(#cast)">${drawing}</g></svg>`;
}
