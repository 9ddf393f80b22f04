/**
 * `dangol`: personalization in the visitor's own browser. Importing has no effect, on a server neither has `init`.
 * The engine lies compressed in a chunk of its own that `init` imports.
 */
import { create } from "./facade.ts";
import type { Dangol, Options } from "./types.ts";

export type * from "./types.ts";

/** Starts Dangol and returns its handle, which is usable at once. A second call returns the first one's handle. */
export function init(options: Options): Dangol {
  return create(options, async () => {
    const [{ start }, { engineBytes }] = await Promise.all([import("./host/page.ts"), import("./inline.ts")]);
    return (link) => start(link, engineBytes);
  });
}
