import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../xtask/setup.mjs";
import { dangol, folder, ndjson } from "./run.mjs";

const CONFIG = {
  version: 1, timezone: "Asia/Seoul",
  segments: { viewer: { when: { $did: { event: "Product Viewed", within: "1d" } } }, quiet: { when: { $didNot: "Product Viewed" } } },
  campaigns: { hello: { purpose: "service", trigger: { event: "Product Viewed" }, message: { layout: "toast", blocks: [{ text: "hi" }] } } },
};
const EVENTS = [
  { type: "page", messageId: "1", anonymousId: "a", timestamp: "2026-11-01T01:00:00Z", properties: { url: "https://shop.test/" } },
  { type: "track", event: "Product Viewed", messageId: "2", anonymousId: "a", timestamp: "2026-11-01T01:00:05Z", properties: { product_id: "p" } },
];

test("help, version, and what was not understood", async () => {
  const help = await dangol(["--help"]);
  assert.equal(help.code, 0);
  for (const word of ["validate", "replay", "test", "segments", "--at", "--segment", "--update"]) assert.match(help.stdout, new RegExp(word));
  assert.equal((await dangol(["help"])).stdout, help.stdout);
  assert.match((await dangol(["--version"])).stdout, /^\d+\.\d+\.\d+/);
  for (const args of [[], ["frobnicate"], ["replay"], ["validate"], ["segments", "a", "b"], ["validate", "--nonsense"]]) {
    const { code, stdout, stderr } = await dangol(args);
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.ok(stderr.length > 10);
  }
});

test("validate names path, value and remedy", async (context) => {
  const bad = structuredClone(CONFIG);
  bad.segments.viewer.when = { $did: { event: "Product Viewed", withn: "1d" } };
  bad.campaigns.hello.message.layout = "tost";
  const path = folder(context, { "good.json": CONFIG, "bad.json": bad, "broken.json": '{"version":1,', "lines.json": '{\n  "version": 1,\n  "지역": x\n}', "mark.json": `\ufeff${JSON.stringify(CONFIG)}` });
  const good = await dangol(["validate", join(path, "good.json"), join(root, "www", "campaigns.json")]);
  assert.equal(good.code, 0, good.stdout);
  const { code, stdout } = await dangol(["validate", join(path, "bad.json")]);
  assert.equal(code, 1);
  assert.match(stdout, /\/segments\/viewer\/when\/\$did\/withn.*within/);
  assert.match(stdout, /\/campaigns\/hello\/message\/layout.*tost.*toast/);
  const json = await dangol(["validate", "--json", join(path, "bad.json")]);
  assert.ok(JSON.parse(json.stdout).every(({ path, code, message, severity }) => path && code && message && severity));
  assert.equal((await dangol(["validate", join(path, "broken.json")])).code, 1);
  assert.match((await dangol(["validate", join(path, "lines.json")])).stdout, / at line 3, column 9 /);
  const marked = await dangol(["validate", join(path, "mark.json")]);
  assert.equal(marked.code, 0, marked.stdout);
  const missing = await dangol(["validate", join(path, "none.json")]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /none\.json: there is no such file/);
  assert.equal((await dangol(["validate", "-"], { input: JSON.stringify(CONFIG) })).code, 0);
});

test("what is wrong is said in the language asked for, or else the terminal's", async (context) => {
  const path = folder(context, { "bad.json": { ...CONFIG, timezone: "Asia/Soul" }, "broken.json": "{", "good.json": CONFIG, "signed.json": `{"dangol":"signed/1","keyId":"a","signature":"x"}\n{}\n{}` });
  const at = (name) => join(path, name);
  const korean = `${at("bad.json")}: 오류: /timezone: "Asia/Soul" 대신 Asia/Seoul 같은 IANA 시간대를 적으세요 (wrong-type)`;
  for (const [args, env] of [[["--locale", "ko"], {}], [[], { LC_ALL: "ko_KR.UTF-8" }], [[], { LC_ALL: "", LC_MESSAGES: "", LANG: "ko" }]]) {
    const { code, lines } = await dangol(["validate", at("bad.json"), ...args], { env });
    assert.deepEqual([code, lines], [1, [korean]], JSON.stringify(env));
  }
  for (const [args, env] of [[["--locale", "en"], { LC_ALL: "ko_KR.UTF-8" }], [[], { LC_ALL: "", LC_MESSAGES: "", LANG: "kok_IN.UTF-8" }]]) {
    assert.match((await dangol(["validate", at("bad.json"), ...args], { env })).stdout, /: error: \/timezone: expected an IANA time zone such as Asia\/Seoul, found "Asia\/Soul"/);
  }
  const others = await dangol(["validate", at("broken.json"), at("good.json"), at("signed.json"), "--locale", "ko"]);
  assert.match(others.stdout, /broken\.json: 오류: \/: 설정이 JSON이 아닙니다\. 1번째 줄 2번째 글자에 따옴표로 묶은 키가 있어야 합니다/);
  assert.match(others.stdout, /good\.json: 문제없음/);
  assert.match(others.stdout, /signed\.json: 오류: \/: 서명된 설정 앞의 두 줄이 망가졌습니다/);
  assert.match((await dangol(["validate", at("bad.json"), "--locale", "fr"])).stderr, /--locale is ko or en, not "fr"/);
});

