// Which of the configurations that come is in force, as the host takes them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./lab.mjs";

const { Configuration } = await load('export * from "./host/configuration.ts";');

/** A page whose shop publishes what is in `served`; `look` makes it visible again. */
async function opened(test, stored, served) {
  const listeners = [];
  globalThis.document = {
    visibilityState: "visible",
    addEventListener: (_, listener) => listeners.push(listener),
    removeEventListener() {},
  };
  const told = [];
  const fetch = async () => new Response(served.text, { status: served.status || 200 });
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
