// Each layout with each block: axe finds nothing in either theme, and nothing leaves the screen.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertAccessible, card, LAYOUTS, NOW, stage } from "./harness.mjs";

const { all, shop } = await stage();

/**
 * The texts that cannot be read well, each with its contrast to what lies behind it (WCAG 2.2, 1.4.3). Of a message in the
 * browser's top layer axe knows no background, and leaves the question open.
 */
const pale = (page) => page.evaluate(() => {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  /** What is seen of these colours, the farthest first. */
  const seen = (colors) => {
    context.clearRect(0, 0, 1, 1);
    for (const color of colors) {
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
    }
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const found = [];
  const words = document.createTreeWalker(document.querySelector("dangol-message").shadowRoot.querySelector("[part=card]"), NodeFilter.SHOW_TEXT);
  for (let node; (node = words.nextNode()); ) {
    const element = node.parentElement;
    if (!node.data.trim() || !element?.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }) || element.closest("style, :disabled, [aria-disabled=true]")) continue;
    const behind = [];
    for (let each = element; each; each = each.parentElement) behind.unshift(getComputedStyle(each).backgroundColor);
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const [text, ground] = [luminance(seen([...behind, color])), luminance(seen(behind))];
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    const size = parseFloat(fontSize);
    if (ratio < (size >= 24 || (size >= 18.66 && fontWeight >= 700) ? 3 : 4.5)) found.push([node.data.trim().slice(0, 40), element.getAttribute("part"), Number(ratio.toFixed(2))]);
  }
  return found;
});

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
          assert.deepEqual(await pale(page), [], message.impression);
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
