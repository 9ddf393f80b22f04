// What a browser does to a shop: crashed tabs, cleared, full and forbidden storage, wrong clocks; the rows are those of docs/faults.md.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { chromium } from "playwright-core";
import { chromium as executable } from "../../xtask/setup.mjs";
import { ARGS } from "../e2e/harness.mjs";
import { judged, stats, until } from "./judge.mjs";
import { begin, crash, flush, idle, make, range, SCRIPT, stage, take, withProfile } from "./stage.mjs";
import { recordTasks } from "./tasks.mjs";

const names = ["crash", "deletion", "lock", "cleared", "quota", "local", "blocked", "opaque", "insecure", "back", "ahead", "nan"];
/** The first request waits for its answer until a test takes it. */
let waiting;
const later = (request) => {
  if (request.turn > 1) take(request);
  else waiting = request;
};
const { open, server, judgeTasks } = await stage({ ...Object.fromEntries(names.map((name) => [name, take])), deletion: later }, {
  pages: { "/page": { head: SCRIPT }, "/sandbox": { head: SCRIPT, headers: "Content-Security-Policy: sandbox allow-scripts\r\n" } },
  // A name that is not local: to the browser an insecure origin like any shop without TLS.
  launch: () => chromium.launch({ executablePath: executable(), args: [...ARGS, "--host-resolver-rules=MAP shop.test 127.0.0.1"] }),
});

/** Starts the SDK on a page. */
const start = (page, name, { origin = server.origin, path = "/page", flushInterval = 300 } = {}) => begin(page, origin + path, { endpoint: { url: `${origin}/collect/${name}`, flushInterval } });
/** Sends what waits, and asks every oracle. */
async function whole(page, ears, name, last) {
  await idle(page);
  await judged(page, ears, server.ledgerOf(name), range(1, last));
}

describe("tabs that die", () => {
  it("F17 a crashed renderer loses nothing that was confirmed", async () => {
    const context = await open.newContext();
    const first = await context.newPage();
    await start(first, "crash", { flushInterval: 60_000 });
    await make(first, 1, 40);
    await crash(first);
    const page = await context.newPage();
    const ears = await start(page, "crash");
    await make(page, 41, 41);
    await whole(page, ears, "crash", 41);
    await context.close();
  });

  it("F24 a tab that crashes with the flush lock in hand is replaced within two seconds", async () => {
    const context = await open.newContext();
    const [holder, page] = await Promise.all([context.newPage(), context.newPage()]);
    await start(holder, "lock", { flushInterval: 60_000 });
    const ears = await start(page, "lock", { flushInterval: 60_000 });
    await holder.evaluate(() => new Promise((taken) => void navigator.locks.request("dangol:dangol:flush", () => {
      taken();
      return new Promise(() => {});
    })));
    await make(page, 1, 5);
    await flush(page);
    await page.waitForTimeout(400);
    assert.equal(server.ledgerOf("lock").requests.length, 0, "the lock is held");
    await crash(holder);
    const since = Date.now();
    await until(() => server.ledgerOf("lock").requests.length, "the takeover", 10_000);
    assert.ok(Date.now() - since < 2_000, `took ${Date.now() - since} ms`);
    await whole(page, ears, "lock", 5);
    await context.close();
  });
});

it("F19 the browser is killed behind the acknowledgement, ahead of the deletion: sent twice, there once", () => withProfile(async ({ launch, kill }) => {
  const doomed = await launch();
  const first = await doomed.newPage();
  await start(first, "deletion", { flushInterval: 60_000 });
  await make(first, 1, 5);
  await flush(first);
  await until(() => waiting, "the request");
  // Another page of the shop writes without end: whoever wants to write as well stands in line behind it.
  const other = await doomed.newPage();
  await other.goto(`${server.origin}/page`);
  await other.evaluate(() => new Promise((begun) => {
    indexedDB.open("dangol").onsuccess = ({ target }) => {
      const store = target.result.transaction("events", "readwrite").objectStore("events");
      const again = () => {
        store.get("none").onsuccess = again;
        begun();
      };
      again();
    };
  }));
  take(waiting);
  await until(async () => (await stats(first)).acknowledged === 5, "the acknowledgement");
  await kill(doomed);

  const context = await launch();
  const tasks = await recordTasks(await context.browser().newBrowserCDPSession());
  const page = await context.newPage();
  const ears = await start(page, "deletion");
  await make(page, 6, 10);
  await whole(page, ears, "deletion", 10);
  const ledger = server.ledgerOf("deletion");
  const times = (n) => [...ledger.events].filter(([, { properties }]) => properties.n === n).map(([id]) => ledger.stored.get(id));
  assert.deepEqual([1, 2, 3, 4, 5].map(times), Array(5).fill([2]), "each was still in the database");
  await tasks.judge();
  await context.close();
}));

