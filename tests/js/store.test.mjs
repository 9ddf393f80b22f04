import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bundle, html, launch, open, serve } from "./lab.mjs";

let browser, server;
before(async () => {
  browser = await launch();
  const script = await bundle(`
    import { Store } from "./host/store.ts";
    import { IdbBackend } from "./host/idb.ts";
    import { MemoryBackend } from "./host/memory.ts";
    Object.assign(window, { Store, IdbBackend, MemoryBackend });
    window.rows = (parts) => ({ events: new Map(parts.events), journey: new Map(parts.journey), state: new Map(parts.state) });
    window.event = (id) => [id, '{"messageId":"' + id + '"}'];
    window.past = (id) => [id, '{"i":"' + id + '"}'];
    window.databases = async () => (await indexedDB.databases()).map(({ name }) => name);
  `, { format: "iife" });
  server = await serve({ "/sdk.js": script, "/": html('<script src="/sdk.js"></script>') });
});
after(async () => {
  await browser.close();
  await server.close();
});

/** What the page's own `event` makes. */
const event = (id) => [id, `{"messageId":"${id}"}`];
const past = (id) => [id, `{"i":"${id}"}`];

/** Runs `work` in a fresh origin's page; it must say nothing on the console. */
async function inPage(work, argument, init) {
  const { page, said, context } = await open(browser, server.origin, { init });
  const result = await page.evaluate(work, argument);
  assert.deepEqual(said, []);
  await context.close();
  return result;
}

for (const kind of ["IdbBackend", "MemoryBackend"]) {
  test(`${kind}: rows are kept in the order of their keys, deleted by key, and claimed in one transaction`, async () => {
    const result = await inPage(async (kind) => {
      const backend = kind === "IdbBackend" ? await IdbBackend.open("t", true) : new MemoryBackend();
      await backend.write(rows({ events: ["b", "a", "c"].map(event), journey: ["z", "y"].map(past), state: [["state", "s"]] }));
      await backend.write(rows({ events: [["b", null]], state: [["shared", "0"]] }));
      // Ten claims at once must count to ten: none may see what another has seen.
      const count = (shared) => rows({ state: [["shared", String(Number(shared) + 1)]] });
      await Promise.all(Array.from({ length: 10 }, () => backend.claim(count)));
      const { state, journey } = await backend.read();
      const some = await backend.pending(20);
      const all = await backend.pending(Infinity);
      await backend.clear(["state"]);
      const left = await backend.read();
      return { state: [...state].sort(), journey, some, all, left: [...left.state], none: await backend.pending(99) };
    }, kind);
    assert.deepEqual(result, {
      state: [["shared", "10"], ["state", "s"]], journey: ["y", "z"].map(past), some: [event("a")], all: [event("a"), event("c")],
      left: [["state", "s"]], none: [],
    });
  });
}

test("no database before storing is allowed, all of it afterwards; the decision itself is stored in any case", async () => {
  const result = await inPage(async () => {
    const store = new Store("t", "persistent");
    await store.load();
    await store.save({ save: 1, events: [event("a")], state: "s" });
    const before = await databases();
    await store.save({ save: 2, consent: "{}" });
    const decided = await databases();
    const other = new Store("t", "persistent");
    const { consent, state } = await other.load();
    await store.allow(true);
    await store.save({ save: 3, events: [event("b")] });
    const third = new Store("t", "persistent");
    const late = await third.load();
    await third.allow(true);
    return { before, decided, consent, state, late: late.state, events: await third.pending(99), marker: localStorage.getItem("dangol:t") };
  });
  assert.deepEqual(result, { before: [], decided: ["t"], consent: "{}", state: null, late: "s", events: [event("a"), event("b")], marker: "1" });
});

test("the first write starts in the same task, those within 50 ms share one transaction", async () => {
  const count = await inPage(async () => {
    const store = new Store("t", "persistent");
    await store.load();
    await store.allow(true);
    let transactions = 0;
    const original = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (...args) { transactions++; return original.apply(this, args); };
    const first = store.save({ save: 0, events: [event("0")] });
    await null;
    const atOnce = transactions;
    await Promise.all([first, ...Array.from({ length: 100 }, (_, index) => store.save({ save: index, events: [event(String(index))] }))]);
    return { atOnce, transactions, kept: (await store.pending(99999)).length };
  });
  assert.deepEqual(count, { atOnce: 1, transactions: 2, kept: 100 });
});

