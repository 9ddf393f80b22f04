// Collect mode keeps the rules of delivery that the engine keeps: what goes in a request, what an answer means, and when it is asked again.
import assert from "node:assert/strict";
import { collecting, FOUR, ids, test } from "./collect-lab.mjs";
import { until } from "./lab.mjs";

test("strictAck: only accepted ids count, those in neither list are sent again", async () => {
  const shop = await collecting((events, turn) => [200, turn === 1 ? { accepted: ids(events, "A"), rejected: ids(events, "C") } : { accepted: ids(events, ...FOUR) }], { endpoint: { strictAck: true } });
  await shop.track(...FOUR);
  await shop.flush();
  await shop.settled();
  assert.deepEqual(shop.names(), ["A B C D", "B D"]);
  const { acknowledged, dropped } = await shop.stats();
  assert.deepEqual([acknowledged, dropped], [3, { rejected: 1 }]);
  await shop.close();
});

test("strictAck: a 2xx that accepts nothing is no acknowledgement, and is not asked for again at once", async () => {
  const shop = await collecting((events, turn) => [200, turn === 1 ? "<p>welcome</p>" : { accepted: ids(events, ...FOUR) }], { endpoint: { strictAck: true } });
  await shop.track(...FOUR);
  await shop.flush();
  assert.equal((await shop.stats()).pending, 4);
  assert.equal(await shop.stored(), 4);
  await shop.settled();
  assert.equal((await shop.stats()).acknowledged, 4);
  assert.ok(shop.requests[1].at - shop.requests[0].at >= 200);
  await shop.close();
});

test("strictAck holds for the last request of a page, too", async () => {
  const shop = await collecting((events) => [200, { accepted: ids(events, "A") }], { endpoint: { strictAck: true } });
  await shop.track("A", "B");
  await shop.page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await until(async () => (await shop.stats()).acknowledged === 1, "the acknowledgement");
  assert.deepEqual([(await shop.stats()).pending, await shop.stored()], [1, 1]);
  await shop.close();
});

test("413: the batch is halved, a single event that is too large is dropped, and nothing stays behind it", async () => {
  const shop = await collecting((events) => (events.length > 1 || events[0].event === "B" ? [413] : [200]));
  await shop.track(...FOUR);
  await shop.flush();
  await shop.settled();
  assert.deepEqual((await shop.stats()).dropped, { too_large: 1 });
  assert.deepEqual(shop.requests.filter(({ events }) => events.length === 1).map(({ events }) => events[0].event), FOUR);
  assert.deepEqual((await shop.heard("sync")).filter(({ what }) => what === "dropped"), [{ what: "dropped", reason: "too_large" }]);
  await shop.close();
});

test("an event of more than 64 KiB is dropped at once, counted in bytes", async () => {
  const shop = await collecting(() => [200], { filter: "-" });
  await shop.track("Grown");
  assert.deepEqual((await shop.stats()).dropped, { too_large: 1 });
  await shop.track("Small");
  await shop.flush();
  await shop.settled();
  assert.deepEqual(shop.names(), ["Small"]);
  assert.deepEqual(shop.requests[0].events[0].context.dropped, { too_large: 1 });
  await shop.close();
});

test("a request has at most 500 events and 256 KiB", async () => {
  const shop = await collecting(() => [200]);
  await shop.page.evaluate(() => Promise.all(Array.from({ length: 600 }, (_, index) => dangol.track("Many", { index, text: index % 10 ? "" : "가".repeat(2_000) }))));
  await shop.flush();
  await shop.settled();
  assert.ok(shop.requests.every(({ events, body }) => events.length <= 500 && Buffer.byteLength(body) <= 262_144));
  assert.deepEqual(shop.requests.flatMap(({ events }) => events.map(({ properties }) => properties.index)), Array.from({ length: 600 }, (_, index) => index));
  await shop.close();
});

