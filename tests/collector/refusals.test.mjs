import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { event, start } from "./harness.mjs";

test("an event with a fault is named, with the place, the value and the remedy", async (t) => {
  const collector = await start(t);
  const cases = [
    ["type", event({ type: "alias" }), "alias"],
    ["type", event({ type: ["track"] }), '["track"]'],
    ["event", event({ event: undefined }), null],
    ["event", event({ event: "" }), ""],
    ["event", event({ event: "x".repeat(257) }), `${"x".repeat(100)}…`],
    ["timestamp", event({ timestamp: "2030-01-01" }), "2030-01-01"],
    ["timestamp", event({ timestamp: "2030-13-01T00:00:00Z" }), "2030-13-01T00:00:00Z"],
    ["timestamp", event({ timestamp: "2030-01-01T00:00:00" }), "2030-01-01T00:00:00"],
    ["timestamp", event({ timestamp: 1893456000000 }), "1893456000000"],
    ["anonymousId", event({ anonymousId: undefined }), null],
    ["anonymousId", event({ anonymousId: 5 }), "5"],
    ["userId", event({ userId: { id: 1 } }), '{"id":1}'],
    ["properties", event({ properties: [1] }), "[1]"],
    ["context", event({ context: "x" }), "x"],
    ["messageId", event({ messageId: "x".repeat(101) }), `${"x".repeat(100)}…`],
    ["messageId", event({ messageId: "a\0b" }), "a\0b"],
    ["messageId", event({ messageId: "a\ud800" }), "a\ufffd"],
    ["", event({ properties: { text: "가".repeat(11_000) } }), undefined],
  ];
  for (const [key, bad, value] of cases) {
    const good = event();
    const { status, body } = await collector.collect([good, bad]);
    assert.equal(status, 400, key);
    assert.equal(body.error.code, "events_rejected");
    assert.deepEqual([body.accepted, body.rejected], [[good.messageId], [bad.messageId]]);
    assert.equal(body.problems.length, 1);
    const [problem] = body.problems;
    assert.equal(problem.messageId, bad.messageId);
    assert.equal(problem.path, key === "" ? "/batch/1" : `/batch/1/${key}`);
    if (value !== undefined) assert.equal(problem.value, value);
    assert.ok(problem.message.length > 20);
    assert.ok(problem.value === null || problem.value.length <= 101);
  }
  assert.equal((await collector.get("/api/events")).body.total, cases.length);
  const { body: ledger } = await collector.get("/api/ledger?anonymousId=visitor");
  assert.equal(ledger.rejected, cases.filter(([, bad]) => bad.anonymousId === "visitor").length);
});

test("an event without a readable id is refused without a list of ids, so that the sender halves", async (t) => {
  const collector = await start(t);
  for (const bad of [event({ messageId: undefined }), event({ messageId: 5 }), 7, null, [1]]) {
    const { status, body } = await collector.collect([event(), bad]);
    assert.equal(status, 400);
    assert.ok(!("rejected" in body));
    assert.equal(body.accepted.length, 1);
    assert.equal(body.problems[0].messageId, null);
  }
});

test("an event of exactly the largest size is stored, one byte more is not", async (t) => {
  const collector = await start(t);
  const padded = (bytes) => {
    const one = event({ properties: { pad: "" } });
    one.properties.pad = "x".repeat(bytes - JSON.stringify(one).length);
    return one;
  };
  assert.equal((await collector.collect([padded(32 * 1024)])).status, 200);
  assert.equal((await collector.collect([padded(32 * 1024 + 1)])).status, 400);
});

