/**
 * The `dataLayer` of GTM and gtag.js: e-commerce pushes, those made before we came included.
 *
 * The page's own array is asked for each push by a wrapper around its `push`, which is taken off again unless somebody
 * has wrapped it after us (GTM does); where `push` cannot be replaced the array is looked through now and then. An array
 * that replaces it later is found, and what it has from the former one is not taken again.
 */
import type { Follow, Properties } from "./call.ts";
import { isObject } from "./call.ts";
import { hasItems, isCommerce, translate } from "./ga4.ts";

/** How often it is looked for an array that is not there yet or was replaced. */
const EVERY = 500;

/** What was taken on this page, by an instance before this one too. */
const taken = new WeakSet<object>();

/** Measurement that is for Google's advertising alone is of another kind: its events have other items, and no order number. */
const ADVERTISING = /^(AW|DC)-/;
const isForAdvertising = (to: unknown): boolean => {
  const targets = Array.isArray(to) ? to : [to];
  return targets.length > 0 && targets.every((target) => typeof target === "string" && ADVERTISING.test(target));
};

type Layer = unknown[] & { push: (...entries: unknown[]) => number };

export const followDataLayer: Follow = (ear, setting) => {
  const name = typeof setting === "string" ? setting : "dataLayer";
  const home = window as unknown as { [name: string]: unknown };
  let layer: Layer | undefined;
  /** `layer` tells of what is pushed to it. */
  let wrapped = false;
  let release = (): void => {};
  /** GTM's model holds on to what was pushed until it is overwritten; an event may come in a push of its own. */
  let model: Properties | undefined;

  const take = (entry: unknown): void => {
    try {
      taken.add(entry as object);
      let event: unknown;
      let parameters: Properties | undefined;
      if (isObject(entry) && Object.prototype.toString.call(entry) !== "[object Arguments]") {
        event = entry["event"];
        const { ecommerce } = entry;
        if (ecommerce === null) model = undefined;
        else if (isObject(ecommerce)) {
          model = { ...model, ...ecommerce };
          parameters = { currency: model["currency"], ...ecommerce };
        }
        if (!isCommerce(event)) return;
        // What is about no items stands beside `ecommerce`. Without an `ecommerce` of its own the event means the model's,
        // unless its parameters stand beside it.
        if (!hasItems(event)) parameters = { ...(ecommerce as Properties), ...entry };
        else parameters ??= !entry["items"] && model ? { ...model, ...entry } : entry;
      } else {
        const [command, called, given] = Array.from(entry as ArrayLike<unknown>);
        if (command !== "event") return;
        event = called;
        parameters = isObject(given) ? given : {};
        if (isForAdvertising(parameters["send_to"])) return;
      }
      if (isCommerce(event)) for (const [name, properties] of translate(event, parameters)) ear.tell(name, properties);
    } catch {
      // Anything may lie in the array: functions, texts, getters that throw.
    }
  };

  const look = (): void => {
    const found = home[name];
    if (!Array.isArray(found) || (found === layer && wrapped)) return;
    // Known ones are put aside first: one that lies there twice was pushed twice.
    found.filter((entry) => !taken.has(entry as object)).forEach(take);
    if (found === layer) return;
    release();
    wrap((layer = found as Layer));
  };

  const wrap = (current: Layer): void => {
    const own = Object.hasOwn(current, "push");
    const { push } = current;
    let active = true;
    const ours = function (this: unknown[], ...entries: unknown[]): number {
      const length = push.apply(this, entries);
      if (active) entries.forEach(take);
      return length;
    };
    try {
      current.push = ours;
    } catch {
      // Frozen, or its `push` is.
    }
    wrapped = current.push === ours;
    release = () => {
      active = false;
      if (current.push !== ours) return;
      if (own) current.push = push;
      else delete (current as { push?: unknown }).push;
    };
  };

  look();
  const timer = setInterval(look, EVERY);
  // What is told now the page module writes down with what else is unsettled.
  window.addEventListener("pagehide", look);
  return () => {
    clearInterval(timer);
    window.removeEventListener("pagehide", look);
    release();
  };
};
