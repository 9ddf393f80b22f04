// What a network and a backend do to a shop, done for real by a server on raw sockets; the rows are those of docs/faults.md.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { balanced, delivered, stats, until } from "./judge.mjs";
import { answer, POLICY } from "./server.mjs";
import { begin, flush, make, range, SCRIPT, stage, take } from "./stage.mjs";

/** Fails `times` requests by `how`, then takes them. */
const first = (times, how) => (request) => (request.turn <= times ? how(request) : take(request));
const status = (code, headers = "", body = "") => ({ socket }) => socket.end(answer(code, { body, headers: `Access-Control-Allow-Origin: *\r\n${headers}` }));
const raw = (text) => ({ socket }) => socket.end(text);
const stored = (how) => (request) => {
  request.store();
  how(request);
};
const HEAD = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n";
const poison = ({ properties }) => properties?.n === 3;

const FAULTS = {
  plain: take,
  line: take,
  ...Object.fromEntries([500, 502, 503, 504].map((code) => [`status-${code}`, first(1, status(code))])),
  ...Object.fromEntries(["-1", "abc", "0"].map((value) => [`retry-after-${value}`, first(1, status(429, `Retry-After: ${value}\r\n`))])),
  "retry-after-2": first(1, status(429, "Retry-After: 2\r\n")),
  "retry-after-body": first(1, status(429, "", '{"retryAfter":2}')),
  "retry-after-99999999999": first(1, status(429, "Retry-After: 99999999999\r\n")),
  "too-large": (request) => (request.events.length > 2 ? status(413)(request) : take(request)),
  "too-large-alone": (request) => (request.events.some(poison) ? status(413)(request) : take(request)),
  named: (request) => {
    const bad = request.events.filter(poison);
    if (!bad.length) return take(request);
    request.store(request.events.filter((event) => !poison(event)));
    status(400, "", JSON.stringify({ rejected: bad.map(({ messageId }) => messageId), accepted: request.events.filter((event) => !poison(event)).map(({ messageId }) => messageId) }))(request);
  },
  poison: (request) => (request.events.some(poison) ? status(400)(request) : take(request)),
  ...Object.fromEntries([401, 403, 404, 410].map((code) => [`refuses-${code}`, status(code)])),
  loop: status(307, "Location: /collect/loop\r\n"),
  moved: status(302, "Location: /page\r\n"),
  short: stored(raw(`${HEAD}Content-Length: 100\r\n\r\nshort`)),
  "bad-chunk": stored(raw(`${HEAD}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`)),
  reset: first(1, ({ socket }) => socket.resetAndDestroy()),
  hang_up: first(1, ({ socket }) => socket.end()),
  garbage: first(1, ({ socket }) => socket.end("\x00\x01\x02 no HTTP\r\n\r\n")),
  // Never an answer to the first request; its events are kept in one case, in the other not.
  silent: first(1, () => {}),
  "silent-stored": first(1, ({ store }) => store()),
  "acknowledgement-lost": first(1, stored(({ socket }) => socket.resetAndDestroy())),
  portal: stored(({ socket }) => socket.end(answer(200, { type: "text/html", body: "<h1>Log in</h1>" }))),
  "portal-strict": first(1, ({ socket }) => socket.end(answer(200, { type: "text/html", body: "<h1>Log in</h1>" }))),
  // The status comes, the body never ends.
  trickle: first(1, stored(({ socket }) => {
    socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    const drip = setInterval(() => socket.write("1\r\nx\r\n"), 200);
    socket.on("close", () => clearInterval(drip));
  })),
  "no-gzip": (request) => (request.headers["content-encoding"] ? status(415)(request) : take(request)),
  worker: take,
  unreachable: take,
  "no-cors": stored(({ socket }) => socket.end(answer(200, { headers: "" }))),
  "no-store": stored(({ socket }) => socket.end(answer(200, { headers: "Access-Control-Allow-Origin: *\r\nCache-Control: no-store\r\n", body: "x".repeat(300_000) }))),
};
// The strict kind must be told what was taken.
FAULTS["portal-strict"] = ((portal) => (request) => {
  if (request.turn === 1) return portal(request);
  request.store();
  request.socket.end(answer(200, { body: JSON.stringify({ accepted: request.events.map(({ messageId }) => messageId) }) }));
})(FAULTS["portal-strict"]);

