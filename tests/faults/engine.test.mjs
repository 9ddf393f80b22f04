// The engine's file missing, wrong, refused, and an engine that traps; the rows are those of docs/faults.md.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { release, root } from "../../xtask/setup.mjs";
import { judged } from "./judge.mjs";
import { answer, POLICY } from "./server.mjs";
import { begin, idle, make, range, SCRIPT, stage, take } from "./stage.mjs";

const ENGINE = join(release(), "dangol.wasm");
const whole = readFileSync(join(root, "pkg", ENGINE));
const wasm = (body) => answer(200, { type: "application/wasm", body });
/** What is given in the place of the engine's file. */
const FILES = {
  missing: ["is missing", answer(404, { type: "text/html", body: "<p>not here</p>" })],
  document: ["is a page", answer(200, { type: "text/html", body: "<p>welcome</p>" })],
  cut: ["is cut off", wasm(whole.subarray(0, whole.length >> 1))],
  foreign: ["is another module than that of the release", wasm(Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]))],
};
const names = [...Object.keys(FILES), "policy", "absent", "trap", "traps"];
const { open, server, judgeTasks } = await stage(Object.fromEntries(names.map((name) => [name, take])), {
  pages: {
    "/page": { head: SCRIPT },
    "/policy": { head: SCRIPT, headers: `Content-Security-Policy: ${POLICY.replace(" 'wasm-unsafe-eval'", "")}\r\n` },
    ...Object.fromEntries(Object.entries(FILES).map(([name, [, file]]) => [`/${name}-pkg/${ENGINE}`, () => file])),
  },
});

/** Five events in the mode that the fault leaves, judged. */
async function collected(name, { path = "/page", prepare = () => {}, ...options } = {}) {
  const context = await open.newContext();
  await prepare(context);
  const page = await context.newPage();
  const ears = await begin(page, server.origin + path, { endpoint: { url: `${server.origin}/collect/${name}`, flushInterval: 300 }, ...options });
  assert.equal(await page.evaluate(() => window.dangol.ready), "collect");
  await make(page, 1, 5);
  await idle(page);
  await judged(page, ears, server.ledgerOf(name), range(1, 5));
  assert.ok([...server.ledgerOf(name).events.values()].every(({ context }) => context.mode === "collect"));
  await context.close();
}

describe("without an engine events are collected", { concurrency: 2 }, () => {
  for (const [name, [title]] of Object.entries(FILES)) it(`F37 its file ${title}`, () => collected(name, { baseUrl: `/${name}-pkg/` }));
  it("F38 the policy forbids WebAssembly", () => collected("policy", { path: "/policy" }));
  it("F39 the browser has none", () => collected("absent", { prepare: (context) => context.addInitScript(() => { delete window.WebAssembly; }) }));
});

/**
 * In a page: the real engine with a memory that can be used up. `use` takes all that its memory may grow by, as a page
 * short of memory would; what the engine asks for next is refused, and that is a trap.
 */
function limitMemory() {
  const { compile, instantiate } = WebAssembly;
  const memories = [];
  /** The module with a maximum for its memory, 12 MiB, which the build sets none for. */
  const limited = (bytes) => {
    const given = new Uint8Array(bytes);
    let at = 8;
    const number = () => {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = given[at++];
        value |= (byte & 127) << shift;
        if (byte < 128) return value;
      }
    };
    for (;;) {
      const start = at;
      const id = given[at++];
      const size = number();
      // Section 5: one memory, no maximum, and a minimum of less than 128 pages.
      if (id === 5) {
        const minimum = given[at + 2];
        return new Uint8Array([...given.subarray(0, start), 5, 5, 1, 1, minimum, 0xc0, 0x01, ...given.subarray(at + size)]);
      }
      at += size;
    }
  };
  // This is the test's doing.
  const ours = async (bytes) => {
    performance.mark("theirs");
    return compile.call(WebAssembly, limited(bytes));
  };
  WebAssembly.compileStreaming = async (source) => ours(await (await source).arrayBuffer());
  WebAssembly.instantiate = async (...given) => {
    const instance = await instantiate.apply(WebAssembly, given);
    memories.push(instance.exports.memory);
    return instance;
  };
  const { Instance } = WebAssembly;
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, given) {
      const instance = new target(...given);
      if (instance.exports.memory) memories.push(instance.exports.memory);
      return instance;
    },
  });
  window.engines = () => memories.length;
  window.use = () => {
    const memory = memories.at(-1);
    for (let pages = 192 - memory.buffer.byteLength / 65_536; pages > 0; pages--) memory.grow(1);
  };
}

describe("an engine that traps", () => {
  for (const [name, times, mode] of [["trap", 1, "full"], ["traps", 3, "collect"]]) {
    it(`F40 out of memory ${times === 1 ? "once: it is made anew" : "three times: events are only collected from then on"}, and none is lost`, async () => {
      const context = await open.newContext();
      await context.addInitScript(limitMemory);
      const page = await context.newPage();
      const ears = await begin(page, `${server.origin}/page`, { endpoint: { url: `${server.origin}/collect/${name}`, flushInterval: 60_000 } });
      assert.equal(await page.evaluate(() => window.dangol.ready), "full");
      await page.evaluate(() => {
        window.problems = [];
        window.dangol.on("problem", ({ code }) => window.problems.push(code));
      });
      let n = 0;
      for (let time = 1; time <= times; time++) {
        await make(page, n + 1, n + 5);
        n += 5;
        const before = await page.evaluate(() => {
          window.use();
          return window.engines();
        });
        // Events until one of them asks for more memory than is left.
        const calls = await page.evaluate(async (before) => {
          for (let calls = 1; calls <= 200; calls++) {
            await window.dangol.track("Filler", { text: "x".repeat(30_000) });
            if (window.engines() > before || window.problems.length) return calls;
          }
          return 0;
        }, before);
        assert.ok(calls, "it has trapped");
      }
      await make(page, n + 1, n + 5);
      assert.deepEqual(await page.evaluate(() => window.problems), mode === "full" ? [] : ["crashed"]);
      await idle(page);
      await judged(page, ears, server.ledgerOf(name), range(1, n + 5));
      const last = [...server.ledgerOf(name).events.values()].find(({ properties }) => properties.n === n + 5);
      assert.equal(last.context.mode ?? "full", mode);
      await context.close();
    });
  }
});

judgeTasks();
