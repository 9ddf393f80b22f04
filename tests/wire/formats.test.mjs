// What leaves the browser: bodies, headers and events, as a receiver of another origin sees them.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import Ajv from "ajv";
import { eventsOf, receiver } from "./receiver.mjs";
import { shop, until } from "./page.mjs";

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const QUERY = "/cart?utm_source=naver&utm_medium=cpc&utm_campaign=%EB%8B%A8%EA%B3%A8";

let place;
before(async () => { place = await shop(); });
after(() => place?.close());

/** What a receiver got for a page view, a track and an identify call. */
async function sent(endpoint, options = {}, context = { path: QUERY }) {
  const sink = await receiver();
  const visitor = await place.visitor({ endpoint: { url: sink.url, flushInterval: 0, flushAt: 500, ...endpoint }, ...options }, context);
  await visitor.page.evaluate(() => Promise.all([
    dangol.track("Product Added", { product_id: "p-1", price: 39_000, currency: "KRW", name: "단골 \"머그\"\n☕", none: null }),
    dangol.identify("member-7", { plan: "gold" }),
    dangol.track("Order Completed", { order_id: "o-1", revenue: 39_000 }),
  ]));
  await visitor.settled();
  const stats = await visitor.stats();
  await visitor.close();
  await sink.close();
  return { ...sink, stats, events: sink.events() };
}

describe("the segment format", () => {
  let got;
  before(async () => { got = await sent({ writeKey: "wk-1" }); });

  it("is one simple request across origins", () => {
    assert.equal(got.preflights.length, 0);
    for (const { method, path, headers, text } of got.requests) {
      assert.deepEqual([method, path], ["POST", "/v1/batch"]);
      assert.match(headers["content-type"], /^text\/plain\b/);
      const body = JSON.parse(text);
      assert.deepEqual(Object.keys(body), ["batch", "sentAt", "writeKey"]);
      assert.equal(body.writeKey, "wk-1");
      assert.match(body.sentAt, ISO);
      assert.ok(Math.abs(Date.parse(body.sentAt) - Date.now()) < 60_000);
      assert.ok(Buffer.byteLength(text) === Number(headers["content-length"]));
    }
  });

  it("has Segment's fields for each call, and nothing that nobody asked for", () => {
    const [page, track, identify, order] = got.events;
    const common = ["anonymousId", "context", "messageId", "seq", "timestamp", "type"];
    assert.deepEqual(Object.keys(page).sort(), [...common, "properties"].sort());
    assert.deepEqual(Object.keys(track).sort(), [...common, "event", "properties"].sort());
    assert.deepEqual(Object.keys(identify).sort(), [...common, "traits", "userId"].sort());
    assert.deepEqual([page.type, track.type, identify.type, order.type], ["page", "track", "identify", "track"]);
    assert.deepEqual([track.event, order.event], ["Product Added", "Order Completed"]);
    assert.deepEqual(track.properties, { product_id: "p-1", price: 39_000, currency: "KRW", name: "단골 \"머그\"\n☕", none: null });
    assert.deepEqual([identify.userId, identify.traits], ["member-7", { plan: "gold" }]);
    assert.equal(track.userId, undefined);
    assert.equal(order.userId, "member-7", "who signed in is named from then on");
    assert.deepEqual(page.properties, {
      path: "/cart", referrer: "", search: QUERY.slice(5), title: "shop", url: place.origin + QUERY,
    });
  });

  it("numbers the events of a page load and names each for good", () => {
    assert.deepEqual(got.events.map(({ seq }) => seq), [1, 2, 3, 4]);
    assert.equal(new Set(got.events.map(({ messageId }) => messageId)).size, 4);
    for (const { messageId, timestamp, anonymousId } of got.events) {
      assert.match(messageId, UUID7);
      assert.match(timestamp, ISO);
      assert.equal(anonymousId, got.events[0].anonymousId);
      // The id's own time is that of the call.
      const born = parseInt(messageId.replaceAll("-", "").slice(0, 12), 16);
      assert.ok(Math.abs(born - Date.parse(timestamp)) < 1_000);
    }
    const streams = new Set(got.events.map(({ context }) => context.streamId));
    assert.equal(streams.size, 1);
    assert.match([...streams][0], /^[0-9a-f-]{36}$/);
  });

  it("says where and under which consent it happened", () => {
    for (const { context } of got.events) {
      assert.equal(context.library.name, "dangol");
      assert.match(context.library.version, /^\d+\.\d+\.\d+/);
      assert.deepEqual([context.locale, context.timezone], ["ko", "Asia/Seoul"]);
      assert.match(context.userAgent, /Chrom/);
      assert.deepEqual(context.page, { path: "/cart", referrer: "", search: QUERY.slice(5), title: "shop", url: place.origin + QUERY });
      assert.deepEqual(context.campaign, { source: "naver", medium: "cpc", name: "단골" });
      assert.match(context.sessionId, /^[0-9a-f-]{36}\.1$/);
      assert.deepEqual(context.consent, { analytics: true, personalization: true, marketing: true, marketingNight: false });
    }
  });
});

