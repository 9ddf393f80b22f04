// Several tabs of one visitor: each event once, one identity, a message's limit held, and erasure that reaches all.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { browser, delivered, shop, until, visitor } from "./harness.mjs";
import { config, html, tag, wait, wire } from "./wire.mjs";

const ONCE = config({
  once: { trigger: { page: { path: "/once" } }, limits: { total: 1 }, message: { layout: "slide", blocks: [{ text: "한 번만" }] } },
});

let demo;
let open;
let line;
before(async () => {
  [demo, open] = await Promise.all([shop(), browser()]);
  const page = html(tag('data-consent="granted"', "/once.json"));
  line = await wire(demo.url, { "/once.json": ONCE, "/once": page, "/plain": page });
});
after(async () => {
  await open?.close();
  await line?.close();
  await demo?.close();
});

const id = (page) => page.evaluate(async () => (await window.dangol.exportData()).anonymousId);
const ready = (page) => page.evaluate(() => window.dangol.ready);

/** Opens tabs of one visitor, all at once. */
async function tabs(context, count, path) {
  const pages = await Promise.all(Array.from({ length: count }, () => context.newPage()));
  await Promise.all(pages.map((page) => page.goto(`${line.url}${path}`)));
  assert.deepEqual(await Promise.all(pages.map(ready)), pages.map(() => "full"));
  return pages;
}

/** The visitor's id, once all tabs say the same. */
const agreed = (pages) => until(async () => {
  const ids = new Set(await Promise.all(pages.map(id)));
  return ids.size === 1 && [...ids][0];
}, "one identity in all tabs");

describe("tabs of one visitor", () => {
  for (const count of [2, 10]) {
    it(`deliver each event once and show a message with \`total: 1\` once, opened ${count} at a time`, async (t) => {
      const { page, context, close } = await visitor(open);
      await page.close();
      const pages = await tabs(context, count, "/once");
      await Promise.all(pages.map((page, tab) => page.evaluate(async (tab) => {
        for (let n = 0; n < 5; n += 1) await window.dangol.track("Tabbed", { n: `${tab}/${n}` });
      }, tab)));
      const visitorId = await agreed(pages);
      await until(async () => (await Promise.all(pages.map((page) => page.locator("dangol-message").count()))).some(Boolean), "the message");
      await wait(2_000);
      const shown = await Promise.all(pages.map((page) => page.locator("dangol-message").count()));
      assert.equal(shown.reduce((sum, each) => sum + each), 1, `shown in ${shown}`);
      const rows = await until(async () => {
        await Promise.all(pages.map((page) => page.evaluate(() => window.dangol.flush())));
        const rows = await demo.stored(`anonymousId=${visitorId}`);
        return rows.length >= count * 6 + 1 && rows;
      }, "all events in the database");
      assert.deepEqual(rows.map((event) => event.properties.n).filter(Boolean).sort(), Array.from({ length: count * 5 }, (_, at) => `${Math.floor(at / 5)}/${at % 5}`).sort());
      assert.equal(rows.filter(({ type }) => type === "page").length, count);
      assert.equal(rows.filter(({ event }) => event === "Message Shown").length, 1);
      assert.equal(rows.length, count * 6 + 1, "and nothing else");
      const ledger = await demo.ledger(`anonymousId=${visitorId}`);
      assert.equal(Object.keys(ledger.streams).length, count);
      for (const { missing, repeated } of Object.values(ledger.streams)) assert.deepEqual([missing, repeated], [[], []]);
      t.diagnostic(`${rows.length} events in ${ledger.requests} requests, ${ledger.duplicates} sent twice`);
      // Every tab sees what happened in the others.
      const journeys = await Promise.all(pages.map((page) => page.evaluate(async () => (await window.dangol.exportData()).journey.map(({ messageId }) => messageId).sort())));
      for (const journey of journeys) assert.deepEqual(journey, rows.map(({ messageId }) => messageId).sort());
      await close();
    });
  }

  it("all forget when one forgets", async () => {
    const { page, context, close } = await visitor(open);
    await page.close();
    const pages = await tabs(context, 3, "/once");
    const [first, second, third] = pages;
    const former = await agreed(pages);
    await second.evaluate(() => window.dangol.identify("member-7", { name: "지은" }));
    await until(async () => (await Promise.all(pages.map((page) => page.locator("dangol-message").count()))).some(Boolean), "the message");
    await delivered(second);
    await wait(1_500);
    await first.evaluate(() => window.dangol.forget());
    const anew = await until(async () => {
      const ids = await Promise.all(pages.map(id));
      return ids.every((each) => each === ids[0] && each !== former) && ids[0];
    }, "a new identity in all tabs");
    for (const page of pages) {
      const { journey, userId, document, messages, coupons } = await page.evaluate(() => window.dangol.exportData());
      assert.deepEqual([journey, userId, messages, coupons, document.traits ?? {}], [[], null, [], [], {}]);
      assert.equal(await page.locator("dangol-message").count(), 0);
    }
    const before = (await demo.stored(`anonymousId=${former}`)).length;
    await third.evaluate(() => window.dangol.track("Afterwards"));
    await Promise.all(pages.map((page) => page.evaluate(() => window.dangol.flush())));
    await until(async () => (await demo.stored(`anonymousId=${anew}&event=Afterwards`)).length === 1, "the new visitor's event");
    assert.equal((await demo.stored(`anonymousId=${former}`)).length, before, "nothing more of the former one");
    await first.goto(`${line.url}/plain`);
    await ready(first);
    assert.equal(await agreed([first, third]), anew);
    await close();
  });

  it("all obey when consent is taken back in one, and when it is given again", async () => {
    const { page, context, close } = await visitor(open);
    await page.close();
    const pages = await tabs(context, 2, "/plain");
    const [first, second] = pages;
    const former = await agreed(pages);
    await delivered(first);
    await first.evaluate(() => window.dangol.consent({ analytics: false, personalization: false, marketing: false }));
    await until(() => second.evaluate(async () => (await window.dangol.exportData()).consent.analytics === false), "the other tab to hear of it");
    await second.evaluate(() => Promise.all([window.dangol.track("Refused"), window.dangol.flush()]));
    await wait(1_000);
    assert.equal((await demo.stored("event=Refused")).length, 0);
    assert.deepEqual(await second.evaluate(async () => (await window.dangol.exportData()).journey), []);
    await first.evaluate(() => window.dangol.consent({ analytics: true, personalization: true }));
    await until(() => second.evaluate(async () => (await window.dangol.exportData()).consent.analytics), "the other tab to hear of it");
    await second.evaluate(() => window.dangol.track("Allowed"));
    await delivered(second);
    assert.equal((await demo.stored("event=Allowed")).length, 1);
    assert.ok(former);
    await close();
  });
});
