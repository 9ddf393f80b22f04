import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "libsql";
import { event, start, temporaryDir } from "./harness.mjs";

/** Sends batches on several connections until told to stop, and notes which ids were acknowledged. */
function load(collector, acknowledged) {
  let stopped = false;
  const lanes = Array.from({ length: 8 }, async () => {
    while (!stopped) {
      const events = Array.from({ length: 10 }, () => event());
      try {
        const { status, body } = await collector.collect(events);
        if (status === 200) body.accepted.forEach((id) => acknowledged.push(id));
      } catch {
        return; // The collector is gone, which is what is tested.
      }
    }
  });
  return { stop: () => (stopped = true), done: Promise.all(lanes) };
}

async function idsOf(collector) {
  const ids = [];
  for (let offset = 0; ; offset += 1000) {
    const { body } = await collector.get(`/api/events?limit=1000&offset=${offset}`);
    ids.push(...body.events.map(({ messageId }) => messageId));
    if (ids.length >= body.total) return ids;
  }
}

async function reach(acknowledged, count) {
  while (acknowledged.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

test("kill -9 under load loses no acknowledged event and doubles none", async (t) => {
  const dir = temporaryDir(t);
  const acknowledged = [];
  // Three lives, so that a log left behind by one kill is also recovered and written on by the next.
  for (let life = 1; life <= 3; life += 1) {
    const collector = await start(t, { dir });
    const { done } = load(collector, acknowledged);
    await reach(acknowledged, life * 500);
    await collector.end("SIGKILL");
    await done;
  }
  const collector = await start(t, { dir });
  const ids = await idsOf(collector);
  const stored = new Set(ids);
  assert.equal(ids.length, stored.size, "an id is stored twice");
  assert.deepEqual(acknowledged.filter((id) => !stored.has(id)), []);
  assert.ok(acknowledged.length >= 1500);
  // What was stored without its answer coming through is dealt with by sending it again.
  const again = [...stored].slice(-100).map((messageId) => event({ messageId }));
  assert.equal((await collector.collect(again)).body.accepted.length, 100);
  assert.equal((await collector.get("/api/events?limit=1")).body.total, stored.size);
});

/** Holds the database as another program might, so that nothing can be committed until `release`. */
function lock(collector) {
  const db = new Database(join(collector.dir, "collector.db"));
  db.exec("BEGIN IMMEDIATE");
  return { release: () => db.exec("ROLLBACK"), close: () => db.close() };
}

test("nothing is acknowledged before it is committed", async (t) => {
  const collector = await start(t);
  const held = lock(collector);
  const answer = collector.collect([event()]).then(({ status }) => status, () => "no answer");
  await new Promise((resolve) => setTimeout(resolve, 300));
  await collector.end("SIGKILL");
  assert.equal(await answer, "no answer");
  held.close();
});

test("a database that cannot be written asks to come back, and takes the batch then", async (t) => {
  const collector = await start(t);
  const held = lock(collector);
  const batches = [[event()], [event()], [event()]];
  const answers = await Promise.all([...batches.map((batch) => collector.collect(batch)), collector.post("/coupons", { coupon: "c", key: "k" })]);
  for (const { status, headers, body } of answers) assert.deepEqual([status, headers.get("retry-after"), body.retryAfter], [503, "2", 2]);
  held.release();
  held.close();
  for (const batch of batches) assert.equal((await collector.collect(batch)).status, 200);
  assert.equal((await collector.post("/coupons", { coupon: "c", key: "k" })).status, 201);
  assert.equal((await collector.get("/api/events")).body.total, 3);
});

for (const signal of ["SIGTERM", "SIGINT"]) {
  test(`${signal} under load answers what is under way, stores it and ends with 0`, async (t) => {
    const dir = temporaryDir(t);
    const acknowledged = [];
    const first = await start(t, { dir });
    const { done } = load(first, acknowledged);
    await reach(acknowledged, 500);
    assert.equal(await first.end(signal), 0);
    await done;
    assert.equal(first.log(), "");
    assert.equal(statSync(join(dir, "collector.db-wal"), { throwIfNoEntry: false })?.size ?? 0, 0, "the log is folded back into the file");

    const second = await start(t, { dir });
    const stored = new Set(await idsOf(second));
    assert.deepEqual(acknowledged.filter((id) => !stored.has(id)), []);
  });
}

test("totals, coupons and the ledger outlive a restart", async (t) => {
  const dir = temporaryDir(t);
  const first = await start(t, { dir });
  const sent = event();
  await first.collect([sent, event({ type: "alias" })]);
  await first.collect([sent]);
  const { body: coupon } = await first.post("/coupons", { coupon: "welcome", key: "k" });
  const pages = ["/api/stats", "/api/ledger?anonymousId=visitor", "/api/events"];
  const before = await Promise.all(pages.map(async (page) => (await first.get(page)).body));
  await first.end("SIGKILL");

  const second = await start(t, { dir });
  assert.deepEqual(await Promise.all(pages.map(async (page) => (await second.get(page)).body)), before);
  assert.deepEqual((await second.post("/coupons", { coupon: "welcome", key: "k" })).body, coupon);
  assert.deepEqual([before[0].requests, before[0].duplicates, before[0].rejected], [2, 1, 1]);
});

test("exactly one line is printed, with the address", async (t) => {
  const collector = await start(t);
  await collector.collect([event()]);
  await collector.end("SIGTERM");
  assert.equal(collector.lines.length, 1);
  assert.match(collector.lines[0], /^listening http:\/\/127\.0\.0\.1:\d+$/);
});

test("options that cannot be used end the program with a reason", async (t) => {
  for (const [args, reason] of [[["--port", "70000"], /--port 70000.*65535/], [["--pool", "welcome"], /--pool welcome: write it as/], [["--expires", "a=soon"], /90s, 30m/], [["--nope"], /--nope/]]) {
    await assert.rejects(start(t, { args }), reason);
  }
});

test("erased events leave no trace in the files", async (t) => {
  const collector = await start(t);
  const secret = "a-secret-that-must-go-7f3a";
  const { body: coupon } = await collector.post("/coupons", { coupon: "welcome", key: "k", anonymousId: "leaver", userId: secret });
  for (let round = 0; round < 20; round += 1) await collector.collect([event({ anonymousId: "leaver", userId: secret, properties: { note: secret } }), event({ anonymousId: "stayer" })]);
  const holds = () => readdirSync(collector.dir).some((file) => readFileSync(join(collector.dir, file)).includes(secret));
  assert.ok(holds());

  const { status, body } = await collector.get("/api/events?anonymousId=leaver", { method: "DELETE" });
  assert.deepEqual([status, body], [200, { erased: 20 }]);
  assert.ok(!holds());
  assert.equal((await collector.get("/api/events")).body.total, 20);
  assert.equal((await collector.get("/api/ledger?anonymousId=leaver")).body.requests, 0);
  assert.equal((await collector.post("/coupons/check", { code: coupon.code })).body.valid, true);
  assert.deepEqual((await collector.get("/api/coupons?anonymousId=leaver")).body.coupons, []);
});
