// `docs/schema.json` agrees with the validator: it accepts what is sound and refuses each row of the broken ones that
// a schema can see. `tests/validation.rs` holds the validator to the same rows.
import { readFileSync } from "node:fs";
import test from "node:test";
import assert from "node:assert/strict";
import Ajv from "ajv/dist/2020.js";

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const schema = read("../../docs/schema.json");
const validate = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allErrors: false, unicodeRegExp: true }).compile(schema);

/** Removes what the row says is null, but not inside conditions. */
function put(config, pointer, value) {
  if (pointer === "") return value;
  const parts = pointer.split("/").slice(1);
  const last = parts.pop();
  const parent = parts.reduce((place, part) => place[part], config);
  if (value === null && !pointer.includes("/when")) delete parent[last];
  else parent[last] = value;
  return config;
}

test("sound configurations are accepted", () => {
  for (const path of ["../configurations/base.json", "../../www/campaigns.json"]) {
    assert.ok(validate(read(path)), `${path}: ${JSON.stringify(validate.errors)}`);
  }
  assert.ok(validate({}));
});

test("broken ones are refused where a schema can see it", () => {
  const wrong = [];
  for (const row of read("../configurations/broken.json")) {
    const accepted = validate(put(read("../configurations/base.json"), row.at, row.value));
    if (accepted === row.schema) wrong.push(`${row.at} = ${JSON.stringify(row.value)}: ${accepted ? "accepted" : `refused, ${JSON.stringify(validate.errors?.[0])}`}`);
  }
  assert.deepEqual(wrong, []);
});

test("every part explains itself to an editor", () => {
  const silent = [];
  const look = (node, path) => {
    for (const [key, property] of Object.entries(node?.properties ?? {})) {
      const target = property.$ref ? schema.$defs[property.$ref.split("/").pop()] : property;
      const described = (property.description ?? target?.description) !== undefined;
      if (!described && typeof property === "object" && "$ref" in property) silent.push(`${path}/${key}`);
    }
    for (const child of Object.values(node ?? {})) if (child && typeof child === "object") look(child, path);
  };
  for (const [name, part] of Object.entries(schema.$defs)) look(part, name);
  assert.deepEqual([...new Set(silent)].filter((path) => !/step|hours|count/.test(path)), []);
});

test("every word that the engine lets a shop put in its own has a key, and no other", () => {
  const source = readFileSync(new URL("../../src/domain/message/words.rs", import.meta.url), "utf8");
  const words = [...source.slice(source.indexOf("\nwords! {"), source.indexOf("\nimpl Word")).matchAll(/^ {4}\w+ "(\w+)"/gm)].map(([, key]) => key);
  assert.ok(words.length > 30);
  assert.deepEqual(Object.keys(schema.$defs.settings.properties.words.properties).sort(), words.sort());
});
