/** What the sources have in common: what they tell, and how they read what a page holds. */
import { encode } from "../encode.ts";

export type Properties = { [key: string]: unknown };
export type Tell = (event: string, properties: Properties) => void;
/** What a source may ask of the SDK. */
export interface Ear {
  tell: Tell;
  page(name?: string, properties?: Properties): void;
  identify(user: string, traits?: Properties): void;
  /** What is known of whoever is there. */
  traits(traits: Properties): void;
  /** As the two above, for a page that says on every view who is there: nothing is noted while it is the same. */
  member(user: string | undefined, traits?: Properties): void;
  reset(): void;
  /** Tells of an order that was completed, once: its page is reloaded and bookmarked. */
  order(order: string, properties: Properties): void;
}
/** Begins to follow a source; gives how to stop. */
export type Follow = (ear: Ear, setting: boolean | string) => () => void;

/** GA4's most items in one event. */
const MAX_ITEMS = 200;
/** What a product is known by, where the rest does not fit into an event. */
const ESSENTIAL = ["product_id", "sku", "category", "price", "quantity"];

export const isObject = (value: unknown): value is Properties => typeof value === "object" && value !== null && !Array.isArray(value);

/** Commas between groups of digits, as in `1,234.5`. Any other comma may be a decimal one, and the number is not read. */
const GROUPED = /^[-+]?\d{1,3}(,\d{2,3})*,\d{3}(\.\d*)?$/;

/** A number, also one written as text. */
export const number = (value: unknown): number | undefined => {
  const written = typeof value === "string" && value.trim();
  const read = written ? Number(GROUPED.test(written) ? written.replace(/,/g, "") : written) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
};

/** A text that says something; numbers are written out. */
export const text = (value: unknown): string | undefined =>
  (typeof value === "string" && value) || typeof value === "number" ? "" + value : undefined;

/** Without what is not there. */
export function tidy(properties: Properties): Properties {
  const kept: Properties = {};
  for (const key of Object.keys(properties)) if (properties[key] !== undefined && properties[key] !== null) kept[key] = properties[key];
  return kept;
}

/** A long list of products within what one event may hold: first with the essentials, then fewer of them. */
export function fit(properties: Properties): Properties {
  let products = properties["products"];
  if (!Array.isArray(products)) return properties;
  products = products.slice(0, MAX_ITEMS);
  let fitted: Properties = { ...properties, products };
  if (encode(fitted)) return fitted;
  let list = (products as Properties[]).map((product) => tidy(Object.fromEntries(ESSENTIAL.map((key) => [key, product[key]]))));
  for (;;) {
    fitted = { ...properties, products: list };
    if (!list.length || encode(fitted)) return fitted;
    list = list.slice(0, list.length >> 1);
  }
}

/** A value of the page, whatever getting it does; `const` and `let` at the top level are not on `window`. */
export function global(name: string): unknown {
  try {
    return (window as unknown as Properties)[name];
  } catch {
    return undefined;
  }
}

/** Looks now, and when something has been added to the page, or what `more` names has changed; gives how to stop. */
export function keepLooking(look: () => void, more: MutationObserverInit): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const now = (): void => {
    waiting = undefined;
    look();
  };
  const observer = new MutationObserver(() => {
    waiting = waiting ?? setTimeout(now, 300);
  });
  observer.observe(document.documentElement, { childList: true, subtree: true, ...more });
  look();
  return () => {
    observer.disconnect();
    clearTimeout(waiting);
  };
}
