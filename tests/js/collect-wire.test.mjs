// Collect mode says what the engine says: of an event, of its page, and of what was dropped.
import assert from "node:assert/strict";
import { collecting, FOUR, ids, test } from "./collect-lab.mjs";
import { until } from "./lab.mjs";

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
