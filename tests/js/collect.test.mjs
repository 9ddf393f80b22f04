import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../xtask/setup.mjs";
import { FOLDER, html, launch, open, POLICY, serve, until } from "./lab.mjs";

const wasm = () => readFileSync(join(root, "pkg", "dangol.wasm"));
const answer = (status, type, body) => (request, response) => response.writeHead(status, { "Content-Type": type }).end(body);

/** What may be wrong with the engine's file, and what the policy may forbid. */
const FAULTS = {
  "the file is missing": { wasm: answer(404, "text/html", "<p>not here</p>") },
  "the file is a page": { wasm: answer(200, "text/html", "<p>welcome</p>") },
  "the file is cut off": { wasm: (request, response) => response.writeHead(200, { "Content-Type": "application/wasm" }).end(wasm().subarray(0, 2000)) },
  "the policy forbids WebAssembly": { policy: POLICY.replace(" 'wasm-unsafe-eval'", ""), noisy: true },
  "there is no WebAssembly": { init: "delete window.WebAssembly" },
};

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const [name, fault] of Object.entries(FAULTS)) {
  test(`events are collected and delivered when ${name}`, async () => {
    const tag = '<script src="/pkg/dangol.js" async data-config="/config.json" data-endpoint="/collect" data-consent="granted" data-write-key="k"></script>';
    const refused = new Set();
    const server = await serve({
      "/": html('<script src="/pkg/stub.js"></script><script src="/shop.js"></script>', tag),
      "/shop.js": "window.tracked = dangol.track('Product Viewed', { product_id: 'p1', tags: new Set(['a']) });",
      "/config.json": '{"version":1}',
      // The first time the backend is away: nothing may be lost for that.
      "/collect": (request, response, body) => {
        const first = !refused.size;
        refused.add(body);
        response.writeHead(first ? 503 : 200).end("{}");
      },
      ...(fault.wasm && { [`/pkg/${FOLDER}dangol.wasm`]: fault.wasm }),
    }, { policy: fault.policy });
    const { page, said, context } = await open(browser, server.origin, { init: fault.init });
    await page.evaluate(async () => { await tracked; });
    assert.equal(await page.evaluate(() => dangol.ready), "collect");
    await page.evaluate(() => dangol.flush());
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1100)).then(() => dangol.flush()));
    const batches = await until(() => server.requests.length > 1 && server.requests.map(({ body }) => JSON.parse(body)), "the second delivery");
    const events = batches.at(-1).batch;
    const event = events.find(({ event }) => event === "Product Viewed");
    assert.deepEqual(event.properties, { product_id: "p1", tags: ["a"] });
    assert.equal(batches.at(-1).writeKey, "k");
    assert.deepEqual(events.map(({ type }) => type).sort(), ["page", "track"]);
    assert.deepEqual(events.map(({ seq }) => seq).sort(), [1, 2]);
    const stats = await until(() => page.evaluate(() => dangol.stats().pending === 0 && dangol.stats()), "the acknowledgement");
    assert.deepEqual(stats, { created: 2, acknowledged: 2, pending: 0, dropped: {}, local: 0 });
    // The browser itself says when a file is missing, spoilt or forbidden; nothing is said by us.
    assert.deepEqual(said.filter((line) => /uncaught|dangol:/.test(line)), []);
    await context.close();
    await server.close();
  });
}

test("before consent collect mode stores and sends nothing; afterwards everything", async () => {
  const server = await serve({
    "/": html('<script src="/pkg/dangol.js" data-config="/config.json" data-endpoint="/collect"></script>'),
    "/config.json": '{"version":1}', "/collect": answer(200, "application/json", "{}"), [`/pkg/${FOLDER}dangol.wasm`]: answer(404, "text/plain", ""),
  });
  const { page, context } = await open(browser, server.origin);
  const before = await page.evaluate(async () => {
    await dangol.track("waiting");
    await dangol.ready;
    await dangol.flush();
    return { databases: (await indexedDB.databases()).length, local: localStorage.length };
  });
  assert.deepEqual(before, { databases: 0, local: 0 });
  assert.equal(server.requests.length, 0);
  await page.evaluate(async () => {
    await dangol.consent({ analytics: true });
    await dangol.flush();
  });
  const events = server.requests.flatMap(({ body }) => JSON.parse(body).batch);
  assert.deepEqual(events.map(({ event, type }) => event ?? type), ["page", "waiting"]);
  await context.close();
  await server.close();
});
