// What grew: the functions of a module are read from its own bytes, and what a build notes is compared with the one before.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { functions, grown, home, report } from "../../xtask/grew.mjs";
import { root } from "../../xtask/setup.mjs";

/** A module with two functions, of which the second is `demo::big::grow` and has `filler` bytes more. */
function moduleOf(filler) {
  const text = (word) => [word.length, ...Buffer.from(word)];
  const section = (id, ...body) => [id, ...leb(body.length), ...body];
  const body = (...code) => [...leb(code.length + 2), 0, ...code, 11];
  const name = [...text("name"), 1, ...(() => {
    const names = [3, 0, ...text("outside"), 1, ...text("demo::small"), 2, ...text("demo::big::grow::h0123456789abcdef")];
    return [...leb(names.length), ...names];
  })()];
  return Buffer.from([0, 97, 115, 109, 1, 0, 0, 0, ...section(1, 1, 96, 0, 0), ...section(2, 1, ...text("a"), ...text("b"), 0, 0), ...section(3, 2, 0, 0),
    ...section(10, 2, ...body(), ...body(...Array(filler).fill(1))), ...section(0, ...name)]);
}
const leb = (number) => (number < 128 ? [number] : [(number & 127) | 128, ...leb(number >> 7)]);

test("functions are told apart by name, whatever is imported before them, and hashes are no part of a name", () => {
  const bytes = moduleOf(300);
  assert.ok(WebAssembly.validate(bytes));
  assert.deepEqual(functions(bytes), { "(data)": 0, "demo::small": 2, "demo::big::grow": 302 });
  assert.deepEqual(home("<alloc::vec::Vec<T,A> as core::ops::drop::Drop>::drop"), { crate: "alloc", module: "alloc::vec" });
  assert.deepEqual(home("dangol::domain::engine::Engine::apply"), { crate: "dangol", module: "dangol::domain::engine" });
});

test("the report names what grew, the most first, by crate, module, function and source file", () => {
  const build = (filler, page) => ({ engine: { engine: functions(moduleOf(filler)) }, modules: { "page.js": { "js/host/page.ts": page, "js/host/exit.ts": 70 } } });
  const said = report(build(10, 900), build(300, 880));
  for (const row of [/\+290 +304 {2}demo\n/, /\+290 +302 {2}demo::big\n/, /\+290 +302 {2}demo::big::grow\n/, /-20 +880 {2}js\/host\/page\.ts/]) assert.match(said, row);
  assert.doesNotMatch(said, /small|exit\.ts/, "what is as it was is not told");
  assert.deepEqual(grown({ a: 1, b: 5 }, { b: 9, c: 2 }).map(({ name, by }) => [name, by]), [["b", 4], ["c", 2], ["a", -1]]);
});

test("the engine that is built has its functions with their names", { skip: process.env.DANGOL_QUICK === "1" }, () => {
  const found = functions(readFileSync(join(root, "target", "package", "page", "first.wasm")));
  const all = Object.values(found).reduce((sum, size) => sum + size, 0);
  const own = Object.entries(found).filter(([name]) => home(name).crate === "dangol").reduce((sum, [, size]) => sum + size, 0);
  assert.ok(own > all / 2, `${own} of ${all} bytes are dangol's own`);
  assert.equal(found["(without a name)"], undefined);
});
