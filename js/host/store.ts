/**
 * Where the engine's texts are kept: on disk when that is allowed and possible, else in memory, with one interface.
 *
 * The first write after a quiet moment starts in the same task, what follows within 50 ms is gathered into one
 * transaction. Decides nothing: whether storing is allowed is said by the engine (`allow`).
 */
import { ALL, type Backend, isEmpty, merge, noRows, type Rows } from "./backend.ts";
import { type Pair, read, type Save, write } from "./boundary.ts";
import { Hang, IdbBackend, isFinal } from "./idb.ts";
import { MemoryBackend } from "./memory.ts";
import { pause } from "./pause.ts";

/** How often opening the database is tried again, and after how many milliseconds. */
const OPEN_RETRIES = 3;
const OPEN_PAUSE = 100;

const GATHER = 50;

export interface Stored {
  consent: string | null;
  state: string | null;
  shared: string | null;
  collect: string | null;
  journey: string[];
  config: { text: string; etag: string | null } | null;
}

/** What an erasure leaves: the decision that asked for it. */
const KEPT = ["consent"];

interface Waiting {
  rows: Rows;
  done: ((ok: boolean) => void)[];
}

export class Store {
  #name: string;
  #persistent: boolean;
  #memory = new MemoryBackend();
  #disk: IdbBackend | null = null;
  #allowed = false;
  #gathering: Waiting | undefined;
  #flying = new Set<Waiting>();
  /** How many claims are under way. */
  #claims = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastWrite = -Infinity;
  #decided = false;
  #closed = false;
  /** How many erasures are under way. */
  #erasing = 0;
  /** Whether the shop lets anything outlive the page, whatever the browser allows. */
  #wanted: boolean;
  /** Whom the disk certainly knew the visitor as when it was last read or written: their anonymous id. */
  who: string | undefined;
  #idle: (() => void)[] = [];

  constructor(name: string, storage: "persistent" | "memory") {
    this.#name = name;
    this.#wanted = storage !== "memory";
    try {
      this.#persistent = this.#wanted && !!indexedDB;
    } catch {
      // There is none, or merely asking for it is forbidden.
      this.#persistent = false;
    }
  }

  /** Whether what is written now outlives the page. */
  get lasting(): boolean {
    return this.#allowed && this.#disk !== null;
  }

  get allowed(): boolean {
    return this.#allowed;
  }

  /** What former pages left. Creates nothing. */
  async load(): Promise<Stored> {
    if (this.#persistent && !this.#disk) await this.#open(false);
    if (this.#noted("erase")) await this.#erase();
    const { state, journey } = await this.#read();
    const text = (key: string): string | null => state.get(key) ?? null;
    const config = read<{ text?: unknown; etag?: unknown }>(text("config"));
    const consent = this.#noted("consent") || text("consent");
    this.#decided = !!consent;
    this.who = this.#disk ? idIn(state) : undefined;
    return {
      consent,
      state: text("state"),
      shared: text("shared"),
      collect: text("collect"),
      journey: journey.map(([, text]) => text),
      config: typeof config?.text === "string" ? { text: config.text, etag: typeof config.etag === "string" ? config.etag : null } : null,
    };
  }

  async #read(): Promise<Awaited<ReturnType<Backend["read"]>>> {
    try {
      if (this.#disk) return await this.#disk.read();
    } catch {
      this.#refuse();
    }
    return this.#memory.read();
  }

  async #open(create: boolean): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        this.#disk = await IdbBackend.open(this.#name, create);
        return;
      } catch (error) {
        if (error instanceof Hang) error.late.then((disk) => this.#welcome(disk), () => {});
        // The page that was just left may still be giving the database up: that passes, a refusal does not.
        if (tries === OPEN_RETRIES || isFinal(error)) return this.#refuse();
        await pause(OPEN_PAUSE);
      }
    }
  }

