// The message that nobody sees, drawn ahead of a page's first one (js/render/rehearsal.ts): the page has nothing of it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stage, until, visitor } from "./harness.mjs";
import { config, html, script, tag, text, wire } from "./wire.mjs";

const HELLO = config({ hello: { purpose: "service", trigger: { event: "Go" }, message: { layout: "slide", blocks: [{ text: "반가워요", as: "title" }] } } });
/** Idle time comes when the test says so; and the page sees what is put beside its body. */
const IDLE = `const due = [];
  window.requestIdleCallback = (work) => due.push(work);
  window.rest = () => due.splice(0).forEach((work) => work());
  window.trials = [];
  new MutationObserver((records) => records.forEach(({ addedNodes: [host] }) => host?.shadowRoot && trials.push(host))).observe(document.documentElement, { childList: true });`;

const [demo, open] = await stage();

const frames = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

/** A page on which `before` has run and that looks like `css`, once the trial has been made. */
async function tried({ before = "", css = "", more = {} }, look) {
  const page = html(`<link rel="stylesheet" href="/page.css"><script src="/before.js"></script>${tag('data-consent="granted"', "/hello.json")}`);
  const line = await wire(demo.url, { "/": page, "/hello.json": HELLO, "/page.css": text("text/css", css), "/before.js": script(IDLE + before), ...more });
  const { page: tab, close } = await visitor(open);
  try {
    await tab.goto(`${line.url}/`);
    await tab.evaluate(() => window.dangol.ready);
    // What the page does as it comes up is its own: heard of is what happens from here on.
    await tab.evaluate(frames);
    await tab.evaluate(() => window.heard?.splice(0));
    await until(() => tab.evaluate(() => { window.rest(); return window.trials.length > 0; }), "the trial");
    await tab.evaluate(frames);
    await look(tab, line);
  } finally {
    await close().finally(line.close);
  }
}

const beside = (page) => page.evaluate(() => [...document.documentElement.children].map(({ localName }) => localName).join());

describe("the trial ahead of a page's first message", () => {
  it("opens nothing that the page hears of, or that its style sheet locks the page for", () => tried({
    before: `window.heard = [];
      for (const type of ["beforetoggle", "toggle", "transitionrun"]) addEventListener(type, ({ target }) => heard.push(type + " " + target.localName), true);`,
    css: "html{background:#fff;transition:background 1s}:root:has(:popover-open){overflow:hidden;background:#000}",
  }, async (page) => assert.deepEqual(await page.evaluate(() => window.heard), [])));

  it("asks nothing of a page that refuses the top layer, whose messages are shown without it", () => tried({
    before: `window.asked = 0; HTMLElement.prototype.showPopover = () => { window.asked++; throw new Error("not here"); };`,
  }, async (page) => {
    assert.deepEqual([await beside(page), await page.evaluate(() => window.asked)], ["head,body", 0]);
    await page.evaluate(() => window.dangol.track("Go"));
    await page.locator("dangol-message").getByText("반가워요").waitFor();
    assert.equal(await page.evaluate(() => window.asked), 1);
  }));

  it("fetches no font that the page has named and not used", () => tried({
    css: ["Pretendard", "Own"].map((name) => `@font-face{font-family:${name};src:url(/${name}.woff2)}`).join("") + "html{--dangol-font:Own,sans-serif}",
  }, async (page, line) => {
    await page.waitForTimeout(300);
    assert.deepEqual(Object.keys(line.seen).filter((path) => path.endsWith(".woff2")), []);
    assert.equal(await page.evaluate(() => document.fonts.status), "loaded");
  }));

  it("leaves nothing where the page's own observer throws, and neither does a message", () => tried({
    before: `window.IntersectionObserver.prototype.observe = () => { throw new Error("not here"); };`,
  }, async (page) => {
    // What is watched comes back where it was taken away, and that some moments later.
    await page.waitForTimeout(300);
    assert.equal(await beside(page), "head,body");
    await page.evaluate(() => window.dangol.track("Go"));
    await until(() => page.evaluate(() => document.querySelector("dangol-message") || window.trials.length > 1), "the message", 3_000).catch(() => {});
    await page.waitForTimeout(300);
    assert.equal(await beside(page), "head,body");
    assert.equal((await page.evaluate(() => window.dangol.exportData())).journey.filter(({ event }) => event === "Message Shown").length, 0);
  }));
});