// A shop's service worker, which answers for the endpoint as well: with a failure, its page for bad weather, then the line's own word.
const WORKER = `
  let turn = 0;
  addEventListener("install", () => skipWaiting());
  addEventListener("activate", (event) => event.waitUntil(clients.claim()));
  addEventListener("fetch", (event) => {
    if (!event.request.url.includes("/collect/")) return;
    turn++;
    event.respondWith(turn === 1 ? Response.error() : turn === 2 ? new Response("<h1>offline</h1>", { status: 503 }) : fetch(event.request));
  });
`;

const { open, server, judgeTasks } = await stage(FAULTS, { pages: {
  "/worker.js": () => answer(200, { type: "text/javascript", body: WORKER }),
  "/page": { head: SCRIPT },
  "/elsewhere": { head: SCRIPT, headers: "" },
  "/confined": { head: SCRIPT, headers: `Content-Security-Policy: ${POLICY}\r\n` },
} });

const WANTED = range(1, 5);

/** A shop's page whose endpoint has the fault; five events are made and, as a rule, asked to be sent. */
async function shopper(name, { path = "/page", origin = server.origin, endpoint = {}, prepare = () => {}, clock = false, flushes = true } = {}) {
  const context = await open.newContext();
  const page = await context.newPage();
  await prepare(context, page);
  const ears = await begin(page, server.origin + path, { config: "/config.json", endpoint: { url: `${origin}/collect/${name}`, flushInterval: 300, ...endpoint } });
  await page.evaluate(() => {
    window.told = [];
    window.dangol.on("problem", ({ code }) => window.told.push(code));
  });
  await make(page, 1, 5);
  if (clock) {
    // From now on the page's time is the test's: it stands still until the test says how far to go.
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
  }
  if (flushes) await flush(page);
  const ledger = server.ledgerOf(name);
  return {
    context, page, ledger, said: ears.said,
    settled: () => until(async () => (await stats(page)).pending === 0, `${name}: nothing pending; ${JSON.stringify(ledger.requests.length)} requests`),
    async close() {
      await ears.calm();
      await context.close();
    },
  };
}

/** The fault passes: everything arrives once, in at most so many requests. */
const passes = (row, name, title, { requests, ...options }) => it(`${row} ${title}`, async () => {
  const { page, ledger, settled, close } = await shopper(name, options);
  await settled();
  const { acknowledged, dropped } = await balanced(page);
  assert.deepEqual([acknowledged, dropped], [5, {}], "A");
  delivered(ledger, WANTED);
  assert.ok(ledger.requests.length <= requests, `D: ${ledger.requests.length} requests`);
  await close();
});

describe("answers", { concurrency: 3 }, () => {
  for (const code of [500, 502, 503, 504]) passes("F1", `status-${code}`, `status ${code}, then 200`, { requests: 2 });
  for (const value of ["-1", "abc", "0"]) passes("F2", `retry-after-${value}`, `429 with Retry-After: ${value}`, { requests: 2 });
  for (const [name, title, options] of [["retry-after-2", "in the header", {}], ["retry-after-body", "in the body, across origins", { cross: true }]]) {
    it(`F2 429 asks for two seconds ${title}, and gets them`, async () => {
      const { page, ledger, settled, close } = await shopper(name, options.cross ? { path: "/elsewhere", origin: server.other } : {});
      await settled();
      assert.ok(ledger.requests[1] - ledger.requests[0] >= 1_990, `waited ${ledger.requests[1] - ledger.requests[0]} ms`);
      await balanced(page);
      delivered(ledger, WANTED);
      await close();
    });
  }
  it("F2 429 with Retry-After: 99999999999 is no hot loop", async () => {
    const { page, ledger, close } = await shopper("retry-after-99999999999");
    await until(() => ledger.requests.length, "the first request");
    await page.waitForTimeout(3_000);
    assert.equal(ledger.requests.length, 1, "D");
    assert.equal((await balanced(page)).pending, 5, "A");
    await close();
  });
  passes("F3", "too-large", "413 for a batch: it is halved", { requests: 8 });
  for (const [row, name, title, reason] of [
    ["F3", "too-large-alone", "413 for one event", "too_large"], ["F4", "named", "400 that names the event", "rejected"], ["F4", "poison", "400 that names none: halved until it is found", "rejected"],
  ]) {
    it(`${row} ${title}: that one is dropped with a reason, the others arrive`, async () => {
      const { page, ledger, settled, close } = await shopper(name);
      await settled();
      const { acknowledged, dropped } = await balanced(page);
      assert.equal(acknowledged, 4, "A");
      assert.deepEqual(dropped, { [reason]: 1 }, "A");
      delivered(ledger, [1, 2, 4, 5], { gaps: [3] });
      assert.ok(ledger.requests.length <= 8, `D: ${ledger.requests.length} requests`);
      await close();
    });
  }
  for (const [row, name] of [...[401, 403, 404, 410].map((code) => ["F5", `refuses-${code}`]), ["F6", "loop"], ["F6", "moved"]]) {
    it(`${row} ${name}: the events are kept, one warning, no second request`, async () => {
      const { page, ledger, close } = await shopper(name);
      await until(() => ledger.requests.length, "the first request");
      await page.evaluate(() => window.dangol.flush());
      await page.waitForTimeout(2_000);
      assert.equal(ledger.requests.length, 1, "D");
      const { pending, dropped } = await balanced(page);
      assert.deepEqual([pending, dropped], [5, {}], "A");
      assert.deepEqual(await page.evaluate(() => window.told), ["endpoint-refuses"]);
      await close();
    });
  }
});

