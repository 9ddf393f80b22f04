// Sound configurations, each broken in one place in every way that is thought of here: the schema refuses what the
// validator complains of, as far as a schema can see it, and nothing else.
import { readFileSync } from "node:fs";
import test from "node:test";
import assert from "node:assert/strict";
import Ajv from "ajv/dist/2020.js";
import { engine } from "../contract/play.mjs";

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const accepts = new Ajv({ strict: true, strictRequired: false, strictTypes: false, unicodeRegExp: true }).compile(read("../../docs/schema.json"));
/** What only the validator can see: names that lead nowhere, numbers that do not fit together. */
const rows = read("../configurations/broken.json");
const codes = (seen) => rows.filter(({ schema }) => schema === seen).map(({ code }) => code);
const UNSEEN = new Set(codes(false).filter((code) => !codes(true).includes(code)).concat("unknown-coupon"));
/** Zones and addresses are read by the host. */
const unseen = ({ code, path }) => UNSEEN.has(code) || (code === "wrong-type" && /\/(timezone|url)$/.test(path)) || (code === "invalid-duration" && path === "/settings/session");
const WRONG = [5, -1, 1.5, "", "x", true, [], {}, [5], ["x"], { x: 1 }];

/** Every place of a document: the holder, the key and a pointer. */
function* places(value, pointer = "") {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    yield [value, Array.isArray(value) ? Number(key) : key, `${pointer}/${key}`];
    yield* places(value[key], `${pointer}/${key}`);
  }
}

test("the schema and the validator agree on thousands of mutations", () => {
  const disagreements = new Map();
  let tried = 0;
  for (const path of ["../configurations/base.json", "../../www/campaigns.json"]) {
    const config = read(path);
    const check = (what, pointer) => {
      tried++;
      const accepted = accepts(config);
      const problems = engine.validate(config);
      const seen = problems.filter((problem) => !unseen(problem));
      if (accepted ? seen.length : !problems.length) {
        const why = accepted ? `accepted, but ${seen[0].path} ${seen[0].code}` : `refused: ${accepts.errors[0].instancePath} ${accepts.errors[0].message}`;
        // The same mistake in many campaigns is one.
        const kind = `${what.replace(/"[^"]*"/, "text")} ${pointer.replace(/\/(campaigns|segments|coupons)\/[^/]+/, "/$1/*").replace(/\/\d+/g, "/0")}`;
        if (!disagreements.has(kind)) disagreements.set(kind, `${pointer} ${what} ${why}`);
      }
    };
    for (const [holder, key, pointer] of [...places(config)]) {
      const was = holder[key];
      for (const value of WRONG) {
        if (JSON.stringify(value) === JSON.stringify(was)) continue;
        holder[key] = value;
        check(`= ${JSON.stringify(value)}`, pointer);
      }
      holder[key] = was;
      if (!Array.isArray(holder)) {
        const whole = { ...holder };
        delete holder[key];
        check("is missing", pointer);
        holder[`${key}z`] = was;
        check("has another name", pointer);
        for (const name of Object.keys(holder)) delete holder[name];
        Object.assign(holder, whole);
      }
    }
  }
  assert.ok(tried > 5_000, `${tried}`);
  assert.deepEqual([...disagreements.values()], []);
});
