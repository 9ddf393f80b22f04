/**
 * Rows in IndexedDB: the one storage that keeps what was written when the browser is killed.
 *
 * Every operation is one transaction. A connection that has died (WebKit: "connection lost"; storage cleared) is
 * reopened once per operation.
 */
import { ALL, type Backend, type Contents, type Rows, STORES } from "./backend.ts";
import { type Pair, read } from "./boundary.ts";
import { pause } from "./pause.ts";

const VERSION = 1;
/** Ahead of the keys of events that are none; so many are kept, each with its key and so many characters. */
const APART = "~";
const MOST_APART = 20;
const MOST_CHARACTERS = 5000;
/** A busy phone opens a database within a second or two; whoever takes longer is not waited for, but welcome later. */
const OPEN_TIMEOUT = 2000;

/** Whether trying again is in vain: the browser refuses storage, or hangs. */
export const isFinal = (error: unknown): boolean => error instanceof Hang || (error as DOMException | null)?.name === "SecurityError";

/** Opening takes too long. The database may still come. */
export class Hang extends Error {
  constructor(readonly late: Promise<IdbBackend | null>) {
    super("opening the database took longer than 2 s");
  }
}

/** Whether a database is known to be absent; false also where the browser does not tell. */
async function isAbsent(name: string): Promise<boolean> {
  const silence = pause(OPEN_TIMEOUT);
  const list = await Promise.race([indexedDB.databases?.().catch(() => undefined), silence]);
  return !!list && !list.some((database) => database.name === name);
}

/** Opens `name`; null where it does not exist and `create` is false. Rejects where IndexedDB is refused. */
function open(name: string, create: boolean, version: number | null = VERSION): Promise<IDBDatabase | null> {
  return new Promise((resolve, reject) => {
    const request = version ? indexedDB.open(name, version) : indexedDB.open(name);
    let absent = false;
    request.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion === 0 && !create) {
        // Nothing may be left behind before consent: an aborted first upgrade creates no database.
        absent = true;
        request.transaction!.abort();
        return;
      }
      const { objectStoreNames } = request.result;
      for (const store of STORES) if (!objectStoreNames.contains(store)) request.result.createObjectStore(store);
    };
    request.onsuccess = () => {
      const database = request.result;
      if (STORES.some((store) => !database.objectStoreNames.contains(store))) {
        database.close();
        reject(new Error("the database has another shape"));
      } else resolve(database);
    };
    request.onerror = (event) => {
      // Firefox reports the aborted upgrade as an uncaught error of the page otherwise.
      event.preventDefault();
      if (absent) resolve(null);
      else if (request.error?.name === "VersionError" && version !== null) {
        // A newer build was here: its database is used as it is, if it still has our stores.
        open(name, create, null).then(resolve, reject);
      } else reject(request.error);
    };
  });
}

const isLost = (error: unknown): boolean => {
  const name = (error as DOMException | null)?.name;
  return name === "InvalidStateError" || name === "UnknownError" || name === "NotFoundError";
};

export class IdbBackend implements Backend {
  #name: string;
  #database: IDBDatabase | undefined;
  /** The keys of what was damaged in the journey when it was read; one that is named twice is found once. */
  readonly #damaged: IDBValidKey[] = [];

  private constructor(name: string, database: IDBDatabase) {
    this.#name = name;
    this.#adopt(database);
  }

