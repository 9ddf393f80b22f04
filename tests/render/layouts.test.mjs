// Each layout with each block: axe finds nothing in either theme, and nothing leaves the screen.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import AxeBuilder from "@axe-core/playwright";
import { LAYOUTS, messages, NOW, start } from "./harness.mjs";

let shop;
let all;
before(async () => {
  shop = await start();
  all = messages();
});
after(() => shop?.close());

const card = (page) => page.locator("dangol-message [part=card]");

async function assertAccessible(page) {
  // "Legacy" asks in the page itself; otherwise each answer is put together in a second page, which takes a second.
  const { violations } = await new AxeBuilder({ page }).include("dangol-message").setLegacyMode().analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html.slice(0, 200) + (node.any[0]?.message ?? ""))]), []);
}

describe("each layout with each block", () => {
  for (const layout of LAYOUTS) {
    for (const colorScheme of ["light", "dark"]) {
      test(`${layout} is accessible in the ${colorScheme}`, async () => {
        const page = await shop.open({ colorScheme, viewport: { width: 390, height: 844 } });
        for (const message of Object.values(all).filter((message) => message.layout === layout)) {
          message.dismiss.after = null;
          await page.evaluate(([message, now]) => window.show(message, now), [message, NOW]);
          await card(page).waitFor({ state: "visible" });
          await assertAccessible(page);
          await page.evaluate(() => window.shown.remove());
          assert.equal(await page.locator("dangol-message").count(), 0);
        }
        assert.deepEqual(page.complaints, []);
        await page.context().close();
      });
    }
  }

  test("stays on the screen at every width", async () => {
    for (const width of [320, 390, 768, 1280]) {
      const page = await shop.open({ viewport: { width, height: 640 } });
      for (const message of Object.values(all)) {
        message.dismiss.after = null;
        await page.evaluate(([message, now]) => window.show(message, now), [message, NOW]);
        const { box, wide } = await card(page).evaluate((card) => {
          const { left, right, top, bottom } = card.getBoundingClientRect();
          const content = card.querySelector("[part=content]");
          return { box: { left, right, top, bottom }, wide: content.scrollWidth - content.clientWidth };
        });
        const inside = box.left >= 0 && box.right <= width && (message.layout === "inline" || (box.top >= -0.5 && box.bottom <= 640.5));
        assert.ok(inside && wide <= 0, `${message.impression} at ${width}: ${JSON.stringify(box)} ${wide}`);
        await page.evaluate(() => window.shown.remove());
      }
      await page.context().close();
    }
  });
});