test("validate refuses personal data in rules, and does not repeat it", async (context) => {
  const rules = {
    "/segments/viewer/when/traits.email": [{ "traits.email": "minji@example.com" }, /"m…@….com".*match a trait or an id/],
    "/segments/viewer/when/traits.phone/$in/1": [{ "traits.phone": { $in: ["x", "010-1234-5678"] } }, /"010…".*telephone/],
    "/segments/viewer/when": [{ "minji@example.com": true }, /"m…@….com"/],
  };
  const files = Object.entries(rules).map(([, [when]], at) => [`${at}.json`, { ...CONFIG, segments: { viewer: { when } } }]);
  const shop = structuredClone(CONFIG);
  shop.segments.viewer.when = { "traits.id": { $in: ["0123456789", "shop.kr", "@day"] } };
  shop.campaigns.hello.message.blocks = [{ text: "help@shop.kr, 02-123-4567" }];
  const path = folder(context, { ...Object.fromEntries(files), "shop.json": shop });
  for (const [at, [place, [, message]]] of Object.entries(rules).entries()) {
    const { code, stdout } = await dangol(["validate", join(path, `${at}.json`)]);
    const line = stdout.split("\n").find((line) => line.includes("(personal-data)"));
    assert.equal(code, 1, stdout);
    assert.ok(line?.includes(`: error: ${place}: `), stdout);
    assert.match(line, message);
    assert.doesNotMatch(line.replace(place, ""), /minji|example|1234|5678/);
  }
  const { code, stdout } = await dangol(["validate", join(path, "shop.json")]);
  assert.equal(code, 0, stdout);
});

test("render gives the tree of a message, and says which campaign there is none of", async (context) => {
  const config = join(folder(context, { "config.json": CONFIG }), "config.json");
  const { code, stdout } = await dangol(["render", config, "hello"]);
  assert.equal(code, 0);
  assert.match(JSON.stringify(JSON.parse(stdout)), /"hi"/);
  const none = await dangol(["render", config, "helo"]);
  assert.deepEqual([none.code, none.stdout], [2, ""]);
  assert.match(none.stderr, /config\.json: \/campaigns\/helo has no message to draw/);
});

test("replay gives what the engine gives", async (context) => {
  const path = folder(context, { "config.json": CONFIG, "lines.ndjson": ndjson(EVENTS), "list.json": EVENTS, "bad.ndjson": "{\n", "time.ndjson": ndjson([{ type: "page", timestamp: "gestern" }]) });
  const config = join(path, "config.json");
  const lines = await dangol(["replay", config, join(path, "lines.ndjson")]);
  assert.equal(lines.code, 0, lines.stderr);
  const found = JSON.parse(lines.stdout);
  assert.deepEqual(found.decisions.map(({ campaign, outcome }) => [campaign, outcome]), [["hello", "shown"]]);
  assert.deepEqual(found.segments.viewer, [["2026-11-01T01:00:05.000Z", "enter"]]);
  assert.equal(found.document.user.anonymousId, "a");
  assert.equal((await dangol(["replay", config, join(path, "list.json")])).stdout, lines.stdout);
  assert.equal((await dangol(["replay", config, "-"], { input: ndjson(EVENTS) })).stdout, lines.stdout);
  const later = JSON.parse((await dangol(["replay", config, join(path, "lines.ndjson"), "--until", "2026-11-03T00:00:00Z"])).stdout);
  assert.deepEqual(later.segments.viewer[1], ["2026-11-02T01:00:05.001Z", "leave"]);
  for (const [name, said] of [["bad.ndjson", /bad\.ndjson:1: not JSON/], ["time.ndjson", /time\.ndjson:1: timestamp is "gestern"; it must be an ISO 8601/]]) {
    const { code, stderr } = await dangol(["replay", config, join(path, name)]);
    assert.equal(code, 2);
    assert.match(stderr, said);
  }
  for (const until of ["soon", "Nov 5 2026", "2026-11-31"]) {
    assert.match((await dangol(["replay", config, join(path, "list.json"), "--until", until])).stderr, new RegExp(`--until is "${until}"`));
  }
});

