import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dangol, folder } from "./run.mjs";

const CONFIG = '{\n  "version": 1,\n  "revision": 7,\n  "settings": { "advertisingLabel": "(광고)" }\n}\n';

/** Whether somebody who knows only docs/signing.md finds the signature true. */
function genuine(text, publicKey) {
  const [head] = text.split("\n", 1);
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(publicKey, "base64").toString("base64url") }, format: "jwk" });
  return verify(null, Buffer.from(text.slice(head.length + 1)), key, Buffer.from(JSON.parse(head).signature, "base64"));
}

test("keygen makes a pair that signs what validate and anybody else can verify", async (context) => {
  const path = folder(context, { "shop.json": CONFIG });
  const at = (name) => join(path, name);
  const made = await dangol(["keygen", "--id", "2026-a", "--out", at("key.json")]);
  const key = JSON.parse(readFileSync(at("key.json"), "utf8"));
  assert.equal(made.stdout, `publicKeys: ${JSON.stringify({ "2026-a": key.publicKey })}\n`);
  assert.equal(statSync(at("key.json")).mode & 0o077, 0, "nobody else may read it");
  assert.ok(!made.stdout.includes(key.privateKey));
  const again = await dangol(["keygen", "--out", at("key.json")]);
  assert.deepEqual([again.code, JSON.parse(readFileSync(at("key.json"), "utf8"))], [2, key], "a key is never written over");
  const printed = JSON.parse((await dangol(["keygen"])).stdout);
  assert.match(printed.keyId, /^[0-9a-f]{8}$/);
  assert.notEqual(printed.privateKey, key.privateKey);

  const signed = await dangol(["sign", at("shop.json"), "--key", at("key.json"), "--expires", "30d", "--not-before", "2026-01-01T00:00:00+09:00"]);
  assert.equal(signed.code, 0, signed.stderr);
  const [head, terms, ...rest] = signed.stdout.split("\n");
  assert.equal(rest.join("\n"), CONFIG, "the configuration is not touched");
  assert.equal(JSON.parse(head).keyId, "2026-a");
  const { revision, notBefore, expires } = JSON.parse(terms);
  assert.deepEqual([revision, notBefore], [7, "2025-12-31T15:00:00.000Z"]);
  assert.ok(Math.abs(Date.parse(expires) - Date.now() - 30 * 86_400_000) < 60_000);
  assert.ok(genuine(signed.stdout, key.publicKey));

  writeFileSync(at("signed.json"), signed.stdout);
  writeFileSync(at("public.json"), JSON.stringify({ "2026-a": key.publicKey }));
  for (const keys of ["key.json", "public.json"]) assert.deepEqual((await dangol(["validate", at("signed.json"), "--key", at(keys)])).stdout, `${at("signed.json")}: fine\n`);
  const unchecked = await dangol(["validate", at("signed.json"), "--json"]);
  assert.deepEqual([unchecked.code, JSON.parse(unchecked.stdout).map(({ code }) => code)], [0, ["config-signature-unchecked"]]);
  writeFileSync(at("changed.json"), signed.stdout.replace("광고", "공고"));
  const changed = await dangol(["validate", at("changed.json"), "--key", at("key.json"), "--json"]);
  assert.deepEqual([changed.code, JSON.parse(changed.stdout).map(({ code }) => code)], [1, ["config-signature-wrong"]]);
  const bare = await dangol(["validate", at("shop.json"), "--key", at("key.json"), "--json"]);
  assert.deepEqual([bare.code, JSON.parse(bare.stdout)[0].code], [1, "config-unsigned"]);

  // A time without an offset is in UTC, here as everywhere, and not by the clock of the machine.
  const plain = await dangol(["sign", at("shop.json"), "--key", at("key.json"), "--not-before", "2026-01-01T15:00:00"], { env: { TZ: "Asia/Seoul" } });
  assert.equal(JSON.parse(plain.stdout.split("\n")[1]).notBefore, "2026-01-01T15:00:00.000Z");

  // A signed file can be signed again and replayed.
  const resigned = await dangol(["sign", at("signed.json"), "--key", at("key.json"), "--revision", "8", "--out", at("next.json")]);
  assert.equal(resigned.code, 0, resigned.stderr);
  assert.ok(genuine(readFileSync(at("next.json"), "utf8"), key.publicKey));
  assert.match(readFileSync(at("next.json"), "utf8"), /"revision":8\}\n\{\n/);
  writeFileSync(at("journey.json"), "[]");
  assert.equal((await dangol(["replay", at("next.json"), at("journey.json")])).code, 0);
});

test("sign takes a key of OpenSSL's, and refuses what would not be believed", async (context) => {
  const path = folder(context, { "shop.json": CONFIG, "bare.json": "{}", "null.json": '{"revision":null}', "text.json": '{"revision":"0x10"}', "bom.json": "\ufeff" + CONFIG, "broken.json": "{", "list.json": "[1]", "no.json": { keyId: "x", privateKey: "short" } });
  const at = (name) => join(path, name);
  const { privateKey } = generateKeyPairSync("ed25519");
  writeFileSync(at("latin.json"), Buffer.from('{"revision":7,"name":"\xe9"}', "latin1"));
  writeFileSync(at("key.pem"), privateKey.export({ format: "pem", type: "pkcs8" }));
  writeFileSync(at("rsa.pem"), generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({ format: "pem", type: "pkcs8" }));
  const signed = await dangol(["sign", at("shop.json"), "--key", at("key.pem"), "--id", "ossl"]);
  assert.equal(signed.code, 0, signed.stderr);
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  assert.ok(genuine(signed.stdout, Buffer.from(x, "base64url").toString("base64")));
  // What some editors put before a file is no part of it.
  const marked = await dangol(["sign", at("bom.json"), "--key", at("key.pem"), "--id", "ossl"]);
  assert.ok(!marked.stdout.includes("\ufeff") && genuine(marked.stdout, Buffer.from(x, "base64url").toString("base64")), marked.stderr);
  const refused = [
    [["shop.json"], /--key/], [["list.json", "--key", "key.pem", "--revision", "1"], /list\.json: expected an object, found \[1\]/], [["bare.json", "--key", "key.pem"], /revision is missing/], [["broken.json", "--key", "key.pem"], /broken\.json/],
    [["null.json", "--key", "key.pem"], /revision is null/], [["text.json", "--key", "key.pem"], /revision is "0x10"/], [["shop.json", "--key", "key.pem", "--revision", "0x10"], /whole number/],
    [["shop.json", "--key", "key.pem", "--expires", "12/31/2099"], /ISO 8601/], [["shop.json", "--key", "key.pem", "--expires", "2099-02-30"], /ISO 8601/], [["shop.json", "--key", "key.pem", "--expires", "400000000d"], /ISO 8601/],
    [["latin.json", "--key", "key.pem"], /UTF-8/], [["shop.json", "--key", "no.json"], /no Ed25519/], [["shop.json", "--key", "rsa.pem"], /no Ed25519/],
    [["shop.json", "--key", "key.pem", "--revision", "1.5"], /whole number/], [["shop.json", "--key", "key.pem", "--expires", "soon"], /ISO 8601/],
    [["shop.json", "--key", "key.pem", "--expires", "2020-01-01T00:00:00Z"], /over before/], [["shop.json", "--key", "key.pem", "--expires", "1d", "--not-before", "2d"], /over before/],
  ];
  for (const [args, words] of refused) {
    const { code, stdout, stderr } = await dangol(["sign", ...args.map((word) => (existsSync(at(word)) ? at(word) : word))]);
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.match(stderr, words, args.join(" "));
  }
});
