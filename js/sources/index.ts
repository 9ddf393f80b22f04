/** What else is on the page and speaks of the visitor: each source translates, none decides. Loaded only where one is switched on. */
import { type Link, mayStore, rescue, where } from "../facade.ts";
import { input } from "../host/boundary.ts";
import type { Capture } from "../types.ts";
import { followCafe24 } from "./cafe24.ts";
import { type Ear, fit, type Follow, isObject, type Properties } from "./call.ts";
import { followDataLayer } from "./data-layer.ts";
import { followHtml } from "./html.ts";
import { followJsonLd } from "./json-ld.ts";
import { followSegment } from "./segment.ts";
import { followShopify } from "./shopify.ts";

/** Follows the sources that the options name; gives how to stop. `due` says that a call of this id was noted. */
export function follow({ dangol, calls, name, options }: Link, capture: Capture, due: (id: string) => void): () => void {
  /** Orders that were named on this page, and how to tell of one that is still asked for: the answer takes a moment. */
  const orders = new Map<string, (() => string) | undefined>();
  let isUp = false;
  void dangol.ready.then(() => (isUp = true));
  const tell = (order: string, properties: Properties): string => {
    const id = idOf(order);
    const text = input("call", { id, at: Date.now(), call: "track", name: COMPLETED, data: fit(properties), page: JSON.parse(where()) });
    calls.set(id, { text, resolve: () => {}, settle: () => calls.delete(id) });
    due(id);
    return text;
  };
  const ear: Ear = {
    tell: (event, properties) => void dangol.track(event, fit(properties)),
    page: (name, properties) => void dangol.page(name, properties),
    identify: (user, traits) => void dangol.identify(user, traits),
    traits: (traits) => void dangol.identify(traits),
    reset: () => void dangol.reset(),
    member: (user, traits) => void dangol.exportData().then(({ userId, document, consent }) => {
      if (user && userId !== user) return void dangol.identify(user, traits);
      // Nothing is known of whoever allows no journey: they would be told on every page.
      if (!traits || (userId && !user) || !isObject(document) || (isObject(consent) && !consent["personalization"])) return;
      const held = isObject(document["traits"]) ? document["traits"] : {};
      if (Object.keys(traits).some((key) => JSON.stringify(traits[key]) !== JSON.stringify(held[key]))) void (user ? dangol.identify(user, traits) : dangol.identify(traits));
    }),
    order: (order, properties) => {
      if (orders.has(order)) return;
      orders.set(order, () => tell(order, properties));
      void dangol.exportData().then(({ journey }) => {
        const known = (journey || []) as { event?: string; properties?: { order_id?: unknown } }[];
        const then = orders.get(order);
        orders.set(order, undefined);
        if (!known.some(({ event, properties }) => event === COMPLETED && String(properties?.order_id) === order)) then?.();
      });
    },
  };
  // Left before it is known what the journey holds: told all the same, and by its id it is one with what was told before.
  const left = (): void => {
    const told = Array.from(orders.values(), (then) => "c" + (then?.() ?? ""));
    for (const order of orders.keys()) orders.set(order, undefined);
    try {
      // The facade has written down what lay there by now; once the page module is up it does so for what comes later, too.
      if (!isUp && options.storage !== "memory" && mayStore(name, options.consent)) rescue(name, told.filter((line) => line[1]));
    } catch {
      // Storage is blocked here.
    }
  };
  window.addEventListener("pagehide", left);
  const sources: [setting: boolean | string | undefined, follow: Follow][] = [
    [capture.dataLayer, followDataLayer],
    [capture.segment, followSegment(capture.page === false)],
    [capture.html, followHtml],
    [capture.jsonLd, followJsonLd],
    [capture.cafe24, followCafe24],
    [capture.shopify, followShopify],
  ];
  const stops = [() => window.removeEventListener("pagehide", left)];
  for (const [setting, source] of sources) {
    try {
      if (setting) stops.push(source(ear, setting));
    } catch {
      // One that cannot run here does not stop the others.
    }
  }
  return () => stops.forEach((stop) => stop());
}

const COMPLETED = "Order Completed";

/**
 * The id of an order's event: the same however often its page is loaded, so that it is one wherever ids are compared, also
 * where no journey says that it was told. A UUIDv7 of no moment, whose other bits come from the shop's address and the order.
 */
function idOf(order: string): string {
  const text = location.host + " " + order;
  let [one, other] = [0x811c9dc5, 0x01000193];
  for (let index = 0; index < text.length; index++) {
    one = Math.imul(one ^ text.charCodeAt(index), 0x01000193);
    other = Math.imul(other ^ text.charCodeAt(index), 0x5bd1e995);
    other ^= other >>> 15;
  }
  const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, "0");
  const bits = hex(one) + hex(other);
  return `00000000-0000-7${bits[0]}00-8${bits.slice(1, 4)}-${bits.slice(4)}`;
}
