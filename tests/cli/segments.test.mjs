import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { root } from "../../xtask/setup.mjs";
import { dangol, folder, ndjson } from "./run.mjs";

const { loadEngine } = await import(join(root, "pkg", "engine.js"));
const data = join(root, "..", "shared", "data");
const skip = !existsSync(data) && "the data is not here";
const view = (anonymousId, timestamp, more = {}) => ({ type: "track", event: "Product Viewed", messageId: `${anonymousId}${timestamp}`, anonymousId, timestamp, ...more });
const CONFIG = {
  version: 1, timezone: "Asia/Seoul",
  segments: { twice: { when: { $did: { event: "Product Viewed", within: "7d", count: { $gte: 2 } } } }, none: { when: { $didNot: { event: "Product Viewed", within: "7d" } } } },
};

test("events of a visitor need not lie together, nor in order, nor under one id", async (context) => {
  const path = folder(context, {
    "config.json": CONFIG,
    "events.ndjson": ndjson([
      view("a", "2026-11-03T00:00:00Z"), view("b", "2026-11-01T00:00:00Z"), view("c", "2026-10-01T00:00:00Z"),
      view("a", "2026-11-02T00:00:00Z"), { type: "identify", messageId: "i", anonymousId: "b", userId: "m", timestamp: "2026-11-01T00:01:00Z" },
      view("b2", "2026-11-04T00:00:00Z", { userId: "m" }), view("c", "2027-01-01T00:00:00Z"),
    ]),
  });
  const args = ["segments", join(path, "config.json"), join(path, "events.ndjson"), "--at", "2026-11-05T00:00:00Z"];
  const { code, lines, stderr } = await dangol(args);
  assert.equal(code, 0, stderr);
  assert.deepEqual(lines.map((line) => JSON.parse(line)), [{ visitor: "a", segments: ["twice"] }, { visitor: "c", segments: ["none"] }, { visitor: "m", segments: ["twice"] }]);
  const only = await dangol([...args, "--segment", "twice"]);
  assert.deepEqual(only.lines.map((line) => JSON.parse(line).visitor), ["a", "m"]);
  const stdin = await dangol(["segments", join(path, "config.json"), "-", "--at", "2026-11-05T00:00:00Z"], { input: readFileSync(join(path, "events.ndjson")) });
  assert.deepEqual(stdin.lines, lines, stdin.stderr);
  const marked = await dangol(["segments", join(path, "config.json"), "-", "--at", "2026-11-05T00:00:00Z"], { input: "\ufeff" + readFileSync(join(path, "events.ndjson")) });
  assert.deepEqual(marked.lines, lines, "a byte order mark is passed over");
  // The last moment of the window, and the first after it.
  const at = async (moment) => (await dangol([...args.slice(0, 4), moment, "--segment", "twice"])).lines.length;
  assert.deepEqual([await at("2026-11-08T00:00:00.000Z"), await at("2026-11-08T00:00:00.001Z")], [2, 1]);
  // Without an offset it is UTC, on every machine.
  const abroad = { env: { TZ: "America/New_York" } };
  assert.equal((await dangol([...args.slice(0, 4), "2026-11-08T00:00:00", "--segment", "twice"], abroad)).lines.length, 2);
});

