import { createElement as h, StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { DangolProvider, DangolSlot, useCoupons, useDangol, useMessages, useNotice, useSegment, useSegments } from "dangol/react";
import config from "./campaigns.json";

window.effects = [];
const options = { config, consent: "granted" };

function Shop() {
  const dangol = useDangol();
  const segments = useSegments();
  const viewer = useSegment("viewer");
  const coupons = useCoupons();
  const messages = useMessages();
  const [entered, setEntered] = useState(0);
  // Closes over what is only known by then.
  useNotice("segment", ({ on }) => setEntered(entered + (on === "enter" ? 1 : 0)));
  useEffect(() => {
    if (!dangol) return;
    window.dangol = dangol;
    window.effects.push(dangol);
  }, [dangol]);
  return h("main", null,
    h("p", { id: "segments" }, segments.join(" ") || "none"),
    h("button", { id: "view", onClick: () => dangol.track("Product Viewed", { name: "코트" }) }, "코트"),
    h("p", { id: "viewer" }, viewer ? "yes" : "no"),
    h("p", { id: "entered" }, entered),
    h("p", { id: "coupons" }, coupons.map(({ code }) => code).join(" ") || "none"),
    messages.map(({ impression, campaign, dismissed }) => h("button", { key: impression, id: "own", onClick: () => dismissed() }, campaign)),
    h(DangolSlot, { name: "hero", className: "hero" }));
}

function App() {
  const [there, setThere] = useState(true);
  return h(DangolProvider, { options }, there && h(Shop), h("button", { id: "toggle", onClick: () => setThere(!there) }, "바꾸기"));
}

createRoot(document.getElementById("root")).render(h(StrictMode, null, h(App)));
