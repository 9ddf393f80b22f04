// The store where a database is damaged, late, lost, full or forbidden.
import assert from "node:assert/strict";
import { test } from "node:test";
import { event, inPage, past } from "./store-lab.mjs";

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
    const { arrive, open } = late();
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
    const { arrive } = late();
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
