import assert from "node:assert/strict";
import { test } from "node:test";
import { start, temporaryDir } from "./harness.mjs";

const CODE = /^[A-HJ-NP-Z2-9]{1,4}-[A-HJ-NP-Z2-9]{5}-[A-HJ-NP-Z2-9]{5}$/;

test("one key gets one code, however concurrently it is asked", async (t) => {
  const collector = await start(t);
  const answers = await Promise.all(Array.from({ length: 200 }, () => collector.post("/coupons", { coupon: "free-shipping", key: "visitor:campaign" })));
  assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1);
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.equal(answers.filter(({ status }) => status === 200).length, 199);
  assert.match(answers[0].body.code, /^FREE-/);
  assert.equal((await collector.get("/api/stats")).body.coupons.issued, 1);
});

test("200 keys get 200 codes that a person can type", async (t) => {
  const collector = await start(t);
  const ids = ["WELCOME10", "io10", "무료배송", "a", "'; DROP TABLE coupons; --", "__proto__"];
  const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => collector.post("/coupons", { coupon: ids[index % ids.length], idempotencyKey: `k${index}` })));
  assert.equal(new Set(answers.map(({ body }) => body.code)).size, 200);
  for (const { status, body } of answers) {
    assert.equal(status, 201);
    assert.match(body.code, CODE);
    assert.ok(!Number.isNaN(Date.parse(body.issuedAt)));
  }
});

test("two collectors on one folder still give one code to one key", async (t) => {
  const dir = temporaryDir(t);
  const pair = await Promise.all([start(t, { dir }), start(t, { dir })]);
  const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => pair[index % 2].post("/coupons", { coupon: "c", key: `k${index >> 2}` })));
  assert.equal(new Set(answers.map(({ body }) => body.code)).size, 15);
});

test("the key may come in the header, quoted or bare, and must agree with the body", async (t) => {
  const collector = await start(t);
  const bare = await collector.post("/coupons", { coupon: "c" }, { "Idempotency-Key": "k" });
  const quoted = await collector.post("/coupons", { coupon: "c" }, { "Idempotency-Key": '"k"' });
  const both = await collector.post("/coupons", { coupon: "c", key: "k" }, { "Idempotency-Key": "k" });
  assert.deepEqual([bare.status, quoted.status, both.status], [201, 200, 200]);
  assert.equal(new Set([bare, quoted, both].map(({ body }) => body.code)).size, 1);
  const apart = await collector.post("/coupons", { coupon: "c", key: "other" }, { "Idempotency-Key": "k" });
  assert.deepEqual([apart.status, apart.body.error.code], [400, "bad_request"]);
});

test("a key is not lent to another coupon", async (t) => {
  const collector = await start(t);
  await collector.post("/coupons", { coupon: "a", key: "k" });
  const { status, body } = await collector.post("/coupons", { coupon: "b", key: "k" });
  assert.deepEqual([status, body.error.code, body.error.value], [409, "idempotency_key_reused", "k"]);
});

test("a pool gives its number of codes and no more, and keeps its word to old keys", async (t) => {
  const dir = temporaryDir(t);
  const first = await start(t, { dir, args: ["--pool", "few=5", "--pool", "none=0"] });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => first.post("/coupons", { coupon: "few", key: `k${index}` })));
  const [given, refused] = [answers.filter(({ status }) => status === 201), answers.filter(({ status }) => status === 409)];
  assert.deepEqual([given.length, refused.length], [5, 15]);
  assert.deepEqual([refused[0].body.error.code, refused[0].body.error.limit, refused[0].body.error.value], ["pool_empty", 5, "few"]);
  assert.equal((await first.post("/coupons", { coupon: "none", key: "n" })).body.error.code, "pool_empty");
  const key = `k${answers.findIndex(({ status }) => status === 201)}`;
  const again = await first.post("/coupons", { coupon: "few", key });
  assert.deepEqual([again.status, again.body], [200, given[0].body]);
  await first.end("SIGTERM");

  // The limit is kept with the data; a larger one opens the pool again.
  const second = await start(t, { dir, args: ["--expires", "few=7d"] });
  assert.equal((await second.post("/coupons", { coupon: "few", key: "more" })).status, 409);
  await second.end("SIGTERM");
  const third = await start(t, { dir, args: ["--pool", "few=6"] });
  assert.equal((await third.post("/coupons", { coupon: "few", key: "more" })).status, 201);
});

