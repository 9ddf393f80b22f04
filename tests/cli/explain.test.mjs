// `dangol explain`, and what counts as a journey.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { dangol, folder, ndjson } from "./run.mjs";

const message = { layout: "toast", blocks: [{ text: "hi" }] };
const CONFIG = {
  version: 1, timezone: "Asia/Seoul", currency: "KRW", locale: "ko",
  campaigns: {
    hello: { name: "인사", purpose: "service", trigger: { event: "Product Viewed" }, message },
    rich: { name: "큰손", purpose: "service", trigger: { page: "/" }, audience: { "cart.value": { $gte: 50000 } }, message },
    leaving: { purpose: "service", trigger: { exit: true }, message },
    later: { purpose: "service", trigger: { event: "Order Delivered", after: "14d" }, message },
  },
};
const page = (timestamp) => ({ type: "page", anonymousId: "a", timestamp, properties: { url: "https://shop.test/" } });
const EVENTS = [page("2026-11-01T01:00:00Z"), { type: "track", event: "Product Viewed", anonymousId: "a", timestamp: "2026-11-01T01:00:05Z", properties: { product_id: "p" } }];

test("explain says in words what was decided and what keeps the others back", async (context) => {
  const path = folder(context, { "config.json": CONFIG, "journey.ndjson": ndjson(EVENTS) });
  const files = [join(path, "config.json"), join(path, "journey.ndjson")];
  const { code, stdout, stderr } = await dangol(["explain", ...files]);
  assert.deepEqual([code, stderr], [0, ""]);
  const [decisions, ...ends] = stdout.split("\n\n");
  assert.match(decisions, /^2026-11-01 10:00 Campaign '큰손': not shown \(not in its audience\)\n2026-11-01 10:00:05 Campaign '인사': shown$/);
  assert.match(ends[0], /^Campaign '인사': shown$/m);
  assert.match(ends[0], /^Campaign '큰손': not shown \(not in its audience\)\n {2}✗ Audience: not in its audience\n {4}✗ Cart value ₩0 \(at least ₩50,000 needed\)$/m);
  assert.match(ends[0], /^Campaign 'leaving': not shown \(not triggered yet\)$/m);
  // Of a campaign that is asked for every check, and only what was decided of it.
  const korean = await dangol(["explain", ...files, "rich", "--locale", "ko"]);
  assert.match(korean.stdout, /^2026-11-01 10:00 캠페인 '큰손': 표시하지 않음 \(대상이 아님\)\n\n캠페인 '큰손': 표시하지 않음 \(대상이 아님\)\n {2}✓ 설정\n/);
  assert.doesNotMatch(korean.stdout, /인사.: 표시함/);
  for (const [args, said] of [[["rihc"], /there is no campaign "rihc"; there are hello, /], [["--until", "soon"], /--until is "soon"/], [["--locale", "fr"], /--locale is ko or en/]]) {
    const wrong = await dangol(["explain", ...files, ...args]);
    assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
    assert.match(wrong.stderr, said);
  }
});

test("a wait that met no page in time is told as one", async (context) => {
  const path = folder(context, { "config.json": CONFIG, "journey.json": [page("2026-10-01T01:00:00Z"), { type: "track", event: "Order Delivered", timestamp: "2026-10-01T01:00:05Z" }, page("2026-10-30T01:00:00Z")] });
  const { stdout } = await dangol(["explain", join(path, "config.json"), join(path, "journey.json"), "later"]);
  assert.match(stdout, /^2026-10-30 10:00 Campaign 'later': not shown \(its page was left, or its time to wait was over\)$/m);
});

test("what exportData gave is a journey, with the id that variants are assigned by", async (context) => {
  const journey = [
    { messageId: "1", timestamp: "2026-11-01T01:00:00.000Z", event: "Page Viewed", properties: { url: "https://shop.test/" } },
    { messageId: "2", timestamp: "2026-11-01T01:00:05.000Z", event: "Identified", properties: { name: "지은" } },
    { messageId: "3", timestamp: "2026-11-01T01:00:06.000Z", event: "Product Viewed", properties: { product_id: "p" } },
  ];
  const path = folder(context, { "config.json": CONFIG, "export.json": JSON.stringify({ anonymousId: "b", assignmentId: "a", userId: "m", journey }, null, 2) });
  const { code, stdout, stderr } = await dangol(["replay", join(path, "config.json"), join(path, "export.json")]);
  assert.deepEqual([code, stderr], [0, ""]);
  const { decisions, document } = JSON.parse(stdout);
  assert.deepEqual(decisions.map(({ campaign, outcome }) => [campaign, outcome]), [["rich", "suppressed"], ["hello", "shown"]]);
  assert.deepEqual([document.user, document.traits, document.page.path], [{ id: "m", anonymousId: "a", known: true }, { name: "지은" }, "/"]);
});

test("lines that mean nothing are named, and the rest counts", async (context) => {
  const path = folder(context, {
    "config.json": CONFIG,
    "journey.ndjson": ndjson([...EVENTS, { type: "tikc", timestamp: "2026-11-01T02:00:00Z" }, { type: "signal", signal: "scrol", timestamp: "2026-11-01T02:00:00Z" }, { type: "track", timestamp: "2026-11-01T02:00:00Z" }]),
  });
  const { code, stdout, stderr } = await dangol(["replay", join(path, "config.json"), join(path, "journey.ndjson")]);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).decisions.length, 2);
  const [type, signal, event] = stderr.trim().split("\n");
  assert.match(type, /journey\.ndjson:3: type is "tikc" and none of track, page, identify, tick, signal/);
  assert.match(signal, /journey\.ndjson:4: signal is "scrol" and none of exit, scroll/);
  assert.match(event, /journey\.ndjson:5: event is missing and no name/);
});
