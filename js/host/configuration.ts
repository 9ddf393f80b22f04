/** The page's configuration: the one kept from before at once, else the first to come; then whatever is newer. */
import type { Link } from "../facade.ts";
import { write } from "./boundary.ts";
import { fetchConfig, followConfig, type Fetched } from "./config.ts";
import { pause } from "./pause.ts";
import type { Stored } from "./store.ts";
import type { Fetch } from "./transport.ts";

/** What goes for a configuration while nobody is here who could read what the refused one says is to stay. */
const NOTHING_LEAVES = '{"settings":{"localOnly":["traits","properties"],"urlQuery":[]}}';
/** How long the first one is waited for; events lie safely in the queue meanwhile. */
const PATIENCE = 3000;

export class Configuration {
  current: Fetched = {};
  #link: Link;
  #fetch: Fetch;
  #problem: (code: string, error: unknown) => void;
  #changed: (fetched: Fetched) => void;
  #stop = (): void => {};

  /** `changed` hears of another text than the current one, and of what went wrong. */
  constructor(link: Link, fetch: Fetch, problem: (code: string, error: unknown) => void, changed: (fetched: Fetched) => void) {
    this.#link = link;
    this.#fetch = fetch;
    this.#problem = problem;
    this.#changed = changed;
  }

  /** Resolves once there is one to start with, or none is to be had soon; `load` reads the store anew. Never rejects. */
  async open(loaded: Promise<Stored>, load: () => Promise<Stored>): Promise<void> {
    const { config, publicKeys } = this.#link.options;
    // With pinned keys only what they signed is used, and nothing while that cannot be checked: not even with none in them.
    const guard = publicKeys !== undefined && import("../signature.ts").then(({ guard }) => guard(publicKeys, (problem) => this.#link.emit("problem", problem), load))
      .catch((error) => {
        this.#problem("signature_unavailable", error);
        return ({ text }: Fetched): Fetched => ({ refused: text, limits: NOTHING_LEAVES });
      });
    const admit = async (fetched: Fetched, kept?: boolean): Promise<Fetched> => (guard && fetched.text !== undefined ? (await guard)(fetched, kept) : fetched);
    if (typeof config !== "string") {
      try {
        this.current = config ? await admit({ text: write(config) }) : { error: "no configuration was given" };
      } catch {
        this.current = { error: "the configuration refers to itself" };
      }
      return;
    }
    const get = (): Promise<Fetched> => fetchConfig(this.#fetch, config);
    const first = get();
    const stored = await loaded;
    if (stored.config) this.current = await admit(stored.config, true);
    const fetching = first.then((fetched) => admit(fetched));
    const late = pause(PATIENCE);
    const fetched = this.current.text === undefined ? await Promise.race([fetching, late]) : undefined;
    if (fetched) this.current = { ...this.current, ...fetched };
    else void fetching.then((fetched) => this.#news(fetched));
    this.#stop = followConfig(() => get().then((fetched) => admit(fetched)), (fetched) => this.#news(fetched));
  }

  #news(fetched: Fetched): void {
    const isNew = fetched.text !== undefined && fetched.text !== this.current.text;
    // What went wrong is told by the engine's start, too: this may come before it.
    this.current = isNew ? fetched : { ...this.current, error: undefined, ...fetched };
    if (isNew || fetched.text === undefined) this.#changed(fetched);
  }

  stop(): void {
    this.#stop();
  }
}
