import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createServer } from "node:net";
import { bundle, html, launch, open, serve } from "./lab.mjs";

// One path per fault, on a bare socket: what a proxy, a captive portal or a dying backend really sends.
const CORS = "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Retry-After, Date\r\n";
/** What an endpoint may say of when to come back, in the header or in the body, and the wait that is meant. */
const WAITS = [
  ["3", "", 3000], ["0", "", 0], ["99999999999999999999", "", 99999999999999999999000],
  ["Sun, 06 Nov 1994 08:49:57 GMT", "", 20_000], ["Sunday, 06-Nov-94 08:49:57 GMT", "", 20_000], ["Sun Nov  6 08:49:57 1994", "", 20_000], ["1994-11-06T17:49:57+09:00", "", 20_000],
  ["Sun, 06 Nov 1994 08:00:00 GMT", "", 0],
  ["-1", "", null], ["abc", "", null], ["", "", null], ["1.5e9x", "", null], ["", "{", null], ["", "<html>", null], ["", '{"retryAfter":-3}', null], ["", "[]", null], ["", "null", null],
  ["", '{"retryAfter":7}', 7000], ["", '{"retryAfter":"8"}', 8000], ["-1", '{"retryAfter":0.5}', 500], ["", '{"retryAfter":"1994-11-06T08:50:37Z"}', 60_000], ["2", '{"retryAfter":9}', 2000],
];
const FAULTS = {
  ...Object.fromEntries(WAITS.map(([header, body], index) => [`/wait-${index}`, (socket) =>
    socket.end(`HTTP/1.1 503 T\r\n${CORS}Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n${header && `Retry-After: ${header}\r\n`}Content-Length: ${body.length}\r\n\r\n${body}`)])),
  "/ok": (socket) => socket.end(`HTTP/1.1 200 OK\r\n${CORS}Content-Length: 2\r\n\r\nok`),
  "/slow-down": (socket) => socket.end(`HTTP/1.1 429 T\r\n${CORS}Retry-After: 3\r\nContent-Length: 16\r\n\r\n{"retryAfter":4}`),
  "/reset": (socket) => socket.resetAndDestroy(),
  "/finish": (socket) => socket.end(),
  "/garbage": (socket) => socket.end("\x00\x01"),
  "/never": () => {},
  "/short": (socket) => socket.end(`HTTP/1.1 200 OK\r\n${CORS}Content-Length: 100\r\n\r\nshort`),
  "/bad-chunk": (socket) => socket.end(`HTTP/1.1 200 OK\r\n${CORS}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`),
  "/redirect": (socket) => socket.end(`HTTP/1.1 302 F\r\n${CORS}Location: /ok\r\nContent-Length: 0\r\n\r\n`),
  "/huge": (socket) => socket.end(`HTTP/1.1 200 OK\r\n${CORS}Content-Length: 3000000\r\n\r\n${"x".repeat(3_000_000)}`),
  "/no-cors": (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
  "/no-store": (socket) => socket.end(`HTTP/1.1 200 OK\r\n${CORS}Cache-Control: no-store\r\nContent-Length: 4\r\n\r\nbody`),
};

let browser, server, faulty, target, hits = [];
/** Whether the requests of the last `send` asked to outlive the page. */
let kept;
before(async () => {
  browser = await launch();
  faulty = createServer((socket) => {
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (data) => {
      text += data.toString("latin1");
      const head = text.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length < head + 4 + length) return;
      const [method, path] = text.split(" ");
      hits.push({ method, path, head: text.slice(0, head), body: text.slice(head + 4) });
      text = "";
      FAULTS[path](socket);
    });
  });
  await new Promise((resolve) => faulty.listen(0, "127.0.0.1", resolve));
  target = `http://127.0.0.1:${faulty.address().port}`;
  const script = await bundle(`
    import { Transport } from "./host/transport.ts";
    window.Transport = Transport;
    window.kept = [];
    const recording = (url, options) => {
      window.kept.push(options.keepalive);
      return fetch(url, options);
    };
    window.send = async (fields) => JSON.parse(await new Transport(recording, window.auth).send({ batch: 1, body: "{}", timeout: 1000, ...fields }));
  `, { format: "iife" });
  server = await serve({ "/sdk.js": script, "/": html('<script src="/sdk.js"></script>') }, { policy: `default-src 'self'; connect-src 'self' ${target}` });
});
after(async () => {
  await browser.close();
  await server.close();
  faulty.close();
});