test("what is corrupt is skipped, a database of another shape or a newer version does no harm", async () => {
  const result = await inPage(async () => {
    const seed = (name, version, fill) => new Promise((resolve) => {
      const request = indexedDB.open(name, version);
      request.onupgradeneeded = () => fill(request.result);
      request.onsuccess = () => { request.result.close(); resolve(); };
    });
    const ours = (database, values) => {
      for (const name of ["events", "journey", "state"]) {
        const store = database.createObjectStore(name);
        for (const [key, value] of values) store.put(value, key);
      }
    };
    await seed("corrupt", 1, (database) => ours(database, [["a", "1"], ["b", { not: "text" }], [3, "3"], ["c", new Blob(["x"])], ["state", 5], ["shared", "{"], past("p")]));
    await seed("newer", 7, (database) => ours(database, [["state", "kept"]]));
    await seed("foreign", 1, (database) => database.createObjectStore("other"));
    const read = async (name) => {
      const store = new Store(name, "persistent");
      const { state, shared, journey } = await store.load();
      await store.allow(true);
      return [state, shared, journey, await store.save({ save: 1, events: [["new", "n"]] }), store.lasting];
    };
    return [await read("corrupt"), await read("newer"), await read("foreign")];
  });
  assert.deepEqual(result, [[null, "{", [past("p")[1]], true, true], ["kept", null, [], true, true], [null, null, [], false, false]]);
});

test("a damaged event holds up no other and is kept apart, within bounds, until everything is erased", async () => {
  const result = await inPage(async () => {
    const disk = await IdbBackend.open("t", true);
    const raw = await new Promise((resolve) => (indexedDB.open("t").onsuccess = ({ target }) => resolve(target.result)));
    const put = (pairs, into = "events") => new Promise((resolve) => {
      const transaction = raw.transaction(into, "readwrite");
      for (const [key, value] of pairs) transaction.objectStore(into).put(value, key);
      transaction.oncomplete = resolve;
    });
    const keys = () => new Promise((resolve) => (raw.transaction("events").objectStore("events").getAllKeys().onsuccess = ({ target }) => resolve(target.result)));
    await put([["a", event("a")[1]], ["b", '{"messageId":"b",}'], ["c", { messageId: "c" }], [3, "3"], [["d"], "x"], ["e", "null"], ["f", event("g")[1]], ["h", "x".repeat(2e6)], event("i")]);
    const whole = await disk.pending(Infinity);
    const untouched = await keys();
    const first = await disk.pending(1e5);
    const left = await keys();
    const second = await disk.pending(1e5);
    const apart = (await disk.pending(Infinity)).map(([, text]) => text.slice(0, 40));
    await put(Array.from({ length: 30 }, (_, index) => ["z" + index, "cut {"]));
    await disk.pending(1e5);
    const bounded = (await disk.pending(Infinity)).length;
    await disk.write(rows({ events: [["*", null]] }));
    const withdrawn = await disk.pending(Infinity);
    await put([["k", ""]]);
    await disk.pending(1e5);
    await disk.clear(["consent"]);
    return { whole: whole.length, untouched: untouched.length, first, left, second, apart, bounded, withdrawn, wiped: await disk.pending(Infinity) };
  });
  const kept = ["a", "i"].map(event);
  assert.deepEqual(result, {
    // Whatever lies under a key that is a list is passed over; and what is no text is not told.
    whole: 8, untouched: 9, first: [["3", ""], event("a"), ...["b", "c", "e", "f", "h"].map((key) => [key, ""]), event("i")], left: ["a", "i", ...[0, 2, 3, 4, 5, 6].map((place) => "~" + place), ["d"]],
    second: kept, apart: [...kept.map(([, text]) => text), "3 3", 'b {"messageId":"b",}', "c object", "e null", 'f {"messageId":"g"}', `h ${"x".repeat(38)}`, "x"], bounded: 23, withdrawn: [], wiped: [],
  });
});