test("a configuration with mistakes is used as far as it goes, and what is off is said", async (context) => {
  const off = { ...CONFIG, segments: { ...CONFIG.segments, off: { name: 3, when: {} } } };
  const path = folder(context, { "off.json": off, "none.json": [], "lines.ndjson": ndjson(EVENTS) });
  for (const [command, ...more] of [["replay"], ["segments", "--at", "2026-11-02T00:00:00Z"]]) {
    const some = await dangol([command, join(path, "off.json"), join(path, "lines.ndjson"), ...more]);
    assert.equal(some.code, 0, some.stderr);
    assert.match(some.stdout, /viewer/);
    assert.match(some.stderr, /off\.json: error: \/segments\/off\/name: .*\(wrong-type\)/);
    const none = await dangol([command, join(path, "none.json"), join(path, "lines.ndjson"), ...more]);
    assert.deepEqual([none.code, none.stdout], [2, ""]);
    assert.match(none.stderr, /none\.json: .*\(wrong-type\)/);
  }
  const { segments } = JSON.parse((await dangol(["replay", join(path, "off.json"), join(path, "lines.ndjson")])).stdout);
  assert.deepEqual(segments.off, []);
});

test("test compares a folder of journeys with what is expected of them", async (context) => {
  const expected = [{ campaign: "hello", outcome: "shown", timestamp: "2026-11-01T01:00:05.000Z" }];
  const path = folder(context, {
    "config.json": CONFIG,
    "journeys/good.ndjson": ndjson(EVENTS), "journeys/good.expected.json": expected,
    "journeys/parts.json": EVENTS, "journeys/parts.expected.json": { segments: { viewer: [["2026-11-01T01:00:05.000Z", "enter"]] } },
    "journeys/deep/both.test.json": { journey: EVENTS, expect: { decisions: expected } },
    "alone.test.json": { config: "config.json", journey: "journeys/good.ndjson", expect: { decisions: expected } },
  });
  const config = join(path, "config.json");
  const journeys = join(path, "journeys");
  const good = await dangol(["test", config, journeys]);
  assert.equal(good.code, 0, good.stdout + good.stderr);
  assert.equal(good.lines.at(-1), "3 passed, 0 failed");
  assert.equal((await dangol(["test", join(path, "alone.test.json")])).code, 0);

  const wrong = folder(context, { "a.ndjson": ndjson(EVENTS), "a.expected.json": [{ campaign: "hello", outcome: "suppressed", reason: "muted" }], "b.ndjson": ndjson(EVENTS) });
  const bad = await dangol(["test", config, wrong]);
  assert.equal(bad.code, 1);
  assert.match(bad.stdout, /not ok .*a\.ndjson\n.*\/decisions: - expected, \+ found\n {2}- hello {2}suppressed {2}muted\n {2}\+ 2026-11-01T01:00:05\.000Z {2}hello {2}shown/);
  assert.match(bad.stdout, /not ok .*b\.ndjson\n.*--update/);
  const updated = await dangol(["test", config, wrong, "--update"]);
  assert.equal(updated.code, 0);
  assert.equal(updated.lines.at(-1), "0 passed, 0 failed, 2 written");
  assert.equal(JSON.parse(readFileSync(join(wrong, "b.expected.json"), "utf8"))[0].outcome, "shown");
  assert.equal((await dangol(["test", config, wrong])).code, 0);

  for (const args of [["test", config], ["test", config, join(path, "nowhere")], ["test", journeys], ["test"]]) assert.equal((await dangol(args)).code, 2, args.join(" "));
});

test("a configuration may lie in the folder of its journeys", async (context) => {
  const path = folder(context, { "config.json": CONFIG, "good.ndjson": ndjson(EVENTS), "good.expected.json": [{ campaign: "hello", outcome: "shown", timestamp: "2026-11-01T01:00:05.000Z" }] });
  const { code, stdout, stderr } = await dangol(["test", join(path, "config.json"), path]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^ok .*good\.ndjson\n1 passed, 0 failed\n$/);
});
