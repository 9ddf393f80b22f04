import assert from "node:assert/strict";
import { test } from "node:test";
import { event, start } from "./harness.mjs";

test("a resent event is acknowledged again and stored once, as it first came", async (t) => {
  const collector = await start(t);
  const sent = event({ properties: { price: 1 } });
  await collector.collect([sent]);
  const again = await collector.collect([{ ...sent, properties: { price: 2 } }]);
  assert.deepEqual([again.status, again.body], [200, { accepted: [sent.messageId], rejected: [] }]);
  const { body } = await collector.get("/api/events");
  assert.equal(body.total, 1);
  assert.deepEqual(body.events[0].properties, { price: 1 });
});

test("an id given twice in one batch is stored and listed once", async (t) => {
  const collector = await start(t);
  const sent = event();
  assert.deepEqual((await collector.collect([sent, sent])).body, { accepted: [sent.messageId], rejected: [] });
  assert.equal((await collector.get("/api/events")).body.total, 1);
});

test("concurrent copies of a batch are stored once each, and counted", async (t) => {
  const collector = await start(t);
  const events = Array.from({ length: 20 }, (_, index) => event({ seq: index + 1, context: { streamId: "s" } }));
  const answers = await Promise.all(Array.from({ length: 50 }, () => collector.collect(events)));
  for (const { status, body } of answers) {
    assert.equal(status, 200);
    assert.equal(body.accepted.length, 20);
  }
  const { body: ledger } = await collector.get("/api/ledger?anonymousId=visitor");
  assert.deepEqual(ledger, {
    anonymousId: "visitor",
    total: 20,
    events: { "Product Viewed": 20 },
    requests: 50,
    duplicates: 49 * 20,
    rejected: 0,
    streams: { s: { last: 20, missing: [], missingCount: 0, repeated: [] } },
  });
  const { body: stats } = await collector.get("/api/stats");
  assert.deepEqual(stats, { events: 20, visitors: 1, requests: 50, duplicates: 980, rejected: 0, coupons: { issued: 0, redeemed: 0 } });
});

/** A sender that follows the contract's rule for each answer. Returns what became of each id. */
async function deliver(collector, batch, strictAck) {
  const fate = new Map();
  const queue = [batch];
  for (let requests = 0; queue.length > 0; requests += 1) {
    assert.ok(requests < 60, "the sender goes in circles");
    const events = queue.shift();
    const { status, body } = await collector.collect(events);
    const accepted = new Set(strictAck ? body.accepted : status === 200 ? events.map((one) => one.messageId) : []);
    if (status !== 200 && !body.rejected) {
      if (events.length === 1) fate.set(events[0], "dropped");
      else queue.push(events.slice(0, events.length >> 1), events.slice(events.length >> 1));
      continue;
    }
    const rejected = new Set(body.rejected);
    const rest = events.filter((one) => {
      if (accepted.has(one.messageId)) fate.set(one, "acknowledged");
      else if (rejected.has(one.messageId)) fate.set(one, "dropped");
      else return true;
      return false;
    });
    if (rest.length > 0) queue.push(rest);
  }
  return fate;
}

for (const strictAck of [false, true]) {
  test(`a sender ${strictAck ? "with" : "without"} strict acknowledgement gets every good event through, once, past the bad ones`, async (t) => {
    const collector = await start(t);
    const good = Array.from({ length: 9 }, () => event());
    const bad = [event({ timestamp: "yesterday" }), event({ messageId: 7 }), event({ messageId: undefined }), event({ messageId: "x".repeat(101) }), event({ messageId: "" }), event({ messageId: good[3].messageId, type: "alias" })];
    const batch = [good[0], bad[0], ...good.slice(1, 4), bad[1], bad[2], ...good.slice(4, 8), bad[3], bad[4], good[8]];
    const fate = await deliver(collector, batch, strictAck);
    for (const one of good) assert.equal(fate.get(one), "acknowledged", JSON.stringify(one));
    for (const one of bad.slice(0, 5)) assert.equal(fate.get(one), "dropped", JSON.stringify(one));
    const { body } = await collector.get("/api/events");
    assert.deepEqual(body.events.map(({ messageId }) => messageId).sort(), good.map(({ messageId }) => messageId).sort());
  });
}

test("an id that was stored is not refused in the same answer", async (t) => {
  const collector = await start(t);
  const good = event();
  const { status, body } = await collector.collect([good, { ...good, type: "alias" }]);
  assert.deepEqual([status, body.accepted, body.rejected], [200, [good.messageId], []]);
  assert.equal(body.problems[0].path, "/batch/1/type");
});
