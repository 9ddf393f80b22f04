/**
 * Asks the engine and performs its effects in order, one queue for all of them.
 *
 * An input given while an effect is being performed (a listener that calls back in) is answered by the engine at once
 * and its effects are appended: the engine is never called while it is answering.
 */
import { type Effect, read } from "./boundary.ts";
import type { EngineHandle } from "./engine-source.ts";

/** How each effect is performed; a promise makes the ones behind it wait. */
export type Performers = { [Kind in Effect["e"]]: (effect: Extract<Effect, { e: Kind }>) => void | Promise<unknown> };

export class Runtime {
  #engine: EngineHandle | undefined;
  #performers: Performers;
  #crashed: (input: string, error: unknown) => void;
  #debug: boolean;
  /** A line is being written: what a page's own console calls meanwhile would be written too, and called again. */
  logging = false;
  #queue: Effect[] = [];
  /** What a claim has decided and whose transaction has not completed. */
  #decided: Effect[] = [];
  #asked = 0;
  #waits = 0;
  #draining = false;
  #resting: (() => void)[] = [];
  /** Effects of an engine that was thrown away must not reach its successor. */
  #epoch = 0;

  constructor(performers: Performers, crashed: (input: string, error: unknown) => void, debug: boolean) {
    this.#performers = performers;
    this.#crashed = crashed;
    this.#debug = debug;
  }

  /** Starts over with another engine, or with none. */
  use(engine: EngineHandle | undefined): void {
    this.#engine = engine;
    this.#queue = [];
    this.#decided = [];
    this.#waits = 0;
    this.#epoch++;
    this.#rest();
  }

  /** Gives one input and performs what it leads to. */
  give(input: string): void {
    const effects = this.ask(input);
    for (const effect of effects) this.#queue.push(effect);
    this.drain();
  }

  /** The engine's answer, not yet performed but for its timer. Empty when it has crashed. */
  ask(input: string): Effect[] {
    if (!this.#engine) return [];
    try {
      const answer = this.#engine.handle(Date.now(), input);
      const effects = read<Effect[]>(answer);
      this.#log(input, answer);
      if (!Array.isArray(effects)) throw new TypeError("the engine's answer is no list");
      // The newest timer counts and waits for nothing; in the queue an older one could come after it.
      for (const effect of effects) {
        effect.n = ++this.#asked;
        if (effect.e === "wake") this.#perform(effect);
      }
      return effects.filter(({ e }) => e !== "wake");
    } catch (error) {
      // With `panic = "abort"` the instance is broken from here on, whatever it threw.
      this.#crashed(input, error);
      return [];
    }
  }

  /** The `result` with this id out of the engine's answer; the other effects are performed. */
  query(input: string, id: string): unknown {
    let value: unknown;
    for (const effect of this.ask(input)) {
      if (effect.e === "result" && effect.id === id) value = effect.value;
      else this.#queue.push(effect);
    }
    this.drain();
    return value;
  }

  /** Puts effects before all others, once `release` is called or the page is left. */
  first(effects: Effect[]): void {
    this.#decided = effects;
  }

  /** Performs the saves ahead of what they stand behind, but for what erases or says where to write. */
  save(): void {
    let isOpen = true;
    this.#queue = this.#queue.filter((effect) => {
      if (/wipe|allow/.test(effect.e)) isOpen = false;
      return !isOpen || effect.e !== "save" || this.#perform(effect);
    });
  }

  release(): void {
    this.#queue.unshift(...this.#decided.splice(0));
  }

  /** Resolves once nothing is queued and nothing is waited for. */
  rest(): Promise<void> {
    return new Promise((resolve) => {
      this.#resting.push(resolve);
      this.#rest();
    });
  }

  #rest(): void {
    if (!this.#queue.length && !this.#waits) for (const resolve of this.#resting.splice(0)) resolve();
  }

  /** Performs what is queued; `atExit` does not wait for anything, there may be no later. */
  drain(atExit = false): void {
    if (this.#draining) return;
    if (atExit) this.release();
    this.#draining = true;
    try {
      while (this.#queue.length && (atExit || !this.#waits)) this.#perform(this.#queue.shift()!);
    } finally {
      this.#draining = false;
      this.#rest();
    }
  }

  #log(...what: unknown[]): void {
    if (!this.#debug) return;
    this.logging = true;
    try {
      console.debug("dangol", ...what);
    } catch {
      // That console is the page's.
    }
    this.logging = false;
  }

  #perform(effect: Effect): void {
    const epoch = this.#epoch;
    try {
      const wait = this.#performers[effect.e]?.(effect as never);
      if (!wait) return;
      this.#waits++;
      const go = (): void => {
        if (epoch !== this.#epoch) return;
        this.#waits--;
        this.drain();
      };
      wait.then(go, go);
    } catch (error) {
      // One effect that cannot be performed does not stop the next.
      this.#log(effect, error);
    }
  }
}