  /** The database `name`, or null where there is none and `create` is false. */
  static async open(name: string, create: boolean): Promise<IdbBackend | null> {
    // Asking first spares an upgrade that is aborted, which the next page of a quick visitor would run into.
    // In an opaque origin Chromium rejects a promise of its own besides the one that is answered.
    if (!create && origin !== "null" && (await isAbsent(name))) return null;
    // One page at a time creates. Chromium may keep a page that is left in the midst of it in the back-forward cache, where it
    // blocks every other page's opening for minutes; a page there whose lock is wanted is given up.
    const locked = create && navigator.locks?.request(`dangol:${name}:create`, () => open(name, create));
    const opening = (locked || open(name, create)).then((database) => database && new IdbBackend(name, database));
    let timer: ReturnType<typeof setTimeout>;
    const tired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Hang(opening)), OPEN_TIMEOUT);
    });
    return Promise.race([opening, tired]).finally(() => clearTimeout(timer));
  }

  #adopt(database: IDBDatabase): void {
    this.#database = database;
    database.onversionchange = () => this.close();
    database.onclose = () => (this.#database = undefined);
  }

  /** Runs `work` in one transaction and waits for it to complete. */
  async #run<T>(mode: IDBTransactionMode, work: (store: (name: string) => IDBObjectStore, done: (value: T) => void) => void, again = true): Promise<T> {
    try {
      if (!this.#database) {
        this.#adopt((await open(this.#name, true))!);
      }
      return await transact(this.#database!, mode, work);
    } catch (error) {
      if (!again || !isLost(error)) throw error;
      this.close();
      return this.#run(mode, work, false);
    }
  }

  read(): Promise<Contents> {
    return this.#run("readonly", (store, done) => {
      const contents: Contents = { state: new Map(), journey: [] };
      done(contents);
      const state = store("state");
      for (const key of ["state", "shared", "consent", "config", "collect"]) {
        const request = state.get(key);
        request.onsuccess = () => {
          if (typeof request.result === "string") contents.state.set(key, request.result);
        };
      }
      readPairs(store("journey"), Infinity, (pairs) => (contents.journey = pairs), this.#damaged);
    });
  }

  write(rows: Rows): Promise<void> {
    return this.#run("readwrite", (store, done) => {
      done(undefined);
      put(store, rows);
      // Nothing is asked, so nothing waits for this page to speak again: the one that leaves may be frozen right behind this,
      // and a transaction left open would hold up the next page and cost this one its place in the back-forward cache.
      store("state").transaction.commit?.();
    });
  }

  claim(answer: (shared: string | null) => Rows): Promise<void> {
    let answered: Rows | undefined;
    return this.#run("readwrite", (store, done) => {
      done(undefined);
      const request = store("state").get("shared");
      request.onsuccess = () => {
        // Where the transaction was lost, what the engine decided in it is written by the next, and not decided twice.
        answered = answered || answer(typeof request.result === "string" ? request.result : null);
        put(store, answered);
      };
    });
  }

  pending(limit: number): Promise<Pair[]> {
    return this.#run("readwrite", (store, done) => {
      for (const key of this.#damaged.splice(0)) {
        const request = store("journey").openCursor(key);
        request.onsuccess = () => {
          const cursor = request.result;
          // Another tab may have been here. What is damaged becomes an event that is, under a key that none has, and goes
          // their way with the next flush.
          if (cursor) {
            cursor.delete();
            store("events").put(cursor.value, " " + key);
          }
        };
      }
      readPairs(store("events"), limit, done);
    });
  }

  clear(keep: string[]): Promise<void> {
    return this.#run("readwrite", (store, done) => {
      done(undefined);
      store("events").clear();
      store("journey").clear();
      const state = store("state");
      const keys = state.getAllKeys();
      keys.onsuccess = () => {
        for (const key of keys.result) if (!keep.includes(String(key))) state.delete(key);
      };
    });
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }
}

function transact<T>(database: IDBDatabase, mode: IDBTransactionMode, work: (store: (name: string) => IDBObjectStore, done: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    // Relaxed: what survives a killed browser is the same (measured), only a power cut differs, and a flush to the
    // disk per event is what makes storage slow.
    const transaction = database.transaction(STORES as unknown as string[], mode, { durability: "relaxed" });
    let value: T;
    transaction.oncomplete = () => resolve(value);
    transaction.onabort = () => reject(transaction.error || new DOMException("the transaction was aborted", "AbortError"));
    transaction.onerror = (event) => event.preventDefault();
    try {
      work((name) => transaction.objectStore(name), (given) => (value = given));
    } catch (error) {
      reject(error);
      try {
        transaction.abort();
      } catch {
        // It has ended already.
      }
    }
  });
}

function put(store: (name: string) => IDBObjectStore, rows: Rows): void {
  for (const name of STORES) {
    if (!rows[name].size) continue;
    const into = store(name);
    rows[name].forEach((text, key) => {
      if (key === ALL) into.clear();
      else if (text === null) into.delete(key);
      else into.put(text, key);
    });
  }
}

/**
 * Reads texts in the order of their keys; records that are none (a corrupt or foreign store) are skipped. Of those that
 * are to be sent, within a limit, the damaged ones are put apart and come with an empty text, to be counted. Those of the
 * journey, which is read where nothing may be written, are named in `damaged`; the engine looks at the rest more closely.
 */
function readPairs(store: IDBObjectStore, limit: number, done: (pairs: Pair[]) => void, damaged?: IDBValidKey[]): void {
  const [range, count] = limit < Infinity ? [IDBKeyRange.upperBound(APART), 5000] : [];
  const keys = store.getAllKeys(range, count);
  const values = store.getAll(range, count);
  values.onsuccess = () => {
    const pairs: Pair[] = [];
    for (let index = 0; index < values.result.length; index++) {
      const key = keys.result[index]!;
      const value: unknown = values.result[index];
      const isText = typeof value === "string";
      let text = isText ? value : "";
      // Nothing of ours is so long.
      if (range && (!isText || text.length > 1e5 || read<{ messageId?: unknown }>(text)?.messageId !== key)) {
        store.delete(key);
        store.put(key + " " + (isText ? text.slice(0, MOST_CHARACTERS) : typeof value), APART + (index % MOST_APART));
        text = "";
      } else if (damaged ? text.indexOf(key as string) !== 6 || text.slice(-1) !== "}" : !isText) {
        // Its id stands behind `{"i":"`.
        damaged?.push(key);
        continue;
      }
      if ((limit -= text.length) < 0) break;
      pairs.push(["" + key, text]);
    }
    done(pairs);
  };
}
