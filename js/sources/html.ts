/**
 * Events written in HTML: `<button data-dangol-track="Product Added" data-dangol-prop-product-id="p1">`.
 *
 * `data-dangol-on` says when: `click` (the default), `submit` (the default of a form), `view`, `load`.
 * `data-dangol-props` holds properties as JSON; those of `data-dangol-prop-*` come on top, `-` being `_`.
 */
import { type Follow, isObject, keepLooking, type Properties } from "./call.ts";

const PREFIX = "data-dangol-prop-";
/** Values that are names even where they look like numbers. */
const NAMES = /(^|_)(id|ids|sku|code|phone|zip|zipcode)$/;
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
    all[key] = value === "true" ? true : value === "false" ? false : NUMBER.test(value) && !NAMES.test(key) ? Number(value) : value;
  }
  return all;
}

export const followHtml: Follow = (ear) => {
  const seen = new WeakSet<Element>();
  const when = (element: Element): string => element.getAttribute("data-dangol-on") || (element instanceof HTMLFormElement ? "submit" : "click");
  const tell = (element: Element): void => {
    const event = element.getAttribute("data-dangol-track");
    if (event) ear.tell(event, properties(element));
  };
  const heard = ({ type, target }: Event): void => {
    let element = target instanceof Element ? target.closest("[data-dangol-track]") : null;
    // A button within a card: each of them may have its event.
    for (; element; element = element.parentElement?.closest("[data-dangol-track]") ?? null) if (when(element) === type) tell(element);
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
      if (seen.has(element)) continue;
      seen.add(element);
      if (when(element) === "view") observer.observe(element);
      else if (when(element) === "load") tell(element);
    }
  });
  document.addEventListener("click", heard, true);
  document.addEventListener("submit", heard, true);
  return () => {
    stop();
    observer.disconnect();
    document.removeEventListener("click", heard, true);
    document.removeEventListener("submit", heard, true);
  };
};
