// Damaged records of what is kept besides events and journey: who the visitor is, what they allowed, the last configuration; row 32 of docs/faults.md.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { balanced, judged } from "../faults/judge.mjs";
import { answer } from "../faults/server.mjs";
import { begin, crash, idle, make, range, SCRIPT, stage, take } from "../faults/stage.mjs";

/** A record of ours, and what becomes of it: no text, cut off, JSON of another kind, fields of other kinds, far too long. */
const DAMAGES = { number: () => 5, cut: (text) => text.slice(0, text.length / 2), list: () => "[]", fields: (text) => text.replace(/:("[^"]*"|\d+|true|false)/g, ":{}"), long: () => "x".repeat(300_000) };
const kinds = Object.keys(DAMAGES);
const DECISION = { analytics: true, personalization: true, marketing: false };
/** What JSON that is no decision says; whatever is none is no decision at all. */
const DECISIONS = {
  list: { title: "nothing leaves until there is a new one, then all that waits", held: true, wanted: range(1, 12) },
  fields: { title: "it allows nothing, and what waited is gone, until there is a new one", held: true, wanted: range(10, 12) },
};
/** Of each visitor every record is damaged, in another way. */
const RECORDS = ["state", "shared", "config", "collect"];
const names = [...kinds.flatMap((kind) => [`visitor-${kind}`, `consent-${kind}`]), "consent-noted"];
/** Endpoints that take nothing for now: what is made stays in the database. */
const busy = new Set();
const { open, server, judgeTasks } = await stage(Object.fromEntries(names.map((name) => [name, (request) => (busy.has(name) ? request.socket.end(answer(503)) : take(request))])), { pages: { "/page": { head: SCRIPT }, "/bare": {} } });
const start = (page, name) => begin(page, `${server.origin}/page`, { name, config: "/config.json", capture: { page: false, engagement: false }, endpoint: { url: `${server.origin}/collect/${name}`, flushInterval: 60_000 } });

/**
 * Five events that wait, and a decision; then `records` are damaged, the first by `kind`, and so on, and with the decision
 * what is noted of it in localStorage, unless `noted`. Gives how to read what is kept.
 */
async function damage(context, name, records, kind, noted = false) {
  const page = await context.newPage();
  busy.add(name);
  await start(page, name);
  await page.evaluate((decision) => window.dangol.consent(decision), DECISION);
  await make(page, 1, 5);
  await crash(page);
  await page.close();
  busy.delete(name);
  const other = await context.newPage();
  await other.goto(`${server.origin}/bare`);
  await other.evaluate(() => {
    window.inStore = (name, mode, work) => new Promise((resolve) => {
      indexedDB.open(name).onsuccess = ({ target: { result: database } }) => {
        const transaction = database.transaction("state", mode);
        const found = {};
        transaction.objectStore("state").openCursor().onsuccess = ({ target: { result } }) => {
          if (!result) return work?.(transaction.objectStore("state"), found);
          found[result.key] = result.value;
          result.continue();
        };
        transaction.oncomplete = () => {
          database.close();
          resolve(found);
        };
      };
    });
  });
  const kept = () => other.evaluate(async (name) => {
    const found = await window.inStore(name, "readonly");
    return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, typeof value === "string" && value.length < 10_000 ? value : "garbage"]));
  }, name);
  const before = await kept();
  const damaged = records.map((key, index) => [key, DAMAGES[kinds[(kinds.indexOf(kind) + index) % kinds.length]](before[key] ?? before.shared)]);
  await other.evaluate(([name, damaged]) => window.inStore(name, "readwrite", (store) => damaged.forEach(([key, value]) => store.put(value, key))), [name, damaged]);
  const decision = damaged.find(([key]) => key === "consent");
  if (decision && !noted) await other.evaluate(([key, value]) => localStorage.setItem(key, value), [`dangol:${name}:consent`, typeof decision[1] === "string" ? decision[1] : ""]);
  return { before, kept };
}

async function whole(page, ears, name, wanted) {
  await idle(page);
  await judged(page, ears, server.ledgerOf(name), wanted);
}

describe("damaged records", { concurrency: 3 }, () => {
  for (const kind of kinds) {
    it(`F32 of the visitor and the configuration (${kind} first): what waits is sent, whoever comes is somebody new and stays so`, async () => {
      const name = `visitor-${kind}`;
      const context = await open.newContext();
      const { kept } = await damage(context, name, RECORDS, kind);
      const page = await context.newPage();
      const ears = await start(page, name);
      await make(page, 6, 9);
      await whole(page, ears, name, range(1, 9));
      const { shared, config } = await kept();
      assert.deepEqual(JSON.parse(JSON.parse(config).text), { version: 1 }, "the configuration is kept anew");
      const next = await context.newPage();
      const nextEars = await start(next, name);
      await make(next, 10, 12);
      await whole(next, nextEars, name, range(1, 12));
      const ids = new Map([...server.ledgerOf(name).events.values()].map(({ anonymousId, properties }) => [properties.n, anonymousId]));
      assert.equal(new Set(range(1, 5).map((n) => ids.get(n))).size, 1);
      assert.notEqual(ids.get(1), ids.get(6));
      assert.deepEqual(new Set(range(6, 12).map((n) => ids.get(n))), new Set([JSON.parse(shared).anonymousId]), "the record is whole again");
      await context.close();
    });

    const { title, held, wanted } = DECISIONS[kind] ?? { title: "what the page says holds, as ahead of any", wanted: range(1, 12) };
    it(`F32 of the decision (${kind}): ${title}`, async () => {
      const name = `consent-${kind}`;
      const context = await open.newContext();
      const { before, kept } = await damage(context, name, ["consent"], kind);
      const page = await context.newPage();
      const ears = await start(page, name);
      await make(page, 6, 9);
      if (held) {
        await page.evaluate(() => window.dangol.flush());
        await balanced(page);
        assert.equal(server.ledgerOf(name).events.size, 0, "nothing has left");
      }
      await page.evaluate((decision) => window.dangol.consent(decision), DECISION);
      await make(page, 10, 12);
      await whole(page, ears, name, wanted);
      const { consent } = await kept();
      assert.deepEqual(JSON.parse(consent).consent, JSON.parse(before.consent).consent, "the record is whole again");
      await context.close();
    });
  }

  it("F32 of the decision alone: what is noted of it in localStorage holds", async () => {
    const name = "consent-noted";
    const context = await open.newContext();
    await damage(context, name, ["consent"], "fields", true);
    const page = await context.newPage();
    const ears = await start(page, name);
    await make(page, 6, 9);
    await whole(page, ears, name, range(1, 9));
    const said = [...server.ledgerOf(name).events.values()].map((event) => event.context.consent);
    assert.ok(said.every(({ analytics, marketing }) => analytics && !marketing), JSON.stringify(said));
    await context.close();
  });
});

judgeTasks();
