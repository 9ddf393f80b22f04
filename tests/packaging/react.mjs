// What a React shop shows, whatever bundled it.
import assert from "node:assert/strict";
import { open } from "../js/lab.mjs";

export async function reactShop(browser, url, { development = false } = {}) {
  const { page, context, said } = await open(browser, url);
  await page.locator("[data-dangol-slot=hero].hero dangol-message").getByText("단골 손님, 어서 오세요").waitFor({ timeout: 30_000 });
  assert.equal(await page.textContent("#segments"), "none");
  await page.click("#view");
  await page.locator("dangol-message[campaign=hello]").getByText("코트 보셨네요").waitFor();
  await page.waitForFunction(() => document.querySelector("#segments").textContent === "viewer");
  await page.waitForFunction(() => ["viewer", "entered"].map((id) => document.querySelector(`#${id}`).textContent).join() === "yes,1");
  // What the shop's server knows comes into the wallet, and what the shop draws itself onto the page.
  assert.equal(await page.textContent("#coupons"), "none");
  await page.evaluate(() => window.dangol.identify("member-1", {}, { coupons: [{ coupon: "first", code: "HELLO-1" }] }));
  await page.waitForFunction(() => document.querySelector("#coupons").textContent === "HELLO-1");
  assert.equal(await page.locator("#own").count(), 0);
  await page.evaluate(() => window.dangol.show("own", { force: true }));
  await page.locator("#own").getByText("own").click();
  await page.waitForFunction(() => !document.querySelector("#own"));
  // Strict mode mounts twice: one instance all the same, and one page view.
  const [instances, one] = await page.evaluate(() => [window.effects.length, new Set(window.effects).size === 1 && window.effects[0] === globalThis[Symbol.for("dangol/1")]]);
  assert.ok(development ? instances >= 1 : instances === 1, `${instances} effects`);
  assert.ok(one, "one instance");
  assert.equal(await page.evaluate(async () => (await window.dangol.exportData()).journey.filter(({ event }) => event === "Page Viewed").length), 1);
  // The slot goes with its component and its message comes back with it.
  await page.click("#toggle");
  await page.waitForFunction(() => !document.querySelector("[data-dangol-slot=hero]"));
  await page.click("#toggle");
  await page.waitForFunction(() => document.querySelector("#segments")?.textContent === "viewer");
  assert.deepEqual(said.filter((line) => !(development && /^(debug: \[vite\]|info: .*React DevTools)/.test(line))), []);
  await context.close();
}
