// What a shop itself may do: hostile configurations and properties, everything twice, again and again, ahead of time; the rows are those of docs/faults.md.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { dangol } from "../cli/run.mjs";
import { judged, until } from "./judge.mjs";
import { answer } from "./server.mjs";
import { begin, idle, make, range, SCRIPT, stage, take } from "./stage.mjs";

const GOOD = JSON.stringify({ version: 1, segments: { good: { when: {} } } });
const nested = (open, close) => open.repeat(10_000) + "1" + close.repeat(10_000);
const HEAD = "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
const PIECE = Buffer.alloc(1 << 16, "x");
/** What a configuration's address answers once the good one was seen. */
const CONFIGS = {
  document: ["that is a page", "<html>maintenance</html>"],
  deep: ["that is a list 10,000 deep", nested("[", "]")],
  cut: ["that is cut off", GOOD.slice(0, 30)],
  number: ["that is no JSON for its number", '{"version":NaN}'],
  large: ["of 50 MB", (socket) => {
    socket.write(HEAD);
    socket.write('{"version":1,"x":"');
    let sent = 0;
    const more = () => {
      while (sent < 50 << 20 && !socket.destroyed) {
        sent += PIECE.length;
        if (!socket.write(PIECE)) return socket.once("drain", more);
      }
      socket.end('"}');
    };
    more();
  }],
  endless: ["without an end", (socket) => {
    socket.write(HEAD);
    const drops = setInterval(() => socket.write(" "), 50);
    socket.on("close", () => clearInterval(drops));
  }],
  inner: ["with a condition 10,000 deep", `{"version":1,"segments":{"good":{"when":{}},"deep":{"when":${nested('{"$not":', "}")}}}}`],
};
let config = GOOD;
let asked = 0;
const names = [...Object.keys(CONFIGS), "many", "unsigned", "signed", "odd", "twice", "again"];
const { open, server, judgeTasks } = await stage(Object.fromEntries(names.map((name) => [name, take])), {
  pages: { "/page": { head: SCRIPT }, "/twice": { head: SCRIPT + SCRIPT }, "/shop.json": () => (asked++, typeof config === "function" ? config : answer(200, { body: config })) },
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
      if (name !== "endless") await page.waitForLoadState("networkidle");
      await until(() => asked === 2, "the hostile one to be fetched");
      await make(page, 6, 10);
      assert.deepEqual(await page.evaluate(() => window.dangol.segments()), ["good"]);
      await whole(page, ears, name, 10);
      await context.close();
    });
  }

  it("F49 one of 10,000 campaigns and as many segments is used, however long its tasks", async () => {
    const context = await open.newContext();
    const page = await context.newPage();
    const numbers = range(1, 10_000);
    config = JSON.stringify({
      version: 1,
      segments: { good: { when: {} }, ...Object.fromEntries(numbers.map((n) => [`s${n}`, { when: { $did: { event: `E${n % 100}`, count: { $gte: 3 } } } }])) },
      campaigns: Object.fromEntries(numbers.map((n) => [`c${n}`, { trigger: { event: `E${n % 100}` }, message: { layout: "toast", blocks: [{ text: "hi" }] } }])),
    });
    const ears = await start(page, "many", { config: "/shop.json", timed: false });
    await make(page, 1, 5);
    await until(() => page.evaluate(() => window.dangol.segments().includes("good")), "what it says");
    await make(page, 6, 10);
    await whole(page, ears, "many", 10);
    await context.close();
  });

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

  it("F50 one that was changed, signed by a stranger, older, or of another time, is not used where a key is pinned", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dangol-faults-"));
    try {
      const keys = {};
      for (const id of ["ours", "theirs"]) {
        await dangol(["keygen", "--id", id, "--out", join(folder, `${id}.json`)]);
        keys[id] = JSON.parse(readFileSync(join(folder, `${id}.json`), "utf8")).publicKey;
      }
      const sign = async (segment, revision, key, ...terms) => {
        const path = join(folder, `${segment}.json`);
        writeFileSync(path, JSON.stringify({ version: 1, revision, segments: { [segment]: { when: {} } } }));
        const { code, stdout, stderr } = await dangol(["sign", path, "--key", join(folder, `${key}.json`), ...terms]);
        assert.equal(code, 0, stderr);
        return stdout;
      };
      const good = await sign("good", 5, "ours");
      const served = [
        [good, "the good one"], [(await sign("later", 6, "ours")).replace("later", "lates"), "changed"], [await sign("older", 4, "ours"), "older"],
        [await sign("foreign", 9, "theirs"), "a stranger's"], [await sign("early", 9, "ours", "--not-before", "30d"), "of another time"], [good.slice(0, 80), "cut off"],
      ];
      const context = await open.newContext();
      const page = await context.newPage();
      let made = 0;
      for (const [text, what] of served) {
        config = text;
        asked = 0;
        const ears = await start(page, "signed", { config: "/shop.json", publicKeys: { ours: keys.ours } });
        await page.waitForLoadState("networkidle");
        assert.equal(asked, 1, "it was fetched");
        await make(page, made + 1, made += 3);
        assert.deepEqual(await page.evaluate(() => window.dangol.segments()), ["good"], what);
        await whole(page, ears, "signed", made);
      }
      await context.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
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
  assert.deepEqual(ears.said.splice(0), ["warning: dangol: init() was called twice"]);
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
