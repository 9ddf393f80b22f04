import assert from "node:assert/strict";
import { before, test } from "node:test";
import { load } from "./lab.mjs";

let encode, quote, uuid;
before(async () => ({ encode, quote, uuid } = await load(`export { encode, quote } from "./encode.ts"; export { uuid } from "./uuid.ts";`)));

const check = (value, expected) => assert.equal(encode(value), expected);

test("plain data is written as JSON.stringify would", () => {
  for (const value of [null, true, 0, -1.5, 1e21, "", "단골 \"x\" \\ \u0001 😀", [], {}, [1, [2, { a: null }]], { "키": "값", "": 1 }]) {
    check(value, JSON.stringify(value));
  }
});

test("what JSON has no word for becomes null, text or nothing", () => {
  check([NaN, Infinity, undefined, () => 0, Symbol("s")], "[null,null,null,null,null]");
  check({ a: undefined, b: () => 0, c: Symbol("s"), d: 10n }, '{"d":"10"}');
  check(new Date(0), '"1970-01-01T00:00:00.000Z"');
  check(new Date(NaN), "null");
  check(new Map([["a", 1], [2, new Set([3])]]), '{"a":1,"2":[3]}');
  check([new String("a"), Object(1), Object(false)], '["a",1,false]');
  check({ [Symbol.toStringTag]: "Date" }, "null");
  check(undefined, undefined);
});

test("a lone surrogate becomes U+FFFD and a pair stays", () => {
  check("a\ud800b", '"a\ufffdb"');
  check("\udc00😀", '"\ufffd😀"');
});

test("cycles, depth and hostile objects end the value, not the call", () => {
  const ring = { name: "ring" };
  ring.self = ring;
  check(ring, '{"name":"ring","self":null}');
  const twice = { a: 1 };
  check([twice, twice], '[{"a":1},{"a":1}]');
  let deep = {};
  for (let index = 0; index < 100_000; index++) deep = { deep };
  assert.match(encode(deep), /^(\{"deep":){16}null/);
  check({ get bad() { throw new Error(); }, good: 1 }, '{"good":1}');
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  check({ proxy, good: 1 }, '{"proxy":null,"good":1}');
  check({ toJSON() { throw new Error(); }, a: 1 }, '{"a":1}');
});

test("keys that reach prototypes are data", () => {
  check(JSON.parse('{"__proto__":{"a":1},"constructor":2}'), '{"__proto__":{"a":1},"constructor":2}');
  assert.equal({}.a, undefined);
});

test("patched prototypes and a patched JSON change nothing", () => {
  const { stringify } = JSON;
  Array.prototype.toJSON = () => "garbled";
  Object.prototype.intruder = 1;
  JSON.stringify = () => "garbled";
  try {
    check({ list: [1, { a: 2 }] }, '{"list":[1,{"a":2}]}');
  } finally {
    delete Array.prototype.toJSON;
    delete Object.prototype.intruder;
    JSON.stringify = stringify;
  }
});

test("more than 32 KiB of UTF-8 is refused, quickly", () => {
  assert.ok(encode("x".repeat(32_000)));
  check("x".repeat(33_000), undefined);
  check("단".repeat(11_000), undefined);
  check(new Array(4_000_000_000), undefined);
  const started = performance.now();
  check({ big: "x".repeat(200_000_000) }, undefined);
  assert.ok(performance.now() - started < 1000);
});

test("quote agrees with JSON", () => assert.equal(quote("\u2028</script>"), JSON.stringify("\u2028</script>")));

test("ids are UUIDv7, sorted as made, also when the clock steps back", () => {
  const ids = [];
  for (let index = 0; index < 20_000; index++) ids.push(uuid(1_700_000_000_000 - index));
  assert.deepEqual(ids, [...ids].sort());
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(uuid(1_800_000_000_000).replace("-", "").slice(0, 12), 16), 1_800_000_000_000);
});
