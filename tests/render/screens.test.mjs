// Pictures of every layout and every block at three widths. A changed pixel fails where browser and fonts are those
// of the baseline; elsewhere the card's box has to agree, within what other letters take.
// DANGOL_SCREENS=update writes the baseline anew; what differs is left as a picture in target/screens.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../xtask/setup.mjs";
import { messages, NOW, start } from "./harness.mjs";

const BASELINE = join(root, "tests/render/screens.json");
const UPDATE = process.env.DANGOL_SCREENS === "update";
const SIZES = [[390, 844], [768, 1024], [1280, 800]];
/** How much taller or shorter a card may be, and how far off it may stand, where letters are others. */
const LOOSE = 0.25;
const OFF = 80;

let shop;
before(async () => { shop = await start(); });
after(() => shop?.close());

const hash = (data) => createHash("sha256").update(data).digest("base64url").slice(0, 16);

/** Browser and fonts: the same letters drawn alone. */
async function fingerprint(page) {
  await page.evaluate(() => {
    const text = document.createElement("p");
    text.id = "letters";
    text.textContent = "단골 Dangol 常連 مرحبا 0123456789 WELCOME";
    document.body.prepend(text);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('#letters{position:fixed;inset:0 auto auto 0;z-index:9;margin:0;background:#fff;color:#000;font:700 20px/1.5 Pretendard,-apple-system,BlinkMacSystemFont,"Apple SD Gothic Neo","Hiragino Sans","Noto Sans KR","Noto Sans CJK KR","Malgun Gothic","Segoe UI",Roboto,sans-serif}');
    document.adoptedStyleSheets = [sheet];
  });
  const letters = hash(await page.locator("#letters").screenshot());
  await page.evaluate(() => document.querySelector("#letters").remove());
  return `${shop.browser.version()} ${letters}`;
}

test("every layout and every block looks as it did", async (t) => {
  const old = existsSync(BASELINE) ? JSON.parse(readFileSync(BASELINE, "utf8")) : { place: "", shots: {} };
  // Each layout with a text, each block once, an opened receipt, and two that read from right to left.
  const all = Object.values(messages()).filter(({ impression }) => /^(modal|coupon)-|-(offer)$|^(receipt-modal|receipt-slide-ar|rtl-banner)$/.test(impression));
  const now = { place: "", shots: {} };
  const wrong = [];
  for (const [width, height] of SIZES) {
    for (const colorScheme of width === 390 ? ["light", "dark"] : ["light"]) {
      const page = await shop.open({ viewport: { width, height }, colorScheme });
      if (!now.place) {
        now.place = await fingerprint(page);
        if (now.place !== old.place) t.diagnostic(`boxes only: this browser or its fonts are not the baseline's (${old.place})`);
      }
      const isSame = now.place === old.place;
      for (const message of all) {
        const name = `${message.impression} ${width} ${colorScheme}`;
        message.dismiss.after = null;
        await page.evaluate(([message, now]) => {
          window.shown?.remove();
          window.show(message, now);
          // Unfolded before the first paint: a card that grows afterwards may come to lie between two pixels.
          if (message.impression.startsWith("receipt-")) document.querySelector("dangol-message").shadowRoot.querySelector("[part=why]").click();
        }, [message, NOW]);
        const card = page.locator("dangol-message [part~=card]");
        await card.evaluate((card) => Promise.all([...card.querySelectorAll("img")].map((image) => {
          image.loading = "eager";
          image.decoding = "sync";
          return image.decode().catch(() => {});
        })));
        // When the browser paints a decoded picture is its own affair: there the boxes have to do.
        const hasPicture = /image|products/.test(message.impression);
        const { x, y, width: w, height: h } = await card.boundingBox();
        const former = old.shots[name];
        const [, fx, fy, fw, fh] = former ?? [];
        let image = await page.screenshot({ caret: "hide" });
        // A loaded machine may paint a picture a moment late; what stays different is different.
        for (let again = 0; again < 3 && isSame && !UPDATE && !hasPicture && hash(image) !== former?.[0]; again++) {
          await page.waitForTimeout(300);
          image = await page.screenshot({ caret: "hide" });
        }
        const shot = (now.shots[name] = [hasPicture ? "" : hash(image), ...[x, y, w, h].map(Math.round)]);
        const agrees = former && (isSame ? shot.join() === former.join()
          : Math.abs(x - fx) <= OFF && Math.abs(y - fy) <= Math.max(OFF, fh * LOOSE) && Math.abs(w - fw) <= OFF && Math.abs(h - fh) <= Math.max(24, fh * LOOSE));
        if (agrees || UPDATE) continue;
        mkdirSync(join(root, "target/screens"), { recursive: true });
        writeFileSync(join(root, "target/screens", `${name.replaceAll(" ", "-")}.png`), image);
        wrong.push(`${name}: ${former ?? "new"} became ${shot}`);
      }
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    }
  }
  if (UPDATE) {
    const lines = Object.entries(now.shots).map(([name, shot]) => `${JSON.stringify(name)}:${JSON.stringify(shot)}`);
    writeFileSync(BASELINE, `{"place":${JSON.stringify(now.place)},"shots":{\n${lines.join(",\n")}\n}}\n`);
  }
  assert.deepEqual(wrong, [], "see target/screens; if it is meant so, DANGOL_SCREENS=update node --test tests/render/screens.test.mjs");
});
