/**
 * The messages on screen. What draws them is a chunk of its own: it is fetched once the page has time, where the
 * configuration has messages at all, or else with the first one.
 */
import type { Happening, Message, Mounted, Node } from "../render/types.ts";
import { pause } from "./pause.ts";

type Renderer = typeof import("../render/chunk.ts");

/** A chunk that did not arrive is asked for once more, so long after. */
const AGAIN = 2000;

/** A message that is shown or about to be. */
interface Shown {
  message: Message;
  report: (happening: Happening) => void;
  mounted?: Mounted | undefined;
}

export class Messages {
  #shown = new Map<string, Shown>();
  #renderer: Renderer | undefined;
  #loading: Promise<void> | undefined;
  #owner = new AbortController();
  #why: (message: Message) => Promise<string>;

  /** `why` tells why a message is shown, should the visitor ask. */
  constructor(why: (message: Message) => Promise<string>) {
    this.#why = why;
  }

  /** Fetches what draws messages, if that has not been done. */
  load(): Promise<void> {
    return (this.#loading = this.#loading || this.#load().catch((error) => {
      this.#loading = undefined;
      throw error;
    }));
  }

  async #load(): Promise<void> {
    const fetch = (): Promise<Renderer> => import("../render/chunk.ts");
    this.#renderer = await fetch().catch(async () => {
      await pause(AGAIN);
      return fetch();
    });
    this.#renderer.attend(this.#owner.signal);
  }

  /** The part of the engine that draws, compiled. */
  part(): Promise<WebAssembly.Module> {
    return this.load().then(() => this.#renderer!.part());
  }

  show(message: Message, report: (happening: Happening) => void): void {
    this.remove(message.impression);
    const shown: Shown = { message, report };
    this.#shown.set(message.impression, shown);
    if (this.#renderer) this.#mount(shown);
    else void this.load().then(() => this.#mount(shown), () => this.#fail(shown));
  }

  #mount(shown: Shown): void {
    // It may have been taken back or replaced while the renderer was on its way.
    if (this.#shown.get(shown.message.impression) !== shown) return;
    try {
      const { message, report } = shown;
      // What is held out has nothing to draw.
      shown.mounted = message.tree ? this.#renderer!.mount(message, report, { document, why: this.#why }) : this.#renderer!.watch(message, report);
    } catch {
      this.#fail(shown);
    }
  }

  #fail(shown: Shown): void {
    if (this.#shown.get(shown.message.impression) === shown) shown.report({ act: "failed" });
  }

  update(impression: string, tree: Node): void {
    const shown = this.#shown.get(impression);
    if (!shown) return;
    if (shown.mounted) shown.mounted.update(tree);
    else shown.message = { ...shown.message, tree };
  }

  remove(impression: string): void {
    const shown = this.#shown.get(impression);
    this.#shown.delete(impression);
    shown?.mounted?.remove();
  }

  /** Listens to nothing any more. */
  close(): void {
    this.#owner.abort();
  }

  removeAll(): void {
    for (const impression of Array.from(this.#shown.keys())) this.remove(impression);
  }
}
