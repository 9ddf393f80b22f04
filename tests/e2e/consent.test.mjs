// Consent first: what each purpose allows, and that nothing is kept, sent or shown beyond it, read from the browser's
// own storage and from the bytes on the wire.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stage, until } from "./harness.mjs";
import { call, enter, kept, keysBesideRecord, NOTHING, privateShop, refuseEngine, start, visitor, wait } from "./privacy.mjs";

const toast = (text, more = {}) => ({ trigger: { event: "Go" }, message: { layout: "slide", blocks: [{ text }] }, ...more });
const CONFIGS = {
  "/both.json": {
    segments: { everyone: { when: {} }, goer: { when: { $did: "Go" } } },
    campaigns: {
      offer: toast("할인", { trigger: { event: "Sale" }, purpose: "marketing" }),
      help: toast("도움", { purpose: "service" }),
      night: toast("밤", { trigger: { event: "Late" }, purpose: "marketing" }),
    },
    settings: { attention: { minGap: "0s", perSession: 99, perDay: 99 } },
  },
  "/night.json": {
    campaigns: { night: toast("밤", { purpose: "marketing" }), service: toast("안내", { trigger: { event: "Help" }, purpose: "service" }) },
    settings: { quietHours: { from: "00:00", to: "23:59", purpose: "marketing", unlessConsent: "marketingNight" } },
  },
  "/early.json": {
    campaigns: {
      notice: { beforeConsent: true, purpose: "service", trigger: { page: { path: "/*" } }, limits: { total: 1 }, message: { layout: "slide", blocks: [{ text: "쿠키 안내" }] } },
      later: toast("나중", { purpose: "service" }),
    },
  },
  "/wait.json": { campaigns: { later: toast("나중", { trigger: { event: "Go", after: "2s" } }), other: toast("곁", { trigger: { event: "Stay" }, purpose: "service" }) } },
};

const [shop, open] = await stage(privateShop(CONFIGS));

const messages = (page) => page.evaluate(() => [...document.querySelectorAll("dangol-message")].map((node) => node.getAttribute("campaign")));
const shown = (page, campaign) => until(async () => (await messages(page)).includes(campaign), `the message ${campaign}`);
const { arrived, names } = shop;
/** What the browser itself says about a collector that is down. */
const DOWN = /status of 503/;
const ALL = { analytics: true, personalization: true, marketing: true };

