/** What a page fetches with its first message: what mounts it, and the part of the engine that draws it. */
import packed from "packed:part";
import { unpack } from "../unpack.ts";
import { watchLeaving } from "./leaving.ts";

export { copyByCommand, mount } from "./index.ts";
export { watch } from "./held.ts";

/** Listens to the page until `signal` says that this is over. */
export function attend(signal: AbortSignal): void {
  watchLeaving(signal);
  // A page's first pointer listener has the browser take stock of all of them, half a millisecond at a laptop's speed, and its
  // last one once more. A message has such listeners; this one, which does nothing, is there before and after.
  addEventListener("pointerdown", () => {}, { signal });
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** The second of the engine's two modules (xtask/src/split.rs). */
export const part = (): Promise<WebAssembly.Module> => (compiled = compiled || unpack(packed).arrayBuffer().then((bytes) => WebAssembly.compile(bytes)));
