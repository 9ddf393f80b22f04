// What happens to the database: upgraded, held up, newer, corrupt, deleted and evicted, by pages that know nothing of the SDK; the rows are those of docs/faults.md.
import assert from "node:assert/strict";
import { it } from "node:test";
import { delivered, judged as judge, stats, until } from "./judge.mjs";
import { answer } from "./server.mjs";
import { begin, crash, idle, make, range, SCRIPT, stage, take } from "./stage.mjs";

const names = ["deleted", "between", "upgraded", "blocked", "newer", "foreign", "former", "silent", "corrupt"];
/** Endpoints that take nothing for now: what is made stays in the database, however slow the machine. */
const busy = new Set();
const willing = (request) => (busy.has(request.ledger) ? request.socket.end(answer(503)) : take(request));
/** Takes a batch of whole events, refuses any other without saying why, as a backend that validates may. */
const discerning = (request) => {
  let whole = false;
  try {
    whole = JSON.parse(request.body).batch.every(({ messageId, event }) => messageId && event);
  } catch {
    // No JSON at all: a damaged text was put into the body.
  }
  if (whole) willing(request);
  else request.socket.end(answer(400));
};
const { open, server, judgeTasks } = await stage({ ...Object.fromEntries(names.map((name) => [name, willing])), corrupt: discerning }, { pages: { "/page": { head: SCRIPT }, "/bare": {} } });
const start = (page, name) => begin(page, `${server.origin}/page`, { name, capture: { page: false, engagement: false }, endpoint: { url: `${server.origin}/collect/${name}`, flushInterval: 60_000 } });