test("a body that is no batch is refused with its reason", async (t) => {
  const collector = await start(t);
  const cases = [
    ["", 400, "empty_body"],
    [" \n ", 400, "empty_body"],
    ['{"batch":[', 400, "unparseable"],
    ["hello\nworld", 400, "unparseable"],
    [`{${"x".repeat(500)}`, 400, "unparseable"],
    ["7", 400, "not_a_batch"],
    ["null", 400, "not_a_batch"],
    ['{"batch":{}}', 400, "not_a_batch"],
    ["{}", 400, "not_a_batch"],
    ['{"a":[],"b":[]}', 400, "not_a_batch"],
    [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 400, "invalid_utf8"],
    [gzipSync("{}").subarray(0, 12), 400, "bad_gzip"],
  ];
  for (const [sent, status, code] of cases) {
    const answer = await collector.post("/collect", sent);
    assert.deepEqual([answer.status, answer.body.error.code], [status, code], String(sent));
    assert.ok(answer.body.error.message.length > 20);
    assert.ok((answer.body.error.value ?? "").length <= 101);
    assert.ok(!("rejected" in answer.body) && !("accepted" in answer.body));
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.match(answer.headers.get("content-type"), /^application\/json/);
  }
  const plain = await collector.post("/collect", "{}", { "Content-Encoding": "gzip" });
  assert.deepEqual([plain.status, plain.body.error.code], [400, "bad_gzip"]);
  const brotli = await collector.post("/collect", "{}", { "Content-Encoding": "br" });
  assert.deepEqual([brotli.status, brotli.body.error.code, brotli.body.error.value], [415, "unsupported_encoding", "br"]);
});

test("too many events are answered with 413 and the limit, and none is stored", async (t) => {
  const collector = await start(t);
  const answer = await collector.collect(Array.from({ length: 501 }, () => event()));
  assert.deepEqual([answer.status, answer.body.error.code, answer.body.error.limit], [413, "too_many_events", 500]);
  assert.equal((await collector.get("/api/events")).body.total, 0);
  assert.equal((await collector.collect(Array.from({ length: 500 }, () => event()))).status, 200);
});

test("an unknown path and a wrong method are told what there is", async (t) => {
  const collector = await start(t);
  for (const path of ["/", "/collect/", "/__proto__", "/constructor", "//evil"]) assert.equal((await collector.get(path)).status, 404, path);
  const wrong = await collector.get("/collect");
  assert.deepEqual([wrong.status, wrong.body.error.code, wrong.headers.get("allow")], [405, "method_not_allowed", "POST, OPTIONS"]);
  assert.equal((await collector.post("/api/stats", "{}")).status, 405);
});

test("a collector with no room asks to come back, in the header and in the body", async (t) => {
  const collector = await start(t, { args: ["--max-buffered", "1000"] });
  const answer = await collector.collect([event({ properties: { pad: "x".repeat(2000) } })]);
  assert.deepEqual([answer.status, answer.body.error.code, answer.body.retryAfter, answer.headers.get("retry-after")], [503, "busy", 2, "2"]);
  // The room is given back, so a body that fits is taken however often others did not.
  for (let round = 0; round < 5; round += 1) assert.equal((await collector.collect([event()])).status, 200);
});

test("a shop on another origin may send, and reads the answer, the clock and when to come back", async (t) => {
  const collector = await start(t);
  const origin = "https://shop.example";
  const preflight = await fetch(`${collector.url}/collect`, {
    method: "OPTIONS",
    headers: { Origin: origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-encoding, x-shop" },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("access-control-allow-origin"), origin);
  assert.equal(preflight.headers.get("access-control-allow-methods"), "POST");
  assert.equal(preflight.headers.get("access-control-allow-headers"), "content-encoding, x-shop");
  for (const [body, status] of [[JSON.stringify({ batch: [event()] }), 200], ["{", 400], ["x".repeat(600_000), 413]]) {
    const answer = await collector.post("/collect", body, { Origin: origin });
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get("access-control-allow-origin"), origin);
    assert.equal(answer.headers.get("access-control-expose-headers"), "Retry-After, Date");
    assert.equal(answer.headers.get("vary"), "Origin");
    assert.ok(answer.headers.get("date"));
  }
});
