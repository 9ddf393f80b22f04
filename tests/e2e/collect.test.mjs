// Where the engine cannot run, events are still collected and delivered, and the page does not notice.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stage, until, visitor } from "./harness.mjs";
import { FOLDER, html, POLICY, tag, text, wire } from "./wire.mjs";

const PAGE = `<script src="/dangol/stub.js"></script>${tag('data-consent="granted"')}`;
const strict = { "content-security-policy": POLICY.replace(" 'wasm-unsafe-eval'", "") };

/** What is wrong, and what the browser itself says about it. */
const FAULTS = {
  "the engine's file is missing": {
    routes: { [`${FOLDER}/dangol.wasm`]: text("text/html", "<p>not here</p>", 404) },
    allowed: /^error: Failed to load resource: .* 404|integrity/,
  },
  "the engine's file is a page": { routes: { [`${FOLDER}/dangol.wasm`]: text("text/html", "<p>welcome</p>") }, allowed: /^error: .*(integrity|digest)/ },
  "the policy forbids WebAssembly": { routes: { "/": html(PAGE, strict), "/next": html(PAGE, strict) }, allowed: /^error: .*Content Security Policy/ },
};

const [demo, open] = await stage();

describe("collect mode", () => {
  for (const [name, { routes, allowed }] of Object.entries(FAULTS)) {
    it(`delivers every event once when ${name}`, async () => {
      const line = await wire(demo.url, { "/": html(PAGE), "/next": html(PAGE), ...routes });
      const { page, close } = await visitor(open, { allowed });
      await page.goto(`${line.url}/`);
      await page.evaluate(() => window.dangol.track("Collected", { n: 1 }));
      assert.equal(await page.evaluate(() => window.dangol.ready), "collect");
      await page.evaluate(() => { setTimeout(() => { void window.dangol.track("Collected", { n: 2 }); location.assign("/next"); }); });
      await page.waitForURL("**/next");
      assert.equal(await page.evaluate(() => window.dangol.ready), "collect");
      await page.evaluate(() => window.dangol.track("Collected", { n: 3 }));
      const id = await page.evaluate(async () => (await window.dangol.exportData()).anonymousId);
      const rows = await until(async () => {
        await page.evaluate(() => window.dangol.flush());
        const rows = await demo.stored(`anonymousId=${id}`);
        return rows.length >= 5 && rows;
      }, "five events in the database");
      assert.deepEqual(rows.map((event) => event.properties.n ?? event.type).sort(), [1, 2, 3, "page", "page"]);
      assert.ok(rows.every(({ context }) => context.mode === "collect"));
      const stats = await until(() => page.evaluate(() => window.dangol.stats().pending === 0 && window.dangol.stats()), "the acknowledgement");
      assert.deepEqual(stats.dropped, {});
      for (const { missing, repeated } of Object.values((await demo.ledger(`anonymousId=${id}`)).streams)) assert.deepEqual([missing, repeated], [[], []]);
      assert.equal(await page.locator("dangol-message").count(), 0);
      await close();
      await line.close();
    });
  }

  it("gives way to the engine once it can run, for the same visitor, and loses nothing between", async () => {
    let broken = true;
    const line = await wire(demo.url, {
      "/": html(PAGE),
      [`${FOLDER}/dangol.wasm`]: (...exchange) => (broken ? text("text/html", "<p>welcome</p>")(...exchange) : false),
      "/collect": (...exchange) => (broken ? text("application/json", "{}", 503)(...exchange) : false),
    });
    const { page, close } = await visitor(open, { allowed: /^error: (.*(integrity|digest)|Failed to load resource: .* 503)/ });
    await page.goto(`${line.url}/`);
    assert.equal(await page.evaluate(() => window.dangol.ready), "collect");
    await page.evaluate(() => window.dangol.track("Kept"));
    const id = await page.evaluate(async () => (await window.dangol.exportData()).anonymousId);
    broken = false;
    await page.reload();
    assert.equal(await page.evaluate(() => window.dangol.ready), "full");
    assert.equal(await until(() => page.evaluate(async () => (await window.dangol.exportData()).anonymousId), "the visitor's id"), id);
    await until(async () => {
      await page.evaluate(() => window.dangol.flush());
      return (await demo.stored(`anonymousId=${id}&event=Kept`)).length === 1;
    }, "the event that waited");
    await close();
    await line.close();
  });
});
