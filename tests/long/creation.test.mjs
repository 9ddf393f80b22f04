// A page left in the very moment in which it creates its database: Chromium may keep it in the back-forward cache with
// the creation open, where it blocks everybody else's. The next page must not pay for it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judged, until, watch } from "../faults/judge.mjs";
import { answer } from "../faults/server.mjs";
import { idle, range, SCRIPT, stage, take } from "../faults/stage.mjs";

/** Trips that keep the creation open until the page is put away, as a busy machine does now and then. */
const HELD = 20;
/** Trips that are left at any moment around it. */
const FREE = 40;

const script = (body) => () => answer(200, { type: "text/javascript", body });
/** The trip is told by the address: its name, the moment of leaving in milliseconds or `held`, and `bare` where the creation's lock is taken away. */
const LEAVE = `
  const trip = new URLSearchParams(location.search);
  const open = indexedDB.open.bind(indexedDB);
  const { locks } = navigator;
  const lock = locks.request.bind(locks);
  let left = false;
  const leave = () => {
    if (left) return;
    left = true;
    location.assign("/next" + location.search);
  };
  if (trip.has("bare")) locks.request = (name, ...rest) => (name.endsWith(":create") ? rest.at(-1)() : lock(name, ...rest));
  indexedDB.open = (...args) => {
    const request = open(...args);
    if (trip.get("leave") !== "held") setTimeout(leave, trip.get("leave"));
    // Behind the SDK's own listener, which makes the stores.
    else queueMicrotask(() => request.addEventListener("upgradeneeded", () => {
      const store = request.transaction.objectStore("state");
      const hold = () => { store.get("none").onsuccess = hold; };
      hold();
      leave();
    }));
    return request;
  };`;
const START = `
  {
    const trip = new URLSearchParams(location.search).get("trip");
    dangol.init({ name: trip, config: { version: 1 }, consent: "granted", capture: { page: false, engagement: false }, endpoint: { url: "/collect/" + trip, flushAt: 1000, flushInterval: 60_000 } });
    window.first = dangol.track("Made", { n: ["/first", "/next", "/third"].indexOf(location.pathname) + 1 });
  }`;
const names = [...range(1, HELD).map((n) => `held${n}`), ...range(1, FREE).map((n) => `free${n}`), "bare"];
const page = (more = "") => ({ head: `${SCRIPT}${more}<script src="/start.js"></script>` });
const { open, server } = await stage(Object.fromEntries(names.map((name) => [name, take])), {
  pages: {
    "/first": page('<script src="/leave.js"></script>'), "/next": page(), "/third": page(),
    "/leave.js": script(LEAVE), "/start.js": script(START),
  },
});

/** A page that is left while it creates, and the one that it is left for. */
async function leaving(name, leave, more = "") {
  const context = await open.newContext();
  const page = await context.newPage();
  const ears = watch(page);
  const query = `?trip=${name}&leave=${leave}${more}`;
  const next = page.waitForURL("**/next?*");
  await page.goto(`${server.origin}/first${query}`, { waitUntil: "commit" });
  await next;
  const started = await page.evaluate(() => window.first.then(() => performance.now()));
  return { context, page, ears, query, started };
}

const isKept = (page, name) => page.evaluate(async (name) => (await indexedDB.databases()).some((database) => database.name === name), name);

async function whole(name, leave) {
  const { context, page, ears, query, started } = await leaving(name, leave);
  // One that is blocked comes minutes later.
  await until(() => isKept(page, name), `the database of the page behind the one that was left (${name})`, 5_000);
  await page.goto(`${server.origin}/third${query}`);
  await page.evaluate(() => window.first);
  await idle(page);
  const ledger = server.ledgerOf(name);
  await judged(page, ears, ledger, range(1, 3));
  const ids = new Set([...ledger.events.values()].map(({ anonymousId }) => anonymousId));
  assert.equal(ids.size, 1, `${name}: one visitor over three pages`);
  await context.close();
  return started;
}

describe("a page that is left while it creates its database", () => {
  it(`${HELD} times with the creation open: the next one has its database, and the same visitor`, async (t) => {
    const started = [];
    for (const n of range(1, HELD)) started.push(await whole(`held${n}`, "held"));
    t.diagnostic(`the first event of the slowest was kept after ${Math.round(Math.max(...started))} ms`);
  });

  it(`${FREE} times at any moment around it: nothing is lost, nothing is sent under another name`, async () => {
    for (const n of range(1, FREE)) await whole(`free${n}`, 2 * (n - 1));
  });

  it("this is what the lock is for: without it the creation stays open, and the next page has no database", async () => {
    const { context, page } = await leaving("bare", "held", "&bare");
    assert.ok(!(await isKept(page, "bare")), "this browser gives such a page up by itself: the lock may go");
    await context.close();
  });
});