test("a damaged record of the journey is told once and put apart with the next flush, and no event of its key is touched", async () => {
  const result = await inPage(async () => {
    const disk = await IdbBackend.open("t", true);
    const other = await IdbBackend.open("t", true);
    const raw = await new Promise((resolve) => (indexedDB.open("t").onsuccess = ({ target }) => resolve(target.result)));
    const keys = (name) => new Promise((resolve) => (raw.transaction(name).objectStore(name).getAllKeys().onsuccess = ({ target }) => resolve(target.result)));
    await disk.write(rows({ events: [event("b")], journey: ["a", "d"].map(past) }));
    await new Promise((resolve) => {
      const transaction = raw.transaction("journey", "readwrite");
      const damaged = [["b", '{"i":"b","t":'], ["c", '{"i":"a"}'], [3, "3"], ["e", undefined], ["f", { i: "f" }], [["g"], "x"]];
      for (const [key, value] of damaged) transaction.objectStore("journey").put(value, key);
      transaction.oncomplete = resolve;
    });
    const reads = [(await disk.read()).journey, (await other.read()).journey];
    const flushes = [await disk.pending(1e5), await other.pending(1e5), await disk.pending(1e5)];
    return { reads, flushes, journey: await keys("journey"), apart: (await disk.pending(Infinity)).map(([, text]) => text) };
  });
  assert.deepEqual(result, {
    reads: [["a", "d"].map(past), ["a", "d"].map(past)],
    flushes: [[event("b")], [...["3", "b", "c", "e", "f", "g"].map((key) => [" " + key, ""]), event("b")], [event("b")]],
    journey: ["a", "d"], apart: [event("b")[1], " 3 3", ' b {"i":"b","t":', ' c {"i":"a"}', " e undefined", " f object", " g x"],
  });
});

test("where IndexedDB throws, hangs or fills up, memory takes over with the same answers", async () => {
  const use = async () => {
    const store = new Store("t", "persistent");
    const started = performance.now();
    await store.load();
    await store.allow(true);
    const ok = await store.save({ save: 1, events: [event("a")], state: "s" });
    return { ok, events: await store.pending(99), quick: performance.now() - started < 3000 };
  };
  // Not `ok`: it ends with the page, so the page's last request takes it along.
  const kept = { ok: false, events: [event("a")], quick: true };
  assert.deepEqual(await inPage(use, null, "indexedDB.open = () => { throw new DOMException('', 'SecurityError'); }"), kept);
  assert.deepEqual(await inPage(use, null, "indexedDB.open = () => ({})"), kept);
  const full = "IDBObjectStore.prototype.put = function () { this.transaction.abort(); return {}; }";
  assert.deepEqual(await inPage(use, null, full), kept);
});

test("a database that comes late is welcome: what memory held moves there, and until then a page's end hands it over", async () => {
  const result = await inPage(async () => {
    const open = indexedDB.open.bind(indexedDB);
    // The browser has opened it, but says so only when told to.
    let arrive;
    indexedDB.open = (...args) => {
      const request = open(...args);
      const slow = { set onupgradeneeded(f) { request.onupgradeneeded = f; }, set onerror(f) { request.onerror = f; }, get result() { return request.result; } };
      Object.defineProperty(slow, "onsuccess", { set: (f) => (request.onsuccess = () => { arrive = f; }) });
      return slow;
    };
    const store = new Store("t", "persistent");
    await store.load();
    await store.allow(true);
    await store.claim(() => ({ save: 1, events: [event("a")], shared: "s" }));
    const { events, state } = store.unsettled();
    const before = { lasting: store.lasting, handedOver: [...events], shared: state.get("shared") };
    indexedDB.open = open;
    arrive();
    while (!store.lasting || store.unsettled().events.size) await new Promise((resolve) => setTimeout(resolve, 20));
    await store.save({ save: 2, events: [event("b")] });
    await store.settled();
    const disk = await IdbBackend.open("t", false);
    return { before, events: await disk.pending(99), shared: (await disk.read()).state.get("shared"), left: store.unsettled().events.size };
  });
  assert.deepEqual(result, {
    before: { lasting: false, handedOver: [event("a")], shared: "s" }, events: [event("a"), event("b")], shared: "s", left: 0,
  });
});

