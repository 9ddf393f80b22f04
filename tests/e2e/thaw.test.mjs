// Back from the back-forward cache: whoever was frozen heard nothing of what other tabs did.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stage, until } from "./harness.mjs";
import { call, enter, exported, kept, keysBesideRecord, privateShop, REFUSED, refuseEngine, start, visitor, wait } from "./privacy.mjs";

const CONFIGS = {
  "/shop.json": {
    segments: { buyer: { when: { $did: "Bought" } } },
    coupons: { welcome: { name: "환영", code: "WELCOME10" } },
    campaigns: {
      help: { purpose: "service", trigger: { event: "Go" }, limits: { total: 1 }, message: { layout: "slide", blocks: [{ text: "도와드릴까요?" }] } },
      gift: { purpose: "service", trigger: { event: "Gift" }, message: { layout: "slide", blocks: [{ coupon: "welcome" }] } },
    },
    settings: { attention: { minGap: "0s", perSession: 99, perDay: 99 } },
  },
};

const [shop, open] = await stage(privateShop(CONFIGS));

const GRANTED = { config: "/shop.json", consent: "granted", capture: { engagement: false } };
const { names } = shop;
const message = (page) => page.locator("dangol-message").count();

/** A visitor with two tabs; the first is frozen while `meanwhile` runs in the second, then comes back. */
async function frozen(prepare, meanwhile, options = GRANTED, { allowed, prepared } = {}) {
  const { page, context, close } = await visitor(open, { allowed });
  await prepared?.(context);
  await enter(page, shop, options);
  await prepare(page);
  await wait(400);
  await page.evaluate(() => {
    window.thawed = false;
    addEventListener("pageshow", (event) => { window.thawed = event.persisted; });
    setTimeout(() => { location.href = "/elsewhere"; });
  });
  await page.waitForURL("**/elsewhere");
  const other = await context.newPage();
  await enter(other, shop, options, "/other");
  await wait(300);
  const made = await meanwhile(other);
  await wait(300);
  shop.clear();
  await page.evaluate(() => { setTimeout(() => history.back()); });
  await until(async () => new URL(page.url()).pathname === "/" && page.evaluate(() => window.thawed).catch(() => false), "the page to come back from the cache");
  return { page, other, made, close };
}

