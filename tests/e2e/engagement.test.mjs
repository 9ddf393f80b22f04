// How a page was used: told once when it is left, never in place of anything else.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { browser, shop, until, visitor } from "./harness.mjs";
import { html, tag, wait, wire } from "./wire.mjs";

let demo, open, line;
before(async () => {
  [demo, open] = await Promise.all([shop(), browser()]);
  const long = `<main>${"<p>단골</p>".repeat(200)}</main>`;
  line = await wire(demo.url, {
    "/read": html(tag('data-consent="granted"') + long),
    "/next": html(tag('data-consent="granted"')),
    "/silent": html(tag('data-consent="granted" data-capture="page"') + long),
    "/by-hand": html(tag('data-consent="granted" data-capture="engagement"') + long),
  });
});
after(async () => {
  await open?.close();
  await line?.close();
  await demo?.close();
});

const ready = (page) => page.evaluate(() => window.dangol.ready);
const journey = (page) => page.evaluate(async () => (await window.dangol.exportData()).journey.map(({ event, properties }) => ({ event, ...properties })));
const left = async (page) => (await journey(page)).filter(({ event }) => event === "Page Left");

describe("engagement", () => {
  it("is the time in view and the depth, told when the page is left, and delivered", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${line.url}/read`);
    await ready(page);
    await wait(1_100);
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2 - innerHeight));
    await wait(200);
    await page.evaluate(() => scrollTo(0, 0));
    await page.goto(`${line.url}/next`);
    await ready(page);
    const told = await until(async () => (await left(page))[0], "Page Left");
    assert.equal(told.path, "/read");
    assert.equal(told.url, `${line.url}/read`);
    assert.ok(told.duration >= 1.2 && told.duration < 20, `${told.duration} s`);
    assert.ok(told.scroll_depth >= 45 && told.scroll_depth <= 55, `${told.scroll_depth} %`);
    const id = await page.evaluate(async () => (await window.dangol.exportData()).anonymousId);
    await page.evaluate(() => window.dangol.flush());
    const stored = await until(async () => {
      const events = (await demo.stored(`anonymousId=${id}`)).filter(({ event }) => event === "Page Left");
      return events.length && events;
    }, "the collector to have it");
    assert.equal(stored.length, 1);
    assert.equal(stored[0].context.page.path, "/read");
    await close();
  });

  it("is told for each route once, before the next page view; a glance is not told", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${line.url}/read`);
    await ready(page);
    await wait(1_100);
    await page.evaluate(() => history.pushState({}, "", "/read/2"));
    await wait(300);
    await page.evaluate(() => history.pushState({}, "", "/read/3"));
    await until(async () => (await journey(page)).filter(({ event }) => event === "Page Viewed").length === 3, "three page views");
    const told = (await journey(page)).map(({ event, path }) => `${event} ${path ?? ""}`.trim());
    assert.deepEqual(told.filter((line) => line.startsWith("Page Left")), ["Page Left /read"]);
    assert.ok(told.indexOf("Page Left /read") < 2, told.join(", "));
    await close();
  });

  for (const next of ["/read/2", "/read?page=2", "#/two"]) {
    it(`measures a route by its own height, whatever the next one has (${next})`, async () => {
      const { page, close } = await visitor(open);
      await page.goto(`${line.url}/read`);
      await ready(page);
      await wait(1_100);
      await page.evaluate((next) => {
        document.body.addEventListener("click", () => {
          history.pushState({}, "", next);
          document.querySelector("main").replaceChildren("short");
          scrollTo(0, 0);
        });
      }, next);
      await page.mouse.click(50, 200);
      const told = await until(async () => (await left(page))[0], "Page Left");
      assert.equal(told.path, "/read");
      assert.ok(told.scroll_depth <= 30, `${told.scroll_depth} %`);
      await close();
    });
  }

  it("goes on with a page whose query is rewritten", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${line.url}/read`);
    await ready(page);
    await wait(1_100);
    await page.evaluate(() => history.replaceState({}, "", "/read?sort=new"));
    for (const part of [4, 2]) {
      await page.evaluate((part) => scrollTo(0, document.documentElement.scrollHeight / part - innerHeight), part);
      await wait(200);
    }
    await page.goto(`${line.url}/next`);
    await ready(page);
    const told = await until(async () => (await left(page))[0], "Page Left");
    assert.ok(told.scroll_depth >= 45 && told.scroll_depth <= 55, `${told.scroll_depth} %`);
    await close();
  });

  it("counts no time in which the page could not be seen", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${line.url}/read`);
    await ready(page);
    await page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await wait(1_300);
    await page.evaluate(() => history.pushState({}, "", "/read/2"));
    await until(async () => (await journey(page)).filter(({ event }) => event === "Page Viewed").length === 2, "two page views");
    assert.deepEqual(await left(page), []);
    await close();
  });

  it("can be switched off; and goes with the shop's own page views", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${line.url}/silent`);
    await ready(page);
    await wait(1_100);
    await page.goto(`${line.url}/by-hand`);
    await ready(page);
    await page.evaluate(() => window.dangol.page("Home"));
    await wait(1_100);
    await page.evaluate(() => window.dangol.page("List"));
    const told = await until(async () => (await left(page)).length && left(page), "Page Left");
    assert.deepEqual(told.map(({ path }) => path), ["/by-hand"]);
    await close();
  });

  it("keeps no session alive and is no event of the shop's", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${line.url}/read`);
    await ready(page);
    await until(async () => (await journey(page)).length, "the page view");
    const before = await page.evaluate(async () => JSON.stringify((await window.dangol.exportData()).document.session));
    assert.match(before, /"pageViews":1/);
    await wait(20);
    await page.evaluate(() => window.dangol.track("Page Left", { duration: 5 }));
    assert.equal(await page.evaluate(async () => JSON.stringify((await window.dangol.exportData()).document.session)), before);
    await close();
  });
});