test("a visitor whom the late database knows stays who they are", async () => {
  const shared = await inPage(async () => {
    const first = await IdbBackend.open("t", true);
    await first.write(rows({ state: [["shared", "known"]] }));
    first.close();
    const open = indexedDB.open.bind(indexedDB);
    let arrive;
    indexedDB.open = (...args) => {
      const request = open(...args);
      const slow = { set onupgradeneeded(f) { request.onupgradeneeded = f; }, set onerror(f) { request.onerror = f; }, get result() { return request.result; } };
      Object.defineProperty(slow, "onsuccess", { set: (f) => (request.onsuccess = () => { arrive = f; }) });
      return slow;
    };
    const store = new Store("t", "persistent");
    await store.load();
    await store.allow(true);
    await store.claim(() => ({ save: 1, shared: "made up" }));
    arrive();
    while (!store.lasting) await new Promise((resolve) => setTimeout(resolve, 20));
    return new Promise((resolve) => void store.claim((shared) => void resolve(shared)));
  });
  assert.equal(shared, "known");
});

test("what a claim decided is unsettled until its transaction has completed", async () => {
  const result = await inPage(async () => {
    const store = new Store("t", "persistent");
    await store.load();
    await store.allow(true);
    let during;
    const claim = store.claim(() => {
      queueMicrotask(() => (during = [...store.unsettled().events]));
      return { save: 1, events: [event("a")], shared: "s" };
    });
    await claim;
    return [during, store.unsettled().events.size];
  });
  assert.deepEqual(result, [[event("a")], 0]);
});

test("a decision that a claim takes along is recorded on the disk as any other, also where it allows nothing", async () => {
  const result = await inPage(async () => {
    const store = new Store("t", "persistent");
    await store.load();
    await store.save({ save: 1, events: [event("a")] });
    const saved = store.save({ save: 2, consent: "denied" });
    await store.claim(() => ({ save: 3, shared: "s" }));
    await saved;
    const next = await new Store("t", "persistent").load();
    return [next.consent, next.shared];
  });
  assert.deepEqual(result, ["denied", null]);
});

for (const [moment, before] of [["at once", 100], ["with what follows", 0]]) {
  test(`what is saved while a claim waits, to be written ${moment}, is written with what it decides`, async () => {
    const result = await inPage(async (before) => {
      const store = new Store("t", "persistent");
      await store.load();
      await store.allow(true);
      await store.save({ save: 1, events: [event("a")] });
      await new Promise((resolve) => setTimeout(resolve, before));
      const written = new Map();
      const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = function (text, key) {
        written.set(this.transaction, [...(written.get(this.transaction) || []), key]);
        return put.call(this, text, key);
      };
      const claim = store.claim(() => ({ save: 3, events: [event("c")] }));
      const save = store.save({ save: 2, events: [event("b")] });
      const oks = await Promise.all([save, claim]);
      const after = await store.save({ save: 4, events: [event("d")] });
      return { oks, after, written: [...written.values()], left: store.unsettled().events.size, pending: await store.pending(99) };
    }, before);
    assert.deepEqual(result, {
      oks: [true, true], after: true, written: [["b", "c"], ["d"]], left: 0, pending: ["a", "b", "c", "d"].map(event),
    });
  });
}

test("what a claim decided in a transaction that was lost is written by the next, and decided once", async () => {
  const result = await inPage(async () => {
    const store = new Store("t", "persistent");
    await store.load();
    await store.allow(true);
    const begin = IDBDatabase.prototype.transaction;
    let lost;
    IDBDatabase.prototype.transaction = function (...args) {
      IDBDatabase.prototype.transaction = begin;
      lost = begin.apply(this, args);
      Object.defineProperty(lost, "error", { value: new DOMException("the connection was lost", "UnknownError") });
      return lost;
    };
    let asked = 0;
    const ok = await store.claim(() => {
      asked++;
      setTimeout(() => lost.abort());
      // So many that the transaction is still at it.
      return { save: 1, events: Array.from({ length: 500 }, (_, index) => event("e" + (100 + index))), shared: "s" };
    });
    return { ok, asked, events: (await store.pending(1e6)).length, shared: (await store.load()).shared, lasting: store.lasting };
  });
  assert.deepEqual(result, { ok: true, asked: 1, events: 500, shared: "s", lasting: true });
});

test("what is saved along with a claim is not written ahead of what it decides", async () => {
  const count = await inPage(async () => {
    const store = new Store("along", "persistent");
    await store.load();
    await store.allow(true);
    let transactions = 0;
    const original = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (...args) { transactions++; return original.apply(this, args); };
    const saved = store.save({ save: 0, events: [event("0")] });
    await Promise.all([saved, store.claim(() => ({ save: 1, shared: "decided" }))]);
    return transactions;
  });
  assert.equal(count, 1);
});

