// What is kept of a visitor, when it is written, and what a claim and an erasure do to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { event, inPage, past } from "./store-lab.mjs";

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