for (const status of [400, 422]) {
  test(`${status} with a list: those are dropped, the others sent again`, async () => {
    const shop = await collecting((events, turn) => (turn === 1 ? [status, { rejected: [{ messageId: ids(events, "B")[0] }, ...ids(events, "D")] }] : [200]));
    await shop.track(...FOUR);
    await shop.flush();
    await shop.settled();
    assert.deepEqual(shop.names(), ["A B C D", "A C"]);
    assert.deepEqual((await shop.stats()).dropped, { rejected: 2 });
    await shop.close();
  });

  test(`${status} without a list: the batch is halved until the bad one is found`, async () => {
    const shop = await collecting((events) => (events.some(({ event }) => event === "C") ? [status] : [200]));
    await shop.track(...FOUR, "E", "F");
    await shop.flush();
    await shop.settled();
    assert.deepEqual((await shop.stats()).dropped, { rejected: 1 });
    assert.deepEqual(shop.names(), ["A B C D E F", "A B C", "A", "B", "C", "D E F"]);
    await shop.close();
  });
}

test("an endpoint that refuses every single event is not fed at full speed", async () => {
  const shop = await collecting(() => [422]);
  await shop.track(..."ABCDEFGHIJKL");
  await shop.flush();
  assert.deepEqual((await shop.stats()).dropped, { rejected: 5 });
  await shop.close();
});

test("any other 3xx or 4xx: one warning, everything kept, asked again every hour", async () => {
  let status = 403;
  const shop = await collecting(() => [status], { clock: true });
  await shop.track("A");
  await shop.flush();
  await until(() => shop.requests.length === 1, "the first request");
  await until(async () => (await shop.heard("problem")).length, "the warning");
  const [{ code, severity, status: said }] = await shop.heard("problem");
  assert.deepEqual([code, severity, said], ["endpoint-refuses", "warning", 403]);
  await shop.track("B");
  await shop.flush();
  await shop.page.clock.fastForward("00:58:00");
  assert.equal(shop.requests.length, 1);
  for (const turn of [2, 3]) {
    await shop.page.clock.fastForward("01:01:00");
    await until(() => shop.requests.length === turn, `request ${turn}`);
    assert.equal((await shop.stats()).pending, 2);
  }
  assert.equal((await shop.heard("problem")).length, 1);
  status = 200;
  await shop.page.clock.fastForward("01:01:00");
  await shop.settled();
  assert.equal((await shop.stats()).acknowledged, 2);
  assert.ok((await shop.heard("sync")).some(({ what }) => what === "resumed"));
  await shop.close();
});

test("401: the shop is asked for a new token once, then the events are parked", async () => {
  let right = "Bearer token 2";
  const shop = await collecting(() => [shop.requests.at(-1).headers.authorization === right ? 200 : 401], { auth: true });
  await shop.track("A");
  await shop.flush();
  await shop.settled();
  await shop.track("B");
  await shop.flush();
  await shop.settled();
  assert.deepEqual(shop.requests.map(({ headers }) => headers.authorization), ["Bearer token 1", "Bearer token 2", "Bearer token 2"]);
  right = "";
  await shop.track("C");
  await shop.flush();
  await until(async () => (await shop.heard("problem")).length, "the warning");
  assert.equal(shop.requests.length, 5);
  assert.equal((await shop.stats()).pending, 1);
  await shop.close();
});

test("after a 401 the endpoint is asked again as soon as somebody signs in, but not after another refusal", async () => {
  for (const [status, requests] of [[401, 2], [403, 1]]) {
    let open = false;
    const shop = await collecting(() => [open ? 200 : status]);
    await shop.track("A");
    await shop.flush();
    await until(async () => (await shop.heard("problem")).length, "the warning");
    open = true;
    await shop.page.evaluate(() => dangol.identify("member-7"));
    if (requests > 1) await shop.settled();
    else await shop.page.waitForTimeout(500);
    assert.deepEqual([shop.requests.length, (await shop.stats()).pending], [requests, requests > 1 ? 0 : 2], `${status}`);
    await shop.close();
  }
});

