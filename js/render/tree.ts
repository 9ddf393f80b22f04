/** Turns a tree into elements: text nodes and listed attributes only, so nothing in it can become markup or script. */

import type { Node, Value } from "./types";

const TAGS = /^(a|button|details|dialog|div|fieldset|h2|img|input|label|legend|li|p|s|section|span|strong|summary|time|ul)$/;
const ATTRIBUTES =
  /^(alt|aria-(busy|disabled|errormessage|hidden|label|labelledby|live|modal|pressed|value(max|min|now|text))|autocomplete|checked|data-(days|fill|state)|datetime|decoding|dir|disabled|for|height|href|id|inputmode|lang|loading|maxlength|name|placeholder|rel|required|role|src|tabindex|target|type|value|width)$/;
/** The engine has allowed every link already; a second look costs little and guards against a faulty engine. */
const SCHEMES = /^(https?|mailto|tel):$/;

export interface Tree {
  apply(node: Node): Element;
  nodeOf(element: Element | null): Node | undefined;
  /** Countdowns in the tree, with the instant at which each ends. */
  live: Map<Element, number>;
  values(): Record<string, Value>;
}

export function createTree(document: Document, parent: Element): Tree {
  const known = new WeakMap<Element, Node>();
  const live = new Map<Element, number>();

  function isSafe(name: string, value: string): boolean {
    if (name !== "href" && name !== "src") return ATTRIBUTES.test(name);
    try {
      return SCHEMES.test(new URL(value, document.baseURI).protocol);
    } catch {
      return false;
    }
  }

  function place(parent: Element, nodes: Node[]): void {
    nodes = nodes.filter((node) => TAGS.test(node.tag));
    nodes.forEach((node, index) => {
      const old = parent.children[index];
      // An element that keeps its role keeps its identity: focus, typed text and live regions survive an update.
      const former = old && known.get(old);
      const stays = former && former.tag === node.tag && former.part === node.part && former.input?.name === node.input?.name;
      const element = stays ? old : document.createElement(node.tag);
      fill(element, node);
      if (!stays) old ? old.replaceWith(element) : parent.append(element);
    });
    while (parent.children.length > nodes.length) parent.lastElementChild!.remove();
  }

  function fill(element: Element, node: Node): void {
    known.set(element, node);
    const attributes = (node.attrs ?? []).filter(([name, value]) => isSafe(name, value));
    // The style sheet goes by classes, which are shorter; `part` is for the shop's.
    if (node.part) attributes.push(["part", node.part], ["class", node.part]);
    for (const name of element.getAttributeNames()) {
      if (ATTRIBUTES.test(name) && !attributes.some(([wanted]) => wanted === name)) element.removeAttribute(name);
    }
    for (const [name, value] of attributes) {
      if (element.getAttribute(name) !== value) element.setAttribute(name, value);
      if (name === "data-fill") (element as HTMLElement).style.inlineSize = value + "%";
    }
    if (node.live && node.until != null) live.set(element, node.until);
    if (node.children?.length) {
      // A text before children would stay behind as a stray text node.
      if (!element.firstElementChild) element.textContent = "";
      place(element, node.children);
    } else if (element.textContent !== (node.text ?? "")) {
      element.textContent = node.text ?? "";
    }
  }

  return {
    live,
    apply(node) {
      live.clear();
      place(parent, [node]);
      return parent.children[0]!;
    },
    nodeOf: (element) => (element ? known.get(element) : undefined),
    values() {
      const values: Record<string, Value> = {};
      for (const element of parent.querySelectorAll("input")) {
        const input = known.get(element)?.input;
        if (!input) continue;
        const { name, type } = input;
        if (type === "consent") values[name] = element.checked;
        else if (type === "choices") {
          const chosen = (values[name] ??= []) as string[];
          if (element.checked) chosen.push(element.value);
        } else if (element.type !== "radio") values[name] = element.value.trim();
        else if (element.checked) values[name] = type === "rating" ? Number(element.value) : element.value;
      }
      return values;
    },
  };
}