describe("storage", () => {
  /** Makes events before and after something happened to the storage. */
  async function through(name, happening, { prepare = async () => {} } = {}) {
    const context = await open.newContext();
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await prepare(context);
    const ears = await start(page, name);
    await make(page, 1, 5);
    await happening(session, page);
    await make(page, 6, 10);
    await whole(page, ears, name, 10);
    await context.close();
  }

  it("F26 site data cleared under the page", () => through("cleared", (session) => session.send("Storage.clearDataForOrigin", { origin: server.origin, storageTypes: "all" })));
  it("F27 the quota used up", () => through("quota", (session) => session.send("Storage.overrideQuotaForOrigin", { origin: server.origin, quotaSize: 1 })));
  it("F28 localStorage full", () => through("local", async () => {}, {
    prepare: (context) => context.addInitScript(() => {
      // This task is the test's.
      performance.mark("theirs");
      try {
        for (let size = 1 << 20; size; size >>= 1) for (let n = 0; n < 8; n++) localStorage.setItem(`${size}-${n}`, "x".repeat(size));
      } catch {
        // Full.
      }
    }),
  }));

  it("F29 site data blocked by the visitor", async () => {
    const profile = mkdtempSync(join(tmpdir(), "dangol-blocked-"));
    mkdirSync(join(profile, "Default"));
    writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }));
    const context = await chromium.launchPersistentContext(profile, { executablePath: executable(), args: ARGS });
    const tasks = await recordTasks(await context.browser().newBrowserCDPSession());
    const page = await context.newPage();
    const ears = await start(page, "blocked");
    assert.equal(await page.evaluate(() => { try { return !!localStorage; } catch { return "refused"; } }), "refused");
    await make(page, 1, 5);
    await whole(page, ears, "blocked", 5);
    await tasks.judge();
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  });

  for (const [row, name, title, options] of [
    ["F30", "opaque", "an opaque origin", { path: "/sandbox" }], ["F34", "insecure", "an insecure origin", { secure: false }],
  ]) {
    it(`${row} ${title}`, async () => {
      const context = await open.newContext();
      const page = await context.newPage();
      const origin = options.secure === false ? `http://shop.test:${server.port}` : server.origin;
      const ears = await start(page, name, { ...options, origin });
      if (options.secure === false) assert.equal(await page.evaluate(() => isSecureContext), false);
      await make(page, 1, 5);
      await whole(page, ears, name, 5);
      await context.close();
    });
  }
});

describe("clocks", () => {
  for (const [name, title, jump] of [["back", "an hour back", () => -3_600_000], ["ahead", "ten years ahead", () => 315_360_000_000], ["nan", "NaN", () => NaN]]) {
    it(`F35 the clock shows ${title}`, async () => {
      const context = await open.newContext();
      const page = await context.newPage();
      await context.addInitScript(() => {
        const { now } = Date;
        window.jump = 0;
        Date.now = () => now() + window.jump;
      });
      const ears = await start(page, name);
      await make(page, 1, 5);
      await page.evaluate((jump) => { window.jump = jump; }, jump());
      await make(page, 6, 10);
      await page.evaluate(() => { window.jump = 0; });
      await whole(page, ears, name, 10);
      assert.deepEqual(ears.said, []);
      await context.close();
    });
  }
});

judgeTasks();
