// Every recipe of the cookbook, played in the demo shop by a real browser until its message is on the screen.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { buildDocs } from "../../xtask/docs.mjs";
import { root } from "../../xtask/setup.mjs";
import { browser, message, shop, until, visitor } from "../e2e/harness.mjs";

const folder = join(root, "docs", "cookbook");
const only = process.env.DANGOL_RECIPE;
const recipes = readdirSync(folder).filter((name) => name.endsWith(".json")).map((name) => name.replace(".json", "")).filter((id) => !only || only.split(",").includes(id));
// What hangs on the visitor's id falls differently for each; what needs a consent of its own is granted below.
const BY_CHANCE = new Set(["ab-test", "exit-offer"]);

let demo;
let open;
before(async () => {
  await buildDocs();
  [demo, open] = await Promise.all([shop(), browser()]);
});
after(async () => {
  await open?.close();
  await demo?.close();
});

describe("the cookbook in the shop", () => {
  for (const id of recipes) {
    it(id, async () => {
      const { page, context, close } = await visitor(open);
      const campaign = Object.keys(JSON.parse(readFileSync(join(folder, `${id}.json`), "utf8")).campaigns)[0];
      await page.goto(`${demo.url}/docs/ko/cookbook/${id}.html`);
      await page.getByRole("link", { name: "가게에서 해 보기" }).click();
      await page.locator("[data-testid=recipe]").waitFor();
      await page.evaluate(() => window.dangol.ready);
      if (id === "night-consent") {
        await page.evaluate(() => window.dangol.consent({ marketingNight: true }));
        await page.reload();
      }
      const next = page.locator("[data-testid=recipe-next]");
      const shown = () => message(page, campaign).count();
      for (let step = 0; step < 20 && (await next.count()); step++) {
        const before = page.url() + (await page.locator("[data-testid=recipe] small").textContent());
        const words = await next.textContent();
        if (words.includes("마우스를")) {
          // A visitor who leaves was on the page for a while.
          await page.waitForTimeout(6_000);
          await page.mouse.move(640, 300);
          await page.mouse.move(640, 4, { steps: 4 });
          await page.evaluate(() => document.dispatchEvent(new MouseEvent("mouseout", { clientY: -1 })));
        }
        if (words.includes("스크롤")) for (let wheel = 0; wheel < 14; wheel++) { await page.mouse.wheel(0, 400); await page.waitForTimeout(60); }
        // What the signal brings takes a moment: Escape, below, would close it unseen.
        if (/마우스를|스크롤/.test(words) && (await message(page, campaign).first().waitFor({ state: "attached", timeout: 2_000 }).then(() => true, () => false))) break;
        // A message that lies over the card is closed first, as a visitor would.
        if (!(await next.click({ timeout: 2_000 }).then(() => true, () => false))) {
          await page.keyboard.press("Escape");
          await next.click();
        }
        await until(async () => page.url() + (await page.locator("[data-testid=recipe] small").textContent()) !== before, "the next step");
        await page.evaluate(() => window.dangol.ready);
        await page.waitForTimeout(300);
      }
      if (BY_CHANCE.has(id)) {
        await until(async () => (await shown()) || (await page.evaluate(async () => JSON.stringify((await window.dangol.exportData()).journey))).includes("Message Held Out"), "a message, or a hold-out", 40_000);
      } else {
        await until(shown, `${campaign} on the screen; ${JSON.stringify(await page.evaluate(() => window.dangol.explain()))}`, 40_000);
        if (process.env.DANGOL_SHOTS) await page.screenshot({ path: join(process.env.DANGOL_SHOTS, `recipe-${id}.png`) });
      }
      assert.ok(context);
      await close();
    });
  }
});
