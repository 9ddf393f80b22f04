/** Rows in memory: before consent, in `storage: "memory"`, and where the browser refuses storage. */
import { ALL, type Backend, type Contents, noRows, type Rows, STORES } from "./backend.ts";
import type { Pair } from "./boundary.ts";

export class MemoryBackend implements Backend {
  #rows: { [name in keyof Rows]: Map<string, string> } = { events: new Map(), journey: new Map(), state: new Map() };

  async read(): Promise<Contents> {
    return { state: new Map(this.#rows.state), journey: sorted(this.#rows.journey) };
  }

  async write(rows: Rows): Promise<void> {
    for (const name of STORES) {
      rows[name].forEach((text, key) => {
        if (key === ALL) this.#rows[name].clear();
        else if (text === null) this.#rows[name].delete(key);
        else this.#rows[name].set(key, text);
      });
    }
  }

  async claim(answer: (shared: string | null) => Rows): Promise<void> {
    await this.write(answer(this.#rows.state.get("shared") ?? null));
  }

  async pending(limit: number): Promise<Pair[]> {
    const pairs: Pair[] = [];
    for (const pair of sorted(this.#rows.events)) {
      if ((limit -= pair[1].length) < 0) break;
      pairs.push(pair);
    }
    return pairs;
  }

  async clear(keep: string[]): Promise<void> {
    const kept = keep.map((key) => [key, this.#rows.state.get(key)] as const);
    for (const name of STORES) this.#rows[name].clear();
    for (const [key, text] of kept) if (text !== undefined) this.#rows.state.set(key, text);
  }

  close(): void {}

  /** Everything, to be moved to where it lasts. */
  all(): Rows {
    const rows = noRows();
    for (const name of STORES) this.#rows[name].forEach((text, key) => rows[name].set(key, text));
    return rows;
  }
}

const sorted = (rows: Map<string, string>): Pair[] => Array.from(rows).sort(([a], [b]) => (a < b ? -1 : 1));
