/** `dangol/slim`: the same `init`, with the engine given by the shop instead of inlined. */
import { create } from "./facade.ts";
import type { EngineSource } from "./host/engine-source.ts";
import type { Dangol, Options } from "./types.ts";

export type * from "./types.ts";
export type { EngineSource };

/** Starts Dangol with `wasm`: its URL, a Response, its bytes, a compiled Module, or a promise of one. */
export function init(options: Options & { wasm: EngineSource }): Dangol {
  // Asked about once the rest has arrived; until then a failure is not an unhandled rejection.
  Promise.resolve(options?.wasm).catch(() => {});
  return create(options, async () => {
    const { start } = await import("./host/page.ts");
    return (link) => start(link, () => options.wasm);
  });
}
