// What each answer of an endpoint leads to, as a receiver of another origin sees it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { eventsOf, receiver } from "./receiver.mjs";
import { shop, until } from "./page.mjs";

let place;
before(async () => { place = await shop(); });
after(() => place?.close());

const names = ({ text }) => eventsOf(text).map(({ event }) => event);
const ids = (text) => eventsOf(text).map(({ messageId }) => messageId);

/** A visitor with `count` events `E0`, `E1`… in one batch, and a receiver that answers as said. */
async function batch(count, answer, endpoint = {}, context = {}) {
  const sink = await receiver(answer);
  const visitor = await place.visitor({ endpoint: { url: sink.url, flushAt: 500, flushInterval: 600_000, ...endpoint }, capture: { page: false } }, context);
  await visitor.page.evaluate((count) => Promise.all(Array.from({ length: count }, (_, n) => dangol.track(`E${n}`))), count);
  await visitor.flush();
  return {
    ...visitor, sink,
    async close() {
      assert.deepEqual(visitor.said.filter((line) => !/Failed to load resource/.test(line)), [], "the page hears nothing");
      await visitor.close();
      await sink.close();
    },
  };
}

describe("an acknowledgement", () => {
  for (const [status, body] of [[200, "<html>welcome</html>"], [202, "{}"], [204, ""]]) {
    it(`is a ${status} with ${body || "nothing"}`, async () => {
      const { sink, settled, close } = await batch(3, () => ({ status, body }));
      const { acknowledged, dropped } = await settled();
      assert.deepEqual([acknowledged, dropped, sink.requests.length], [3, {}, 1]);
      await close();
    });
  }

  it("is with strictAck the list of accepted ids alone; the others are sent again, with the same ids and numbers", async () => {
    let asked = 0;
    const { sink, stats, settled, close } = await batch(4, ({ text }) => {
      const [first, second, third] = ids(text);
      return { body: ++asked === 1 ? JSON.stringify({ accepted: [first, second], rejected: [third] }) : asked === 2 ? "{}" : JSON.stringify({ accepted: ids(text) }) };
    }, { strictAck: true });
    await until(async () => (await stats()).acknowledged === 2, "the first two");
    const { acknowledged, dropped } = await settled();
    assert.deepEqual([acknowledged, dropped], [3, { rejected: 1 }]);
    assert.deepEqual(sink.requests.map(names), [["E0", "E1", "E2", "E3"], ["E3"], ["E3"]]);
    const again = sink.requests.map(({ text }) => eventsOf(text).at(-1));
    assert.deepEqual(new Set(again.map((event) => JSON.stringify(event))).size, 1, "the very same text each time");
    await close();
  });

  it("is with strictAck no page of a captive portal", async () => {
    const { sink, stats, settled, close } = await batch(1, (request, count) => (count === 1 ? { body: "<html>please pay</html>" } : { body: JSON.stringify({ accepted: ids(request.text) }) }), { strictAck: true });
    await until(() => sink.requests.length === 1, "the first request");
    assert.equal((await stats()).acknowledged, 0);
    assert.equal((await settled()).acknowledged, 1);
    await close();
  });
});

describe("later", () => {
  for (const status of [408, 425, 429, 503, null]) {
    it(`is ${status ?? "no answer"}: the same batch within the first second's jitter`, async () => {
      const { sink, settled, close } = await batch(2, (request, count) => (count === 1 ? status && { status } : {}));
      const { acknowledged } = await settled();
      assert.equal(acknowledged, 2);
      const [first, second] = sink.requests;
      assert.deepEqual(ids(first.text), ids(second.text));
      // Full jitter below one second, and what a loaded machine adds.
      assert.ok(second.at - first.at < 4_000, `${second.at - first.at} ms`);
      await close();
    });
  }

  it("is as long as Retry-After says, in the header or in the body, but at least a second", async () => {
    const cases = [[{ headers: { "Retry-After": "2" } }, 2_000], [{ body: '{"retryAfter":2}' }, 2_000], [{ headers: { "Retry-After": "0" } }, 1_000]];
    for (const [said, wait] of cases) {
      const { sink, flush, settled, close } = await batch(1, (request, count) => (count === 1 ? { status: 429, ...said } : {}));
      await until(() => sink.requests.length === 1, "the first request");
      // What the shop asks for does not shorten it.
      await flush();
      await settled();
      const waited = sink.requests[1].at - sink.requests[0].at;
      assert.ok(waited >= wait - 50 && waited < wait * 1.1 + 3_000, `${JSON.stringify(said)}: ${waited} ms`);
      await close();
    }
  });

  it("is an hour at most, whatever Retry-After says", async () => {
    const { sink, page, settled, close } = await batch(1, (request, count) => (count === 1 ? { status: 503, headers: { "Retry-After": "99999999" } } : {}), {}, { clock: { time: "2026-11-02T12:00:00+09:00" } });
    await until(() => sink.requests.length === 1, "the first request");
    await page.waitForTimeout(200);
    await page.clock.fastForward("50:00");
    await page.waitForTimeout(500);
    assert.equal(sink.requests.length, 1);
    await page.clock.fastForward("15:00");
    await until(() => sink.requests.length === 2, "the second request after an hour");
    await settled();
    await close();
  });
});

