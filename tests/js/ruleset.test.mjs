// A ruleset answers as `evaluate` does, whatever the document holds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { documents, random, rules } from "../../bench/rules/generate.mjs";
import { loadEngine } from "../../pkg/engine.js";

const engine = await loadEngine();
const asOne = (set, conditions, document, groups) =>
  assert.deepEqual(set.matches(document), Object.keys(conditions).filter((id) => engine.evaluate(conditions[id], document, { groups })), JSON.stringify(document));

test("odd values are read as JSON reads them", () => {
  const values = [undefined, null, 0, -0, 1, NaN, "", "1", "서울", true, false, [], [1, "서울"], [[1]], {}, { a: 1 }, new Date(0), { toJSON: () => 1 }];
  const operands = [null, 0, 1, "", "1", "서울", "1970-01-01T00:00:00.000Z", true, false, [], [1], { a: 1 }];
  const conditions = {};
  const put = (condition) => { conditions[`c${Object.keys(conditions).length}`] = condition; };
  for (const path of ["v", "v.a", "v.0", "v.length", "constructor", "v.constructor", "v.toString"]) {
    for (const operand of operands) {
      for (const operator of ["$eq", "$ne", "$gt", "$lte", "$regex", "$notRegex", "$vgte", "$size", "$exists", "$in"]) put({ [path]: { [operator]: operand } });
      put({ [path]: operand });
      put({ [path]: { $in: [operand, "other"] } });
      put({ [path]: { $nin: [operand, 7] } });
      put({ $not: { [path]: { $not: { $in: [operand] } } } });
      put({ $nor: [{ [path]: operand }, { [path]: { $elemMatch: { $eq: operand } } }] });
    }
    put({ [path]: { $inGroup: "g" } });
    put({ [path]: { $unknown: 1 } });
    put({ $not: { [path]: { $type: "string" } } });
  }
  put({});
  put({ $or: [] });
  const groups = { g: [1, "서울"] };
  const set = engine.ruleset(conditions, { groups });
  // Twice: the second time some answers are kept from the first.
  for (let round = 0; round < 2; round++) for (const v of values) asOne(set, conditions, { v }, groups);
});

test("thousands of texts that come and go change nothing", () => {
  const conditions = { even: { text: { $regex: "[02468]$" } }, small: { text: { $in: ["t1", "t2"] } } };
  const set = engine.ruleset(conditions);
  for (let index = 0; index < 10_000; index++) {
    const expected = [...(index % 2 ? [] : ["even"]), ...(index === 1 || index === 2 ? ["small"] : [])];
    assert.deepEqual(set.matches({ text: `t${index}` }), expected);
  }
});

test("generated rules over generated documents", () => {
  const words = (rule) => rule.all ? { $and: rule.all.map(words) } : rule.any ? { $or: rule.any.map(words) } : { [rule.path]: { [`$${rule.op}`]: rule.value } };
  const next = random(5);
  const conditions = Object.fromEntries(rules(300, 9).map((rule, at) => [`r${at}`, next() < 0.2 ? { $not: words(rule) } : words(rule)]));
  const set = engine.ruleset(conditions);
  for (const document of documents(12, 4)) asOne(set, conditions, document);
});

test("a rule nested too deep never holds, and harms no other", () => {
  for (const depth of [99, 100, 1_000]) {
    let deep = { a: 1 };
    for (let level = 0; level < depth; level++) deep = { $not: deep };
    const set = engine.ruleset({ deep, flat: { a: 1 } });
    assert.deepEqual([set.matches({ a: 1 }), set.matches({ a: 2 })], [["flat"], []], `${depth} levels`);
  }
});
