// What visitors themselves do: they travel, and they share a device; the rows are those of docs/faults.md.
import assert from "node:assert/strict";
import { it } from "node:test";
import { seen } from "../e2e/harness.mjs";
import { judged, until } from "./judge.mjs";
import { begin, flush, idle, make, range, stage, take } from "./stage.mjs";

/** Opens when the test says so: what is sent before waits at the endpoint. */
let open;
const gate = new Promise((resolve) => { open = resolve; });
const { open: browser, server, judgeTasks } = await stage({ zone: take, member: (request) => void gate.then(() => take(request)) });

const toast = (event, text, more = {}) => ({ trigger: { event }, purpose: "service", message: { layout: "toast", blocks: [{ text }] }, ...more });
const FREE = { attention: { minGap: "0s", perSession: 99, perDay: 99 } };
const start = (page, name, config, more = {}) => begin(page, `${server.origin}/page`, {
  config: { version: 1, timezone: "Asia/Seoul", ...config }, endpoint: { url: `${server.origin}/collect/${name}`, flushInterval: 60_000 }, ...more,
});
/** The texts of the messages on the screen. */
const texts = (page) => page.evaluate(() => [...document.querySelectorAll("dangol-message")].map(({ shadowRoot }) => shadowRoot?.textContent ?? ""));
const shown = (page, text) => until(async () => (await texts(page)).some((found) => found.includes(text)), `the message "${text}"`);

it("F36 the device's time zone changes: caps by the day and quiet hours stay those of the shop, over a clock change, too", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  // The clock goes on from the moment in the window's name, which outlives the page.
  await context.addInitScript(() => {
    const { now } = Date;
    window.setClock = (moment) => { window.name = String(moment - now()); };
    if (!window.name) window.setClock(Date.parse("2026-11-01T08:30:00+09:00"));
    Date.now = () => now() + Number(window.name);
  });
  // What the engine is asked is answered by the clock of the last event.
  const at = (moment) => page.evaluate(async (moment) => {
    window.setClock(moment);
    await window.dangol.track("Arrived");
  }, Date.parse(moment));
  const travel = (timezoneId) => session.send("Emulation.setTimezoneOverride", { timezoneId });
  const device = () => page.evaluate(() => new Date(Date.now()).getDate());
  const passes = (campaign, check) => page.evaluate(async ([campaign, check]) => {
    const { checks } = window.dangol.explain(campaign)[0];
    return checks.find((one) => one.check === check).passed;
  }, [campaign, check]);
  const config = {
    settings: { ...FREE, quietHours: { from: "21:00", to: "08:00", purpose: "marketing", unlessConsent: "marketingNight" } },
    campaigns: { daily: toast("Daily", "once a day", { limits: { perDay: 1 } }), night: toast("Night", "by day", { purpose: "marketing" }) },
  };
  const options = { consent: { analytics: true, personalization: true, marketing: true, marketingNight: false } };
  await travel("Asia/Seoul");
  let ears = await start(page, "zone", config, options);
  await make(page, 1, 5);
  await page.evaluate(() => window.dangol.track("Daily"));
  await shown(page, "once a day");
  await seen(page, "daily");
  assert.equal(await passes("daily", "frequency_capped"), false, "seen once");

  // In London the day begins at nine o'clock of Seoul's morning.
  await travel("Europe/London");
  assert.equal(await device(), 31);
  await at("2026-11-01T09:30:00+09:00");
  assert.equal(await device(), 1, "the device has begun a new day");
  assert.equal(await passes("daily", "frequency_capped"), false, "the shop has not");
  ears = await start(page, "zone", config, options);
  assert.equal(await passes("daily", "frequency_capped"), false, "nor for the next page, which begins there");
  await make(page, 6, 10);

  // New York sets its clocks back, from two to one, at three in Seoul's afternoon.
  await travel("America/New_York");
  for (const [moment, n] of [["2026-11-01T14:59:59+09:00", 11], ["2026-11-01T15:00:01+09:00", 12]]) {
    await at(moment);
    await make(page, n, n);
  }

  await travel("Pacific/Auckland");
  await at("2026-11-01T20:30:00+09:00");
  assert.equal(await page.evaluate(() => new Date(Date.now()).getHours()), 0, "night on the device");
  assert.equal(await passes("night", "quiet_hours"), true, "none in the shop");
  await travel("Europe/London");
  await at("2026-11-01T21:30:00+09:00");
  assert.equal(await page.evaluate(() => new Date(Date.now()).getHours()), 12, "noon on the device");
  assert.equal(await passes("night", "quiet_hours"), false, "night in the shop");
  ears = await start(page, "zone", config, options);
  assert.equal(await passes("night", "quiet_hours"), false, "for the next page, too");
  await at("2026-11-02T00:30:00+09:00");
  assert.equal(await device(), 1, "the same day on the device");
  assert.equal(await passes("daily", "frequency_capped"), true, "the next one in the shop");

  await idle(page);
  const ledger = server.ledgerOf("zone");
  await judged(page, ears, ledger, range(1, 12));
  const made = [...ledger.events.values()].filter(({ event }) => event === "Made").sort((a, b) => a.properties.n - b.properties.n).map(({ timestamp }) => timestamp);
  assert.deepEqual(made, made.toSorted(), "times that are everywhere the same, in their order");
  await context.close();
});

