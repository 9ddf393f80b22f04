// Pages that are left, killed, put away and taken up again, and several at once; the rows are those of docs/faults.md.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { balanced, delivered, judged, stats, until, watch } from "./judge.mjs";
import { answer } from "./server.mjs";
import { begin, idle, make, range, SCRIPT, stage, take, withProfile } from "./stage.mjs";
import { recordTasks } from "./tasks.mjs";

const names = ["killed", "left", "trips", "discarded", "tabs", "consent"];
/** What may become of the first request while the page is there; the next one is taken. */
const PENDING = { unanswered: () => {}, deferred: ({ socket }) => socket.end(answer(503, { headers: "Access-Control-Allow-Origin: *\r\nRetry-After: 3600\r\n" })) };
const pending = Object.entries(PENDING).flatMap(([what, how]) => ["left", "destroyed"].map((end) => [`memory-${what}-${end}`, (request) => (request.turn === 1 ? how(request) : take(request))]));
const TRIPS = 6;
/** The page that makes its trips by itself: what a driver runs in a page that is put away evicts it. One that was evicted begins anew. */
const TRIP = `
  performance.mark("row: trips");
  dangol.init({ config: { version: 1 }, consent: "granted", capture: { page: false }, endpoint: { url: "/collect/trips", flushAt: 1000, flushInterval: 300 } });
  addEventListener("pageshow", async ({ persisted }) => {
    if (persisted) sessionStorage.kept = Number(sessionStorage.kept ?? 0) + 1;
    await dangol.ready;
    const n = sessionStorage.made = Number(sessionStorage.made ?? 0) + 1;
    setTimeout(() => {
      dangol.track("Made", { n });
      if (n <= ${TRIPS}) location.assign("/away");
    }, 50);
  });`;
const script = (body) => () => answer(200, { type: "text/javascript", body });
const { open, server, judgeTasks } = await stage(Object.fromEntries([...names.map((name) => [name, take]), ...pending]), {
  pages: {
    "/page": { head: SCRIPT },
    "/away": { head: '<script src="/back.js"></script>' },
    "/back.js": script("addEventListener('load', () => setTimeout(() => history.back(), 50));"),
    "/trips": { head: `${SCRIPT}<script src="/trip.js"></script>` },
    "/trip.js": script(TRIP),
  },
});
const start = (page, name, flushInterval = 60_000) => begin(page, `${server.origin}/page`, { endpoint: { url: `${server.origin}/collect/${name}`, flushInterval } });
async function whole(page, ears, name, wanted) {
  await idle(page);
  await judged(page, ears, server.ledgerOf(name), wanted);
}

it("F18 the browser is killed as soon as track() has resolved: nothing is lost", () => withProfile(async ({ launch, kill }) => {
  const doomed = await launch();
  const first = await doomed.newPage();
  await start(first, "killed");
  await make(first, 1, 20);
  await kill(doomed);
  assert.equal(server.ledgerOf("killed").requests.length, 0, "it had no time to send anything");

  const context = await launch();
  const tasks = await recordTasks(await context.browser().newBrowserCDPSession());
  const page = await context.newPage();
  const ears = await start(page, "killed");
  await make(page, 21, 25);
  await whole(page, ears, "killed", range(1, 25));
  await tasks.judge();
  await context.close();
}));

describe("what lies in memory alone", () => {
  for (const [name] of pending) {
    it(`goes with the page's last request: ${name.replaceAll("-", ", ")}`, async () => {
      const context = await open.newContext();
      const page = await context.newPage();
      await begin(page, `${server.origin}/page`, { endpoint: { url: `${server.origin}/collect/${name}`, flushInterval: 100 }, storage: "memory" });
      await make(page, 1, 2);
      const ledger = server.ledgerOf(name);
      await until(() => ledger.requests.length === 1, "the first request");
      if (name.includes("deferred")) await page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name, responseStatus }) => name.includes("/collect/") && responseStatus === 503));
      await make(page, 3, 3);
      if (name.endsWith("left")) await page.goto(`${server.origin}/page?next`);
      else await page.evaluate(() => window.dangol.destroy());
      await until(() => ledger.stored.size >= 3, "all of them");
      delivered(ledger, range(1, 3));
      await context.close();
    });
  }
});

