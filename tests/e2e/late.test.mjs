// What draws messages comes late, or not at all: everything else goes on.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { delivered, stage, until, visitor } from "./harness.mjs";
import { config, FOLDER, html, script, tag, text, wire } from "./wire.mjs";

const HELLO = config({
  hello: { trigger: { event: "Go" }, limits: { total: 1 }, message: { layout: "modal", blocks: [{ text: "반가워요 {{ traits.name | default: '고객' }}", as: "title" }, { button: "닫기", action: { close: true } }] } },
});
const NOTES = script("window.notes = []; for (const type of ['message', 'problem']) dangol.on(type, (detail) => notes.push({ type, ...detail }));");
const PAGE = html(`<script src="/dangol/stub.js"></script><script src="/notes.js"></script>${tag('data-consent="granted"', "/hello.json")}`);
/** A file as another build would have left it in a cache: its part asks for an export that this engine does not have. */
const FOREIGN = `const bytes = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 2, 8, 1, 1, 97, 1, 95, 3, 127, 1);
export const mount = () => {}, part = () => WebAssembly.compile(bytes);`;

const [demo, open] = await stage();

const routes = { "/": PAGE, "/hello.json": HELLO, "/notes.js": NOTES };
const start = async (page, line) => {
  await page.goto(`${line.url}/`);
  assert.equal(await page.evaluate(() => window.dangol.ready), "full");
  await page.evaluate(() => window.dangol.track("Go"));
};
const decision = (page) => until(() => page.evaluate(() => window.notes.find(({ what }) => what === "decision")?.decision), "the decision");

describe("what draws messages", () => {
  it("may come seconds later: decided and stored at once, drawn when it is there", async () => {
    let arrive;
    const gate = new Promise((resolve) => (arrive = resolve));
    const line = await wire(demo.url, { ...routes, [`${FOLDER}/render.js`]: () => gate.then(() => false) });
    const { page, close } = await visitor(open);
    await start(page, line);
    assert.equal((await decision(page)).outcome, "shown");
    await page.evaluate(() => window.dangol.track("Went on"));
    await page.evaluate(() => { window.dangol.explain(); window.dangol.coupons(); });
    await page.waitForTimeout(1_500);
    assert.equal(await page.locator("dangol-message").count(), 0);
    assert.equal((await page.evaluate(() => window.dangol.exportData())).messages.length, 1, "its place is reserved");
    arrive();
    await page.locator("dangol-message").getByText("반가워요 고객").waitFor();
    await page.locator("dangol-message").getByRole("button", { name: "닫기" }).last().click();
    await until(() => page.evaluate(() => document.querySelectorAll("dangol-message").length === 0), "the end of the message");
    await delivered(page);
    const id = await page.evaluate(async () => (await window.dangol.exportData()).anonymousId);
    const names = (await demo.stored(`anonymousId=${id}`)).map(({ event }) => event);
    for (const name of ["Went on", "Message Clicked"]) assert.ok(names.includes(name), `${name} in ${names}`);
    await close();
    await line.close();
  });

  for (const [what, answer, allowed] of [
    ["is missing", text("text/html", "<p>not here</p>", 404), /Failed to load resource: .* 404/],
    ["is of another build", text("text/javascript", FOREIGN), /^$/],
  ]) {
    it(`${what}: nothing is shown, the shop is told, events go on, and the limit is given back`, async () => {
      const line = await wire(demo.url, { ...routes, [`${FOLDER}/render.js`]: answer });
      const { page, close } = await visitor(open, { allowed });
      await start(page, line);
      await until(() => page.evaluate(() => window.notes.some(({ code }) => code === "drawing-unavailable")), "the problem");
      await page.evaluate(() => window.dangol.track("Went on"));
      await delivered(page);
      assert.equal(await page.evaluate(() => window.dangol.ready), "full");
      assert.equal(await page.locator("dangol-message").count(), 0);
      const { anonymousId, messages } = await page.evaluate(() => window.dangol.exportData());
      assert.deepEqual(messages, []);
      const names = (await demo.stored(`anonymousId=${anonymousId}`)).map(({ event }) => event);
      assert.ok(names.includes("Went on") && !names.includes("Message Shown"), String(names));
      await close();
      await line.close();
    });
  }
});
