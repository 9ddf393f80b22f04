/** Follows the shop's consent banner: its own function, or the adapter of a standard, each a chunk of its own. */
import type { Follow } from "../cmp/source.ts";
import type { Capture, Options } from "../types.ts";

const BANNERS: { [name: string]: () => Promise<{ follow: Follow }> } = {
  gcm: () => import("../cmp/gcm.ts"), tcf: () => import("../cmp/tcf.ts"), gpp: () => import("../cmp/gpp.ts"),
};

/** `said` hears decisions (`banner`) and what holds until one is made (`default`). Gives how to stop; never rejects. */
export async function followBanner(
  cmp: NonNullable<Options["cmp"]>,
  capture: Capture | undefined,
  said: (source: "banner" | "default", data: unknown) => void,
  problem: (code: string, error: unknown) => void,
): Promise<(() => void) | undefined> {
  const decided = (data: unknown): void => said("banner", data);
  try {
    const stop = typeof cmp === "function" ? cmp(decided) : (await BANNERS[cmp]!()).follow(
      { decided, assumed: (data) => said("default", data), problem },
      typeof capture?.dataLayer === "string" ? capture.dataLayer : "dataLayer",
    );
    return typeof stop === "function" ? stop : undefined;
  } catch (error) {
    problem("cmp-failed", error);
    return undefined;
  }
}