test("a lost connection is reopened, a deletion by another tab is not held up", async () => {
  const result = await inPage(async () => {
    const store = new Store("t", "persistent");
    await store.load();
    await store.allow(true);
    await store.save({ save: 1, events: [event("a")] });
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase("t");
      request.onsuccess = resolve;
      request.onblocked = () => reject(new Error("blocked"));
    });
    const ok = await store.save({ save: 2, events: [event("b")] });
    return { ok, events: await store.pending(99), lasting: store.lasting };
  });
  assert.deepEqual(result, { ok: true, events: [event("b")], lasting: true });
});

test("the record of the decision is kept before any transaction completes, and the newest one counts", async () => {
  const result = await inPage(async () => {
    const store = new Store("t", "persistent");
    await store.load();
    await store.allow(true);
    await store.save({ save: 1, consent: "granted", state: "s" });
    // A page that is left now: what it has begun may never come to its end.
    IDBDatabase.prototype.transaction = () => { throw new DOMException("gone", "InvalidStateError"); };
    void store.save({ save: 2, consent: "denied" });
    return { ...localStorage };
  });
  assert.deepEqual(result, { "dangol:t": "1", "dangol:t:consent": "denied" });
  const claimed = await inPage(async () => {
    const store = new Store("t", "persistent");
    await store.load();
    await store.allow(true);
    await store.save({ save: 1, consent: "granted" });
    await store.claim(() => ({ save: 2, consent: "denied" }));
    return (await new Store("t", "persistent").load()).consent;
  });
  assert.equal(claimed, "denied");
  const full = await inPage(async () => {
    const store = new Store("t", "persistent");
    await store.load();
    await store.save({ save: 1, consent: "granted" });
    Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
    await store.save({ save: 2, consent: "denied" });
    return [(await new Store("t", "persistent").load()).consent, { ...localStorage }];
  });
  assert.deepEqual(full, ["denied", { "dangol:t": "0" }]);
});

test("an erasure hands nothing on of what it erases; one that a page did not end is ended by the next, and what was said since stays", async () => {
  const result = await inPage(async () => {
    const store = new Store("t", "persistent");
    await store.load();
    await store.allow(true);
    await store.save({ save: 1, events: [event("a")], shared: '{"anonymousId":"old"}', consent: "c" });
    const { clear } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.clear = function () { throw new DOMException("gone", "InvalidStateError"); };
    void store.save({ save: 2, events: [event("b")] });
    const erasing = store.wipe();
    const left = { mark: store.leaveErasing(), events: store.unsettled().events.size, who: store.who };
    await erasing;
    IDBObjectStore.prototype.clear = clear;
    sessionStorage.setItem("dangol:t", "c{}\n");
    const next = new Store("t", "persistent");
    const loaded = await next.load();
    await next.allow(true);
    return { left, shared: loaded.shared, consent: loaded.consent, events: await next.pending(99), mark: next.leaveErasing(), keys: Object.keys(localStorage).sort(), session: sessionStorage.getItem("dangol:t") };
  });
  assert.deepEqual(result, {
    left: { mark: true, events: 0, who: undefined }, shared: null, consent: "c", events: [], mark: false, keys: ["dangol:t", "dangol:t:consent"], session: "c{}\n",
  });
});

test("where merely asking for a database is forbidden the page goes on in memory", async () => {
  const result = await inPage(async () => {
    Object.defineProperty(window, "indexedDB", { get() { throw new DOMException("forbidden", "SecurityError"); } });
    const store = new Store("t", "persistent");
    await store.load();
    await store.allow(true);
    return [await store.save({ save: 1, events: [event("a")] }), store.lasting, await store.pending(99)];
  });
  assert.deepEqual(result, [false, false, [event("a")]]);
});

test("wiping leaves nothing but the decision", async () => {
  const result = await inPage(async () => {
    const store = new Store("t", "persistent");
    await store.load();
    await store.allow(true);
    await store.save({ save: 1, events: [event("a")], journey: [["a", "1"]], state: "s", shared: "s", consent: "c", config: { text: "{}", etag: null } });
    sessionStorage.setItem("dangol:t", "c{}\n");
    await store.wipe();
    return [await store.load(), Object.keys(localStorage).sort(), sessionStorage.length];
  });
  assert.deepEqual(result, [{ consent: "c", state: null, shared: null, collect: null, journey: [], config: null }, ["dangol:t", "dangol:t:consent"], 0]);
});