/** A page of the shop without the SDK, with what a test does to databases. */
async function bare(context) {
  const page = await context.newPage();
  await page.goto(`${server.origin}/bare`);
  await page.evaluate(() => {
    window.opened = (name, version, upgrade, patient) => new Promise((resolve, reject) => {
      const request = version ? indexedDB.open(name, version) : indexedDB.open(name);
      request.onupgradeneeded = () => upgrade?.(request.result, request.transaction);
      request.onblocked = () => {
        window.blocked = true;
        if (!patient) reject(new Error("blocked: another page clings to its connection"));
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    window.done = (transaction) => new Promise((resolve) => { transaction.oncomplete = resolve; });
    window.all = (database, store) => new Promise((resolve) => {
      const request = database.transaction(store).objectStore(store).getAll();
      request.onsuccess = () => resolve(request.result);
    });
  });
  return page;
}

/** Leaves events 1 to 5 in the database, not acknowledged: a page that crashes sends no last request. */
async function leaveFive(context, name) {
  const page = await context.newPage();
  busy.add(server.ledgerOf(name));
  await start(page, name);
  await make(page, 1, 5);
  await crash(page);
  await page.close();
  busy.delete(server.ledgerOf(name));
  assert.equal(server.ledgerOf(name).events.size, 0);
}

async function judged(page, ears, name, wanted) {
  await idle(page);
  await judge(page, ears, server.ledgerOf(name), wanted);
}

it("F26 the database deleted by another page: what waits is still sent, what comes is stored anew", async () => {
  const context = await open.newContext();
  const page = await context.newPage();
  const other = await bare(context);
  busy.add(server.ledgerOf("deleted"));
  const ears = await start(page, "deleted");
  await make(page, 1, 5);
  await other.evaluate(() => new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase("deleted");
    request.onsuccess = resolve;
    request.onblocked = () => reject(new Error("blocked: the page clings to its connection"));
  }));
  await make(page, 6, 10);
  assert.equal(await other.evaluate(async () => (await all(await opened("deleted"), "events")).length), 5, "the new ones are on disk");
  busy.clear();
  await judged(page, ears, "deleted", range(1, 10));
  await context.close();
});

it("F26 site data cleared between two pages: the next one begins anew", async () => {
  const context = await open.newContext();
  const page = await context.newPage();
  await start(page, "between");
  await make(page, 1, 5);
  await idle(page);
  await page.goto(`${server.origin}/bare`);
  await (await context.newCDPSession(page)).send("Storage.clearDataForOrigin", { origin: server.origin, storageTypes: "all" });
  const ears = await start(page, "between");
  await make(page, 6, 10);
  await judged(page, ears, "between", range(1, 10));
  const ids = new Map([...server.ledgerOf("between").events.values()].map(({ anonymousId, properties }) => [properties.n, anonymousId]));
  assert.equal(new Set(ids.values()).size, 2);
  assert.notEqual(ids.get(5), ids.get(6), "whoever cleared their data is nobody known");
  await context.close();
});

it("F31 a newer build upgrades the database under an open page: it is let through, and the page goes on", async () => {
  const context = await open.newContext();
  const page = await context.newPage();
  const other = await bare(context);
  busy.add(server.ledgerOf("upgraded"));
  const ears = await start(page, "upgraded");
  await make(page, 1, 5);
  await other.evaluate(async () => (await opened("upgraded", 2, (database) => database.createObjectStore("more"))).close());
  await make(page, 6, 10);
  assert.equal(await other.evaluate(async () => (await all(await opened("upgraded"), "events")).length), 10, "all of it is on disk");
  busy.clear();
  await judged(page, ears, "upgraded", range(1, 10));
  await context.close();
});

it("F31 an upgrade that another page holds up: the page goes on in memory, and moves when the database comes", async () => {
  const context = await open.newContext();
  await leaveFive(context, "blocked");
  const other = await bare(context);
  await other.evaluate(async () => {
    // An old tab that listens to no `versionchange`, and a newer build that wants to upgrade: whoever comes now stands behind both.
    window.old = await opened("blocked");
    window.upgrade = opened("blocked", 2, (database) => database.createObjectStore("more"), true);
  });
  await until(() => other.evaluate(() => window.blocked), "the upgrade to be held up");
  const page = await context.newPage();
  let ears;
  const starting = start(page, "blocked").then((given) => { ears = given; });
  await until(() => ears, "a start that waits for no database", 10_000);
  await starting;
  await make(page, 6, 10);
  await idle(page);
  delivered(server.ledgerOf("blocked"), range(6, 10));
  await make(page, 11, 15);
  await other.evaluate(async () => {
    old.close();
    (await upgrade).close();
  });
  await until(() => other.evaluate(async () => {
    const database = await opened("blocked");
    const texts = await all(database, "events");
    database.close();
    return [11, 12, 13, 14, 15].every((n) => texts.some((text) => JSON.parse(text).properties?.n === n));
  }), "what lay in memory to be on disk", 10_000);
  await judged(page, ears, "blocked", range(1, 15));
  await context.close();
});

it("F31 a database that never answers: the page goes on in memory", async () => {
  const context = await open.newContext();
  const page = await context.newPage();
  await context.addInitScript(() => { indexedDB.open = () => ({}); });
  const ears = await start(page, "silent");
  await make(page, 1, 5);
  await judged(page, ears, "silent", range(1, 5));
  await context.close();
});

it("F58 what another build has left: its events are sent, with fields that are unknown here, a state that is not ours is no harm", async () => {
  const context = await open.newContext();
  await leaveFive(context, "former");
  const other = await bare(context);
  await other.evaluate(async () => {
    const database = await opened("former");
    const keys = await new Promise((resolve) => { database.transaction("events").objectStore("events").getAllKeys().onsuccess = ({ target }) => resolve(target.result); });
    const texts = await all(database, "events");
    const transaction = database.transaction(["events", "state"], "readwrite");
    keys.forEach((key, index) => transaction.objectStore("events").put(JSON.stringify({ ...JSON.parse(texts[index]), another: { builds: ["field"] } }), key));
    transaction.objectStore("state").put('{"v":99,"another":{"shape":[1,2]}}', "state");
    await done(transaction);
    database.close();
  });
  const page = await context.newPage();
  const ears = await start(page, "former");
  await make(page, 6, 10);
  await judged(page, ears, "former", range(1, 10));
  await context.close();
});

it("F32 a newer version of the database: used as far as it is ours, the rest is left alone", async () => {
  const context = await open.newContext();
  await leaveFive(context, "newer");
  const other = await bare(context);
  await other.evaluate(async () => {
    const database = await opened("newer", 7, (database, transaction) => {
      database.createObjectStore("more").put("of a newer build", "kept");
      transaction.objectStore("state").put('{"v":9}', "unknown");
    });
    database.close();
  });
  const page = await context.newPage();
  const ears = await start(page, "newer");
  await make(page, 6, 10);
  await judged(page, ears, "newer", range(1, 10));
  assert.deepEqual(await other.evaluate(async () => {
    const database = await opened("newer");
    return [database.version, await all(database, "more"), await all(database, "events"), (await all(database, "state")).includes('{"v":9}')];
  }), [7, ["of a newer build"], [], true]);
  await context.close();
});

it("F32 a newer database without our stores is left alone: the page goes on in memory", async () => {
  const context = await open.newContext();
  const other = await bare(context);
  await other.evaluate(async () => (await opened("foreign", 7, (database) => database.createObjectStore("events2").put("theirs", 1))).close());
  const page = await context.newPage();
  const ears = await start(page, "foreign");
  await make(page, 1, 5);
  await judged(page, ears, "foreign", range(1, 5));
  assert.deepEqual(await other.evaluate(async () => {
    const database = await opened("foreign");
    return [database.version, [...database.objectStoreNames], await all(database, "events2")];
  }), [7, ["events2"], ["theirs"]]);
  await context.close();
});

it("F32 corrupt records are kept apart and counted, the good ones among them delivered", async () => {
  const context = await open.newContext();
  await leaveFive(context, "corrupt");
  const other = await bare(context);
  await other.evaluate(async () => {
    const database = await opened("corrupt");
    const [whole] = await all(database, "events");
    const transaction = database.transaction(["events", "journey", "state"], "readwrite");
    const garbage = [undefined, null, 5, "", "{", "null", "[]", "{}", whole.slice(0, -20), { an: "object" }, new Blob(["x"]), new Uint8Array(9), "\u0000\ud800", `${whole.slice(0, 40)}}`];
    for (const name of ["events", "journey"]) {
      const store = transaction.objectStore(name);
      garbage.forEach((value, index) => {
        // Before, among and behind the good ones; and under keys that are no texts.
        for (const key of [`0${index}`, `019${index}`, `z${index}`]) store.put(value, key);
        store.put(value, index);
        store.put(value, [index]);
      });
    }
    // Larger than all that may ever wait, ahead of everything else.
    transaction.objectStore("events").put("x".repeat(10_000_000), "00");
    for (const [key, value] of [["state", "{\"v\":"], ["config", 5], ["collect", "]"], ["shared", "{"]]) transaction.objectStore("state").put(value, key);
    await done(transaction);
    database.close();
  });
  const page = await context.newPage();
  const ears = await start(page, "corrupt");
  await make(page, 6, 9);
  // What the journey held is moved by one flush and counted by the next that has something to send.
  let made = 9;
  await until(async () => {
    await make(page, ++made, made);
    await idle(page);
    return (await stats(page)).dropped.damaged > 56;
  }, "what the journey held");
  await judged(page, ears, "corrupt", range(1, made));
  const { dropped } = await stats(page);
  // Fourteen under four keys each, less one that the long text replaced, which counts; in the journey a number and a list of it are one.
  assert.deepEqual(dropped, { damaged: 56 + 56 });
  const journey = await other.evaluate(async () => {
    const database = await opened("corrupt");
    const texts = await all(database, "journey");
    database.close();
    return texts;
  });
  assert.ok(journey.length >= 10 && journey.every((text) => JSON.parse(text).i), "the good ones alone are left");
  const { outbox } = await page.evaluate(() => window.dangol.exportData());
  assert.equal(outbox.filter((text) => /^ ?z?\d+ /.test(text)).length, 20, "as many of them as are kept are shown as they are");
  await page.evaluate(() => window.dangol.forget());
  assert.deepEqual((await page.evaluate(() => window.dangol.exportData())).outbox, []);
  await context.close();
});

judgeTasks();
