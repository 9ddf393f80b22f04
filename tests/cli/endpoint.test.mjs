import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { startCollector } from "../../www/collector/server.mjs";
import { dangol } from "./run.mjs";

const CORS = { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After" };
let collector, folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "dangol-check-"));
  collector = await startCollector({ port: 0, dataDir: folder });
});
after(async () => {
  await collector?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An endpoint whose faults are its `answer(text, request, ids)`: `[status, body, headers]` or null to hang up. */
async function endpoint(answer) {
  const seen = new Map();
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const bytes = Buffer.concat(parts);
    let text = bytes.toString("utf8");
    if (request.headers["content-encoding"] === "gzip") text = gunzipSync(bytes).toString("utf8");
    let ids;
    try {
      ids = JSON.parse(text).batch.map(({ messageId }) => messageId);
    } catch {
      // Broken on purpose.
    }
    const said = await answer({ text, request, ids, seen });
    for (const id of ids ?? []) seen.set(id, (seen.get(id) ?? 0) + 1);
    if (!said) return request.socket.destroy();
    const [status, body = "", headers = CORS] = said;
    response.writeHead(status, headers).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

async function check(url, ...rest) {
  const { code, stdout, stderr } = await dangol(["check-endpoint", url, "--json", ...rest]);
  assert.equal(stderr, "");
  const { usable, results } = JSON.parse(stdout);
  assert.equal(code, usable ? 0 : 1);
  const by = (outcome) => results.filter((result) => result.outcome === outcome).map(({ id }) => id);
  return { usable, results, broken: by("broken"), unseen: by("unseen") };
}

for (const [name, args] of [["segment", []], ["ndjson", ["--format", "ndjson"]], ["cloudevents", ["--format", "cloudevents"]], ["an envelope", ["--envelope", "rows"]]]) {
  test(`the reference collector keeps every rule (${name})`, async () => {
    const lookup = `${collector.url}/api/events?messageId={messageId}`;
    const { usable, broken, unseen, results } = await check(`${collector.url}/collect`, "--strict", "--lookup", lookup, ...args);
    assert.deepEqual([usable, broken], [true, []], JSON.stringify(results.filter(({ outcome }) => outcome !== "kept"), null, 2));
    assert.deepEqual(unseen, name === "cloudevents" ? ["simple-request"] : []);
  });
}

test("the report can be read: what was seen, and what to do", async () => {
  const good = await dangol(["check-endpoint", `${collector.url}/collect`]);
  assert.equal(good.code, 0);
  assert.match(good.stdout, /^ok  accepts {9}must {4}A batch is answered/m);
  assert.match(good.stdout, /^--  once/m);
  assert.match(good.stdout, /kept, 0 broken, 1 not seen: pages can deliver to it/);
  const bad = await endpoint(() => [302, "", { Location: "/login" }]);
  const { code, stdout } = await dangol(["check-endpoint", bad.url]);
  assert.equal(code, 1);
  assert.match(stdout, /^NO  accepts.*\n +seen: 302\n +Answer 200 or 204/m);
  await bad.close();
  for (const args of [["check-endpoint"], ["check-endpoint", "shop"], ["check-endpoint", "ftp://a"], ["check-endpoint", "http://a", "--format", "xml"], ["check-endpoint", "http://a", "--header", "x"]]) {
    const { code, stdout, stderr } = await dangol(args);
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.match(stderr, /must|needs|address/);
  }
});

/** Faults, and the rules that each breaks, those that depend on them apart. */
const FAULTS = {
  "nobody is there": [() => null, ["accepts"]],
  "it has no CORS headers": [() => [200, "", {}], ["cors", "unreadable", "retry-after", "strict-ack", "preflight"]],
  "it knows JSON by its type alone": [({ request }) => (request.headers["content-type"] === "application/json" ? [200, "{}"] : [415, "{}"]), ["accepts", "simple-request"]],
  "it says yes to anything": [() => [200, "fine"], ["unreadable", "strict-ack", "preflight"]],
  "it breaks on what it cannot read": [({ ids }) => (ids ? [200] : [500]), ["unreadable", "strict-ack", "preflight"]],
  "it refuses what it has already": [({ ids, seen }) => (!ids ? [400] : ids.some((id) => seen.has(id)) ? [409] : [200]), ["again", "strict-ack", "preflight"]],
  "it cuts large bodies off": [({ text, ids }) => (text.length > 100_000 ? null : ids ? [200] : [400]), ["batch", "size", "too-large", "strict-ack", "preflight"]],
  "it says 413 where nobody can read it": [({ text, ids }) => (text.length > 100_000 ? [413, "", {}] : ids ? [200] : [400]), ["too-large", "strict-ack", "preflight"]],
  "it refuses all for one": [({ text, ids }) => (!ids || text.includes("not a time") ? [400, JSON.stringify({ rejected: ids })] : [200]), ["poison", "names-rejected", "strict-ack", "preflight"]],
  "it hides its refusals": [({ ids }) => (ids ? [200] : [400, "", {}]), ["cors-on-errors", "strict-ack", "preflight"]],
  "it is of the last century": [({ text }) => (/[^\0-\x7f]/.test(text.replaceAll("\"title\":\"단골\"", "")) ? [500] : [200]), ["text", "size"]],
  "it takes its time": [async ({ ids }) => (await new Promise((resolve) => setTimeout(resolve, ids?.length === 20 ? 2_300 : 0)), ids ? [200] : [400]), ["speed"]],
};
for (const [name, [answer, expected]] of Object.entries(FAULTS)) {
  test(`it is told when ${name}`, async () => {
    const bad = await endpoint(answer);
    const { usable, broken, results } = await check(bad.url, "--timeout", "5");
    for (const id of expected) assert.ok(broken.includes(id), `${id} was not found: ${JSON.stringify(results.map(({ id, outcome, seen }) => [id, outcome, seen]))}`);
    const levels = Object.fromEntries(results.map(({ id, level }) => [id, level]));
    assert.equal(usable, !broken.some((id) => levels[id] === "must"));
    await bad.close();
  });
}

/** Takes batches, refuses what is no JSON, and says nothing of CORS unless told to. */
const taking = (cors, { preflight = [204, "", cors], most = Infinity, key } = {}) => ({ request, ids }) => {
  if (request.method === "OPTIONS") return preflight;
  if (key && request.headers["x-api-key"] !== key) return [403, "{}", cors];
  return [ids && ids.length <= most ? 200 : 400, "{}", cors];
};

test("a server that falls over is told once, not at every rule behind", async (context) => {
  const bad = await endpoint(({ ids }) => (ids ? [200] : null));
  context.after(() => bad.close());
  const fallen = await endpoint(({ ids }) => {
    if (!ids) fallen.close();
    return ids ? [200] : null;
  });
  const { broken, unseen, results } = await check(fallen.url);
  assert.deepEqual(broken, ["unreadable"]);
  assert.match(results.find(({ id }) => id === "unreadable").seen, /no connection since: the server fell over/);
  for (const id of ["poison", "text", "speed"]) assert.ok(unseen.includes(id), id);
  assert.match(results.find(({ id }) => id === "text").seen, /no connection since "unreadable"/);
  // One that only hangs up is asked on.
  assert.ok(!(await check(bad.url)).unseen.includes("text"));
});

test("what browsers ask first must be answered where the shop's options make them ask", async () => {
  const allowing = (headers) => ({ preflight: [204, "", { ...CORS, "Access-Control-Allow-Headers": headers }] });
  const cases = [
    // Without options of its own a page needs none.
    [taking(CORS, { preflight: [405, "", {}] }), [], true],
    [taking(CORS, { preflight: [405, "", {}] }), ["--format", "cloudevents"], false],
    [taking(CORS, { preflight: [405, "", {}] }), ["--header", "X-Api-Key: k"], false],
    [taking(CORS, { preflight: [405, "", {}] }), ["--header", "Content-Type: application/json"], false],
    [taking(CORS, { preflight: [405, "", {}] }), ["--header", "Accept-Language: ko"], true],
    [taking(CORS, { ...allowing("authorization, content-type, content-encoding"), key: "k" }), ["--header", "X-Api-Key: k"], false],
    [taking(CORS, { ...allowing("Content-Type, X-API-Key"), key: "k" }), ["--header", "X-Api-Key: k"], true],
    [taking(CORS, { ...allowing("*"), key: "k" }), ["--header", "X-Api-Key: k"], true],
    // The star does not stand for this one.
    [taking(CORS, allowing("*")), ["--header", "Authorization: Bearer x"], false],
  ];
  for (const [answer, args, expected] of cases) {
    const there = await endpoint(answer);
    const { results } = await check(there.url, ...args);
    const { level, outcome } = results.find(({ id }) => id === "preflight");
    assert.equal(level !== "must" || outcome === "kept", expected, `${args.join(" ")}: ${level} ${outcome}`);
    await there.close();
  }
});

test("a limit that is told by 400 is one that pages get along with: they halve the batch", async () => {
  const there = await endpoint(taking(CORS, { most: 100 }));
  const { results } = await check(there.url);
  const { outcome, seen } = results.find(({ id }) => id === "batch");
  assert.deepEqual([outcome, seen], ["kept", "400 for 500 events, 200 for 62"]);
  await there.close();
  const small = await endpoint(({ text, ids }) => [ids && text.length < 50_000 ? 200 : 400]);
  const { broken } = await check(small.url);
  assert.deepEqual(broken.filter((id) => ["batch", "size"].includes(id)), []);
  await small.close();
  // One that names all of them as rejected loses them.
  const losing = await endpoint(({ ids }) => (ids?.length > 100 ? [400, JSON.stringify({ rejected: ids })] : [ids ? 200 : 400]));
  assert.ok((await check(losing.url)).broken.includes("batch"));
  await losing.close();
});

test("an endpoint on the shop's own origin needs nothing of CORS", async () => {
  const there = await endpoint(taking({}, { preflight: [405, "", {}], key: "k" }));
  const { usable, unseen, broken } = await check(there.url, "--origin", new URL(there.url).origin, "--header", "X-Api-Key: k");
  assert.deepEqual([usable, broken], [true, ["strict-ack"]]);
  for (const id of ["cors", "cors-on-errors", "retry-after", "preflight"]) assert.ok(unseen.includes(id), id);
  await there.close();
});

test("storing twice is seen where one can look", async () => {
  const stored = [];
  const bad = await endpoint(({ request, text, ids }) => {
    if (request.method === "GET") return [200, JSON.stringify(stored.filter((id) => request.url.includes(id)).map((messageId) => ({ messageId })))];
    stored.push(...(ids ?? []));
    return ids ? [200] : [400, text];
  });
  const { broken, results } = await check(bad.url, "--lookup", `${bad.url}?id={messageId}`);
  assert.ok(broken.includes("once"));
  assert.match(results.find(({ id }) => id === "once").seen, /found 3 times/);
  await bad.close();
});
