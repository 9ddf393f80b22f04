// A small shop page in a frame of its own, on which a message is drawn by the SDK's renderer.
import { mount } from "../../js/render/index.ts";
import { element } from "./dom.js";
import { words } from "./words.js";

const SHOP = `
  :root { color-scheme: light dark; font: 15px/1.5 Pretendard, "Noto Sans KR", "Noto Sans CJK KR", sans-serif; }
  body { margin: 0; background: #f8f4ed; color: #2b2722; }
  header { padding: 14px 20px; border-bottom: 1px solid #e3dbcf; letter-spacing: .14em; font-weight: 600; }
  main { padding: 20px; display: grid; grid-template-columns: repeat(auto-fill, minmax(120px, 1fr)); gap: 14px; }
  main span { aspect-ratio: 3 / 4; background: linear-gradient(160deg, #e9dfd0, #dccdb8); border-radius: 3px; }
  [data-slot] { grid-column: 1 / -1; }
  @media (prefers-color-scheme: dark) { body { background: #1b1917; color: #eae4da; } header { border-color: #37322c; } main span { background: linear-gradient(160deg, #34302b, #28241f); } }`;
const FIRST = { banner: "top", modal: "center", slide: "bottom-right", sheet: "bottom", toast: "bottom", fullscreen: "center", bubble: "bottom-right" };

export function stage() {
  const frame = element("iframe", { title: words.preview });
  let mounted;
  let page;
  const draw = () => {
    page = frame.contentDocument;
    if (!page || page.body.childElementCount) return;
    const { CSSStyleSheet, HTMLElement } = frame.contentWindow;
    // A message over its page takes the focus, but not from whoever types beside it: only from who is in the preview.
    const { focus } = HTMLElement.prototype;
    HTMLElement.prototype.focus = function (...options) {
      if (this.ownerDocument.hasFocus()) focus.apply(this, options);
    };
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHOP);
    page.adoptedStyleSheets = [sheet];
    page.documentElement.lang = document.documentElement.lang;
    const header = page.createElement("header");
    header.textContent = "NEURU";
    const main = page.createElement("main");
    const slot = page.createElement("div");
    slot.dataset.slot = "";
    main.append(slot, ...Array.from({ length: 12 }, () => page.createElement("span")));
    page.body.append(header, main);
  };
  frame.addEventListener("load", draw);
  return {
    frame,
    clear() {
      mounted?.remove();
      mounted = undefined;
    },
    /** Draws a message; `message` is as the configuration has it, `tree` as the engine composed it for the moment `at`. */
    show({ campaign, message, tree, theme, locale, at }) {
      this.clear();
      draw();
      // The journey's time goes on from there: a coupon given in it is not past today.
      const ahead = Date.parse(at) - Date.now();
      const { layout } = message;
      mounted = mount({
        impression: "preview", campaign, layout, tree, theme, locale, preview: true,
        position: message.position ?? FIRST[layout], slot: layout === "inline" ? "[data-slot]" : undefined,
        modal: ["modal", "sheet", "fullscreen"].includes(layout), dismiss: { button: true },
      }, ({ act }) => {
        if (act === "dismiss" || act === "today") this.clear();
      }, { document: page, now: () => Date.now() + ahead });
    },
  };
}