async function send(...requests) {
  hits = [];
  const { page, context } = await open(browser, server.origin);
  const answers = await page.evaluate(async (requests) => {
    const answers = [];
    for (const { after, ...request } of requests) {
      if (after) await new Promise((resolve) => setTimeout(resolve, after));
      answers.push(await window.send(request));
    }
    return answers;
  }, requests.map(({ path, ...fields }) => ({ url: target + path, ...fields })));
  kept = await page.evaluate(() => window.kept);
  await context.close();
  return answers;
}

test("every fault ends in an answer, the status as it came, 0 where none came", async () => {
  const expected = { "/ok": 200, "/slow-down": 429, "/reset": 0, "/finish": 0, "/garbage": 0, "/never": 0, "/short": 200, "/bad-chunk": 200, "/redirect": 302, "/huge": 200, "/no-cors": 0 };
  const answers = await send(...Object.keys(expected).map((path) => ({ path })));
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((path, index) => [path, answers[index].status])), expected);
  assert.deepEqual([answers[1].wait, answers[1].date], [3000, null]);
  assert.equal(answers[1].body, '{"retryAfter":4}');
  assert.ok(answers[9].body.length <= 65_536);
  assert.equal(hits.filter(({ path, method }) => path === "/ok" && method === "GET").length, 0, "the redirect was followed");
});

test("a wait is told in seconds or as a date, in the header or in the body, and measured by the endpoint's own clock", async () => {
  const answers = await send(...WAITS.map((_, index) => ({ path: `/wait-${index}` })));
  assert.deepEqual(answers.map(({ wait }) => wait), WAITS.map(([, , wait]) => wait));
  assert.equal(answers[0].date, 784_111_777_000);
});

test("a body is text/plain and needs no preflight", async () => {
  await send({ path: "/ok", body: '{"batch":[]}' });
  assert.deepEqual(hits.map(({ method }) => method), ["POST"]);
  assert.match(hits[0].head, /content-type: text\/plain/i);
  assert.equal(hits[0].body, '{"batch":[]}');
});

test("the keepalive budget is given back, and where it is used up the request goes without", async () => {
  const body = "x".repeat(60_000);
  const answers = await send(...Array.from({ length: 4 }, () => ({ path: "/no-store", body, exit: true, after: 300 })));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200]);
  assert.deepEqual(kept, [true, true, true, true], "each has the whole budget");
  const [large, small] = await send({ path: "/ok", body: "x".repeat(70_000), exit: true }, { path: "/ok", body });
  assert.deepEqual([large.status, small.status], [200, 200]);
  assert.deepEqual(kept, [true, false, false], "refused, then without; and where the page does not end");
});

test("a token that never comes holds up a request for ten seconds, and goes along with the next one if it came meanwhile", async () => {
  hits = [];
  const { page, context } = await open(browser, server.origin);
  await page.clock.install();
  const statuses = page.evaluate(async (url) => {
    let arrive;
    window.auth = () => new Promise((resolve) => (arrive = resolve));
    const transport = new window.Transport(fetch.bind(window), window.auth);
    const send = async () => JSON.parse(await transport.send({ batch: 1, body: "{}", timeout: 60_000, url })).status;
    const first = await send();
    arrive("late");
    for (let turn = 0; turn < 9; turn++) await null;
    return [first, await send()];
  }, target + "/ok");
  await page.clock.runFor(5_000);
  assert.equal(hits.length, 0);
  await page.clock.runFor(6_000);
  await statuses;
  // The browser asks this server first whether the header may come, now and then twice.
  const [first, ...asked] = hits.map(({ method, head }) => `${method} ${/access-control-request-headers: authorization/i.test(head)}`);
  assert.deepEqual([first, ...new Set(asked)], ["POST false", "OPTIONS true"]);
  await context.close();
});
