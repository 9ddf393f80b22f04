// Collect mode keeps the rules of delivery that the engine keeps: what an answer means, what is counted, what an event says.
import assert from "node:assert/strict";
import { after, before, test as run } from "node:test";
import { FOLDER, html, launch, open, serve, until } from "./lab.mjs";

const test = (name, work) => run(name, { timeout: 40_000 }, work);

let browser;
const left = new Set();
before(async () => { browser = await launch(); });
after(async () => {
  // Of tests that failed.
  for (const server of left) await server.close();
  await browser.close();
});

const eventsIn = ({ body }) => body.trim().split("\n").map((line) => JSON.parse(line)).flatMap((value) => value.batch ?? value.rows ?? (Array.isArray(value) ? value.map(({ data }) => data) : [value]));
const total = (dropped) => Object.values(dropped).reduce((sum, count) => sum + count, 0);

/**
 * A page whose engine is missing. `answer` gets a request's events and its number and gives `[status, body, headers]`.
 * `options` are those of `init`; `clock` lets the test say what time it is, `filter` is an event that the shop's `beforeSend` keeps back
 * (one named `Grown` it makes larger), and
 * with `auth` it gives `token 1`, `token 2` and so on.
 */
async function collecting(answer, { endpoint = {}, path = "/", clock, filter, auth, ...options } = {}) {
  const requests = [];
  const server = await serve({
    "/": html('<script src="/pkg/dangol.js"></script>'),
    [`/pkg/${FOLDER}dangol.wasm`]: (request, response) => response.writeHead(404).end(),
    "/collect": (request, response, body) => {
      const made = { at: Date.now(), headers: request.headers, events: eventsIn({ body }), body };
      requests.push(made);
      const [status = 200, said = "", headers = {}] = answer(made.events, requests.length) ?? [];
      // Never answered.
      if (status < 0) return;
      if (!status) return request.socket.destroy();
      response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(typeof said === "string" ? said : JSON.stringify(said));
    },
  });
  left.add(server);
  const { page, context } = await open(browser, "about:blank");
  if (clock) await page.clock.install();
  await page.goto(server.origin + path);
  const init = (options) => page.evaluate(([options, filter, withAuth]) => {
    window.heard = [];
    let tokens = 0;
    const auth = withAuth && (async () => `token ${++tokens}`);
    // The policy of the page forbids to make a function of a text.
    const beforeSend = filter && ((event) => (event.event === filter ? null : event.event === "Grown" ? { ...event, properties: { text: "가".repeat(25_000) } } : event));
    window.dangol = window.dangol.init({ config: { version: 1 }, capture: { page: false, engagement: false }, ...options, ...(beforeSend && { beforeSend }), ...(auth && { auth }) });
    for (const type of ["problem", "sync"]) dangol.on(type, (detail) => heard.push([type, detail]));
    return dangol.ready;
  }, [options, filter, auth]);
  const url = `${server.origin}/collect`;
  const given = endpoint && { url, flushAt: 100, flushInterval: 600_000, ...endpoint };
  assert.equal(await init({ consent: "granted", ...(given && { endpoint: given }), ...options }), "collect");
  const shop = {
    page, requests,
    track: (...names) => page.evaluate(async (names) => { for (const name of names) await dangol.track(name, { name }); }, names),
    flush: () => page.evaluate(() => dangol.flush()),
    heard: (type) => page.evaluate((type) => heard.filter(([kind, { code }]) => kind === type && code !== "engine_unavailable").map(([, detail]) => detail), type),
    names: () => requests.map(({ events }) => events.map(({ event }) => event).join(" ")),
    async stats() {
      const stats = await page.evaluate(() => dangol.stats());
      assert.equal(stats.created, stats.acknowledged + stats.pending + total(stats.dropped), JSON.stringify(stats));
      return stats;
    },
    settled: (patience) => until(async () => (await shop.stats()).pending === 0, "everything to be settled", patience),
    stored: () => page.evaluate(async () => (await dangol.exportData()).outbox.length),
    async close() {
      await context.close();
      left.delete(server);
      await server.close();
    },
  };
  return shop;
}

const FOUR = ["A", "B", "C", "D"];
const ids = (events, ...names) => events.filter(({ event }) => names.includes(event)).map(({ messageId }) => messageId);

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

test("what was dropped is reported by the next event that leaves, once", async () => {
  const shop = await collecting(() => [200], { filter: "Private" });
  await shop.track("A", "Private");
  await shop.page.evaluate(async () => {
    await dangol.track("");
    await dangol.track("Private");
  });
  await shop.track("B", "C");
  await shop.flush();
  await shop.settled();
  assert.deepEqual(shop.requests[0].events.map(({ event, seq, context }) => [event, seq, context.dropped]), [["A", 1, undefined], ["B", 4, { before_send: 2, invalid: 1 }], ["C", 5, undefined]]);
  await shop.close();
});

test("a report whose event is refused is owed again", async () => {
  const shop = await collecting((events) => (events.some(({ event }) => event === "A") ? [422, { rejected: ids(events, "A") }] : [200]));
  await shop.page.evaluate(() => dangol.track(""));
  await shop.track("A");
  await shop.flush();
  await shop.settled();
  await shop.track("B");
  await shop.flush();
  await shop.settled();
  assert.deepEqual(shop.requests.at(-1).events[0].context.dropped, { invalid: 1, rejected: 1 });
  await shop.close();
});

