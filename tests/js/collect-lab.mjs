// What the tests of collect mode begin with: a page whose engine is missing, and an endpoint that answers as it is told.
import assert from "node:assert/strict";
import { after, before, test as run } from "node:test";
import { FOLDER, html, launch, open, serve, until } from "./lab.mjs";

export const test = (name, work) => run(name, { timeout: 40_000 }, work);

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
export async function collecting(answer, { endpoint = {}, path = "/", clock, filter, auth, ...options } = {}) {
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

export const FOUR = ["A", "B", "C", "D"];
export const ids = (events, ...names) => events.filter(({ event }) => names.includes(event)).map(({ messageId }) => messageId);
