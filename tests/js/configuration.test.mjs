// Which of the configurations that come is in force, as the host takes them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./lab.mjs";

const { Configuration } = await load('export * from "./host/configuration.ts";');

/** A body whose connection breaks after `text`. */
const brokenOff = (text) => new ReadableStream({
  start: (body) => body.enqueue(new TextEncoder().encode(text)),
  pull: (body) => body.error(new TypeError("network error")),
});

/** A page whose shop publishes what is in `served`; `look` makes it visible again. */
async function opened(test, stored, served) {
  const listeners = [];
  globalThis.document = {
    visibilityState: "visible",
    addEventListener: (_, listener) => listeners.push(listener),
    removeEventListener() {},
  };
  const told = [];
  const fetch = async () => new Response(served.broken ? brokenOff(served.text) : served.text, { status: served.status || 200 });
  const configuration = new Configuration({ options: { config: "/c.json" }, emit() {} }, fetch, () => {}, ({ text, error }) => told.push(error || text));
  const store = { config: stored ? { text: stored, etag: null } : null };
  await configuration.open(Promise.resolve(store), async () => store);
  test.after(() => configuration.stop());
  const settled = () => new Promise((done) => setTimeout(done, 20));
  await settled();
  const look = async () => {
    for (const listener of listeners) listener();
    await settled();
  };
  return { configuration, told, look };
}

test("a change that is taken back at once is taken back on the page that has it", async (test) => {
  const served = { text: "B" };
  const { configuration, told, look } = await opened(test, "A", served);
  assert.deepEqual(told, ["B"], "the one kept from before is replaced by what came");
  served.text = "A";
  await look();
  assert.deepEqual(told, ["B", "A"]);
  await look();
  assert.equal(told.length, 2, "the same once more is no news");
  served.status = 500;
  await look();
  assert.deepEqual(told.slice(2), ["status 500"]);
  delete served.status;
  await look();
  assert.deepEqual([told.length, configuration.current.text], [3, "A"]);
});

test("one that breaks off is none that came, however much of it did", async (test) => {
  const served = { text: "A" };
  const { configuration, told, look } = await opened(test, "A", served);
  served.text = "B";
  served.broken = true;
  await look();
  assert.deepEqual([told, configuration.current.text], [["network error"], "A"]);
  served.status = 503;
  await look();
  assert.equal(told[1], "status 503", "the status says more");
  delete served.status;
  delete served.broken;
  await look();
  assert.deepEqual([told[2], configuration.current.text], ["B", "B"]);
});
