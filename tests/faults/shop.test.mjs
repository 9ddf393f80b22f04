// What a shop itself may do: hostile configurations and properties, everything twice, again and again, ahead of time; the rows are those of docs/faults.md.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judged } from "./judge.mjs";
import { answer } from "./server.mjs";
import { begin, idle, make, range, SCRIPT, stage, take } from "./stage.mjs";

const GOOD = JSON.stringify({ version: 1, segments: { good: { when: {} } } });
const nested = (open, close) => open.repeat(10_000) + "1" + close.repeat(10_000);
/** What a configuration's address answers once the good one was seen. */
const CONFIGS = {
  document: ["that is a page", "<html>maintenance</html>"],
  deep: ["that is a list 10,000 deep", nested("[", "]")],
  inner: ["with a condition 10,000 deep", `{"version":1,"segments":{"good":{"when":{}},"deep":{"when":${nested('{"$not":', "}")}}}}`],
};
let config = GOOD;
let asked = 0;
const names = [...Object.keys(CONFIGS), "unsigned", "odd", "twice", "again"];
const { open, server, judgeTasks } = await stage(Object.fromEntries(names.map((name) => [name, take])), {
  pages: { "/page": { head: SCRIPT }, "/twice": { head: SCRIPT + SCRIPT }, "/shop.json": () => (asked++, answer(200, { body: config })) },
});
const start = (page, name, { path = "/page", ...options } = {}) => begin(page, server.origin + path, { endpoint: { url: `${server.origin}/collect/${name}`, flushInterval: 60_000 }, ...options });
async function whole(page, ears, name, last) {
  await idle(page);
  return judged(page, ears, server.ledgerOf(name), range(1, last));
}

describe("a hostile configuration leaves the last good one in force", () => {
  for (const [name, [title, text]] of Object.entries(CONFIGS)) {
    it(`F49 one ${title}`, async () => {
      const context = await open.newContext();
      const page = await context.newPage();
      config = GOOD;
      asked = 0;
      await start(page, name, { config: "/shop.json" });
      await make(page, 1, 5);
      config = text;
      const ears = await start(page, name, { config: "/shop.json" });
      await page.waitForLoadState("networkidle");
      assert.equal(asked, 2, "the hostile one was fetched");
      await make(page, 6, 10);
      assert.deepEqual(await page.evaluate(() => window.dangol.segments()), ["good"]);
      await whole(page, ears, name, 10);
      await context.close();
    });
  }

  it("F50 one that nobody signed, where a key is pinned, is not used", async () => {
    const context = await open.newContext();
    const page = await context.newPage();
    config = GOOD;
    const ears = await start(page, "unsigned", { config: "/shop.json", publicKeys: { shop: "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=" } });
    await make(page, 1, 5);
    assert.deepEqual(await page.evaluate(() => window.dangol.segments()), []);
    await whole(page, ears, "unsigned", 5);
    await context.close();
  });
});

it("F51 whatever is passed to track(): nothing throws, the books balance, what comes after it arrives", async () => {
  const context = await open.newContext();
  const page = await context.newPage();
  const ears = await start(page, "odd");
  await make(page, 1, 5);
  const failed = await page.evaluate(async () => {
    // To make them is the test's doing; each is passed in a task of its own, which is ours.
    performance.mark("theirs");
    const circle = {};
    circle.self = circle;
    let deep = {};
    for (let n = 0; n < 100_000; n++) deep = { deep };
    const values = [circle, deep, { n: 10n }, { d: new Date(NaN) }, { s: Symbol("x") }, { f() {} }, new Map([[1, 2]]),
      { get boom() { throw new Error("getter"); } }, { toJSON() { throw new Error("toJSON"); } }, new Proxy({}, { ownKeys() { throw new Error("proxy"); } }),
      JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'), { t: "\ud800" }, { t: "x".repeat(10 << 20) },
      Array.from({ length: 1e5 }, (_, n) => n), { list: Array.from({ length: 1e6 }, () => null) }, null, 7, "text", () => {}, window, document, Object.create(null), { n: NaN, i: Infinity, u: undefined }];
    const failed = [];
    for (const [index, value] of values.entries()) {
      for (const call of [() => window.dangol.track("Odd", value), () => window.dangol.track(value)]) {
        await new Promise((resolve) => setTimeout(resolve));
        try {
          await call();
        } catch (error) {
          failed.push(`${index}: ${error}`);
        }
      }
    }
    if ({}.polluted) failed.push("a prototype was written to");
    return failed;
  });
  assert.deepEqual(failed, []);
  await make(page, 6, 10);
  const { created } = await whole(page, ears, "odd", 10);
  assert.ok(created > 20, "most of them are events");
  await context.close();
});

it("F53 the script twice and init() twice: one instance, and one word about it", async () => {
  const context = await open.newContext();
  const page = await context.newPage();
  const ears = await start(page, "twice", { path: "/twice" });
  await make(page, 1, 5);
  assert.ok(await page.evaluate(() => [1, 2].every(() => window.dangol.init({ config: { version: 1 }, endpoint: "/elsewhere" }) === window.dangol)));
  await make(page, 6, 10);
  // Whoever integrates it is told, once; nothing else is.
  assert.deepEqual(ears.said.splice(0), ["warning: dangol: init() was called twice; the first one stays"]);
  await whole(page, ears, "twice", 10);
  await context.close();
});

it("F54 200 times init() and destroy(), then once more: what is tracked arrives", async () => {
  const context = await open.newContext();
  const page = await context.newPage();
  const ears = await start(page, "again");
  await make(page, 1, 5);
  await page.evaluate(async (url) => {
    await window.dangol.destroy();
    const options = { config: { version: 1 }, consent: "granted", capture: { page: false }, endpoint: { url, flushAt: 1000, flushInterval: 60_000 } };
    for (let time = 0; time < 200; time++) {
      window.dangol.init(options);
      if (time % 2) await window.dangol.ready;
      await window.dangol.destroy();
    }
    window.dangol.init(options);
    await window.dangol.ready;
  }, `${server.origin}/collect/again`);
  await make(page, 6, 10);
  await whole(page, ears, "again", 10);
  await context.close();
});

judgeTasks();
