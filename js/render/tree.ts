/** Turns a tree into elements: text nodes and listed attributes only, so nothing in it can become markup or script. */

import type { Node, Value } from "./types";

const TAGS = /^(a|button|div|fieldset|h2|img|input|label|legend|li|p|s|section|span|strong|time|ul)$/;
const ATTRIBUTES =
  /^(alt|aria-\w+|autocomplete|checked|data-(days|fill|state)|datetime|decoding|dir|disabled|for|height|href|id|inputmode|lang|loading|maxlength|name|placeholder|rel|required|role|src|tabindex|target|type|value|width)$/;
/** An address with one of these schemes, or without any. The engine has allowed every link already; this guards against a faulty engine. */
const SAFE = /^([^:]*$|(https?|mailto|tel):)/;

export interface Tree {
  apply(node: Node): Element;
  /** Opens or shuts what asks to be opened, in the tree that was applied last. */
  toggle(): void;
  nodeOf(element: Element | null): Node | undefined;
  /** Countdowns in the tree, with the instant at which each ends. */
  live: Map<Element, number>;
  values(): Record<string, Value>;
}

export function createTree(document: Document, parent: Element): Tree {
  const known = new WeakMap<Element, Node>();
  const live = new Map<Element, number>();
  let last: Node;
  let isOpen = false;

  function isSafe(name: string, value: string): boolean {
    if (name !== "href" && name !== "src") return ATTRIBUTES.test(name);
    try {
      // A parser is only for what hides its scheme: it costs more than the element.
      return SAFE.test(value) || SAFE.test(new URL(value, document.baseURI).href);
    } catch {
      return false;
    }
  }

  /**
   * What opens on request is a button, and is not built before it is pressed: a `<details>` brings a tree of its own with
   * slots and a sheet, which costs as much as five elements.
   */
  const unfold = (node: Node): Node | Node[] => {
    if (node.tag !== "details") return node;
    const [summary, ...rest] = node.children ?? [];
    return [{ ...summary, tag: "button", attrs: [["aria-expanded", isOpen + ""]] }, ...(isOpen ? rest : [])];
  };

  /** What a node asks for; a field asks for what its input does. */
  const asked = ({ input, children }: Node): string | undefined => input?.name ?? children?.find((child) => child.input)?.input!.name;
  const isAlike = (former: Node | undefined, node: Node): boolean | undefined =>
    former && former.tag === node.tag && former.part === node.part && asked(former) === asked(node);

  function place(parent: Element, nodes: Node[]): void {
    nodes = nodes.flatMap(unfold).filter((node) => TAGS.test(node.tag));
    const former = [...parent.children];
    // An element that keeps its role keeps its identity, wherever it comes to stand: focus, typed text and live regions survive an update.
    const elements = nodes.map((node) => {
      const at = former.findIndex((old) => isAlike(known.get(old), node));
      return former.splice(at, +(at >= 0))[0] ?? document.createElement(node.tag);
    });
    former.forEach((old) => old.remove());
    elements.forEach((element, index) => {
      fill(element, nodes[index]!);
      // What stands at its place is not put there once more, which would cost it the focus.
      if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
    });
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

  function apply(node: Node): Element {
    live.clear();
    place(parent, [(last = node)]);
    return parent.children[0]!;
  }

  return {
    live,
    apply,
    toggle() {
      isOpen = !isOpen;
      apply(last);
    },
    nodeOf: (element) => (element ? known.get(element) : undefined),
    values() {
      // A name such as `__proto__` is a name.
      const values: Record<string, Value> = Object.create(null);
      for (const element of parent.querySelectorAll("input")) {
        const input = known.get(element)?.input;
        if (!input) continue;
        const { name, type } = input;
        if (type === "consent") values[name] = element.checked;
        else if (type === "choices") {
          const chosen = (values[name] ??= []) as string[];
          if (element.checked) chosen.push(element.value);
        } else if (element.type !== "radio") values[name] = element.value.trim();
        else if (element.checked) values[name] = type === "rating" ? +element.value : element.value;
      }
      return values;
    },
  };
}