describe("pending consent", () => {
  it("keeps, sends and shows nothing, then everything in its order", async () => {
    const { page, close } = await visitor(open);
    assert.equal(await enter(page, shop, { config: "/both.json" }), "full");
    await call(page, "track", "Go", { n: 1 });
    await call(page, "identify", "member-1", { name: "지은" });
    await call(page, "track", "Go", { n: 2 });
    await call(page, "flush");
    await wait(1_200);
    assert.deepEqual(await kept(page), NOTHING);
    assert.equal(shop.posts.length, 0);
    assert.ok(!/member-1|지은|Go/.test(shop.bytes()), "not a byte of it on the wire");
    assert.deepEqual(await messages(page), []);
    assert.deepEqual(await call(page, "segments"), []);
    await call(page, "consent", ALL);
    await shown(page, "help");
    await until(() => shop.events().filter(({ event }) => event === "Go").length === 2, "the events to arrive");
    const mine = shop.events().filter(({ event, type }) => event === "Go" || type !== "track").sort((a, b) => a.seq - b.seq);
    assert.deepEqual(mine.map(({ event, type, properties }) => properties?.n ?? event ?? type), ["page", 1, "identify", 2]);
    assert.ok(Date.parse(mine[1].timestamp) < Date.now() - 1_000, "with the time of the call");
    assert.deepEqual((await call(page, "segments")).sort(), ["everyone", "goer"]);
    await close();
  });

  it("erases all of it when the visitor declines, and keeps the record of that alone", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/both.json" });
    await call(page, "track", "Go", {});
    await call(page, "consent", { analytics: false, personalization: false, marketing: false });
    await call(page, "track", "Go", {});
    await wait(1_000);
    const left = await kept(page);
    assert.deepEqual(keysBesideRecord(left), []);
    assert.deepEqual(JSON.parse(left.databases["dangol/state/consent"]).consent, { analytics: false, personalization: false, marketing: false, marketingNight: false });
    assert.deepEqual(left.local, { "dangol:dangol": "0", "dangol:dangol:consent": left.databases["dangol/state/consent"] });
    assert.equal(shop.posts.length, 0);
    assert.deepEqual(await messages(page), []);
    const { journey, consent } = await call(page, "exportData");
    assert.deepEqual([journey, consent.analytics], [[], false]);
    await close();
  });

  it("takes along what waited for it when the page is left with the decision", async () => {
    for (const prepare of [undefined, refuseEngine]) {
      const { page, close } = await visitor(open);
      await prepare?.(page);
      shop.clear();
      // The first page's disk does not answer before that page is left.
      await page.addInitScript(() => { if (location.pathname === "/") IDBFactory.prototype.open = () => new EventTarget(); });
      await enter(page, shop, { config: "/both.json" });
      await page.evaluate((all) => {
        void window.dangol.track("Go", { n: 1 });
        setTimeout(() => void window.dangol.consent(all), 100);
      }, ALL);
      await wait(300);
      await enter(page, shop, { config: "/both.json" }, "/next");
      await arrived("Go");
      const pages = () => new Set(shop.events().filter(({ type }) => type === "page").map(({ context }) => context.page.path));
      await until(() => pages().has("/") && pages().has("/next"), "both page views");
      await close();
    }
  });

  it("holds a bounded number of calls, and counts what did not fit", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/both.json" });
    const stats = await page.evaluate(async () => {
      await Promise.all(Array.from({ length: 1_500 }, (_, n) => window.dangol.track("Many", { n })));
      return window.dangol.stats();
    });
    assert.ok(stats.dropped.overflow >= 500 && stats.dropped.overflow < 510, JSON.stringify(stats));
    await close();
  });

  it("is not ended by a call that says nothing", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/both.json" });
    for (const nonsense of [{}, null, "granted", { analytics: "yes" }, [true]]) await call(page, "consent", nonsense);
    await call(page, "track", "Go", {});
    await wait(500);
    assert.deepEqual(await kept(page), NOTHING);
    assert.ok((await page.evaluate(() => window.problems)).every(({ code }) => code === "invalid-call"));
    await close();
  });

  it("lets a `beforeConsent` campaign show, in memory alone; agreeing makes it count", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/early.json" });
    await shown(page, "notice");
    await call(page, "track", "Go", {});
    await wait(1_500);
    assert.deepEqual(await messages(page), ["notice"], "and no other");
    assert.deepEqual(await kept(page), NOTHING);
    assert.equal(shop.posts.length, 0);
    await call(page, "consent", ALL);
    await arrived("Message Shown");
    assert.deepEqual((await messages(page)).filter((campaign) => campaign === "notice"), ["notice"], "it stays where it is");
    const { messages: displays } = await call(page, "exportData");
    assert.equal(displays.filter(({ campaign }) => campaign === "notice").length, 1);
    await page.locator('dangol-message[campaign="notice"] [part~=close]').click();
    await arrived("Message Dismissed");
    await enter(page, shop, { config: "/early.json" });
    await wait(1_000);
    assert.ok(!(await messages(page)).includes("notice"), "`total: 1` holds");
    await close();
  });

  it("takes a `beforeConsent` message away when the visitor declines", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/early.json" });
    await shown(page, "notice");
    await call(page, "consent", { analytics: true, personalization: false });
    await until(async () => !(await messages(page)).length, "the message to go");
    await wait(500);
    assert.ok(!names().includes("Message Shown"));
    await close();
  });
});

