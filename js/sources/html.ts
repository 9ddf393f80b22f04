/**
 * Events written in HTML: `<button data-dangol-track="Product Added" data-dangol-prop-product-id="p1">`.
 *
 * `data-dangol-on` says when: `click` (the default), `submit` (the default of a form), `view`, `load`.
 * `data-dangol-props` holds properties as JSON; those of `data-dangol-prop-*` come on top, `-` being `_`.
 */
import { type Follow, isObject, keepLooking, type Properties } from "./call.ts";

const PREFIX = "data-dangol-prop-";
/** Values that are names even where they look like numbers; what was paid or bid only ends like one. */
const NAMES = /(ids?|sku|code|phone|zip)$/;
const SUMS = /(^|_)(pre|un)?(paid|bid)s?$/;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/;

function properties(element: Element): Properties {
  let all: Properties = {};
  try {
    const given: unknown = JSON.parse(element.getAttribute("data-dangol-props") || "{}");
    if (isObject(given)) all = given;
  } catch {
    // The properties beside it still count.
  }
  for (const { name, value } of Array.from(element.attributes)) {
    if (!name.startsWith(PREFIX)) continue;
    const key = name.slice(PREFIX.length).replace(/-/g, "_");
    all[key] = value === "true" ? true : value === "false" ? false : NUMBER.test(value) && (!NAMES.test(key) || SUMS.test(key)) && Math.abs(+value) <= Number.MAX_SAFE_INTEGER ? +value : value;
  }
  return all;
}

export const followHtml: Follow = (ear) => {
  /** The event that an element was seen to have. */
  const seen = new WeakMap<Element, string | null>();
  const when = (element: Element): string => element.getAttribute("data-dangol-on") || (element instanceof HTMLFormElement ? "submit" : "click");
  const tell = (element: Element): void => {
    const event = element.getAttribute("data-dangol-track");
    if (event) ear.tell(event, properties(element));
  };
  /** A label was clicked: the browser clicks what it labels next, and who was told of the one is not told of the other. */
  let labelled: { control: Element; heard: Element[] } | undefined;
  const heard = (event: Event): void => {
    // Out of shadow roots, too. A button within a card: each of them may have its event.
    const path = event.composedPath().filter((node) => node instanceof Element);
    const known = path[0] === labelled?.control ? labelled?.heard : undefined;
    const hearing = path.filter((element) => element.hasAttribute("data-dangol-track") && when(element) === event.type);
    labelled = undefined;
    for (const element of hearing) if (!known?.includes(element)) tell(element);
    const control = event.type === "click" && (path.find((element) => element instanceof HTMLLabelElement) as HTMLLabelElement | undefined)?.control;
    if (!control || path.includes(control)) return;
    labelled = { control, heard: hearing };
    setTimeout(() => (labelled = undefined));
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      tell(target);
    }
  }, { threshold: 0.5 });
  const stop = keepLooking(() => {
    for (const element of Array.from(document.querySelectorAll("[data-dangol-track][data-dangol-on]"))) {
      const event = element.getAttribute("data-dangol-track");
      if (seen.get(element) === event) continue;
      seen.set(element, event);
      observer.unobserve(element);
      if (when(element) === "view") observer.observe(element);
      else if (when(element) === "load") tell(element);
    }
  }, { attributeFilter: ["data-dangol-track", "data-dangol-on"] });
  document.addEventListener("click", heard, true);
  document.addEventListener("submit", heard, true);
  return () => {
    stop();
    observer.disconnect();
    document.removeEventListener("click", heard, true);
    document.removeEventListener("submit", heard, true);
  };
};