describe("a page that comes back from the back-forward cache", () => {
  it("knows nothing of a visitor who was forgotten meanwhile, and keeps, sends and shows nothing of them", async () => {
    let old;
    const { page, other, close } = await frozen(
      async (page) => {
        await call(page, "identify", "member-1", { name: "지은" });
        await call(page, "track", "Go", {});
        await until(() => message(page), "the message");
        old = (await exported(page)).anonymousId;
      },
      (other) => call(other, "forget"),
    );
    await until(async () => !(await message(page)), "the message to go", 1_000);
    await call(page, "track", "Afterwards", {});
    await call(page, "flush");
    await until(() => names().includes("Afterwards"), "the event");
    await wait(500);
    const data = await exported(page);
    assert.notEqual(data.anonymousId, old);
    assert.equal(data.userId, null);
    assert.ok(!/member-1|지은/.test(JSON.stringify(data)) && !JSON.stringify(data).includes(old));
    assert.ok(!shop.bytes().includes(old) && !/member-1|지은/.test(shop.bytes()), "nothing on the wire");
    for (const tab of [page, other]) {
      const text = JSON.stringify(await kept(tab));
      assert.ok(!text.includes(old) && !/member-1|지은/.test(text), text);
    }
    await close();
  });

  it("obeys what was taken back meanwhile, before anything else", async () => {
    const { page, close } = await frozen(
      async (page) => {
        await call(page, "track", "Go", {});
        await until(() => message(page), "the message");
      },
      (other) => call(other, "consent", { analytics: false, personalization: false, marketing: false }),
    );
    await call(page, "track", "Refused", {});
    await call(page, "flush");
    await wait(1_000);
    assert.equal(await message(page), 0);
    assert.deepEqual(shop.posts.map(({ body }) => body), []);
    assert.deepEqual(keysBesideRecord(await kept(page)), []);
    assert.equal((await exported(page)).consent.analytics, false);
    await close();
  });

  it("is the next member's where another one has signed in", async () => {
    const { page, made, close } = await frozen(
      async (page) => {
        await call(page, "identify", "member-1", { name: "지은" });
        await call(page, "track", "Go", {});
      },
      async (other) => {
        await call(other, "identify", "member-2", {});
        await call(other, "track", "Second", {});
        return (await exported(other)).anonymousId;
      },
    );
    await call(page, "track", "Mine", {});
    await call(page, "flush");
    await until(() => names().includes("Mine"), "the event");
    const data = await exported(page);
    assert.deepEqual([data.userId, data.anonymousId], ["member-2", made]);
    assert.ok(data.journey.some(({ event }) => event === "Second") && !data.journey.some(({ event }) => event === "Go"));
    const mine = shop.events().filter(({ event }) => event === "Mine");
    assert.deepEqual(mine.map(({ userId, anonymousId }) => [userId, anonymousId]), [["member-2", made]]);
    await close();
  });

  it("knows what the visitor did elsewhere: journey, limits and wallet", async () => {
    const { page, close } = await frozen(
      async () => {},
      async (other) => {
        await call(other, "track", "Go", {});
        await until(() => message(other), "the message");
        await wait(1_300);
        await call(other, "dismiss");
        await call(other, "track", "Gift", {});
        await until(async () => (await call(other, "coupons")).length, "the coupon");
        await call(other, "track", "Bought", {});
      },
    );
    await until(async () => (await call(page, "segments")).includes("buyer"), "the segment");
    assert.deepEqual((await call(page, "coupons")).map(({ code }) => code), ["WELCOME10"]);
    await call(page, "track", "Go", {});
    await wait(800);
    assert.equal(await page.locator("dangol-message[campaign=help]").count(), 0, "`total: 1` was spent in the other tab");
    const stats = await call(page, "stats");
    assert.equal(stats.created, stats.acknowledged + stats.pending + Object.values(stats.dropped).reduce((sum, n) => sum + n, 0));
    await close();
  });

  it("hears of a decision made meanwhile, and what waited in its memory is replayed or erased", async () => {
    for (const analytics of [true, false]) {
      shop.clear();
      const { page, close } = await frozen(
        (page) => call(page, "track", "Early", {}),
        (other) => call(other, "consent", { analytics, personalization: analytics }),
        { ...GRANTED, consent: "pending" },
      );
      await until(async () => (await exported(page)).consent?.analytics === analytics, "the decision");
      await call(page, "flush");
      await wait(700);
      assert.equal(names().includes("Early"), analytics);
      if (!analytics) assert.deepEqual(keysBesideRecord(await kept(page)), []);
      await close();
    }
  });

  it("does so where the engine cannot run, too", async () => {
    let old;
    const collecting = async (page) => {
      assert.equal(await call(page, "identify", "member-1", { name: "지은" }).then(() => page.evaluate(() => window.dangol.ready)), "collect");
      old = (await exported(page)).anonymousId;
    };
    for (const [what, meanwhile] of Object.entries({ forgotten: (other) => call(other, "forget"), refused: (other) => call(other, "consent", { analytics: false, personalization: false }) })) {
      const { page, close } = await frozen(collecting, meanwhile, GRANTED, { allowed: REFUSED, prepared: refuseEngine });
      await call(page, "track", "Afterwards", {});
      await call(page, "flush");
      await wait(600);
      assert.equal(names().includes("Afterwards"), what === "forgotten", what);
      assert.ok(!shop.bytes().includes(old) && !/member-1|지은/.test(shop.bytes()), what);
      assert.ok(!JSON.stringify(await kept(page)).includes(old), what);
      await close();
    }
  });
});

describe("what a page left for the tab's next one", () => {
  it("is not taken up where the visitor was forgotten, or became another, while the tab was elsewhere", async () => {
    for (const [what, meanwhile] of Object.entries({
      forgotten: (other) => call(other, "forget"),
      "signed out": async (other) => { await call(other, "identify", "member-2", {}); await call(other, "track", "Second", {}); },
    })) {
      const { page, context, close } = await visitor(open);
      await enter(page, shop, GRANTED);
      await call(page, "identify", "member-1", { name: "지은" });
      await wait(400);
      const old = (await exported(page)).anonymousId;
      // Said while the page dies: whether the disk has it is not certain, so the next page of the tab is to be told.
      await page.evaluate(() => {
        addEventListener("pagehide", () => void window.dangol.track("Left Behind", { word: "남긴말" }));
        location.href = "/elsewhere";
      });
      await page.waitForURL("**/elsewhere");
      assert.ok((await page.evaluate(() => sessionStorage["dangol:dangol"] ?? "")).includes("남긴말"), "the page has left something");
      const other = await context.newPage();
      await enter(other, shop, GRANTED);
      await wait(300);
      await meanwhile(other);
      await wait(400);
      shop.clear();
      await start(await goTo(page), GRANTED);
      await call(page, "track", "Mine", {});
      await call(page, "flush");
      await until(() => names().includes("Mine"), "the event");
      await wait(700);
      const data = JSON.stringify(await exported(page));
      assert.ok(!data.includes(old) && !/member-1|남긴말/.test(data), `${what}: ${data}`);
      assert.ok(!shop.events().some(({ event, userId }) => userId === "member-1" && event === "Mine"), what);
      if (what === "forgotten") assert.ok(!shop.bytes().includes(old) && !/member-1|남긴말/.test(shop.bytes()), what);
      await close();
    }
  });
});

async function goTo(page) {
  await page.goto(`${shop.url}/again`);
  return page;
}