describe("the other formats", () => {
  it("ndjson is one event a line", async () => {
    const { requests, events, preflights } = await sent({ format: "ndjson", writeKey: "wk" });
    assert.equal(preflights.length, 0);
    for (const { text, headers } of requests) {
      assert.ok(text.endsWith("\n") && !text.includes("\n\n"));
      for (const line of text.trimEnd().split("\n")) assert.equal(typeof JSON.parse(line).messageId, "string");
      assert.match(headers["content-type"], /^text\/plain\b/);
    }
    assert.deepEqual(events.map(({ seq }) => seq), [1, 2, 3, 4]);
  });

  it("an envelope has the key that the backend wants, and no other", async () => {
    const { requests, events } = await sent({ format: { envelope: "rows" }, writeKey: "wk" });
    for (const { text } of requests) assert.deepEqual(Object.keys(JSON.parse(text)), ["rows"]);
    assert.equal(events.length, 4);
  });

  it("cloudevents is the JSON batch format of CloudEvents 1.0", async (context) => {
    const { requests, events } = await sent({ format: "cloudevents" });
    const schema = new URL("../../../shared/suites/cloudevents/cloudevents.schema.json", import.meta.url);
    const published = [schema, new URL("../../shared/suites/cloudevents/cloudevents.schema.json", import.meta.url)].find((url) => existsSync(url));
    let valid;
    if (published) {
      const ajv = new Ajv({ strict: false, formats: { "uri-reference": true, uri: true, "date-time": (text) => !Number.isNaN(Date.parse(text)) } });
      valid = ajv.compile(JSON.parse(readFileSync(published, "utf8")));
    } else context.diagnostic("skipped: the schema of CloudEvents is not here; the attributes are checked by hand alone");
    for (const { text, headers } of requests) {
      assert.match(headers["content-type"], /^application\/cloudevents-batch\+json\b/);
      for (const event of JSON.parse(text)) {
        if (valid) assert.ok(valid(event), JSON.stringify(valid.errors));
        assert.deepEqual([event.specversion, event.source, event.datacontenttype], ["1.0", place.origin, "application/json"]);
        assert.deepEqual([event.id, event.time, event.type], [event.data.messageId, event.data.timestamp, `dangol.${event.data.type}`]);
        assert.equal(event.subject, event.data.event ?? event.data.name);
        // Names of attributes are lower-case letters and digits.
        assert.ok(Object.keys(event).every((key) => /^[a-z0-9]{1,20}$/.test(key)));
      }
    }
    assert.equal(events.length, 4);
  });

  it("an unknown format is Segment's, so that nothing is lost over a slip of the pen", async () => {
    const { requests } = await sent({ format: "segmnet" });
    assert.ok(Array.isArray(JSON.parse(requests[0].text).batch));
  });
});

