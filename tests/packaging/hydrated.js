// What react.test.mjs renders on a server and in a browser, under React 18 and 19.
import { createElement as h, lazy, Suspense } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { init } from "dangol";
import { DangolProvider, DangolSlot, useCoupons, useDangol } from "dangol/react";

const slot = (children) => h(DangolSlot, { name: "hero", className: "wide" }, ...children);
const Plain = () => slot([]);
/** Arrives when the page says so; on the server it is there. */
let arrive = () => {};
const Late = lazy(() => new Promise((resolve) => (arrive = () => resolve({ default: Plain }))));
const Handle = () => h("header", null, useDangol() ? "there" : "none");
const Coupons = () => h("p", { id: "coupons" }, useCoupons().map(({ code }) => code).join() || "none");

const BODIES = {
  plain: () => h(Plain),
  children: () => slot([h("em", { key: "em" }, "fallback")]),
  text: () => slot(["fallback"]),
  suspended: () => h(Suspense, { fallback: h("i", null, "…") }, h(typeof window === "undefined" ? Plain : Late)),
  coupons: () => h(Coupons),
  empty: () => null,
};
const tree = (name, { options, key } = {}) => h(DangolProvider, { options }, h(Handle), h("div", { key }, BODIES[name]()));

if (typeof window === "undefined") console.log(JSON.stringify(Object.fromEntries(Object.keys(BODIES).map((name) => [name, renderToString(tree(name))]))));
else Object.assign(window, { init, tree, createRoot, hydrateRoot, arrive: () => arrive() });
