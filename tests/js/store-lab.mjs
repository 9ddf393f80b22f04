// What the tests of the store begin with: a page with the store and both its backends on it, each time of a fresh origin.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { bundle, html, launch, open, serve } from "./lab.mjs";

let browser, server;
before(async () => {
  browser = await launch();
  const script = await bundle(`
    import { Store } from "./host/store.ts";
    import { IdbBackend } from "./host/idb.ts";
    import { MemoryBackend } from "./host/memory.ts";
    Object.assign(window, { Store, IdbBackend, MemoryBackend });
    window.rows = (parts) => ({ events: new Map(parts.events), journey: new Map(parts.journey), state: new Map(parts.state) });
    window.event = (id) => [id, '{"messageId":"' + id + '"}'];
    window.past = (id) => [id, '{"i":"' + id + '"}'];
    // The browser has opened the database, but says so only when told to.
    window.late = () => {
      const open = indexedDB.open.bind(indexedDB);
      let told;
      indexedDB.open = (...args) => {
        const request = open(...args);
        const slow = { set onupgradeneeded(f) { request.onupgradeneeded = f; }, set onerror(f) { request.onerror = f; }, get result() { return request.result; } };
        Object.defineProperty(slow, "onsuccess", { set: (f) => (request.onsuccess = () => { told = f; }) });
        return slow;
      };
      return { open, arrive: () => told() };
    };
    window.databases = async () => (await indexedDB.databases()).map(({ name }) => name);
  `, { format: "iife" });
  server = await serve({ "/sdk.js": script, "/": html('<script src="/sdk.js"></script>') });
});
after(async () => {
  await browser.close();
  await server.close();
});

/** What the page's own `event` makes. */
export const event = (id) => [id, `{"messageId":"${id}"}`];
export const past = (id) => [id, `{"i":"${id}"}`];

/** Runs `work` in a fresh origin's page; it must say nothing on the console. */
export async function inPage(work, argument, init) {
  const { page, said, context } = await open(browser, server.origin, { init });
  const result = await page.evaluate(work, argument);
  assert.deepEqual(said, []);
  await context.close();
  return result;
}