test("a code is checked and redeemed as people type it, once, by one order", async (t) => {
  const collector = await start(t);
  const { body } = await collector.post("/coupons", { coupon: "cart", key: "k", campaign: "hesitating", variant: "a", anonymousId: "visitor" });
  const typed = body.code.toLowerCase().replaceAll("-", " ");
  assert.deepEqual((await collector.post("/coupons/check", { code: typed })).body, { valid: true, coupon: "cart" });

  const redeemed = await Promise.all(Array.from({ length: 20 }, () => collector.post("/coupons/redeem", { code: typed, orderId: "o1" })));
  assert.equal(new Set(redeemed.map((one) => JSON.stringify([one.status, one.body]))).size, 1);
  const { redeemedAt, ...rest } = redeemed[0].body;
  assert.deepEqual(rest, { code: body.code, coupon: "cart", orderId: "o1", campaign: "hesitating", variant: "a" });

  const other = await collector.post("/coupons/redeem", { code: body.code, orderId: "o2" });
  assert.deepEqual([other.status, other.body.error.code], [409, "already_redeemed"]);
  assert.deepEqual((await collector.post("/coupons/check", { code: body.code })).body, { valid: false, coupon: "cart", reason: "redeemed" });
  const { body: list } = await collector.get("/api/coupons?anonymousId=visitor");
  assert.deepEqual(list.coupons, [{ ...body, campaign: "hesitating", variant: "a", redeemedAt, orderId: "o1" }]);
});

test("an unknown code is neither valid nor redeemable", async (t) => {
  const collector = await start(t);
  for (const code of ["NOPE-AAAAA-AAAAA", "x", "' OR 1=1 --", "---"]) {
    assert.deepEqual((await collector.post("/coupons/check", { code })).body, { valid: false, coupon: null, reason: "unknown" });
    assert.equal((await collector.post("/coupons/redeem", { code, orderId: "o" })).status, 404);
  }
});

test("an expired code says so", async (t) => {
  const collector = await start(t, { args: ["--expires", "flash=0s", "--expires", "week=7d"] });
  const { body: flash } = await collector.post("/coupons", { coupon: "flash", key: "a" });
  const { body: week } = await collector.post("/coupons", { coupon: "week", key: "b" });
  assert.equal(Date.parse(week.expiresAt) - Date.parse(week.issuedAt), 7 * 86_400_000);
  assert.deepEqual((await collector.post("/coupons/check", { code: flash.code })).body, { valid: false, coupon: "flash", reason: "expired" });
  assert.equal((await collector.post("/coupons/redeem", { code: flash.code, orderId: "o" })).body.error.code, "coupon_expired");
  assert.equal((await collector.post("/coupons/redeem", { code: week.code, orderId: "o" })).status, 200);
});

test("bad input names the field", async (t) => {
  const collector = await start(t);
  const cases = [
    ["/coupons", {}, "/coupon"],
    ["/coupons", { coupon: "c" }, "/key"],
    ["/coupons", { coupon: " ", key: "k" }, "/coupon"],
    ["/coupons", { coupon: "c", key: true }, "/key"],
    ["/coupons", { coupon: "c", key: "a\0b" }, "/key"],
    ["/coupons", { coupon: "c", key: "x".repeat(257) }, "/key"],
    ["/coupons", { coupon: "c", key: "k", campaign: 5 }, "/campaign"],
    ["/coupons", [], ""],
    ["/coupons/check", { code: 5 }, "/code"],
    ["/coupons/redeem", { code: "A" }, "/orderId"],
  ];
  for (const [path, sent, at] of cases) {
    const { status, body } = await collector.post(path, sent);
    assert.deepEqual([status, body.error.code, body.error.path], [400, "bad_request", at], JSON.stringify(sent).slice(0, 80));
  }
  assert.equal((await collector.post("/coupons", "{")).body.error.code, "unparseable");
  assert.equal((await collector.post("/coupons", " ".repeat(17_000))).status, 413);
  assert.equal((await collector.get("/api/stats")).body.coupons.issued, 0);
});
