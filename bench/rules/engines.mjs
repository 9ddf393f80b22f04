// Each engine behind one shape: `make(rules)` compiles, and gives a function from a document to the indices that match.
import { evalCondition } from "@growthbook/growthbook";
import jsonLogic from "json-logic-js";
import { LogicEngine } from "json-logic-engine";
import { Engine as RulesEngine } from "json-rules-engine";
import { Query } from "mingo";
import sift from "sift";

const walk = (rule, leaf, all, any) =>
  rule.all ? all(rule.all.map((part) => walk(part, leaf, all, any))) : rule.any ? any(rule.any.map((part) => walk(part, leaf, all, any))) : leaf(rule);

const mongo = (rule) => walk(rule, ({ path, op, value }) => ({ [path]: { [`$${op}`]: value } }), ($and) => ({ $and }), ($or) => ({ $or }));

const LOGIC = { eq: "===", ne: "!==", gt: ">", gte: ">=", lt: "<", lte: "<=", in: "in" };
const logic = (rule) => walk(rule, ({ path, op, value }) => {
  if (op === "regex") return { regex: [{ var: path }, value] };
  if (op === "exists") return { [value ? "!=" : "=="]: [{ var: path }, null] };
  return { [LOGIC[op]]: [{ var: path }, value] };
}, (and) => ({ and }), (or) => ({ or }));

const OPERATORS = { eq: "equal", ne: "notEqual", gt: "greaterThan", gte: "greaterThanInclusive", lt: "lessThan", lte: "lessThanInclusive", in: "in" };
const conditions = (rule) => walk(rule, ({ path, op, value }) => {
  const [fact, ...rest] = path.split(".");
  return { fact, operator: OPERATORS[op] ?? op, value, ...(rest.length && { path: rest.join(".") }) };
}, (all) => ({ all }), (any) => ({ any }));

const patterns = new Map();
const regex = (text, source) => {
  let pattern = patterns.get(source);
  if (!pattern) patterns.set(source, (pattern = new RegExp(source)));
  return pattern.test(text);
};

const get = (path) => {
  const [one, two, three] = path.split(".");
  if (three) return (document) => document[one]?.[two]?.[three];
  return two ? (document) => document[one]?.[two] : (document) => document[one];
};
const TESTS = {
  eq: (of, value) => (document) => of(document) === value,
  ne: (of, value) => (document) => of(document) !== value,
  gt: (of, value) => (document) => of(document) > value,
  gte: (of, value) => (document) => of(document) >= value,
  lt: (of, value) => (document) => of(document) < value,
  lte: (of, value) => (document) => of(document) <= value,
  in: (of, value) => (document) => value.includes(of(document)),
  regex: (of, value) => { const pattern = new RegExp(value); return (document) => pattern.test(of(document)); },
  exists: (of, value) => (document) => (of(document) != null) === value,
};
const closure = (rule) => walk(rule, ({ path, op, value }) => TESTS[op](get(path), value),
  (parts) => (document) => { for (const part of parts) if (!part(document)) return false; return true; },
  (parts) => (document) => { for (const part of parts) if (part(document)) return true; return false; });

const CODE = { eq: "===", ne: "!==", gt: ">", gte: ">=", lt: "<", lte: "<=" };
const code = (rule) => walk(rule, ({ path, op, value }) => {
  const at = `d.${path.split(".").join("?.")}`;
  const text = JSON.stringify(value);
  if (op === "in") return `(${value.map((one) => `${at} === ${JSON.stringify(one)}`).join(" || ")})`;
  if (op === "regex") return `${new RegExp(value)}.test(${at})`;
  if (op === "exists") return `${at} ${value ? "!=" : "=="} null`;
  return `${at} ${CODE[op]} ${text}`;
}, (parts) => `(${parts.join(" && ")})`, (parts) => `(${parts.join(" || ")})`);

/** A function that asks one rule after the other. */
const each = (tests) => (document) => {
  const found = [];
  for (let at = 0; at < tests.length; at++) if (tests[at](document)) found.push(at);
  return found;
};

jsonLogic.add_operation("regex", regex);
const logicEngine = new LogicEngine();
logicEngine.addMethod("regex", ([text, source]) => regex(text, source), { sync: true });

/** `{name: {words: neutral rules to the engine's own, make: own rules to a function}}`. */
export const engines = (dangol) => ({
  "dangol": {
    words: (rules) => Object.fromEntries(rules.map((rule, at) => [`r${at}`, mongo(rule)])),
    make: (rules) => {
      const set = dangol.ruleset(rules);
      return (document) => set.matches(document);
    },
    index: (id) => +id.slice(1),
  },
  "growthbook": { words: (rules) => rules.map(mongo), make: (rules) => each(rules.map((rule) => (document) => evalCondition(document, rule, {}))) },
  "json-logic-js": { words: (rules) => rules.map(logic), make: (rules) => each(rules.map((rule) => (document) => jsonLogic.apply(rule, document))) },
  "json-logic-engine": { words: (rules) => rules.map(logic), make: (rules) => each(rules.map((rule) => logicEngine.build(rule))) },
  "sift": { words: (rules) => rules.map(mongo), make: (rules) => each(rules.map((rule) => sift(rule))) },
  "mingo": { words: (rules) => rules.map(mongo), make: (rules) => each(rules.map((rule) => { const query = new Query(rule); return (document) => query.test(document); })) },
  "json-rules-engine": {
    slow: true,
    words: (rules) => rules.map((rule, at) => ({ conditions: conditions(rule), event: { type: String(at) } })),
    make: (rules) => {
      // Its own JSONPath takes twice as long as this resolver.
      const engine = new RulesEngine([], { allowUndefinedFacts: true, pathResolver: (value, path) => path.split(".").reduce((at, key) => at?.[key], value) });
      engine.addOperator("regex", regex);
      engine.addOperator("exists", (value, wanted) => (value != null) === wanted);
      for (const rule of rules) engine.addRule(rule);
      return async (document) => (await engine.run(document)).events.map((event) => +event.type);
    },
  },
  "closures (JavaScript)": { words: (rules) => rules, make: (rules) => each(rules.map(closure)) },
  "ifs (JavaScript)": { words: (rules) => rules.map(code), make: (rules) => each(rules.map((text) => new Function("d", `return ${text};`))) },
});