test("a wait for want of an answer ends soon after the browser is online again, another one does not", async () => {
  for (const [status, more] of [[0, 1], [503, 0]]) {
    let answer = status;
    const shop = await collecting(() => [answer], { clock: true });
    // Waits as long as chance can make them.
    await shop.page.evaluate(() => { Math.random = () => 0.999; });
    await shop.track("A");
    await shop.flush();
    let asked = 0;
    for (let turn = 0; turn < 8; turn++) {
      // The browser may ask twice by itself where a connection breaks.
      asked = shop.requests.length;
      await shop.page.clock.fastForward("00:15:00");
      await until(() => shop.requests.length > asked, `request ${turn + 2}`);
      // Its answer is judged once nothing is under way.
      await shop.page.waitForTimeout(100);
    }
    answer = 200;
    asked = shop.requests.length;
    await shop.page.evaluate(() => dispatchEvent(new Event("online")));
    await shop.page.clock.fastForward("00:00:32");
    await shop.page.waitForTimeout(500);
    assert.equal(shop.requests.length, asked + more, `${status}`);
    await shop.close();
  }
});

test("a page that is hidden again and again sends what is on its way no second time", async () => {
  const shop = await collecting(() => [-1]);
  const hide = () => shop.page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await shop.track("A");
  await hide();
  await shop.track("B");
  await hide();
  await hide();
  await until(() => shop.requests.length > 1, "the requests");
  await shop.page.waitForTimeout(300);
  assert.deepEqual(shop.names(), ["A", "B"]);
  await shop.close();
});

/** How long the second request was behind the first. */
async function gap(answer) {
  const shop = await collecting((events, turn) => (turn === 1 ? answer() : [200]));
  await shop.track("A");
  await shop.flush();
  // Whoever asks for a flush, and however much there is to send, the endpoint's word stands.
  await shop.track("B");
  await shop.flush();
  await shop.settled(9_000);
  const [first, second] = shop.requests;
  await shop.close();
  return second.at - first.at;
}
const inSeconds = (seconds) => new Date(Date.now() + seconds * 1000).toUTCString();

for (const [name, least, answer] of [
  ["a number in the body", 2_950, () => [503, { retryAfter: 3 }]],
  ["a number in the header", 2_950, () => [429, "", { "Retry-After": "3" }]],
  // Whole seconds: up to one less.
  ["a date in the header", 1_950, () => [503, "", { "Retry-After": inSeconds(3) }]],
  ["a date in the body", 1_950, () => [503, { retryAfter: inSeconds(3) }]],
  ["no time at all, which is a second", 950, () => [503, { retryAfter: 0 }]],
  ["a date that has passed, which is a second", 950, () => [503, "", { "Retry-After": inSeconds(-60) }]],
]) {
  test(`a wait is honoured that is ${name}`, async () => {
    const waited = await gap(answer);
    assert.ok(waited >= least && waited < least + 2_500, `${waited} ms`);
  });
}

test("a wait of more than an hour is an hour", async () => {
  const shop = await collecting((events, turn) => (turn === 1 ? [503, { retryAfter: 999_999 }] : [200]), { clock: true });
  await shop.track("A");
  await shop.flush();
  await until(() => shop.requests.length === 1, "the first request");
  await shop.page.clock.fastForward("00:59:00");
  await shop.flush();
  assert.equal(shop.requests.length, 1);
  await shop.page.clock.fastForward("01:05");
  await shop.settled();
  await shop.close();
});

test("the first batch waits for the interval as any other does", async () => {
  const shop = await collecting(() => [], { endpoint: { flushInterval: 3_000 } });
  const began = Date.now();
  await shop.track("A");
  await until(() => shop.requests.length, "the batch");
  assert.ok(shop.requests[0].at - began >= 2_900, `${shop.requests[0].at - began} ms`);
  await shop.close();
});

