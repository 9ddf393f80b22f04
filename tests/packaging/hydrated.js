// What react.test.mjs renders on a server and in a browser, under React 18 and 19.
import * as React from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { init } from "dangol";
import { DangolProvider, DangolSlot, useCoupons, useDangol, useMessages } from "dangol/react";

const { createElement: h, lazy, Suspense } = React;
/** React 19.2 and later. */
const Activity = React["Activity"];
const slot = (children) => h(DangolSlot, { name: "hero", className: "wide" }, ...children);
const Plain = () => slot([]);
/** Arrives when the page says so; on the server it is there. */
let arrive = () => {};
const Late = lazy(() => new Promise((resolve) => (arrive = () => resolve({ default: Plain }))));
const Handle = () => h("header", null, useDangol() ? "there" : "none");
const Coupons = () => h("p", { id: "coupons" }, useCoupons().map(({ code }) => code).join() || "none");

const Messages = ({ id }) => h("ul", { id }, useMessages().map(({ campaign, impression }) => h("li", { key: impression }, campaign)));

const BODIES = {
  plain: () => h(Plain),
  children: () => slot([h("em", { key: "em" }, "fallback")]),
  text: () => slot(["fallback"]),
  suspended: () => h(Suspense, { fallback: h("i", null, "…") }, h(typeof window === "undefined" ? Plain : Late)),
  coupons: () => h(Coupons),
  empty: () => null,
};
const tree = (name, { options, key } = {}) => h(DangolProvider, { options }, h(Handle), h("div", { key }, BODIES[name]()));
/** Providers that the page names: their properties, whether they are hidden (`mode`), and their slot's name. */
const shop = (providers) => providers.map(({ id, mode, slot, ...props }) => {
  const provider = h(DangolProvider, { key: id, ...props }, h(Handle), h(Messages, { id }), slot && h(DangolSlot, { name: slot }));
  return mode ? h(Activity, { key: id, mode }, provider) : provider;
});

if (typeof window === "undefined") console.log(JSON.stringify(Object.fromEntries(Object.keys(BODIES).map((name) => [name, renderToString(tree(name))]))));
else Object.assign(window, { init, tree, shop, hasActivity: !!Activity, createRoot, hydrateRoot, arrive: () => arrive() });
