// A tagged template that escapes every value, except what is already markup.

class Markup {
  constructor(text) { this.text = text; }
  toString() { return this.text; }
}
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign]);
export const raw = (text) => new Markup(text);

function write(value) {
  if (value === null || value === undefined || value === false) return "";
  if (Array.isArray(value)) return value.map(write).join("");
  return value instanceof Markup ? value.text : escape(value);
}

export const html = (strings, ...values) =>
  new Markup(strings.reduce((text, part, at) => text + write(values[at - 1]) + part));

/** JSON for a data block: `<` is written as an escape so that no text can close the element. */
export const json = (value) => raw(JSON.stringify(value).replaceAll("<", "\\u003c"));
