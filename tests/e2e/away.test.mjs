// While nobody looks: a device that slept or whose clock was set, and tabs in the background.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { background } from "../faults/background.mjs";
import { message, stage, until } from "./harness.mjs";
import { call, enter, privateShop, visitor, wait } from "./privacy.mjs";

const modal = (rest) => ({ purpose: "service", message: { layout: "modal", blocks: [{ text: "안녕하세요" }] }, ...rest });
const CONFIGS = {
  "/shop.json": {
    segments: { recent: { when: { $did: { event: "Go", within: "3h" } } } },
    campaigns: {
      later: modal({ trigger: { event: "Go", after: "3h" } }),
      soon: modal({ trigger: { event: "Soon", after: "3s" } }),
    },
    settings: { attention: { minGap: "0s", perSession: 99, perDay: 99 } },
  },
};

const [shop, open] = await stage(privateShop(CONFIGS));
const GRANTED = { config: "/shop.json", consent: "granted", capture: { engagement: false } };

describe("a page that is open while the device sleeps, or while its clock is set forward", () => {
  it("catches up within a minute", async () => {
    const { page, close } = await visitor(open);
    await page.clock.install();
    await enter(page, shop, GRANTED);
    await call(page, "track", "Go", {});
    await until(async () => (await call(page, "segments")).includes("recent"), "the segment");
    await page.evaluate(() => {
      window.left = [];
      window.dangol.on("segment", ({ segment, on, timestamp }) => window.left.push([segment, on, timestamp]));
    });
    // Timers stand still in a device that sleeps; its clock does not.
    const went = Date.now();
    await page.clock.setSystemTime(went + 8 * 3_600_000);
    await page.clock.runFor(61_000);
    const [[segment, on, timestamp]] = await until(async () => {
      const left = await page.evaluate(() => window.left);
      return left.length && left;
    }, "the segment to be left", 5_000);
    assert.deepEqual([segment, on], ["recent", "leave"]);
    assert.ok(Math.abs(Date.parse(timestamp) - went - 3 * 3_600_000) < 60_000, `stamped with its own moment, not with now: ${timestamp}`);
    await until(() => message(page, "later").count(), "the message that was put off", 5_000);
    await close();
  });
});

describe("with several tabs open", () => {
  let browser;
  before(async () => { browser = await background(); });
  after(() => browser.close());

  const tab = async (path) => {
    const tab = await browser.open();
    await tab.goto(shop.url + path);
    return tab;
  };
  const start = (tab) => tab.evaluate((options) => window.dangol.init(options).ready, GRANTED);
  const shown = (tab) => tab.evaluate(() => document.querySelectorAll("dangol-message").length);

  it("a wait that ends is shown in the tab that the visitor looks at, or comes back to", async () => {
    const hidden = await tab("/one");
    await start(hidden);
    const front = await tab("/two");
    await front.front();
    await start(front);
    await until(() => hidden.evaluate(() => document.hidden), "the first tab to be hidden");
    await front.evaluate(() => window.dangol.track("Soon"));
    await until(() => shown(front), "the message");
    assert.equal(await shown(hidden), 0);

    await front.evaluate(() => window.dangol.dismiss());
    await front.evaluate(() => window.dangol.track("Soon"));
    const elsewhere = await tab("/icon.svg");
    await elsewhere.front();
    await until(() => front.evaluate(() => document.hidden), "both to be hidden");
    await wait(5_000);
    assert.deepEqual([await shown(hidden), await shown(front)], [0, 0], "nobody would see it");
    await hidden.front();
    await until(() => shown(hidden), "the message where the visitor is");
    assert.equal(await shown(front), 0);
  });
});
