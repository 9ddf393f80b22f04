// The page's engine is two modules (xtask/src/split.rs): they fit each other, and the first works without the second.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { root } from "../../xtask/setup.mjs";

const folder = join(root, "target", "package", "page");
const module = (file) => WebAssembly.compile(readFileSync(join(folder, file)));
const report = readFileSync(join(folder, "split.txt"), "utf8").replace(/::h[0-9a-f]{16}/g, "").replaceAll("dangol::domain::", "").replaceAll("<impl engine::Engine>::", "");
const NOW = Date.UTC(2026, 0, 5, 3);
const CONFIG = {
  version: 1, timezone: "Asia/Seoul", locale: "ko",
  campaigns: { c: { trigger: { event: "Go" }, message: { layout: "modal", dismiss: { today: true }, blocks: [{ text: "{{ '단골' | josa: '이/가' }}", as: "title" }] } } },
};

test("the second asks for nothing that the first does not have, and for the mark of its build", async () => {
  const has = new Map(WebAssembly.Module.exports(await module("dangol.wasm")).map(({ name, kind }) => [name, kind]));
  const asks = WebAssembly.Module.imports(await module("part.wasm"));
  for (const { module, name, kind } of asks) assert.deepEqual([module, has.get(name)], ["a", kind], name);
  const [, build] = /build ([0-9a-f]{16})/.exec(report);
  assert.ok(asks.some(({ name }) => name === build));
  assert.deepEqual(WebAssembly.Module.exports(await module("part.wasm")), [], "it is reached through the table alone");
});

test("the first calls into the second only where the engine has looked whether it is there", () => {
  /** Who may call a gate, and why that is safe. */
  const KNOWN = {
    // Where `is_complete` is asked, or was just set.
    "engine::screen::mount": /^engine::(screen::(draw|show)|wallet::apply_move)$/,
    // Of messages that were mounted; `draw`, which asks, may have become a part of `show`.
    "engine::screen::redraw": /^engine::(screen::(draw|show|redraw_all|ring_screen)|timers::(advance|ring)|wallet::\w+|Engine::(apply|report|finish))$/,
    // Of messages that were drawn.
    "engine::screen::refresh": /^engine::(triggers::(take_in|follow_up)|calls::\w+|Engine::(apply|report|finish))$/,
    // Of messages that are drawn now, or were.
    "engine::wallet::issue_for": /^engine::(screen::(draw|show)|wallet::apply_move)$/,
    "engine::effect::push_tree": /^engine::effect::(to_json|push_list|Effect::push)/,
    // What it finds was mounted; where it is missing, nothing was.
    "engine::screen::acted": /^engine::(triggers::(take_in|follow_up)|Engine::(apply|report))$/,
  };
  const gates = report.trim().split("\n\n").slice(1).map((part) => part.split("\n  is called by "));
  assert.deepEqual(gates.map(([gate]) => gate).sort(), Object.keys(KNOWN).sort());
  for (const [gate, ...callers] of gates) {
    assert.ok(callers.length, gate);
    for (const caller of callers) assert.match(caller, KNOWN[gate], `${caller} calls ${gate}: does it know that what draws is there?`);
  }
});

test("without the second nothing is drawn and nothing traps; with it, in its own words", async () => {
  const { __exports, default: init, Engine } = await import(pathToFileURL(join(folder, "dangol.js")));
  await init({ module_or_path: await module("dangol.wasm") });
  const engine = new Engine();
  const seen = [];
  let shared = null;
  const perform = (input) => {
    for (const effect of JSON.parse(engine.handle(NOW, JSON.stringify(input)))) {
      seen.push(effect);
      if (effect.e === "claim") perform({ in: "claimed", shared });
      if (effect.e !== "save") continue;
      shared = effect.shared ?? shared;
      perform({ in: "saved", save: effect.save, ok: true });
    }
  };
  /** All that an input leads to. */
  const give = (input) => {
    perform(input);
    return seen.splice(0);
  };
  give({
    in: "start", overflow: 0, entropy: "00112233445566778899aabbccddeeff", stream: "b1946ac9-2d7c-4b5e-8c5d-3a5a4f2f8d11",
    options: { name: "dangol", consent: "granted", locale: "ko" }, page: { url: "https://shop.example/", title: "", referrer: "" },
    device: { type: "desktop", timezone: "Asia/Seoul", userAgent: "x" }, config: JSON.stringify(CONFIG), config_etag: null,
    stored: { consent: null, state: null, shared: null, journey: [], config: null, recovered: { calls: [], journey: [], events: [] } },
  });
  const went = give({ in: "call", id: "0190a1b2-0000-7000-8000-000000000001", at: NOW, call: "track", name: "Go", data: {} });
  assert.ok(went.some(({ e }) => e === "part") && !went.some(({ e }) => e === "show"));
  // One of these is the message's impression, which nobody outside is told before it is on the page.
  const ids = shared.match(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g);
  for (const impression of ids) {
    for (const act of ["inview", "action", "dismiss", "answer"]) {
      const led = give({ in: "ui", impression, act, action: 0 });
      assert.ok(Array.isArray(led) && !led.some(({ e }) => /show|update|remove/.test(e)), JSON.stringify(led));
    }
  }
  new WebAssembly.Instance(await module("part.wasm"), { a: __exports() });
  const shown = give({ in: "part", ok: true }).find(({ e }) => e === "show");
  const text = JSON.stringify(shown.message.tree);
  for (const word of ["단골이", "오늘 하루 보지 않기", "닫기"]) assert.ok(text.includes(word), `${word} in ${text}`);
  assert.ok(ids.includes(shown.message.impression));
  assert.ok(give({ in: "ui", impression: shown.message.impression, act: "dismiss" }).some(({ e }) => e === "remove"));
});