test("an event says the campaign and the consent", async () => {
  const consent = { analytics: true, personalization: false, marketing: true, marketingNight: false };
  const shop = await collecting(() => [200], { path: "/?utm_source=na%20ver&utm_campaign=%EB%B4%84&utm_id=&q=1", consent });
  await shop.track("A");
  await shop.page.evaluate(() => history.pushState({}, "", "/"));
  await shop.track("B");
  await shop.page.evaluate(() => dangol.page());
  await shop.flush();
  await shop.settled();
  const contexts = shop.requests[0].events.map(({ context }) => context);
  assert.deepEqual(contexts.map(({ consent }) => consent), [consent, consent, consent]);
  assert.deepEqual(contexts[0].campaign, { source: "na ver", name: "봄" });
  assert.equal(contexts[2].campaign, undefined);
  await shop.close();
});

for (const [format, type] of [["segment", "text/plain"], ["ndjson", "text/plain"], [{ envelope: "rows" }, "text/plain"], ["cloudevents", "application/cloudevents-batch+json"]]) {
  test(`the type of a body, ${JSON.stringify(format)}`, async () => {
    const shop = await collecting(() => [200], { endpoint: { format } });
    await shop.track("A");
    await shop.flush();
    await shop.settled();
    assert.equal(shop.requests[0].headers["content-type"], type);
    assert.deepEqual(shop.names(), ["A"]);
    if (format === "cloudevents") assert.deepEqual(JSON.parse(shop.requests[0].body).map(({ subject, type }) => [subject, type]), [["A", "dangol.track"]]);
    await shop.close();
  });
}

test("the shop's own type of a body stands", async () => {
  const shop = await collecting(() => [200], { endpoint: { headers: { "content-type": "application/json" } } });
  await shop.track("A");
  await shop.flush();
  await shop.settled();
  assert.equal(shop.requests[0].headers["content-type"], "application/json");
  await shop.close();
});

for (const [name, options] of [["while consent is pending", { consent: "pending" }], ["without an endpoint", { endpoint: null }], ["with both", {}]]) {
  test(`invalid calls are created and dropped ${name}, and told`, async () => {
    const shop = await collecting(() => [200], options);
    await shop.page.evaluate(async () => {
      await dangol.track("");
      await dangol.identify("u1", []);
      await dangol.consent("yes");
    });
    assert.deepEqual(await shop.stats(), { created: 3, acknowledged: 0, pending: 0, dropped: { invalid: 3 }, local: 0 });
    assert.deepEqual((await shop.heard("problem")).map(({ code }) => code), ["invalid-call", "invalid-call", "invalid-call"]);
    await shop.close();
  });
}

test("the ledger balances over pages: what a former page left is counted where it is learned of", async () => {
  let status = 503;
  const shop = await collecting(() => [status, "", { "Retry-After": "3600" }]);
  await shop.track(...FOUR);
  await shop.flush();
  assert.equal((await shop.stats()).pending, 4);
  status = 200;
  await shop.page.reload();
  await shop.page.evaluate((url) => {
    window.dangol = window.dangol.init({ config: { version: 1 }, consent: "granted", endpoint: { url, flushInterval: 600_000 }, capture: { page: false, engagement: false } });
    return dangol.ready;
  }, new URL("/collect", shop.page.url()).href);
  await shop.track("E");
  await shop.flush();
  await shop.settled();
  assert.deepEqual(await shop.stats(), { created: 5, acknowledged: 5, pending: 0, dropped: {}, local: 0 });
  await shop.close();
});

for (const [what, status] of [["is under way", -1], ["was refused for now", 503]]) {
  for (const end of ["left", "destroyed"]) {
    test(`what lies in memory alone is sent once more where its request ${what} and the page is ${end}`, async () => {
      const shop = await collecting((events, number) => (number === 1 ? [status, "", { "Retry-After": "3600" }] : []), { storage: "memory" });
      await shop.track("A");
      await shop.page.evaluate(() => void dangol.flush());
      await until(() => shop.requests.length === 1, "the first request");
      if (status > 0) await shop.page.evaluate(() => dangol.flush());
      await shop.track("B");
      if (end === "left") await shop.page.goto("about:blank");
      else await shop.page.evaluate(() => dangol.destroy());
      // The page is hidden as it is left: both may be its end.
      await until(() => shop.requests.length >= 2, "the last request");
      assert.equal(shop.names()[1], "A B");
      await shop.close();
    });
  }
}

test("the first batch waits for the interval as any other does", async () => {
  const shop = await collecting(() => [], { endpoint: { flushInterval: 3_000 } });
  const began = Date.now();
  await shop.track("A");
  await until(() => shop.requests.length, "the batch");
  assert.ok(shop.requests[0].at - began >= 2_900, `${shop.requests[0].at - began} ms`);
  await shop.close();
});

test("a page view says of its page what the engine's says", async () => {
  const shop = await collecting(() => [], { path: "/?utm_source=x" });
  await shop.page.evaluate(() => dangol.page("home", { kind: "start", title: "Own" }));
  await shop.flush();
  await shop.settled();
  const { name, properties, context } = shop.requests[0].events[0];
  const { url, path, search, referrer } = context.page;
  assert.deepEqual([name, search], ["home", "?utm_source=x"]);
  assert.deepEqual(properties, { url, path, search, title: "Own", referrer, kind: "start", name: "home" });
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
