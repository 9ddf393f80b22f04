// The common judge of all faults, with the oracles of docs/faults.md.
import assert from "node:assert/strict";

/** Waits until `look` gives something true. */
export async function until(look, what, patience = 20_000) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (Date.now() > end) assert.fail(`timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What the browser itself says about a request that failed, or a file that is not the right one; the page's own words are never allowed. */
const NETWORK = /^error: (Failed to load resource|Failed to find a valid digest|Fetch API cannot load .* SRI's integrity checks failed|.*(blocked by CORS policy|Content Security Policy))/;

/** Listens to a page from its first moment; `calm` is oracle E. */
export function watch(page) {
  const said = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`uncaught: ${error?.message ?? error} ${error?.stack ?? ""}`));
  return {
    said,
    async calm() {
      assert.deepEqual(said.filter((line) => !NETWORK.test(line)), [], "E: the page hears nothing of it");
      const own = await page.evaluate(() => Object.keys(window).filter((name) => /dangol|wasm|__wbg/i.test(name)));
      assert.deepEqual(own, ["dangol"], "E: one global");
      const size = await page.evaluate(async () => JSON.stringify(await window.dangol.exportData()).length);
      assert.ok(size < 1 << 20, `E: at most 1 MiB, found ${size}`);
    },
  };
}

export const stats = (page) => page.evaluate(() => window.dangol.stats());
export const total = (dropped) => Object.values(dropped).reduce((sum, count) => sum + count, 0);

/** A: created = acknowledged + pending + dropped. */
export async function balanced(page) {
  const { created, acknowledged, pending, dropped } = await stats(page);
  assert.equal(created, acknowledged + pending + total(dropped), "A: created = acknowledged + pending + dropped");
  return { created, acknowledged, pending, dropped };
}

/** B and C: the endpoint has each of `wanted` (by `properties.n`) once after deduplication, and no stream has a gap. */
export function delivered(ledger, wanted, { gaps = [] } = {}) {
  const numbers = [...ledger.events.values()].filter(({ event }) => event === "Made").map(({ properties }) => properties.n);
  assert.deepEqual(numbers.toSorted((a, b) => a - b), wanted, "B: each exactly once");
  const streams = {};
  for (const { context, seq } of ledger.events.values()) (streams[context.streamId] ??= []).push(seq);
  for (const [stream, numbers] of Object.entries(streams)) {
    const there = new Set(numbers);
    assert.equal(there.size, numbers.length, `C: ${stream} has a number twice`);
    const missing = Array.from({ length: Math.max(...numbers) }, (_, index) => index + 1).filter((number) => !there.has(number) && !gaps.includes(number));
    assert.deepEqual(missing, [], `C: ${stream} has gaps`);
  }
}

/** All of the oracles that a page can be asked, and its endpoint; `wanted` as for `delivered`. */
export async function judged(page, ears, ledger, wanted, gaps) {
  const books = await balanced(page);
  delivered(ledger, wanted, gaps);
  await ears.calm();
  return books;
}