describe("connections", { concurrency: 3 }, () => {
  passes("F8", "short", "a body that is cut off after status 200", { requests: 1 });
  passes("F8", "bad-chunk", "a body in broken chunks after status 200", { requests: 1 });
  passes("F9", "reset", "the connection is reset", { requests: 4 });
  passes("F9", "hang_up", "the connection is closed without a word", { requests: 4 });
  passes("F9", "garbage", "an answer that is no HTTP", { requests: 4 });
  passes("F10", "portal", "a captive portal's page, by default an acknowledgement as any 2xx", { requests: 1 });
  passes("F10", "portal-strict", "a captive portal's page with strictAck: sent again", { requests: 3, endpoint: { strictAck: true } });
  passes("F12", "acknowledgement-lost", "the acknowledgement is lost: sent twice, there once", { requests: 4 });
});

describe("no answer at all", { concurrency: 2 }, () => {
  for (const [name, title] of [["silent", "nothing was stored"], ["silent-stored", "all was stored"]]) {
    it(`F7 the endpoint never answers, ${title}: given up after 15 seconds, then sent again, never two at once`, async () => {
      const { page, ledger, settled, close } = await shopper(name, { clock: true, endpoint: { flushInterval: 600_000 } });
      await until(() => ledger.requests.length === 1, "the first request");
      await page.clock.runFor(10_000);
      await flush(page);
      await page.clock.runFor(4_000);
      assert.equal(ledger.requests.length, 1, "D: one at a time");
      assert.equal((await balanced(page)).pending, 5, "A");
      assert.equal(ledger.abandoned, undefined, "not given up before its time");
      await page.clock.runFor(2_000);
      await until(() => ledger.abandoned, "the request to be given up");
      // The wait before the next try is drawn anew each time.
      await until(async () => {
        await page.clock.runFor(1_000);
        return ledger.requests.length > 1;
      }, "the second request");
      await settled();
      await balanced(page);
      delivered(ledger, WANTED);
      assert.equal(ledger.requests.length, 2, "D");
      await close();
    });
  }
});

