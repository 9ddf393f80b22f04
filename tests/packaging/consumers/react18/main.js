import { createElement as h, StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { DangolProvider, DangolSlot, useDangol, useSegments } from "dangol/react";
import config from "./campaigns.json";

window.effects = [];
const options = { config, consent: "granted" };

function Shop() {
  const dangol = useDangol();
  const segments = useSegments();
  useEffect(() => {
    if (!dangol) return;
    window.dangol = dangol;
    window.effects.push(dangol);
  }, [dangol]);
  return h("main", null,
    h("p", { id: "segments" }, segments.join(" ") || "none"),
    h("button", { id: "view", onClick: () => dangol.track("Product Viewed", { name: "코트" }) }, "코트"),
    h(DangolSlot, { name: "hero", className: "hero" }));
}

function App() {
  const [there, setThere] = useState(true);
  return h(DangolProvider, { options }, there && h(Shop), h("button", { id: "toggle", onClick: () => setThere(!there) }, "바꾸기"));
}

createRoot(document.getElementById("root")).render(h(StrictMode, null, h(App)));
