// Consent and the visitor's rights where the engine cannot run, and between a tab where it cannot and one where it can.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stage, until } from "./harness.mjs";
import { call, enter, idOf as id, kept, keysBesideRecord, NOTHING, privateShop, refuseEngine, visitor, wait } from "./privacy.mjs";

const CONFIGS = {
  "/shop.json": {
    campaigns: { help: { purpose: "service", trigger: { event: "Go" }, message: { layout: "slide", blocks: [{ text: "도와드릴까요?" }] } } },
    settings: { personalData: "hash", localOnly: ["traits.birthday"] },
  },
};
const MAIL = "a96699a7d0392bf698ce1aab1735d71919c4f1ca5adf5680bf85f81125cb029b";
const GRANTED = { config: "/shop.json", consent: "granted", capture: { engagement: false } };

const [shop, open] = await stage(privateShop(CONFIGS));

/** A visitor with a tab that only collects. */
async function collecting() {
  const { page, ...more } = await visitor(open, { allowed: /WebAssembly|wasm|404|status of (503|400)/ });
  await refuseEngine(page);
  return { page, ...more };
}
const { arrived } = shop;

describe("where events are only collected", () => {
  it("forget() leaves nothing, tells the backend once, and nothing afterwards knows the former visitor", async () => {
    const { page, close } = await collecting();
    assert.equal(await enter(page, shop, GRANTED), "collect");
    await call(page, "identify", "member-1", { name: "지은" });
    const old = await id(page);
    await arrived("identify");
    // The backend is away: what waits is erased, and the farewell is said again.
    let refused = 0;
    const { answer } = shop;
    shop.answer = (request, response, body) => body.includes("Visitor Forgotten") && refused++ ? answer(request, response) : response.writeHead(503).end();
    await call(page, "track", "Waiting", {});
    shop.clear();
    await call(page, "forget");
    const left = await kept(page);
    assert.deepEqual(keysBesideRecord(left), []);
    assert.ok(!JSON.stringify(left).includes(old));
    await until(() => refused === 2, "the farewell to be said again");
    shop.answer = answer;
    const told = shop.events().filter(({ event }) => event === "Visitor Forgotten");
    assert.deepEqual(new Set(told.map(({ messageId, anonymousId, userId }) => [messageId, anonymousId, userId].join())).size, 1);
    assert.deepEqual([told[0].anonymousId, told[0].userId], [old, "member-1"]);
    shop.clear();
    await call(page, "track", "Afterwards", {});
    await call(page, "flush");
    await arrived("Afterwards");
    await wait(2_500);
    assert.ok(!shop.bytes().includes(old) && !/member-1|Waiting|Forgotten/.test(shop.bytes()));
    assert.equal(refused, 2);
    const stats = await call(page, "stats");
    assert.equal(stats.created, stats.acknowledged + stats.pending + Object.values(stats.dropped).reduce((sum, n) => sum + n, 0), JSON.stringify(stats));
    await close();
  });

  it("a farewell that nobody answers is said five times, and one that is refused once, with the number after the last event's", async () => {
    for (const [status, times] of [[503, 5], [400, 1]]) {
      const { page, close } = await collecting();
      await page.clock.install();
      assert.equal(await enter(page, shop, GRANTED), "collect");
      await call(page, "track", "Before", {});
      await call(page, "flush");
      await arrived("Before");
      const last = Math.max(...shop.events().map(({ seq }) => seq));
      const { answer } = shop;
      const farewells = [];
      shop.answer = (request, response, body) => {
        const { batch } = JSON.parse(body);
        if (batch.some(({ event }) => event === "Visitor Forgotten")) farewells.push(...batch);
        response.writeHead(status).end();
      };
      // Only the test lets time pass from here on.
      await page.clock.pauseAt(Date.now() + 60_000);
      await call(page, "forget");
      for (let said = 1; said <= times + 2; said++) {
        await until(() => farewells.length >= Math.min(said, times), `farewell ${said}`);
        await wait(150);
        await page.clock.runFor(2 ** said * 1_000 - 100);
        await wait(50);
        assert.equal(farewells.length, Math.min(said, times), "not sooner");
        await page.clock.runFor(200);
      }
      shop.answer = answer;
      assert.equal(farewells.length, times, `status ${status}`);
      assert.deepEqual([...new Set(farewells.map(({ seq }) => seq))], [last + 1]);
      await close();
      shop.clear();
    }
  });

  it("each purpose gates what it names, and the record is the engine's", async () => {
    const { page, context, close } = await collecting();
    await enter(page, shop, { ...GRANTED, consent: "pending" });
    for (const nonsense of [{}, null, { analytics: "yes" }]) await call(page, "consent", nonsense);
    await call(page, "track", "Early", { who: "Minji@Example.com" });
    await wait(400);
    assert.deepEqual(await kept(page), NOTHING);
    await call(page, "consent", { personalization: true });
    await call(page, "identify", "member-1", {});
    await call(page, "flush");
    await wait(400);
    assert.equal(shop.posts.length, 0, "without analytics not a request");
    assert.equal((await call(page, "stats")).local, 3);
    const record = JSON.parse((await kept(page)).databases["dangol/state/consent"]);
    assert.deepEqual(record.consent, { analytics: false, personalization: true, marketing: false, marketingNight: false });
    await call(page, "consent", { analytics: true, marketing: true });
    await call(page, "track", "Sent", { who: "Minji@Example.com" });
    await call(page, "identify", { email: "minji@example.com", birthday: "1990-05-05" });
    await call(page, "flush");
    await arrived("Sent");
    await until(() => shop.bytes().split(MAIL).length === 3, "both hashes");
    assert.ok(!/minji@|1990-05-05/i.test(shop.posts.map(({ body }) => body).join()));
    assert.equal(shop.events().find(({ event }) => event === "Sent").userId, "member-1");
    // A page where the engine runs goes by the same record, and knows the same visitor.
    const other = await context.newPage();
    assert.equal(await enter(other, shop, { ...GRANTED, consent: "pending" }), "full");
    const data = await call(other, "exportData");
    assert.deepEqual([data.consent.analytics, data.consent.marketing, data.userId, data.anonymousId], [true, true, "member-1", await id(page)]);
    await close();
  });

  it("taking analytics back erases what waits, and not the journey that another purpose keeps", async () => {
    const { page, context, close } = await collecting();
    const full = await context.newPage();
    await enter(full, shop, GRANTED);
    await call(full, "track", "Walked", {});
    shop.answer = (request, response) => response.writeHead(503).end();
    await enter(page, shop, GRANTED);
    await call(page, "track", "Waiting", {});
    await call(page, "consent", { analytics: false });
    const keys = Object.keys((await kept(page)).databases);
    assert.ok(!keys.some((key) => key.startsWith("dangol/events/")) && keys.some((key) => key.startsWith("dangol/journey/")), keys.join());
    // The other tab has heard of it.
    await until(async () => (await call(full, "exportData")).consent.analytics === false, "the other tab to hear", 1_000);
    shop.answer = (request, response) => response.writeHead(200).end("{}");
    shop.clear();
    await call(full, "track", "Refused", {});
    await call(page, "consent", { personalization: false });
    await until(async () => !keysBesideRecord(await kept(page)).length, "the store to be empty", 1_500);
    await wait(800);
    assert.equal(shop.posts.length, 0);
    await close();
  });

  it("hears of a decision and an erasure in a tab where the engine runs", async () => {
    const { page, context, close } = await collecting();
    const full = await context.newPage();
    await enter(page, shop, GRANTED);
    await enter(full, shop, GRANTED);
    await call(page, "identify", "member-1", { name: "지은" });
    const old = await until(async () => (await id(page)) === (await id(full)) && (await call(full, "exportData")).userId === "member-1" && id(page), "one visitor in both tabs");
    await call(full, "forget");
    await until(async () => (await id(page)) !== old, "the tab to forget", 1_000);
    // The farewell is the last that names them.
    await arrived("Visitor Forgotten");
    shop.clear();
    await call(page, "track", "Afterwards", {});
    await call(page, "flush");
    await arrived("Afterwards");
    assert.ok(!shop.bytes().includes(old) && !shop.bytes().includes("member-1"));
    await call(full, "consent", { analytics: false, personalization: false });
    await until(async () => (await call(page, "exportData")).consent.analytics === false, "the tab to hear", 1_000);
    shop.clear();
    await call(page, "track", "Refused", {});
    await call(page, "flush");
    await wait(600);
    assert.equal(shop.posts.length, 0);
    assert.deepEqual(keysBesideRecord(await kept(page)), []);
    await close();
  });

  it("whoever signs in there is who the engine knows afterwards, in all tabs", async () => {
    const { page, context, close } = await collecting();
    const full = await context.newPage();
    await enter(full, shop, GRANTED);
    await call(full, "identify", "member-1", { name: "지은" });
    await call(full, "track", "Walked", {});
    await wait(300);
    await enter(page, shop, GRANTED);
    await call(page, "identify", "member-2", {});
    const now = await id(page);
    const data = await until(async () => {
      const data = await call(full, "exportData");
      return data.anonymousId === now && data.userId && data;
    }, "the other tab to follow", 1_500);
    assert.deepEqual([data.userId, data.journey.some(({ event }) => event === "Walked"), data.document.traits?.name], ["member-2", false, undefined]);
    await enter(full, shop, GRANTED);
    const later = await call(full, "exportData");
    assert.deepEqual([later.userId, later.anonymousId, later.journey.some(({ event }) => event === "Walked")], ["member-2", now, false]);
    await close();
  });
});
