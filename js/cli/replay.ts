/** `dangol replay`: what a recorded journey leads to. */
import { loadEngine } from "../engine.ts";
import { momentOf } from "../moment.ts";
import { Failure, events, out, read } from "./files.ts";
import { warnOf } from "./problems.ts";

export async function replay(config: string, journey: string, options: { until?: string; seed?: string; explain?: boolean }): Promise<number> {
  const text = await read(config);
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Failure(`${config}: ${(error as Error).message}`);
  }
  const { seed, explain } = options;
  const until = untilOf(options.until);
  const lines = await events(journey);
  const engine = await loadEngine();
  warnOf(engine, text, config);
  out(JSON.stringify(engine.replay(text, lines as never, { until, seed, explain }), null, 2) + "\n");
  return 0;
}

/** The time of `--until`, where it is given. */
export function untilOf(until: string | undefined): string | undefined {
  if (until !== undefined && Number.isNaN(momentOf(until))) throw new Failure(`--until is "${until}"; it must be an ISO 8601 time such as 2026-11-01T09:00:00Z`);
  return until;
}