  /** The database has come after all: what lies in memory moves there. */
  async #welcome(disk: IdbBackend | null): Promise<void> {
    if (this.#closed || this.#disk) return disk?.close();
    this.#persistent = true;
    this.#disk = disk;
    if (!this.#allowed) return;
    if (!disk) await this.#open(true);
    await this.#move();
  }

  async #move(): Promise<void> {
    const rows = this.#memory.all();
    if (!this.#disk || isEmpty(rows)) return;
    try {
      // Whoever the disk knows the visitor as, they stay: the engine hears of it with its next claim.
      const { state } = await this.#disk.read();
      if (state.has("shared")) for (const key of ["shared", "state"]) rows.state.delete(key);
    } catch {
      return this.#refuse();
    }
    if (await this.#write(rows)) await this.#memory.clear([]);
  }

  /** The browser refuses storage: from now on in memory. */
  #refuse(): void {
    this.#persistent = false;
    this.#disk?.close();
    this.#disk = null;
  }

  /** From now on what is written may (not) reach the disk. */
  async allow(allowed: boolean): Promise<void> {
    const before = this.#allowed;
    this.#allowed = allowed;
    this.#mark();
    if (!allowed || before || !this.#persistent) return;
    if (!this.#disk) await this.#open(true);
    await this.#move();
  }

  /**
   * Notes the decision where the next page's facade can read it at once, see `mayStore`, and its record where it is kept at
   * once: the page may be left before a transaction completes.
   */
  #mark(record?: string): void {
    if (!this.#decided || !this.#wanted) return;
    try {
      if (record) localStorage.setItem(this.#key("consent"), record);
      localStorage.setItem(this.#key(), this.#allowed ? "1" : "0");
    } catch {
      // Then the facade goes by the shop's word. An older record must not speak in the place of this one.
      if (record) remove(() => localStorage, this.#key("consent"));
    }
  }

  #key(of?: string): string {
    return "dangol:" + this.#name + (of ? ":" + of : "");
  }

  #noted(what: "consent" | "erase"): string | null {
    try {
      return this.#wanted ? localStorage.getItem(this.#key(what)) : null;
    } catch {
      return null;
    }
  }

  /** The page is being left: true where it was still erasing, which the next one, in whatever tab, takes to its end. */
  leaveErasing(): boolean {
    try {
      if (this.#erasing) localStorage.setItem(this.#key("erase"), "1");
    } catch {
      return false;
    }
    return this.#erasing > 0;
  }

  /** Writes what the engine asks for; resolves once it is as durable as it can be, true where it outlives the page. */
  save(save: Save): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = this.#gather(rowsOf(save), resolve);
      // Behind what was asked along with it: a claim writes it together with what it decides. Were only this written before the
      // page is left, the next one would know what was called, but not who the visitor is since.
      if (Math.abs(Date.now() - this.#lastWrite) >= GATHER) queueMicrotask(() => this.#soon());
      else if (waiting.done.length === 1) this.#timer = setTimeout(() => this.#soon(), GATHER);
    });
  }

  #gather(rows: Rows, done: (ok: boolean) => void): Waiting {
    const waiting = (this.#gathering = this.#gathering || { rows: noRows(), done: [] });
    merge(waiting.rows, rows);
    waiting.done.push(done);
    // A claim may have decided it, too.
    const record = rows.state.get("consent");
    if (record) {
      this.#decided = true;
      this.#mark(record);
    }
    return waiting;
  }

  /** Starts writing what was gathered, at once. */
  flush(): void {
    const waiting = this.#take();
    if (!waiting) return;
    this.#lastWrite = Date.now();
    void this.#write(waiting.rows).then((ok) => this.#landed(waiting, ok));
  }

  /** Starts writing, unless a claim under way takes it along or is what it has to come after. */
  #soon(): void {
    if (!this.#claims) this.flush();
  }

  #take(): Waiting | undefined {
    clearTimeout(this.#timer);
    const waiting = this.#gathering;
    this.#gathering = undefined;
    if (waiting) this.#flying.add(waiting);
    return waiting;
  }

  #landed(waiting: Waiting, ok: boolean): void {
    this.#flying.delete(waiting);
    for (const done of waiting.done) done(ok);
    for (const idle of this.#idle.splice(0)) idle();
  }

  /** The record of the decision is the one thing stored without consent. */
  async #record(rows: Rows): Promise<void> {
    const consent = rows.state.get("consent");
    if (!this.#persistent || consent === undefined) return;
    if (!this.#disk) await this.#open(true);
    const only = noRows();
    only.state.set("consent", consent);
    await this.#disk?.write(only).catch(() => this.#refuse());
  }

  async #write(rows: Rows): Promise<boolean> {
    if (!this.#allowed) await this.#record(rows);
    if (this.lasting) {
      try {
        await this.#disk!.write(rows);
        this.who = idIn(rows.state) || this.who;
        return true;
      } catch {
        // Full, or gone for good: the page goes on in memory, with what could not be written.
        this.#refuse();
      }
    }
    await this.#memory.write(rows);
    return false;
  }

  /**
   * Lets `answer` decide on `shared` inside one transaction that no other tab can interleave with. What was saved until
   * then is written in it, too: of a stream nothing may outlive what came before it.
   */
  async claim(answer: (shared: string | null) => Save | undefined): Promise<boolean> {
    let claimed: Waiting | undefined;
    const respond = (shared: string | null): Rows => {
      const save = answer(shared);
      this.#gather(save ? rowsOf(save) : noRows(), () => {});
      // Not settled before the transaction has completed: a page that is left now hands it over.
      claimed = this.#take()!;
      return claimed.rows;
    };
    const disk = this.lasting && this.#disk;
    let ok = !!disk;
    this.#claims++;
    try {
      await (disk || this.#memory).claim(respond);
      if (disk) this.who = idIn(claimed!.rows.state) || this.who;
      else if (!this.#allowed) await this.#record(claimed!.rows);
    } catch {
      this.#refuse();
      ok = false;
      await (claimed ? this.#memory.write(claimed.rows) : this.#memory.claim(respond));
    } finally {
      this.#claims--;
      this.#soon();
    }
    this.#landed(claimed!, ok);
    return ok;
  }

  /** The oldest events that wait to be sent. */
  async pending(limit: number): Promise<Pair[]> {
    this.#soon();
    try {
      if (this.lasting) return await this.#disk!.pending(limit);
    } catch {
      this.#refuse();
    }
    return this.#memory.pending(limit);
  }

  /** Resolves when no write is under way. */
  async settled(): Promise<void> {
    while (this.#gathering || this.#flying.size) {
      this.flush();
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  /** What is not on the disk, for the page's exit: writes that have not completed, and memory where the disk fails. */
  unsettled(): Rows {
    const rows = this.#wanted && !this.lasting ? this.#memory.all() : noRows();
    for (const waiting of this.#flying) merge(rows, waiting.rows);
    if (this.#gathering) merge(rows, this.#gathering.rows);
    return rows;
  }

  /** The ids of whoever `rows` may be about. */
  names(rows: Rows): (string | undefined)[] {
    return [this.who, idIn(rows.state)].filter(Boolean);
  }

  /** Erases everything but the record of the consent. */
  async wipe(): Promise<void> {
    this.#erasing++;
    this.who = undefined;
    this.flush();
    // Whoever is erased is not handed on to the next page either.
    for (const waiting of this.#flying) waiting.rows = noRows();
    remove(() => sessionStorage, this.#key());
    await this.#memory.clear(KEPT);
    await this.#erase();
    this.who = undefined;
    this.#erasing--;
  }

  async #erase(): Promise<void> {
    try {
      await this.#disk?.clear(KEPT);
      remove(() => localStorage, this.#key("erase"));
    } catch {
      this.#refuse();
    }
  }

  close(): void {
    this.#closed = true;
    this.flush();
    this.#disk?.close();
    this.#disk = null;
  }
}

/** Who the visitor is by these rows, as the engine wrote it or collect mode. */
function idIn(state: Map<string, string | null>): string | undefined {
  return /"anonymousId":"([^"]+)/.exec(state.get("shared") || state.get("collect") || "")?.[1];
}

function remove(storage: () => Storage, key: string): void {
  try {
    storage().removeItem(key);
  } catch {
    // Blocked storage holds nothing.
  }
}

function rowsOf(save: Save): Rows {
  const rows = noRows();
  for (const name of ["events", "journey"] as const) {
    const gone = save.drop?.[name] || [];
    if (gone.includes(ALL)) rows[name].set(ALL, null);
    for (const [id, text] of save[name] || []) rows[name].set(id, text);
    for (const id of gone) if (id !== ALL) rows[name].set(id, null);
  }
  // An empty text takes the row away.
  for (const name of ["state", "shared", "consent", "collect"] as const) if (save[name] !== undefined) rows.state.set(name, save[name] || null);
  if (save.config) rows.state.set("config", write(save.config));
  return rows;
}