describe("what keeps a request from leaving", { concurrency: 3 }, () => {
  it("F11 an endpoint without CORS: asked three times, then seldom", async () => {
    const { page, ledger, said, close } = await shopper("no-cors", { path: "/elsewhere", origin: server.other });
    await until(() => ledger.requests.length >= 3, "three requests", 30_000);
    await page.waitForTimeout(2_500);
    assert.ok(ledger.requests.length <= 3, `D: ${ledger.requests.length} requests`);
    assert.equal((await balanced(page)).pending, 5, "A");
    delivered(ledger, WANTED);
    assert.ok(said.length <= 6, "two lines of the browser's own for each");
    await close();
  });

  it("F13 a large answer that may not be stored leaves the page's keepalive budget alone", async () => {
    const { page, ledger, settled, close } = await shopper("no-store", {
      endpoint: { flushInterval: 60_000 },
      flushes: false,
      prepare: (context) => context.addInitScript(() => {
        const { fetch } = window;
        window.kept = [];
        window.fetch = (url, options) => {
          if (options?.method === "POST") window.kept.push(options.keepalive);
          return fetch(url, options);
        };
      }),
    });
    // The page seems to end: only then a request has a share of the budget.
    await page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await settled();
    assert.deepEqual(await page.evaluate(() => window.kept), [true]);
    // All but 536 bytes of it, which is less than the request had.
    const free = await page.evaluate(() => fetch("/collect/plain", { method: "POST", body: "x".repeat(65_000), keepalive: true }).then((response) => response.text()).then(() => true, () => false));
    assert.equal(free, true, "the shop's own 65,000 bytes leave");
    delivered(ledger, WANTED);
    await close();
  });

  it("F14 offline, then a line that comes and goes a hundred times", async () => {
    const { context, page, settled, ledger, close } = await shopper("line");
    await settled();
    const before = ledger.requests.length;
    await context.setOffline(true);
    await page.evaluate(() => window.dangol.track("Made", { n: 6 }).then(() => void window.dangol.flush()));
    await page.waitForTimeout(500);
    assert.equal(ledger.requests.length, before);
    for (let turn = 0; turn < 100; turn++) await context.setOffline(turn % 2 === 0);
    await context.setOffline(false);
    await until(async () => (await stats(page)).pending === 0, "the line", 45_000);
    assert.ok(ledger.requests.length - before <= 5, `D: ${ledger.requests.length - before} requests`);
    await balanced(page);
    delivered(ledger, [...WANTED, 6]);
    await close();
  });

  it("F15 an ad blocker: asked three times, then seldom", async () => {
    let tries = 0;
    const { page, close } = await shopper("blocked", {
      prepare: (context) => context.route("**/collect/**", (route) => {
        tries++;
        return route.abort("blockedbyclient");
      }),
    });
    await until(() => tries >= 3, "three tries", 30_000);
    await page.waitForTimeout(2_500);
    assert.ok(tries <= 3, `D: ${tries} tries`);
    assert.equal((await balanced(page)).pending, 5, "A");
    await close();
  });

  it("F16 a policy that forbids the endpoint: no loop of violations", async () => {
    const { page, said, ledger, close } = await shopper("forbidden", { path: "/confined", origin: server.other });
    const violations = () => said.filter((line) => /Content Security Policy/.test(line)).length;
    await until(() => violations() >= 3, "three violations", 30_000);
    await page.waitForTimeout(2_500);
    assert.ok(violations() <= 6, `D: ${violations()} lines`);
    assert.equal(ledger.requests.length, 0);
    assert.equal((await balanced(page)).pending, 5, "A");
    await close();
  });
});

describe("between the page and its endpoint", { concurrency: 3 }, () => {
  it("F59 a service worker that answers for the endpoint: what it makes fail is sent again", async () => {
    const { page, ledger, settled, close } = await shopper("worker", {
      flushes: false,
      prepare: async (context) => {
        const page = await context.newPage();
        // The policy of the others lets no address of a text be registered.
        await page.goto(`${server.origin}/elsewhere`);
        await page.evaluate(() => navigator.serviceWorker.register("/worker.js").then(() => navigator.serviceWorker.ready));
        await page.close();
      },
    });
    assert.ok(await page.evaluate(() => !!navigator.serviceWorker.controller));
    await flush(page);
    await settled();
    const { acknowledged, dropped } = await balanced(page);
    assert.deepEqual([acknowledged, dropped], [5, {}], "A");
    delivered(ledger, WANTED);
    assert.equal(ledger.requests.length, 1, "D");
    await close();
  });

  it("F60 an endpoint that takes no gzip: parked, and told of", async () => {
    const { page, ledger, close } = await shopper("no-gzip", { endpoint: { compress: true } });
    await until(() => page.evaluate(() => window.told.includes("endpoint-refuses")), "the warning");
    const { pending, dropped } = await balanced(page);
    assert.deepEqual([pending, dropped, ledger.requests.length], [5, {}, 1], "A, D");
    await close();
  });

  it("F61 an answer whose body never ends: the status counts once the time is over", async () => {
    // The status has to have come to the page before the time is over.
    const listen = (context) => context.addInitScript(() => {
      const { fetch } = window;
      window.heads = 0;
      window.fetch = (...given) => {
        const answer = fetch(...given);
        if (String(given[0]).endsWith("/collect/trickle")) answer.then(() => (window.heads += 1), () => {});
        return answer;
      };
    });
    const { page, ledger, settled, close } = await shopper("trickle", { clock: true, prepare: listen });
    await until(() => page.evaluate(() => window.heads === 1), "the status");
    await page.clock.runFor(16_000);
    await settled();
    assert.deepEqual([(await balanced(page)).acknowledged, ledger.requests.length], [5, 1], "A, D");
    delivered(ledger, WANTED);
    await close();
  });

  it("F62 an address with a key in it, which no browser asks: told of, everything kept", async () => {
    const { page, ledger, said, close } = await shopper("unreachable", { origin: server.origin.replace("//", "//key:@") });
    await until(async () => {
      await flush(page);
      return (await stats(page)).pending === 5;
    }, "five that wait");
    await page.waitForTimeout(1_000);
    const { pending, dropped } = await balanced(page);
    assert.deepEqual([pending, dropped, ledger.requests.length, said], [5, {}, 0, []], "A, D");
    await close();
  });
});

judgeTasks();