describe("pages that are left", () => {
  it("F20 in the task of track(), by navigation, reload and close: every event arrives", async () => {
    const context = await open.newContext();
    const page = await context.newPage();
    const allEars = [await start(page, "left")];
    let n = 0;
    /** Two events, and away in the same task. */
    const leave = (page, how) => page.evaluate(([from, how]) => void setTimeout(() => {
      window.dangol.track("Made", { n: from });
      window.dangol.track("Made", { n: from + 1 });
      if (how === "close") window.close();
      else if (how === "reload") location.reload();
      else location.assign("/page?away");
    }), [(n += 2) - 1, how]);
    const away = page.waitForURL("**/page?away");
    await leave(page, "assign");
    await away;
    allEars.push(await start(page, "left"));
    const loaded = page.waitForEvent("load");
    await leave(page, "reload");
    await loaded;
    allEars.push(await start(page, "left"));
    const [popup] = await Promise.all([context.waitForEvent("page"), page.evaluate(() => void window.open("/page"))]);
    await start(popup, "left");
    const closed = popup.waitForEvent("close");
    await leave(popup, "close");
    await closed;
    await whole(page, allEars.at(-1), "left", range(1, 6));
    for (const ears of allEars) await ears.calm();
    await context.close();
  });

  it("F21 into the back-forward cache and out of it: the page goes on where it was, or begins anew where it was evicted", async (t) => {
    const context = await open.newContext();
    const page = await context.newPage();
    const ears = watch(page);
    await page.goto(`${server.origin}/trips`);
    const ledger = server.ledgerOf("trips");
    await until(() => ledger.events.size === TRIPS + 1, "the last event");
    await until(async () => (await stats(page)).pending === 0, "nothing pending");
    await judged(page, ears, ledger, range(1, TRIPS + 1));
    const kept = Number(await page.evaluate(() => sessionStorage.kept));
    t.diagnostic(`${kept} of ${TRIPS} came from the cache`);
    assert.ok(kept, "one at least came from the cache");
    await context.close();
  });

  it("F22 a tab that was discarded is opened again: what waited is sent", async () => {
    const context = await open.newContext();
    const tab = await context.newPage();
    await start(tab, "discarded");
    await make(tab, 1, 5);
    await tab.close();
    const page = await context.newPage();
    const ears = await start(page, "discarded");
    await make(page, 6, 10);
    await whole(page, ears, "discarded", range(1, 10));
    await context.close();
  });
});

describe("several tabs", () => {
  it("F23 four at once: each event once on the wire, by one tab at a time", async () => {
    const context = await open.newContext();
    const pages = await Promise.all(range(1, 4).map(() => context.newPage()));
    const ears = await Promise.all(pages.map((page) => start(page, "tabs", 300)));
    await Promise.all(pages.map((page, tab) => make(page, tab * 5 + 1, tab * 5 + 5)));
    const ledger = server.ledgerOf("tabs");
    await Promise.all(pages.map((page) => idle(page)));
    for (const [tab, page] of pages.entries()) await judged(page, ears[tab], ledger, range(1, 20));
    assert.ok([...ledger.stored.values()].every((times) => times === 1), "none twice");
    await context.close();
  });

  it("F55 consent taken back in another tab, and given again: what waited is gone, with its reason", async () => {
    const context = await open.newContext();
    const pages = await Promise.all([context.newPage(), context.newPage()]);
    const [page, other] = pages;
    const ears = [await start(page, "consent"), await start(other, "consent")];
    const ledger = server.ledgerOf("consent");
    await make(page, 1, 5);
    await page.evaluate(() => window.dangol.flush());
    // Asked for once: a second request under way would take some of what comes next.
    await until(async () => (await stats(page)).acknowledged === 5, "the acknowledgement");
    await make(page, 6, 10);
    const decide = (yes) => other.evaluate((yes) => window.dangol.consent({ analytics: yes, personalization: yes, marketing: yes }), yes);
    const heard = (yes) => until(() => page.evaluate(async (yes) => (await window.dangol.exportData()).consent.analytics === yes, yes), "the other tab to hear of it", 2_000);
    await decide(false);
    await heard(false);
    await Promise.all(pages.map((page) => page.evaluate(async () => {
      await window.dangol.track("Made", { n: 99 });
      await window.dangol.flush();
    })));
    for (const page of pages) await balanced(page);
    delivered(ledger, range(1, 5));
    assert.deepEqual(await page.evaluate(async () => (await window.dangol.exportData()).outbox), []);
    await decide(true);
    await heard(true);
    await make(page, 11, 15);
    await idle(page);
    const { dropped } = await judged(page, ears[0], ledger, [...range(1, 5), ...range(11, 15)], { gaps: range(6, 10) });
    assert.deepEqual(dropped, { consent: 5 }, "the gap's reason");
    await balanced(other);
    await ears[1].calm();
    await context.close();
  });
});

judgeTasks();