describe("a decision", () => {
  it("allows exactly what its purposes name", async () => {
    for (const consent of [{ analytics: true }, { personalization: true }, { personalization: true, marketing: true }, { analytics: true, marketing: true }, ALL]) {
      shop.clear();
      const { page, close } = await visitor(open);
      await enter(page, shop, { config: "/both.json", consent });
      await page.evaluate(async () => { for (const name of ["Sale", "Go"]) await window.dangol.track(name, {}); });
      await wait(900);
      const said = JSON.stringify(consent);
      assert.equal(names().includes("Go"), !!consent.analytics, `sending with ${said}`);
      const { journey } = await call(page, "exportData");
      assert.equal(journey.some(({ event }) => event === "Go"), !!consent.personalization, `journey with ${said}`);
      assert.equal((await call(page, "segments")).length > 0, !!consent.personalization, `segments with ${said}`);
      const rows = Object.keys((await kept(page)).databases);
      assert.equal(rows.some((key) => key.startsWith("dangol/journey/")), !!consent.personalization, `stored journey with ${said}`);
      const wanted = !consent.personalization ? [] : consent.marketing ? ["offer"] : ["help"];
      assert.deepEqual(await messages(page), wanted, `messages with ${said}`);
      if (!consent.analytics) assert.equal(shop.posts.length, 0, "not a request");
      await close();
    }
  });

  it("for the night has to be made by itself", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/night.json", consent: "granted" });
    assert.equal((await call(page, "show", "night")).reason, "quiet_hours");
    assert.equal((await call(page, "show", "service")).outcome, "shown");
    await call(page, "dismiss");
    await call(page, "consent", { marketingNight: true });
    assert.equal((await call(page, "show", "night")).outcome, "shown");
    await close();
  });

  it("wins over the shop's starting value on later pages, and a partial one leaves the rest", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/both.json", consent: "granted" });
    await call(page, "consent", { analytics: false });
    await enter(page, shop, { config: "/both.json", consent: "granted" });
    assert.deepEqual((await call(page, "exportData")).consent, { analytics: false, personalization: true, marketing: true, marketingNight: false });
    await call(page, "consent", { marketingNight: true });
    await enter(page, shop, { config: "/both.json", consent: "denied" });
    assert.deepEqual((await call(page, "exportData")).consent, { analytics: false, personalization: true, marketing: true, marketingNight: true });
    await close();
  });

  it("that takes everything back purges all tabs within a second, and what waits is cancelled", async () => {
    const { page, context, close } = await visitor(open, { allowed: DOWN });
    const tabs = [page, await context.newPage(), await context.newPage()];
    shop.answer = (request, response) => response.writeHead(503).end();
    for (const tab of tabs) await enter(tab, shop, { config: "/wait.json", consent: "granted" });
    for (const tab of tabs) await call(tab, "track", "Go", { secret: "비밀" });
    await call(tabs[1], "track", "Stay", {});
    await shown(tabs[1], "other");
    assert.ok(keysBesideRecord(await kept(page)).length > 5);
    const began = Date.now();
    await call(tabs[0], "consent", { analytics: false, personalization: false, marketing: false });
    await until(async () => {
      for (const tab of tabs) if (keysBesideRecord(await kept(tab)).length || (await messages(tab)).length) return false;
      return true;
    }, "all tabs to be empty", 1_000);
    assert.ok(Date.now() - began < 1_000);
    shop.answer = (request, response) => response.writeHead(200).end("{}");
    shop.clear();
    await wait(3_000);
    for (const tab of tabs) {
      assert.deepEqual(await messages(tab), [], "the wait of two seconds has been cancelled");
      assert.deepEqual(keysBesideRecord(await kept(tab)), []);
      assert.deepEqual((await call(tab, "exportData")).journey, []);
    }
    assert.equal(shop.posts.length, 0, "and nothing is tried again");
    await close();
  });

  it("stands on the next page however soon the visitor is there", async () => {
    for (const first of ["granted", "pending"]) {
      for (let turn = 0; turn < 4; turn++) {
        const { page, close } = await visitor(open);
        await enter(page, shop, { config: "/wait.json", consent: first });
        await call(page, "track", "Go", {});
        shop.clear();
        await page.evaluate(() => {
          dangol.identify("m1", { name: "지은" });
          dangol.track("Late");
          dangol.consent({ analytics: false, personalization: false, marketing: false });
          location.href = "/next";
        });
        await page.waitForURL("**/next");
        await start(page, { config: "/wait.json", consent: "granted" });
        await call(page, "track", "After", {});
        const { consent, userId, journey } = await call(page, "exportData");
        assert.deepEqual([consent.analytics, consent.personalization, consent.marketing, userId ?? null, journey], [false, false, false, null, []], `${first}, ${turn}`);
        await wait(300);
        assert.ok(!shop.names().some((name) => /Late|After/.test(name)) || first === "granted", shop.names().join());
        assert.ok(!shop.names().includes("After"));
        await close();
      }
    }
  });

  it("against analytics erases what waits to be sent, even what former pages left", async () => {
    const { page, close } = await visitor(open, { allowed: DOWN });
    shop.answer = (request, response) => response.writeHead(503).end();
    await enter(page, shop, { config: "/both.json", consent: "granted" });
    await call(page, "track", "Before", {});
    await wait(300);
    await enter(page, shop, { config: "/both.json", consent: "granted" });
    // Before this page has looked into the store.
    await call(page, "consent", { analytics: false });
    await until(async () => !Object.keys((await kept(page)).databases).some((key) => key.startsWith("dangol/events/")), "the store to be empty", 1_000);
    assert.ok(Object.keys((await kept(page)).databases).some((key) => key.startsWith("dangol/journey/")), "the journey is another purpose's");
    shop.answer = (request, response) => response.writeHead(200).end("{}");
    shop.clear();
    await call(page, "consent", { analytics: true });
    await call(page, "track", "Afterwards", {});
    await arrived("Afterwards");
    await wait(1_500);
    assert.ok(!names().includes("Before"));
    await close();
  });

  it("against personalization erases the journey and goes on sending", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/both.json", consent: "granted" });
    await call(page, "identify", "member-1", { hobby: "낚시" });
    await call(page, "track", "Go", {});
    await shown(page, "help");
    await call(page, "consent", { personalization: false });
    await until(async () => !(await messages(page)).length, "the message to go", 1_000);
    await wait(300);
    const { databases } = await kept(page);
    assert.ok(!Object.keys(databases).some((key) => key.startsWith("dangol/journey/")));
    assert.ok(!JSON.stringify([databases["dangol/state/state"], databases["dangol/state/shared"]]).includes("낚시"));
    assert.ok(!JSON.stringify(databases["dangol/state/shared"]).includes("help"), "no display is remembered");
    assert.deepEqual(await call(page, "segments"), []);
    await call(page, "track", "Still", {});
    await arrived("Still");
    await close();
  });

  it("against marketing takes the offer off the page and leaves the help", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/both.json", consent: "granted" });
    await call(page, "track", "Sale", {});
    await shown(page, "offer");
    await call(page, "consent", { marketing: false });
    await until(async () => !(await messages(page)).length, "the offer to go", 1_000);
    await call(page, "track", "Sale", {});
    await call(page, "track", "Go", {});
    await shown(page, "help");
    assert.equal((await call(page, "show", "offer")).reason, "no_consent");
    await close();
  });
});

