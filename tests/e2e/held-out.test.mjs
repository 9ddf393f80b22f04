// Who is held out counts when a display would have been seen, and not before: on pages of the built package.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { html, launch, open, serve, until } from "../js/lab.mjs";

const inline = { layout: "inline", slot: "#slot", blocks: [{ text: "hi" }] };
const modal = { layout: "modal", blocks: [{ text: "hi" }] };
const shop = (message) => `import { init } from "/pkg/index.js"; window.dangol = init({ consent: "granted", config: ${JSON.stringify({
  version: 1, settings: { attention: { minGap: "0s" } }, campaigns: { c: { purpose: "service", trigger: { page: { path: "/*" } }, holdout: 1, message } },
})} });`;
const page = (name, content = "") => html(`<link rel="stylesheet" href="/p.css">${content}<div class="tall">top</div><section>more<div id="slot"></div></section><script type="module" src="/${name}.js"></script>`);

let browser, server;
before(async () => {
  browser = await launch();
  server = await serve({
    "/inline": page("inline"),
    "/modal": page("modal"),
    "/dialog": page("modal", '<dialog id="d">shop</dialog><script src="/d.js"></script>'),
    "/inline.js": shop(inline),
    "/modal.js": shop(modal),
    "/d.js": "document.getElementById('d').showModal()",
    "/p.css": (request, response) => response.writeHead(200, { "Content-Type": "text/css" }).end(".tall { height: 4000px } #slot:empty { display: none }"),
  });
});
after(async () => {
  await browser.close();
  await server.close();
});

const held = (page) => page.evaluate(async () => (await dangol.exportData()).journey.filter(({ event }) => event === "Message Held Out").length);

async function visit(path, options) {
  const opened = await open(browser, server.origin + path, options);
  const { page } = opened;
  await page.waitForFunction(() => window.dangol?.explain("c")[0]?.outcome === "held_out", undefined, { polling: 100 });
  return opened;
}

/** Nothing for a while, and once what was in the way is gone, one. */
async function counts({ page, context, said }, mend) {
  await page.waitForTimeout(2500);
  assert.equal(await held(page), 0, "nobody would have seen it");
  await page.evaluate(mend);
  await until(async () => (await held(page)) === 1, "its second");
  assert.equal(await page.locator("dangol-message").count(), 0);
  assert.deepEqual(said, []);
  await context.close();
}

test("below the fold it waits for whoever scrolls there, also where an empty slot has no room", async () =>
  counts(await visit("/inline"), () => scrollTo(0, 4000)));

test("behind a dialog of the shop's own it waits until that is closed", async () =>
  counts(await visit("/dialog"), () => document.getElementById("d").close()));

test("in a tab that was opened in the background it waits until somebody looks", async () => {
  const init = () => {
    window.away = true;
    Object.defineProperty(Document.prototype, "hidden", { get: () => window.away });
    Object.defineProperty(Document.prototype, "visibilityState", { get: () => (window.away ? "hidden" : "visible") });
  };
  await counts(await visit("/modal", { init }), () => (window.away = false));
});

test("over a page that is looked at it counts after a second", async () => {
  const { page, context } = await visit("/modal");
  await until(async () => (await held(page)) === 1, "its second");
  await context.close();
});
