// Draws messages and takes pictures of them: node tests/render/gallery.mjs [directory] [filter] [--dark] [--sheet]
// `--sheet` puts every message of a layout on one contact sheet per width.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { messages, size, start } from "./harness.mjs";

const words = process.argv.slice(2);
const flags = words.filter((word) => word.startsWith("--"));
const [directory = fileURLToPath(new URL("../../target/gallery", import.meta.url)), filter = ""] = words.filter((word) => !word.startsWith("--"));
mkdirSync(directory, { recursive: true });
const pattern = new RegExp(filter);
const dark = flags.includes("--dark");
const now = 1_772_723_045_000;
const WIDTHS = [[390, 844], [768, 1024], [1280, 800]];

console.log("renderer", await size());
const shop = await start();
try {
  const chosen = Object.values(messages()).filter((message) => pattern.test(message.impression));
  for (const [width, height] of WIDTHS) {
    const shots = [];
    const page = await shop.open({ viewport: { width, height }, colorScheme: dark ? "dark" : "light" });
    for (const message of chosen) {
      await page.evaluate(([message, now]) => {
        window.shown?.remove();
        message.dismiss.after = null;
        window.show(message, now);
      }, [message, now]);
      await page.waitForTimeout(60);
      const image = await page.screenshot(flags.includes("--sheet") ? {} : { path: `${directory}/${message.impression}-${width}${dark ? "-dark" : ""}.png` });
      shots.push([message.impression, image.toString("base64")]);
    }
    if (page.complaints.length) console.log(page.complaints);
    if (flags.includes("--sheet")) {
      const columns = width < 500 ? 6 : 4;
      const sheet = await shop.browser.newPage({ viewport: { width: 1800, height: 1000 } });
      const cell = 1800 / columns - 12;
      await sheet.setContent(`<body style="margin:6px;display:flex;flex-wrap:wrap;gap:6px;background:#888;font:14px sans-serif">${shots.map(([name, data]) => `<figure style="margin:0;width:${cell}px"><figcaption>${name}</figcaption><img style="width:100%" src="data:image/png;base64,${data}"></figure>`).join("")}`);
      await sheet.waitForTimeout(300);
      await sheet.screenshot({ path: `${directory}/sheet-${filter.replace(/\W/g, "") || "all"}-${width}${dark ? "-dark" : ""}.png`, fullPage: true });
      await sheet.close();
    }
    await page.context().close();
  }
} finally {
  await shop.close();
}
