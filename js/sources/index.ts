/** What else is on the page and speaks of the visitor: each source translates, none decides. Loaded only where one is switched on. */
import type { Capture, Dangol } from "../types.ts";
import { followCafe24 } from "./cafe24.ts";
import { type Ear, fit, type Follow, isObject } from "./call.ts";
import { followDataLayer } from "./data-layer.ts";
import { followHtml } from "./html.ts";
import { followJsonLd } from "./json-ld.ts";
import { followSegment } from "./segment.ts";
import { followShopify } from "./shopify.ts";

/** Follows the sources that `capture` names; gives how to stop. */
export function follow(dangol: Dangol, capture: Capture): () => void {
  /** Orders that were told or asked for on this page: the answer takes a moment, in which another script may name the same. */
  const orders = new Set<string>();
  const ear: Ear = {
    tell: (event, properties) => void dangol.track(event, fit(properties)),
    page: (name, properties) => void dangol.page(name, properties),
    identify: (user, traits) => void dangol.identify(user, traits),
    traits: (traits) => void dangol.identify(traits),
    reset: () => void dangol.reset(),
    member: (user, traits) => void dangol.exportData().then(({ userId, document }) => {
      if (user) {
        if (userId !== user) void dangol.identify(user, traits);
      } else if (traits && !userId && isObject(document)) {
        const held = isObject(document["traits"]) ? document["traits"] : {};
        if (Object.keys(traits).some((key) => JSON.stringify(traits[key]) !== JSON.stringify(held[key]))) void dangol.identify(traits);
      }
    }),
    once: (order, then) => {
      if (orders.has(order)) return;
      orders.add(order);
      void dangol.exportData().then(({ journey }) => {
        const known = (journey || []) as { event?: string; properties?: { order_id?: unknown } }[];
        if (!known.some(({ event, properties }) => event === "Order Completed" && String(properties?.order_id) === order)) then();
      });
    },
  };
  const sources: [setting: boolean | string | undefined, follow: Follow][] = [
    [capture.dataLayer, followDataLayer],
    [capture.segment, followSegment(capture.page === false)],
    [capture.html, followHtml],
    [capture.jsonLd, followJsonLd],
    [capture.cafe24, followCafe24],
    [capture.shopify, followShopify],
  ];
  const stops: (() => void)[] = [];
  for (const [setting, source] of sources) {
    try {
      if (setting) stops.push(source(ear, setting));
    } catch {
      // One that cannot run here does not stop the others.
    }
  }
  return () => stops.forEach((stop) => stop());
}