test("bad input is named by file, line and remedy, and leaves nothing behind", async (context) => {
  const path = folder(context, {
    "config.json": CONFIG, "json.ndjson": `${JSON.stringify(view("a", "2026-11-03T00:00:00Z"))}\n{"a":\n`,
    "time.ndjson": ndjson([view("a", "yesterday")]), "rfc.ndjson": ndjson([view("a", "Tue, 03 Nov 2026 00:00:00 GMT")]), "nobody.ndjson": ndjson([{ type: "track", event: "A", timestamp: "2026-11-03T00:00:00Z" }]), "list.ndjson": "[1]\n",
  });
  const temporary = () => readdirSync(tmpdir()).filter((name) => /^dangol-[^c]/.test(name)).length;
  const before = temporary();
  const config = join(path, "config.json");
  const cases = [
    ["json.ndjson", /json\.ndjson:2: not JSON; an export has one event a line/], ["time.ndjson", /time\.ndjson:1: timestamp is "yesterday"; it must be an ISO 8601/],
    ["rfc.ndjson", /rfc\.ndjson:1: timestamp is "Tue, 03 Nov/], ["nobody.ndjson", /nobody\.ndjson:1: neither anonymousId nor userId/], ["list.ndjson", /list\.ndjson:1: not an event/], ["gone.ndjson", /gone\.ndjson: there is no such file/],
  ];
  for (const [name, said] of cases) {
    const { code, stdout, stderr } = await dangol(["segments", config, join(path, name), "--at", "2026-11-05T00:00:00Z"]);
    assert.deepEqual([code, stdout], [2, ""], name);
    assert.match(stderr, said);
  }
  for (const at of ["soon", "Nov 5 2026"]) assert.match((await dangol(["segments", config, "x", "--at", at])).stderr, new RegExp(`--at with an ISO 8601 time.*"${at}"`));
  assert.match((await dangol(["segments", config, join(path, "time.ndjson"), "--at", "2026-11-05T00:00:00Z", "--segment", "toString"])).stderr, /has no "toString"/);
  assert.match((await dangol(["segments", config, join(path, "time.ndjson"), "--at", "2026-11-05T00:00:00Z", "--segment", "twise"])).stderr, /\/segments has no "twise"; it has twice, none/);
  assert.ok(temporary() <= before, "temporary files are removed");
});

/** The members of each segment by the command line and by one whole replay a visitor. */
async function members(context, config, visitors, at, { sample = 1 } = {}) {
  const all = [...visitors.values()].flat();
  // As a warehouse may write them: sorted by nothing.
  all.sort((a, b) => (a.messageId < b.messageId ? -1 : 1));
  const path = folder(context, { "config.json": config, "events.ndjson": ndjson(all) });
  const { code, lines, stderr } = await dangol(["segments", join(path, "config.json"), join(path, "events.ndjson"), "--at", at]);
  assert.equal(code, 0, stderr);
  const found = new Map(lines.map((line) => JSON.parse(line)).map(({ visitor, segments }) => [visitor, segments]));
  assert.equal(found.size, visitors.size);
  const engine = await loadEngine();
  let index = 0;
  for (const [visitor, events] of visitors) {
    if (index++ % sample) continue;
    const { segments } = engine.replay(config, events, { until: at });
    assert.deepEqual(found.get(visitor), Object.keys(segments).filter((id) => segments[id].at(-1)?.[1] === "enter").sort(), `replay and segments of ${visitor}`);
  }
  return (id) => [...found].filter(([, segments]) => segments.includes(id)).map(([visitor]) => visitor).sort();
}

test("otto-mini: the truths computed apart", { skip }, async (context) => {
  const truth = JSON.parse(readFileSync(join(data, "otto-mini", "truth.json"), "utf8"));
  const names = { clicks: "Product Clicked", carts: "Product Added", orders: "Order Completed" };
  const visitors = new Map();
  for (const line of gunzipSync(readFileSync(join(data, "otto-mini", "train.jsonl.gz"))).toString().trim().split("\n")) {
    const { session, events } = JSON.parse(line);
    visitors.set(`${session}`, events.map(({ aid, ts, type }, index) => ({
      type: "track", event: names[type], messageId: `${index}`.padStart(5, "0") + session, anonymousId: `${session}`, timestamp: new Date(ts).toISOString(), properties: { product_id: `${aid}` },
    })));
  }
  const segments = {
    clicks_ge3: { $did: { event: "Product Clicked", count: { $gte: 3 } } }, has_cart: { $did: "Product Added" }, has_order: { $did: "Order Completed" },
    cart_no_order: { $did: "Product Added", $didNot: "Order Completed" },
    carted_item_never_ordered_after: { $didNot: { event: "Order Completed", since: { event: "Product Added", at: "last" }, per: "product_id" } },
    first_order_within_2d: { $did: { event: "Order Completed", since: { event: "*", at: "first", for: "2d" } } },
    same_item_clicked_3x: { $did: { event: "Product Clicked", count: { $gte: 3 }, per: "product_id" } },
  };
  const config = { version: 1, timezone: "UTC", segments: Object.fromEntries(Object.entries(segments).map(([id, when]) => [id, { when }])) };
  const of = await members(context, config, visitors, new Date(truth.last_ms).toISOString());
  for (const id of Object.keys(segments)) assert.deepEqual(of(id), truth.segments[id].members.map(String).sort(), id);
});

test("cdnow: the truths computed apart, 69,659 orders of 23,570 customers", { skip, timeout: 240_000 }, async (context) => {
  const truth = JSON.parse(readFileSync(join(data, "cdnow", "truth.json"), "utf8"));
  const visitors = new Map();
  let number = 0;
  for (const line of gunzipSync(readFileSync(join(data, "cdnow", "CDNOW_master.txt.gz"))).toString().split("\n")) {
    const [id, date, , value] = line.trim().split(/\s+/);
    if (!value || !/^\d+$/.test(id)) continue;
    const own = visitors.get(id) ?? [];
    visitors.set(id, own);
    own.push({
      type: "track", event: "Order Completed", messageId: `${(number++ * 7919) % 100_003}`.padStart(6, "0"), anonymousId: id,
      timestamp: `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T00:00:00.000Z`, properties: { dollar_value: Number(value) },
    });
  }
  const { recency_days: days, orders, monetary_cents: cents } = truth.cutpoints;
  const order = (rest) => ({ $did: { event: "Order Completed", ...rest } });
  const sum = (test) => ({ sum: { of: "dollar_value", ...test } });
  const segments = {
    one_order: order({ count: 1 }), repeat_within_30d: order({ since: { event: "Order Completed", at: "first", for: "30d" } }), lapsed_180d: order({ last: { $gte: "180d" } }),
    vip_champion: order({ last: { $lte: `${days[0]}d` }, count: { $gt: orders[3] }, ...sum({ $gt: cents[3] / 100 }) }),
    big_spender_dormant: order({ ...sum({ $gt: cents[3] / 100 }), last: { $gte: "180d" } }),
    ltv_ge_100: order(sum({ $gte: 100 })), zero_spend: order(sum({ $eq: 0 })), has_zero_order: order({ where: { dollar_value: 0 } }),
    avg_order_gt_50_min3: order({ count: { $gte: 3 }, avg: { of: "dollar_value", $gt: 50 } }),
    five_in_90d: { $sequence: { steps: Array(5).fill({ event: "Order Completed" }), within: "90d" } },
    active_both_years: { $and: [order({ first: { $gt: "181d" } }), order({ last: { $lte: "181d" } })] },
  };
  const config = { version: 1, timezone: "UTC", settings: { retain: { events: 2000, days: 1000 } }, segments: Object.fromEntries(Object.entries(segments).map(([id, when]) => [id, { when }])) };
  const of = await members(context, config, visitors, truth.as_of, { sample: 40 });
  for (const id of Object.keys(segments)) {
    const found = of(id);
    assert.equal(found.length, truth.segments[id].count, id);
    assert.equal(createHash("sha256").update(found.join("\n")).digest("hex"), truth.segments[id].sha256, id);
  }
});