describe("options of the endpoint", () => {
  it("sends the shop's headers, its content type among them", async () => {
    const { requests, preflights } = await sent({ headers: { "Content-Type": "application/json", "X-Shop": "단골".length > 0 ? "dangol" : "", Authorization: "Bearer abc" } });
    for (const { headers } of requests) assert.deepEqual([headers["content-type"], headers["x-shop"], headers.authorization], ["application/json", "dangol", "Bearer abc"]);
    assert.ok(preflights.length >= 1, "which costs a preflight");
  });

  it("compresses with gzip where the endpoint takes it, but never what leaves at the page's end", async () => {
    const sink = await receiver();
    const visitor = await place.visitor({ endpoint: { url: sink.url, compress: true, flushInterval: 600_000, flushAt: 20 } });
    await visitor.page.evaluate(() => Promise.all(Array.from({ length: 40 }, (_, n) => dangol.track("Product Viewed", { n, words: "단골 손님 ".repeat(20) }))));
    await visitor.settled();
    assert.ok(sink.requests.every(({ headers, bytes, text }) => headers["content-encoding"] === "gzip" && bytes.length < text.length / 3));
    // The last flush that was asked for must not take along what follows: it holds the lock until it is done.
    await until(() => visitor.page.evaluate(async () => {
      const { held, pending } = await navigator.locks.query();
      return held.length + pending.length === 0;
    }), "the flush to end");
    const before = sink.requests.length;
    await visitor.track("Cart Viewed");
    await visitor.page.goto("about:blank");
    await until(() => sink.requests.length > before, "the last request");
    const last = sink.requests.at(-1);
    assert.deepEqual([last.headers["content-encoding"], eventsOf(last.text).at(-1).event], [undefined, "Cart Viewed"]);
    await visitor.close();
    await sink.close();
  });

  it("gathers flushAt events, or whatever came within flushInterval", async () => {
    const sink = await receiver();
    const visitor = await place.visitor({ endpoint: { url: sink.url, flushAt: 5, flushInterval: 3_000 }, capture: { page: false } });
    const started = Date.now();
    for (let n = 0; n < 4; n++) await visitor.track("Product Viewed", { n });
    assert.equal(sink.requests.length, 0);
    await until(() => sink.requests.length === 1, "the interval", 8_000);
    assert.ok(sink.requests[0].at - started >= 2_900, `after ${sink.requests[0].at - started} ms`);
    assert.equal(sink.events().length, 4);
    for (let n = 0; n < 5; n++) await visitor.track("Product Viewed", { n });
    const full = Date.now();
    await until(() => sink.events().length === 9, "the batch", 2_500);
    assert.ok(Date.now() - full < 2_500);
    await visitor.close();
    await sink.close();
  });

  it("lets beforeSend change or keep back an event, counted, with the gap in its numbers reported", async () => {
    const sink = await receiver();
    const visitor = await place.visitor({}, { path: "/" });
    await visitor.page.evaluate(async (url) => {
      await dangol.destroy();
      await begin({ endpoint: { url, flushInterval: 0 }, capture: { page: false }, beforeSend(event) {
        if (event.event === "Secret") return null;
        if (event.event === "Broken") throw new Error("the shop's own");
        return { ...event, messageId: "mine", properties: { ...event.properties, email: undefined, cleaned: true } };
      } });
      for (const name of ["One", "Secret", "Broken", "Two"]) await dangol.track(name, { email: "a@b.kr" });
    }, sink.url);
    const stats = await visitor.settled();
    const events = sink.events();
    assert.deepEqual(events.map(({ event, seq }) => [event, seq]), [["One", 1], ["Two", 4]]);
    for (const { properties, messageId } of events) {
      assert.deepEqual(properties, { cleaned: true });
      assert.match(messageId, UUID7, "the id stays ours: the outbox knows the event by it");
    }
    assert.deepEqual(events[1].context.dropped, { before_send: 2 });
    assert.deepEqual([stats.created, stats.acknowledged, stats.dropped], [4, 2, { before_send: 2 }]);
    await visitor.close();
    await sink.close();
  });
});

describe("who an event belongs to", () => {
  it("is settled when it is made, whatever happens before it leaves", async () => {
    const sink = await receiver(() => ({ status: 503 }));
    const visitor = await place.visitor({ endpoint: { url: sink.url, flushAt: 500, flushInterval: 600_000 }, capture: { page: false } });
    await visitor.page.evaluate(async () => {
      await dangol.track("A");
      await dangol.identify("one");
      await dangol.track("B");
      await dangol.identify("two");
      await dangol.track("C");
      await dangol.reset();
      await dangol.track("D");
    });
    sink.answer(() => ({}));
    await visitor.settled();
    const who = Object.fromEntries(sink.events().map((event) => [event.event ?? `identify ${event.userId}`, event]));
    assert.deepEqual(["A", "B", "C", "D"].map((name) => who[name].userId), [undefined, "one", "two", undefined]);
    assert.equal(who.A.anonymousId, who.B.anonymousId);
    assert.notEqual(who.B.anonymousId, who.C.anonymousId, "another member on the same device is another visitor");
    assert.notEqual(who.C.anonymousId, who.D.anonymousId);
    // Nor does the name of a session tie one visitor to the next.
    for (const { anonymousId, context } of sink.events()) assert.equal(context.sessionId, `${anonymousId}.1`);
    await visitor.close();
    await sink.close();
  });
});
