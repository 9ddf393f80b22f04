import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { event, start } from "./harness.mjs";

const ids = (events) => events.map(({ messageId }) => messageId);

async function stored(collector) {
  const { body } = await collector.get("/api/events?limit=1000");
  return body.events;
}

/** Sends a body in each way that a client may label it, and expects the same outcome. */
async function check(t, build, headers = {}) {
  const collector = await start(t);
  for (const type of ["text/plain", "application/json", "application/x-ndjson", "application/cloudevents-batch+json"]) {
    const events = [event(), event({ type: "page", event: undefined, name: "Home" }), event({ type: "identify", event: undefined, userId: "u1", traits: { name: "민지" } })];
    const answer = await collector.post("/collect", build(events), { "Content-Type": type, ...headers });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(answer.body, { accepted: ids(events), rejected: [] });
    const kept = (await stored(collector)).filter(({ messageId }) => ids(events).includes(messageId));
    const asSent = kept.map(({ receivedAt, ...rest }) => {
      assert.match(receivedAt, /^\d{4}-.*Z$/);
      return rest;
    });
    assert.deepEqual(asSent, JSON.parse(JSON.stringify(events)));
  }
}

test("a Segment batch is stored as it was sent", (t) => check(t, (events) => JSON.stringify({ batch: events, sentAt: "2030-01-01T00:00:00Z", writeKey: "k" })));

test("an envelope may have any key", (t) => check(t, (events) => JSON.stringify({ "our/rows": events, note: "a field beside it" })));

test("NDJSON is one event a line, blank lines aside", (t) => check(t, (events) => `${events.map((one) => JSON.stringify(one)).join("\r\n\r\n")}\n\n`));

test("a bare array of events is a batch", (t) => check(t, (events) => JSON.stringify(events)));

test("CloudEvents carry the event in data", (t) =>
  check(t, (events) => JSON.stringify(events.map((one) => ({ specversion: "1.0", id: one.messageId, source: "/shop", type: `dangol.${one.type}`, time: one.timestamp, data: one })))));

test("a gzip body is read with and without its header", async (t) => {
  await check(t, (events) => gzipSync(JSON.stringify({ batch: events })), { "Content-Encoding": "gzip" });
  await check(t, (events) => gzipSync(JSON.stringify({ batch: events })));
});

test("a byte order mark is no fault", (t) => check(t, (events) => `\ufeff${JSON.stringify({ batch: events })}`));

test("a CloudEvent lends its attributes to what its data leaves out", async (t) => {
  const collector = await start(t);
  const answer = await collector.post("/collect", [
    { specversion: "1.0", id: "ce-1", source: "/shop", type: "com.dangol.track", time: "2030-01-01T00:00:00Z", data: { event: "Lent", anonymousId: "visitor" } },
    { specversion: "0.3", id: "ce-2", source: "/shop", type: "x", data: event() },
    { specversion: "1.0", id: "ce-3", source: "/shop", type: "x", data_base64: "AA==" },
  ]);
  assert.equal(answer.status, 400);
  assert.deepEqual(answer.body.accepted, ["ce-1"]);
  assert.deepEqual(answer.body.problems.map(({ path }) => path), ["/1", "/2/data"]);
  const [kept] = await stored(collector);
  assert.deepEqual([kept.messageId, kept.type, kept.timestamp], ["ce-1", "track", "2030-01-01T00:00:00Z"]);
});

test("a single line is one event, even one with an array of its own", async (t) => {
  const collector = await start(t);
  const one = { ...event(), list: [1, 2] };
  assert.deepEqual((await collector.post("/collect", one)).body.accepted, [one.messageId]);
});

test("a bad line of NDJSON does not cost the others", async (t) => {
  const collector = await start(t);
  const [first, last] = [event(), event()];
  const answer = await collector.post("/v1/batch", `${JSON.stringify(first)}\n{"type":"tra\n${JSON.stringify(last)}`);
  assert.equal(answer.status, 400);
  assert.deepEqual(answer.body.accepted, ids([first, last]));
  assert.equal(answer.body.problems[0].path, "/1");
  assert.equal((await stored(collector)).length, 2);
});

test("an empty batch is accepted: there is nothing to lose", async (t) => {
  const collector = await start(t);
  const answer = await collector.collect([]);
  assert.deepEqual([answer.status, answer.body], [200, { accepted: [], rejected: [] }]);
});

test("page and identify calls are found under their event names", async (t) => {
  const collector = await start(t);
  await collector.collect([event(), event({ type: "page" }), event({ type: "identify", userId: "u" })]);
  for (const name of ["Product Viewed", "Page Viewed", "Identified"]) {
    assert.equal((await collector.get(`/api/events?event=${encodeURIComponent(name)}`)).body.total, 1, name);
  }
});
