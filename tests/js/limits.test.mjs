// What still stays on the device while no configuration may be used, as the page module's checks and collect mode say it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../xtask/setup.mjs";
import { load } from "./lab.mjs";

const { limitsOf, limitsText } = await load('export * from "./host/limits.ts";');
const UTM = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"];
const config = (settings) => JSON.stringify({ version: 1, ...(settings && { settings }) });
const signed = (text) => `{"dangol":"signed/1","keyId":"a","signature":"x"}\n{"dangol":"configuration/1","revision":1}\n${text}`;
const shop = { localOnly: ["traits.birthday", "properties.secret"], urlQuery: ["ref", "utm_source"], personalData: "ignore", globalPrivacyControl: false };

test("a configuration that is known says it all", () => {
  for (const text of [config(shop), signed(config(shop))]) {
    for (const refused of [undefined, config({ localOnly: ["traits"], urlQuery: [] })]) {
      for (const known of [[text], [undefined, text], ["{", text], [text, config()]]) assert.deepEqual(limitsOf(known, refused, true), shop);
    }
  }
  // One that says nothing about it wants nothing kept back.
  for (const text of [config(), config({}), config({ localOnly: "traits", urlQuery: "ref" })]) {
    assert.deepEqual(limitsOf([text], config(shop), true), { localOnly: [], urlQuery: undefined, personalData: undefined, globalPrivacyControl: undefined });
  }
});

test("a shop that has none at all keeps nothing back", () => {
  assert.deepEqual(limitsOf([], undefined, false), { localOnly: [], urlQuery: undefined, personalData: undefined, globalPrivacyControl: undefined });
});

test("without one the traits stay, what looks personal is hashed, and addresses say where from alone", () => {
  for (const text of [undefined, "", "{", "null", "7", "[]", "true", '"text"', signed("[]")]) {
    assert.deepEqual(limitsOf([text], undefined, true), { localOnly: ["traits"], urlQuery: UTM, personalData: "hash", globalPrivacyControl: undefined });
  }
  const limits = /const LIMITS: &str = r#"(.*)"#;/.exec(readFileSync(join(root, "src/domain/engine/configuration.rs"), "utf8"));
  const { globalPrivacyControl, ...settings } = limitsOf([], undefined, true);
  assert.deepEqual(JSON.parse(limits[1]).settings, settings, "as in the engine");
});

test("one that was refused can only keep more back", () => {
  for (const text of [config(shop), signed(config(shop))]) {
    assert.deepEqual(limitsOf([], text, true), { localOnly: ["traits.birthday", "properties.secret", "traits"], urlQuery: ["utm_source"], personalData: "hash", globalPrivacyControl: false });
  }
  const generous = config({ localOnly: [7, null, "properties"], urlQuery: [...UTM, "token"], personalData: "ignore" });
  assert.deepEqual(limitsOf([], generous, true), { localOnly: ["properties", "traits"], urlQuery: UTM, personalData: "hash", globalPrivacyControl: undefined });
});

test("the text is a configuration of nothing but that", () => {
  const { settings, ...rest } = JSON.parse(limitsText(undefined, config(shop)));
  assert.deepEqual([rest, settings], [{ version: 1 }, JSON.parse(JSON.stringify(limitsOf([], config(shop), true)))]);
  assert.deepEqual(JSON.parse(limitsText(config(shop), config({ localOnly: ["properties"] }))).settings, shop, "what was accepted before goes for it");
});