test("what another tab saw refused waits here no more, and is counted as that", async () => {
  const shop = await collecting(() => []);
  await shop.track("A", "B");
  const [first] = (await shop.page.evaluate(() => dangol.exportData())).outbox;
  await shop.page.evaluate((id) => {
    const tab = new BroadcastChannel("dangol:dangol");
    tab.postMessage([{ gone: [id, "unknown"] }]);
    tab.postMessage([{ gone: [id] }]);
  }, first.messageId);
  await until(async () => (await shop.stats()).pending === 1, "the word");
  assert.deepEqual((await shop.stats()).dropped, { rejected: 1 });
  await shop.close();
});

test("no more waits than 1 MiB: what is of least worth goes, the oldest first, and is counted and reported", async () => {
  const shop = await collecting((_, turn) => [turn > 1 ? 200 : 503]);
  const track = (name, count, from = 0) => shop.page.evaluate(([name, count, from]) =>
    Promise.all(Array.from({ length: count }, (_, index) => dangol.track(name, { index: from + index, text: "x".repeat(2_000) }))), [name, count, from]);
  await track("Order Completed", 20);
  await track("Product Viewed", 600);
  const { pending, dropped } = await shop.stats();
  assert.ok(dropped.overflow > 0 && pending + dropped.overflow === 620, JSON.stringify(dropped));
  assert.equal(await shop.stored(), pending);
  const bytes = await shop.page.evaluate(async () => (await dangol.exportData()).outbox.reduce((sum, event) => sum + JSON.stringify(event).length, 0));
  assert.ok(bytes <= 1_048_576 && bytes > 900_000, `${bytes}`);
  await shop.track("Last");
  await until(async () => { await shop.flush(); return (await shop.stats()).pending === 0; }, "delivery");
  const events = shop.requests.slice(1).flatMap(({ events }) => events);
  assert.equal(events.filter(({ event }) => event === "Order Completed").length, 20);
  const viewed = events.filter(({ event }) => event === "Product Viewed").map(({ properties }) => properties.index);
  assert.deepEqual(viewed, Array.from({ length: viewed.length }, (_, index) => 600 - viewed.length + index));
  const told = events.reduce((sum, { context }) => sum + (context.dropped?.overflow ?? 0), 0);
  assert.equal(told, (await shop.stats()).dropped.overflow);
  await shop.close();
});

test("without a store more than 1 MiB does not wait either", async () => {
  const shop = await collecting(() => [503], { storage: "memory" });
  await shop.page.evaluate(() => Promise.all(Array.from({ length: 700 }, (_, index) => dangol.track("Product Viewed", { index, text: "가".repeat(700) }))));
  const { pending, dropped } = await shop.stats();
  assert.ok(dropped.overflow > 0 && pending + dropped.overflow === 700, JSON.stringify(dropped));
  assert.equal(await shop.stored(), pending);
  await shop.close();
});

test("flush() ends with the answer to a flush that is under way, and waits half a minute at most for a tab that keeps the lock", async () => {
  const shop = await collecting(() => [200], { clock: true });
  await shop.page.evaluate(() => new Promise((held) => navigator.locks.request("dangol:dangol:flush", () => new Promise((release) => held(window.release = release)))));
  await shop.track("A");
  await shop.page.evaluate(() => {
    window.ended = [];
    for (const n of [1, 2]) void dangol.flush().then(() => ended.push(n));
  });
  const ended = () => shop.page.evaluate(() => ended);
  await shop.page.clock.runFor(29_000);
  assert.deepEqual(await ended(), []);
  await shop.page.clock.runFor(2_000);
  assert.deepEqual(await ended(), [1, 2]);
  await shop.flush();
  assert.equal(shop.requests.length, 0);
  // Its place in line is kept.
  await shop.page.evaluate(() => release());
  await shop.settled();
  assert.deepEqual(shop.names(), ["A"]);
  await shop.close();
});