describe("refusals", () => {
  it("413 halves, and gives up a single event alone", async () => {
    const { sink, settled, close } = await batch(8, ({ text }) => (eventsOf(text).length > 2 || names({ text }).includes("E5") ? { status: 413 } : {}));
    const { acknowledged, dropped } = await settled();
    assert.deepEqual([acknowledged, dropped], [7, { too_large: 1 }]);
    assert.deepEqual(sink.requests.slice(0, 2).map((request) => names(request).length > 4), [true, false]);
    await close();
  });

  for (const status of [400, 422]) {
    it(`${status} with a list drops those named, and the rest goes on`, async () => {
      const { sink, settled, close } = await batch(6, ({ text }, count) => (count === 1 ? { status, body: JSON.stringify({ rejected: [ids(text)[1], ids(text)[4]] }) } : {}));
      const { acknowledged, dropped } = await settled();
      assert.deepEqual([acknowledged, dropped], [4, { rejected: 2 }]);
      assert.deepEqual(sink.requests.map(names), [["E0", "E1", "E2", "E3", "E4", "E5"], ["E0", "E2", "E3", "E5"]]);
      await close();
    });

    it(`${status} without a list halves until the bad one is alone`, async () => {
      const { sink, settled, close } = await batch(8, (request) => (names(request).includes("E3") ? { status } : {}));
      const { acknowledged, dropped } = await settled();
      assert.deepEqual([acknowledged, dropped], [7, { rejected: 1 }]);
      assert.ok(sink.requests.length <= 8, `${sink.requests.length} requests`);
      await close();
    });
  }

  it("a drop is reported with its reason by the next event, and its number stays a gap", async () => {
    const { sink, page, settled, close } = await batch(2, ({ text }, count) => (count === 1 ? { status: 400, body: JSON.stringify({ rejected: [ids(text)[0]] }) } : {}));
    await settled();
    await page.evaluate(() => dangol.track("After"));
    await settled();
    const after = sink.events().find(({ event }) => event === "After");
    assert.deepEqual([after.seq, after.context.dropped], [3, { rejected: 1 }]);
    await close();
  });

  for (const status of [302, 401, 404]) {
    it(`${status} parks: kept, one warning, asked again after an hour`, async () => {
      const answer = (request, count) => (count <= 2 ? { status, headers: { Location: "/elsewhere" } } : {});
      const { sink, page, stats, flush, settled, close } = await batch(3, answer, {}, { clock: { time: "2026-11-02T12:00:00+09:00" } });
      await until(() => page.evaluate(() => problems.length), "the warning");
      await page.evaluate(() => dangol.track("E3"));
      await flush();
      await page.clock.fastForward("30:00");
      await page.waitForTimeout(300);
      assert.equal(sink.requests.length, 1, "no request meanwhile");
      assert.equal((await stats()).pending, 4);
      await page.clock.fastForward("31:00");
      await until(() => sink.requests.length === 2, "the probe");
      await page.waitForTimeout(300);
      await page.clock.fastForward("01:01:00");
      await until(() => sink.requests.length >= 3, "the second probe");
      const { acknowledged, dropped } = await settled();
      assert.deepEqual([acknowledged, dropped], [4, {}]);
      const warnings = await page.evaluate(() => problems.map(({ code, status }) => `${code} ${status}`));
      assert.deepEqual(warnings, [`endpoint-refuses ${status}`]);
      await close();
    });
  }
});

describe("the clocks", () => {
  it("sentAt is the device's clock at the moment of sending, so that the receiver can correct timestamps", async () => {
    const { sink, page, settled, close } = await batch(1, (request, count) => (count === 1 ? { status: 503, headers: { "Retry-After": "60" } } : {}), {}, { clock: { time: "2020-02-03T04:05:06Z" } });
    await until(() => sink.requests.length === 1, "the first request");
    await page.waitForTimeout(200);
    await page.clock.fastForward("01:10");
    await settled();
    const [first, second] = sink.requests.map(({ text }) => JSON.parse(text));
    assert.equal(first.batch[0].timestamp, second.batch[0].timestamp);
    assert.match(first.batch[0].timestamp, /^2020-02-03T04:05:0/);
    const between = Date.parse(second.sentAt) - Date.parse(first.sentAt);
    assert.ok(between >= 60_000 && between < 120_000, `${between} ms`);
    await close();
  });
});

describe("what a page left to the next one", () => {
  it("comes in the order of its stream, with what Dangol wrote between calls of one millisecond", async () => {
    const sink = await receiver(() => null);
    const config = { version: 1, segments: {} };
    for (let count = 2; count < 20; count += 3) config.segments[`s${count}`] = { when: { $did: { event: "E", count: { $gte: count } } } };
    const visitor = await place.visitor({ config, endpoint: { url: sink.url, flushAt: 500, flushInterval: 600_000 }, capture: { page: false } });
    await visitor.page.evaluate(() => Promise.all(Array.from({ length: 20 }, () => dangol.track("E"))));
    await visitor.enter("/cart");
    sink.answer(() => ({}));
    await visitor.track("Next");
    await until(async () => (await visitor.flush(), eventsOf(sink.requests.at(-1)?.text).some(({ event }) => event === "Next")), "the next page's batch", 20_000);
    const events = eventsOf(sink.requests.at(-1).text).filter(({ event }) => event !== "Next");
    assert.deepEqual(events.map(({ seq }) => seq), Array.from({ length: 26 }, (_, place) => place + 1));
    await visitor.close();
    await sink.close();
  });
});