describe("what is left of a looser past", () => {
  it("is purged where the shop's starting value has become stricter", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/both.json", consent: "granted" });
    await call(page, "track", "Go", {});
    await wait(300);
    await enter(page, shop, { config: "/both.json", consent: "denied" });
    await until(async () => !keysBesideRecord(await kept(page)).length, "the store to be empty", 2_000);
    assert.deepEqual(await call(page, "segments"), []);
    await close();
  });
});

describe("modes", () => {
  it("memory: nothing outlives the page, and all else works", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/both.json", consent: "granted", storage: "memory" });
    await call(page, "track", "Go", {});
    await call(page, "consent", { marketingNight: true });
    await shown(page, "help");
    await arrived("Go");
    assert.deepEqual(await kept(page), NOTHING);
    await page.goto(`${shop.url}/elsewhere`);
    assert.deepEqual(await kept(page), NOTHING, "nor does leaving write anything");
    await close();
  });

  it("personalization without analytics: decided here, and not a request is made", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/both.json", consent: { personalization: true, marketing: true } });
    await call(page, "identify", "member-1", { name: "지은" });
    await call(page, "track", "Go", {});
    await shown(page, "help");
    await wait(1_200);
    await page.locator("dangol-message [part~=close]").click();
    await call(page, "flush");
    await page.goto(`${shop.url}/elsewhere`);
    await wait(500);
    assert.equal(shop.posts.length, 0);
    assert.ok(!/member-1|Message/.test(shop.bytes()));
    await close();
  });
});

describe("Global Privacy Control", () => {
  const control = (context) => context.addInitScript(() => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true }));

  it("switches marketing off until the visitor says otherwise on this shop", async () => {
    const { page, context, close } = await visitor(open);
    await control(context);
    await enter(page, shop, { config: "/both.json", consent: "granted" });
    assert.deepEqual((await call(page, "exportData")).consent, { analytics: true, personalization: true, marketing: false, marketingNight: false });
    assert.equal((await call(page, "show", "offer")).reason, "no_consent");
    assert.equal((await call(page, "show", "help")).outcome, "shown");
    await call(page, "consent", { marketing: true });
    await enter(page, shop, { config: "/both.json", consent: "granted" });
    assert.equal((await call(page, "exportData")).consent.marketing, true);
    await close();
  });

  it("is not heeded where the shop's settings say so", async () => {
    const { page, context, close } = await visitor(open);
    await control(context);
    await page.goto(shop.url);
    await start(page, { config: { version: 1, settings: { globalPrivacyControl: false } }, consent: "granted" });
    assert.equal((await call(page, "exportData")).consent.marketing, true);
    await close();
  });
});
