import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { event, start, talk } from "./harness.mjs";

const statusOf = (answer) => Number(answer.split(" ")[1]);
const bodyOf = (answer) => JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));

test("a gzip bomb is refused at the limit, and the collector goes on", async (t) => {
  const collector = await start(t);
  const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024, 0x20));
  assert.ok(bomb.length < 512 * 1024, "the bomb itself fits");
  const answer = await collector.post("/collect", bomb, { "Content-Encoding": "gzip" });
  assert.deepEqual([answer.status, answer.body.error.code, answer.body.error.limit], [413, "body_too_large", 512 * 1024]);
  assert.equal((await collector.collect([event()])).status, 200);
});

test("a body that is announced too large is refused before it comes", async (t) => {
  const collector = await start(t);
  const answer = await talk(collector.port, "POST /collect HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n");
  assert.equal(statusOf(answer), 413);
  assert.deepEqual([bodyOf(answer).error.value, bodyOf(answer).error.limit], ["99999999999", 512 * 1024]);
});

test("a body without a length is refused at the limit, and is not read for ever", async (t) => {
  const collector = await start(t);
  const socket = connect(collector.port, "127.0.0.1");
  // Cutting off one that still sends is an error on its side, for which `once` would not wait for the close.
  const closed = new Promise((resolve) => socket.on("close", resolve));
  let answer = "";
  socket.on("data", (chunk) => (answer += chunk)).on("error", () => {});
  socket.write("POST /collect HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
  const feeding = setInterval(() => socket.writable && socket.write(chunk), 5);
  t.after(() => clearInterval(feeding));
  await closed;
  assert.equal(statusOf(answer), 413);
  assert.equal((await collector.collect([event()])).status, 200);
});

test("a sender that is refused in the midst of its body still reads the answer", async (t) => {
  const collector = await start(t);
  const answers = await Promise.all(Array.from({ length: 10 }, () => collector.post("/collect", "x".repeat(4_000_000))));
  assert.deepEqual(answers.map(({ status }) => status), Array(10).fill(413));
});

test("half a body and a reset store nothing and break nothing", async (t) => {
  const collector = await start(t);
  const body = JSON.stringify({ batch: [event(), event()] });
  const ndjson = `${JSON.stringify(event())}\n`;
  for (const [sent, end] of [[body.slice(0, 100), "resetAndDestroy"], [ndjson, "resetAndDestroy"], [ndjson, "end"], [ndjson, "destroy"]]) {
    const socket = connect(collector.port, "127.0.0.1").on("error", () => {});
    await once(socket, "connect");
    const closed = once(socket, "close");
    await new Promise((resolve) => socket.write(`POST /collect HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length + 1000}\r\n\r\n${sent}`, resolve));
    socket[end]();
    socket.resume();
    await closed;
  }
  assert.equal((await collector.collect([event()])).status, 200);
  assert.equal((await collector.get("/api/events")).body.total, 1);
  assert.equal(collector.log(), "");
});

test("a sender that drips is told so and cut off", async (t) => {
  const collector = await start(t, { args: ["--request-timeout", "300"] });
  const drips = ["POST /collect HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{", "POST /collect HTTP/1.1\r\nHo"];
  for (const answer of await Promise.all(drips.map((drip) => talk(collector.port, drip)))) {
    assert.equal(statusOf(answer), 408);
    assert.equal(bodyOf(answer).error.code, "too_slow");
  }
  assert.equal((await collector.collect([event()])).status, 200);
});

test("bytes that are no HTTP, and endless headers, are answered and closed", async (t) => {
  const collector = await start(t);
  const garbage = await talk(collector.port, Buffer.from([0x16, 0x03, 0x01, 0x00, 0x0a]));
  assert.deepEqual([statusOf(garbage), bodyOf(garbage).error.code], [400, "not_http"]);
  const headers = await talk(collector.port, `GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: ${"x".repeat(20_000)}`);
  assert.deepEqual([statusOf(headers), bodyOf(headers).error.code], [431, "headers_too_large"]);
});

test("values that look like SQL, templates or prototypes are text", async (t) => {
  const collector = await start(t);
  const names = ["'; DROP TABLE events; --", '" OR 1=1 --', "' UNION SELECT code FROM coupons --", "%", "_", "?1", "\\", "{{constructor}}", "<img src=x onerror=alert(1)>", "__proto__", "a\0b", "\ud800", "가나다"];
  const events = names.map((name) => event({ event: name, anonymousId: name, userId: name, properties: { campaign: name, variant: name, ["__proto__x"]: name }, context: { streamId: name }, seq: 1 }));
  const answer = await collector.collect(events);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  for (const [index, name] of names.entries()) {
    if (name === "\ud800") continue; // It cannot be written into a URL.
    for (const key of ["anonymousId", "userId", "event", "campaign"]) {
      const { body } = await collector.get(`/api/events?${key}=${encodeURIComponent(name)}`);
      assert.deepEqual([body.total, body.events[0]?.messageId], [1, events[index].messageId], `${key}=${name}`);
      assert.equal(body.events[0].event, name);
    }
    const { body: ledger } = await collector.get(`/api/ledger?anonymousId=${encodeURIComponent(name)}`);
    assert.equal(ledger.total, 1);
    assert.deepEqual(Object.keys(ledger.events), [name.replace("\0", "\ufffd")]);
    assert.equal(Object.keys(ledger.streams).length, 1, name);
  }
  assert.equal((await collector.get("/api/events?limit=1000")).body.total, names.length);
});

test("values of unexpected kinds never reach the database", async (t) => {
  const collector = await start(t);
  const odd = [true, false, 1.5, -1, 0, 1e300, 2 ** 53, "3", [], {}, null];
  const events = odd.flatMap((value) => [event({ seq: value, context: { streamId: value } }), event({ properties: { campaign: value, variant: value } }), event({ context: { seq: value } })]);
  assert.equal((await collector.collect(events, { sentAt: true, writeKey: false })).status, 200);
  assert.equal((await collector.get("/api/events?limit=1000")).body.total, events.length);
  assert.equal(collector.log(), "");
});

test("an event nested beyond reason is refused by itself", async (t) => {
  const collector = await start(t);
  const good = event();
  const deep = JSON.stringify(event({ messageId: "deep" })).replace('{"product_id"', `{"x":${"[".repeat(200_000)}${"]".repeat(200_000)},"product_id"`);
  const answer = await collector.post("/collect", `{"batch":[${JSON.stringify(good)},${deep}]}`);
  assert.equal(answer.status, 400);
  assert.deepEqual([answer.body.accepted, answer.body.rejected], [[good.messageId], ["deep"]]);
});
