/** What a page fetches with its first message: what mounts it, and the part of the engine that draws it. */
import packed from "packed:part";
import { unpack } from "../unpack.ts";

export { copyByCommand, mount } from "./index.ts";
export { watch } from "./held.ts";
export { watchLeaving } from "./leaving.ts";

let compiled: Promise<WebAssembly.Module> | undefined;

/** The second of the engine's two modules (xtask/src/split.rs). */
export const part = (): Promise<WebAssembly.Module> => (compiled = compiled || unpack(packed).arrayBuffer().then((bytes) => WebAssembly.compile(bytes)));
