// Pages that refuse what a message calls: it is shown without, or nothing of it stays.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stage, until, visitor } from "./harness.mjs";
import { config, html, script, tag, wire } from "./wire.mjs";

const HELLO = config({ hello: { purpose: "service", trigger: { event: "Go" }, message: { layout: "slide", blocks: [{ text: "반가워요", as: "title" }] } } });

const [demo, open] = await stage();

/** A page on which `before` has run, once its visitor has done what asks for a message. */
async function gone(before, look) {
  const page = html(`<script src="/before.js"></script>${tag('data-consent="granted"', "/hello.json")}`);
  const line = await wire(demo.url, { "/": page, "/hello.json": HELLO, "/before.js": script(before) });
  const { page: tab, close } = await visitor(open);
  try {
    await tab.goto(`${line.url}/`);
    await tab.evaluate(() => window.dangol.ready);
    await tab.evaluate(() => {
      window.problems = [];
      window.dangol.on("problem", ({ code }) => window.problems.push(code));
      return window.dangol.track("Go");
    });
    await look(tab);
  } finally {
    await close().finally(line.close);
  }
}

const shown = async (page) => (await page.evaluate(() => window.dangol.exportData())).journey.filter(({ event }) => event === "Message Shown").length;

describe("a page that refuses what a message calls", () => {
  it("has its message all the same where it refuses the top layer", () => gone(
    `window.asked = 0; HTMLElement.prototype.showPopover = () => { window.asked++; throw new Error("not here"); };`,
    async (page) => {
      await page.locator("dangol-message").getByText("반가워요").waitFor();
      await until(async () => (await shown(page)) === 1, "the display");
      assert.equal(await page.evaluate(() => window.asked), 1);
    },
  ));

  it("has nothing of it left where its own observer throws, and the shop is told", () => gone(
    `window.IntersectionObserver.prototype.observe = () => { throw new Error("not here"); };`,
    async (page) => {
      await until(() => page.evaluate(() => window.problems.includes("message-failed")), "the problem");
      // What is watched comes back where it was taken away, and that some moments later.
      await page.waitForTimeout(300);
      assert.equal(await page.evaluate(() => [...document.documentElement.children].map(({ localName }) => localName).join()), "head,body");
      assert.equal(await shown(page), 0);
    },
  ));
});
