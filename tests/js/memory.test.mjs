// The page's engine in Node: how much memory a visitor's browser lends it, and for how long.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { root } from "../../xtask/setup.mjs";

const folder = join(root, "target", "package", "page");
const MIB = 1 << 20;

/** A shop with 100 live segments and 100 live campaigns. */
function config() {
  const segments = {};
  const campaigns = {};
  for (let index = 0; index < 100; index++) {
    segments[`s${index}`] = { when: { $did: { event: index % 4 ? "Product Viewed" : "Product Added", within: `${1 + index % 28}d`, count: { $gte: 1 + index % 9 } } } };
    campaigns[`c${index}`] = {
      trigger: { event: "Order Completed" }, audience: { $segment: `s${index}`, "cart.value": { $gte: index * 1000 } },
      message: { layout: "modal", blocks: [{ text: "Hello", as: "title" }] },
    };
  }
  return { version: 1, revision: 1, timezone: "Asia/Seoul", segments, campaigns };
}

test("2 MiB after the start, 8 MiB after 10,000 events, and a claim only where something may come of it", async () => {
  const { default: init, __exports, Engine } = await import(pathToFileURL(join(folder, "dangol.js")));
  const { memory } = await init({ module_or_path: await WebAssembly.compile(readFileSync(join(folder, "dangol.wasm"))) });
  new WebAssembly.Instance(await WebAssembly.compile(readFileSync(join(folder, "part.wasm"))), { a: __exports() });
  const engine = new Engine();
  const counts = {};
  let now = Date.UTC(2026, 0, 5);
  let shared = null;
  /** Gives an input and performs what it leads to, as a page with a fast network would. */
  const give = (input) => {
    for (const effect of JSON.parse(engine.handle(now, JSON.stringify(input)))) {
      counts[effect.e] = (counts[effect.e] ?? 0) + 1;
      if (effect.e === "claim") give({ in: "claimed", shared });
      if (effect.e === "lock") give({ in: "locked", pending: [] });
      if (effect.e === "send") give({ in: "answer", batch: effect.batch, status: 200, wait: null, body: "", date: null });
      if (effect.e !== "save") continue;
      if (effect.shared) shared = effect.shared;
      give({ in: "saved", save: effect.save, ok: true });
    }
  };
  give({
    in: "start", overflow: 0, entropy: "00112233445566778899aabbccddeeff", stream: "b1946ac9-2d7c-4b5e-8c5d-3a5a4f2f8d11",
    options: { name: "dangol", consent: "granted", locale: "ko", endpoint: { url: "https://c.example/events" } },
    page: { url: "https://shop.example/", title: "Shop", referrer: "" },
    device: { type: "desktop", os: "linux", browser: "chrome", language: "ko", timezone: "Asia/Seoul", userAgent: "x" },
    stored: { consent: null, state: null, shared: null, journey: [], config: null, recovered: { calls: [], journey: [], events: [] } },
    config: JSON.stringify(config()), config_etag: null,
  });
  give({ in: "part", ok: true });
  assert.ok(memory.buffer.byteLength <= 2 * MIB, `${memory.buffer.byteLength} bytes after the start`);
  const started = counts.claim;
  for (let index = 0; index < 10_000; index++) {
    now += 37;
    const digits = index.toString(16).padStart(12, "0");
    give({
      in: "call", id: `0190a1b2-${digits.slice(4, 8)}-7${digits.slice(9)}-8000-${digits}`, at: now, call: "track", name: "Product Viewed",
      data: { product_id: `p${index}`, name: "Wool coat", category: "outer", brand: "neuru", price: 89000, currency: "KRW", quantity: 1, position: index % 20 },
    });
  }
  assert.ok(memory.buffer.byteLength <= 8 * MIB, `${memory.buffer.byteLength} bytes after 10,000 events`);
  // A transaction costs more than all the rest of an event; no goal, coupon or wait asks for views of products.
  assert.equal(counts.claim, started);
  assert.ok(counts.send > 400, `${counts.send} batches`);
});
