// JSON as a tree that folds. What is open stays open when the tree is drawn again.
import { h } from "./dom.js";

const opened = new Set();
const closed = new Set();
const kindOf = (value) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

function leaf(value) {
  const kind = kindOf(value);
  return h(`span.value.${kind}`, {}, kind === "string" ? `"${value}"` : String(value));
}

/** `path` names the node; branches up to `depth` are open unless the reader folded them. */
export function tree(value, path, { key, depth = 1 } = {}) {
  const label = key === undefined ? "" : h("span.key", {}, `${key}: `);
  if (value === null || typeof value !== "object") return h("div.leaf", {}, label, leaf(value));
  const entries = Object.entries(value);
  const isArray = Array.isArray(value);
  const size = h("span.size", {}, isArray ? `[${entries.length}]` : `{${entries.length}}`);
  if (entries.length === 0) return h("div.leaf", {}, label, size);

  const details = h("details.branch", { open: opened.has(path) || (depth > 0 && !closed.has(path)) }, h("summary", { "data-key": path }, label, size));
  // Children are made when they are first seen: a long history would cost too much otherwise.
  const fill = () => {
    if (details.childElementCount === 1) details.append(...entries.map(([name, child]) => tree(child, `${path}/${name}`, { key: name, depth: depth - 1 })));
  };
  if (details.open) fill();
  details.addEventListener("toggle", () => {
    (details.open ? opened : closed).add(path);
    (details.open ? closed : opened).delete(path);
    if (details.open) fill();
  });
  return details;
}

/** A foldable row with its own headline. */
export function fold(path, headline, body) {
  const details = h("details.fold", { open: opened.has(path) }, h("summary", { "data-key": path }, headline));
  const fill = () => { if (details.childElementCount === 1) details.append(h("div.fold-body", {}, body())); };
  if (details.open) fill();
  details.addEventListener("toggle", () => {
    opened[details.open ? "add" : "delete"](path);
    if (details.open) fill();
  });
  return details;
}
