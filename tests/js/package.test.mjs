import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../xtask/setup.mjs";
import { html, launch, open, serve, until } from "./lab.mjs";

// The built package as a shop uses it, under the strict policy, with the real engine.
const CONFIG = {
  version: 1, timezone: "Asia/Seoul", locale: "ko", currency: "KRW",
  segments: { viewer: { when: { $did: "Product Viewed" } } },
  campaigns: {
    hello: {
      purpose: "service", trigger: { event: "Product Viewed" },
      message: { layout: "banner", blocks: [{ text: "{{ event.properties.name }} 보셨네요", as: "title" }] },
    },
  },
};
const OK = (request, response) => response.writeHead(200, { "Content-Type": "application/json" }).end("{}");

let browser, server;
before(async () => {
  browser = await launch();
  const tag = '<script async src="/pkg/dangol.js" data-config="/config.json" data-endpoint="/collect" data-consent="granted"></script>';
  server = await serve({
    "/": html('<script src="/pkg/stub.js"></script>', tag),
    "/next": html('<script src="/pkg/stub.js"></script>', tag),
    // Who keeps what the stub gave, and what was taken off it.
    "/kept": html('<script src="/pkg/stub.js"></script>', '<script src="/kept.js"></script>', tag),
    "/kept.js": "window.kept = window.dangol; const { track } = window.dangol; window.taken = track;",
    "/started": html('<script src="/pkg/stub.js"></script>', '<script src="/started.js"></script>', '<script async src="/pkg/dangol.js"></script>'),
    "/started.js": 'window.kept = dangol.init({ config: "/config.json", consent: "granted" }); window.taken = kept.track;',
    "/module": html('<script type="module" src="/shop.js"></script>'),
    "/slim": html('<script type="module" src="/slim.js"></script>'),
    "/shop.js": 'import { init } from "/pkg/index.js"; window.dangol = init({ config: "/config.json", endpoint: "/collect", consent: "granted" });',
    "/slim-fails": html('<script type="module" src="/slim-fails.js"></script>'),
    "/slim-fails.js": 'import { init } from "/pkg/slim.js"; window.dangol = init({ config: "/config.json", endpoint: "/collect", consent: "granted", wasm: Promise.reject(new Error("no engine")) });',
    "/slim.js": 'import { init } from "/pkg/slim.js"; window.dangol = init({ config: "/config.json", consent: "granted", wasm: "/pkg/dangol.wasm" });',
    "/config.json": JSON.stringify(CONFIG), "/collect": OK,
  });
});
after(async () => {
  await browser.close();
  await server.close();
});

for (const path of ["/", "/module", "/slim"]) {
  test(`${path}: the engine runs, a call leads to a segment and a message`, async () => {
    const { page, said, context } = await open(browser, server.origin + path);
    await until(() => page.evaluate(() => !!window.dangol), "dangol");
    assert.equal(await page.evaluate(() => dangol.track("Product Viewed", { product_id: "p1", name: "코트" }).then(() => dangol.ready)), "full");
    assert.deepEqual(await until(() => page.evaluate(() => dangol.segments().length && dangol.segments()), "the segment"), ["viewer"]);
    await page.locator("dangol-message").getByRole("heading", { name: "코트 보셨네요" }).waitFor();
    assert.deepEqual(said, []);
    await context.close();
  });
}

test("/slim-fails: an engine that is promised and does not come is no error of the page", async () => {
  const { page, said, context } = await open(browser, server.origin + "/slim-fails");
  await until(() => page.evaluate(() => !!window.dangol), "dangol");
  assert.equal(await page.evaluate(() => dangol.ready), "collect");
  assert.deepEqual(said, []);
  await context.close();
});

for (const path of ["/kept", "/started"]) {
  test(`${path}: a kept reference to the stub answers as the engine does once it is there`, async () => {
    const { page, said, context } = await open(browser, server.origin + path);
    assert.equal(await page.evaluate(() => kept.ready), "full");
    await page.evaluate(() => kept.track("Product Viewed", { name: "코트" }));
    await page.evaluate(() => taken("Other"));
    assert.deepEqual(await page.evaluate(() => [kept.segments(), kept.explain().length, kept.stats().created + kept.stats().local > 1, kept.on === dangol.on]), [["viewer"], 1, true, true]);
    assert.equal(await page.evaluate(async () => dangol === globalThis[Symbol.for("dangol/1")] && (await kept.exportData()).journey.filter(({ event }) => event === "Other").length), 1);
    assert.deepEqual(said, []);
    await context.close();
  });
}

test("events arrive at the backend once, those of a page that was left at once too", async () => {
  const { page, said, context } = await open(browser, server.origin);
  server.requests.length = 0;
  await page.evaluate(async () => {
    await dangol.ready;
    await dangol.track("one");
    setTimeout(() => {
      void dangol.track("two");
      location.href = "/next";
    });
  });
  await page.waitForURL("**/next");
  await page.evaluate(() => dangol.track("three").then(() => dangol.flush()));
  const names = () => server.requests.flatMap(({ body }) => JSON.parse(body).batch).map(({ event, messageId }) => [messageId, event]);
  await until(() => names().some(([, event]) => event === "three"), "the last event");
  await until(() => page.evaluate(() => dangol.stats().pending === 0), "the acknowledgements");
  const ids = new Map(names());
  for (const name of ["one", "two", "three"]) assert.equal([...ids.values()].filter((event) => event === name).length, 1, name);
  assert.deepEqual(said, []);
  await context.close();
});

test("no file carries what a bundler or a policy would trip over", () => {
  for (const file of readdirSync(join(root, "pkg"), { recursive: true }).filter((name) => /\.c?js$/.test(name) && name !== "cli.js")) {
    const text = readFileSync(join(root, "pkg", file), "utf8");
    assert.doesNotMatch(text, /import\.meta|\beval\(|new Function|\.innerHTML|from ?["']node:/, file);
    assert.doesNotMatch(text, /\/work\/|\/home\/|\/root\//, file);
  }
});

test("the tools load in Node as ESM and as CommonJS", async () => {
  const { createRequire } = await import("node:module");
  for (const { loadEngine } of [await import(join(root, "pkg", "engine.js")), createRequire(import.meta.url)(join(root, "pkg", "engine.cjs"))]) {
    const engine = await loadEngine();
    const journey = [{ type: "track", event: "Product Viewed", properties: {}, messageId: "a", timestamp: "2026-01-01T00:00:00Z", anonymousId: "x" }];
    const { segments, decisions } = engine.replay(CONFIG, journey);
    assert.equal(segments.viewer[0][1], "enter");
    assert.deepEqual(engine.replay(CONFIG, journey.map((line) => JSON.stringify(line)).join("\n")).decisions, decisions);
  }
});

test("where a test runner's page has no TextDecoder the tools can be imported, and say what is missing when they are used", async () => {
  const { createContext, runInContext } = await import("node:vm");
  const page = createContext({ module: { exports: {} }, console });
  page.exports = page.module.exports;
  runInContext(readFileSync(join(root, "pkg", "engine.cjs"), "utf8"), page);
  await assert.rejects(page.module.exports.loadEngine(), /^Error: dangol: .*TextDecoder.*@jest-environment node/);
});
