import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { event, start } from "./harness.mjs";

const at = (minute) => `2030-01-01T00:${String(minute).padStart(2, "0")}:00.000Z`;

/** A collector with ten events, one a minute, sent in the reverse order. */
async function filled(t) {
  const collector = await start(t);
  const events = Array.from({ length: 10 }, (_, minute) =>
    event({
      messageId: `e${minute}`,
      event: minute % 2 ? "Odd" : "Even",
      timestamp: at(minute),
      anonymousId: minute < 5 ? "early" : "late",
      userId: minute === 9 ? "member" : undefined,
      properties: { campaign: minute > 7 ? "sale" : undefined },
    }),
  );
  await collector.collect(events.reverse());
  return collector;
}

test("filters narrow, and combine with and", async (t) => {
  const collector = await filled(t);
  const cases = [
    ["", "e0 e1 e2 e3 e4 e5 e6 e7 e8 e9"],
    ["event=Odd", "e1 e3 e5 e7 e9"],
    ["anonymousId=early", "e0 e1 e2 e3 e4"],
    ["anonymousId=early&event=Odd", "e1 e3"],
    ["userId=member", "e9"],
    ["type=track&campaign=sale", "e8 e9"],
    ["type=page", ""],
    ["messageId=e4", "e4"],
    [`since=${at(3)}&until=${at(5)}`, "e3 e4 e5"],
    [`since=${encodeURIComponent("2030-01-01T09:08:00+09:00")}`, "e8 e9"],
    ["order=desc&event=Even", "e8 e6 e4 e2 e0"],
  ];
  for (const [query, expected] of cases) {
    const { status, body } = await collector.get(`/api/events?${query}`);
    assert.equal(status, 200);
    assert.equal(body.events.map(({ messageId }) => messageId).join(" "), expected, query);
    assert.equal(body.total, expected.split(" ").filter(Boolean).length, query);
  }
});

test("pages of an answer fit together, and the total counts all", async (t) => {
  const collector = await filled(t);
  const pages = await Promise.all([0, 4, 8, 12].map((offset) => collector.get(`/api/events?limit=4&offset=${offset}`)));
  assert.equal(pages.flatMap(({ body }) => body.events.map(({ messageId }) => messageId)).join(" "), "e0 e1 e2 e3 e4 e5 e6 e7 e8 e9");
  for (const { body } of pages) assert.equal(body.total, 10);
});

test("events of one millisecond keep the order in which they came", async (t) => {
  const collector = await start(t);
  const events = Array.from({ length: 50 }, () => event());
  for (let index = 0; index < 50; index += 10) await collector.collect(events.slice(index, index + 10));
  const { body } = await collector.get("/api/events");
  assert.deepEqual(body.events.map(({ messageId }) => messageId), events.map(({ messageId }) => messageId));
});

test("a parameter that cannot be used is refused with its name", async (t) => {
  const collector = await start(t);
  const cases = [
    ["/api/events?limit=1001", "?limit"],
    ["/api/events?limit=-1", "?limit"],
    ["/api/events?limit=1e3", "?limit"],
    ["/api/events?offset=x", "?offset"],
    ["/api/events?order=up", "?order"],
    ["/api/events?order=__proto__", "?order"],
    ["/api/events?since=yesterday", "?since"],
    ["/api/events?until=", "?until"],
    ["/api/events?name=x", "?name"],
    ["/api/events?event=a&event=b", "?event"],
    ["/api/ledger", "?anonymousId"],
    ["/api/coupons", "?anonymousId"],
    ["/api/stats?x=1", "?x"],
  ];
  for (const [path, at] of cases) {
    const { status, body } = await collector.get(path);
    assert.deepEqual([status, body.error.code, body.error.path], [400, "bad_parameter", at], path);
  }
  const unbounded = await collector.get("/api/events", { method: "DELETE" });
  assert.equal(unbounded.status, 400);
});

test("the ledger shows what a stream lacks and what it has twice", async (t) => {
  const collector = await start(t);
  const numbered = (streamId, seq, overrides) => event({ seq, context: { streamId }, ...overrides });
  await collector.collect([numbered("a", 2), numbered("a", 3), numbered("a", 7), numbered("b", 1), numbered("b", 2), numbered("b", 2), numbered("__proto__", 2)]);
  // The rest of stream b belongs to the visitor after a log-out.
  await collector.collect([numbered("b", 3, { anonymousId: "next" }), numbered("b", 5), numbered("c", 9, { anonymousId: "stranger" }), event()]);
  const { body } = await collector.get("/api/ledger?anonymousId=visitor");
  assert.equal(
    JSON.stringify(body.streams),
    '{"__proto__":{"last":2,"missing":[1],"missingCount":1,"repeated":[]},"a":{"last":7,"missing":[1,4,5,6],"missingCount":4,"repeated":[]},"b":{"last":5,"missing":[4],"missingCount":1,"repeated":[2]}}',
  );
  assert.deepEqual([body.total, body.requests], [9, 2]);
});

test("an enormous gap is counted, not listed", async (t) => {
  const collector = await start(t);
  await collector.collect([event({ seq: Number.MAX_SAFE_INTEGER, context: { streamId: "s" } })]);
  const { body } = await collector.get("/api/ledger?anonymousId=visitor");
  assert.deepEqual([body.streams.s.missing.length, body.streams.s.missingCount], [1000, Number.MAX_SAFE_INTEGER - 1]);
});

test("stored events are shown to this machine only", async (t) => {
  const collector = await filled(t);
  const ask = (headers, method = "GET") =>
    new Promise((resolve) => {
      request(`${collector.url}/api/events?anonymousId=early`, { method, headers }, (response) => {
        response.resume();
        resolve([response.statusCode, response.headers["access-control-allow-origin"]]);
      }).end();
    });
  assert.deepEqual(await ask({}), [200, undefined]);
  for (const origin of ["http://127.0.0.1:4173", "http://localhost:4173", "http://[::1]:1"]) assert.deepEqual(await ask({ Origin: origin }), [200, origin]);
  for (const origin of ["https://evil.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "null"]) {
    assert.deepEqual(await ask({ Origin: origin }), [403, undefined], origin);
    assert.deepEqual(await ask({ Origin: origin }, "DELETE"), [403, undefined], origin);
    assert.deepEqual(await ask({ Origin: origin }, "OPTIONS"), [204, undefined], origin);
  }
  // A name of the attacker's may be made to point at this machine.
  assert.equal((await ask({ Host: "evil.example" }))[0], 403);
  assert.equal((await collector.get("/api/events?anonymousId=early")).body.total, 5);
});

test("/healthz says that the collector is well", async (t) => {
  const collector = await start(t);
  assert.deepEqual((await collector.get("/healthz")).body, { ok: true });
});