it("F56 another member on the same device while a request is under way: no event and no message under the wrong name", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const ears = await start(page, "member", { settings: FREE, campaigns: { hello: toast("Hello", "for {{ traits.name | default: 'anybody' }}", { limits: { total: 1 } }) } });
  const ledger = server.ledgerOf("member");
  // Whatever stands on the screen from the call on that changes who is there is written down.
  await page.evaluate(() => {
    window.seen = [];
    window.who = "nobody";
    setInterval(() => {
      for (const { shadowRoot } of document.querySelectorAll("dangol-message")) window.seen.push([window.who, shadowRoot?.textContent ?? ""]);
    }, 5);
  });
  const enter = (who, name) => page.evaluate(async ([who, name]) => {
    await (who === "nobody" ? window.dangol.reset() : window.dangol.identify(who, { name }));
    window.who = who;
  }, [who, name]);
  const visit = async (who, name, from) => {
    await enter(who, name);
    await make(page, from, from + 4);
    await page.evaluate(() => window.dangol.track("Hello"));
    await shown(page, `for ${name}`);
    await flush(page);
  };
  await visit("a", "Ann", 1);
  await until(() => ledger.requests.length === 1, "a request that is under way");
  await visit("b", "Bea", 6);
  await visit("nobody", "anybody", 11);
  assert.equal(ledger.events.size, 0, "it still is");
  open();
  await idle(page);
  await judged(page, ears, ledger, range(1, 15));

  const members = { a: "Ann", b: "Bea", nobody: "anybody" };
  const wrong = (await page.evaluate(() => window.seen)).filter(([who, text]) => !text.includes(`for ${members[who]}`));
  assert.deepEqual(wrong, [], "nobody reads what is another's");
  const ids = { a: new Set(), b: new Set(), nobody: new Set() };
  for (const { event, userId, anonymousId, properties } of ledger.events.values()) {
    ids[userId ?? "nobody"].add(anonymousId);
    if (event === "Made") assert.equal(userId ?? "nobody", properties.n <= 5 ? "a" : properties.n <= 10 ? "b" : "nobody", `event ${properties.n}`);
  }
  assert.deepEqual(Object.values(ids).map(({ size }) => size), [1, 1, 1], JSON.stringify(Object.values(ids).map((set) => [...set])));
  assert.equal(new Set(Object.values(ids).flatMap((set) => [...set])).size, 3, "three visitors");
  await context.close();
});

judgeTasks();
