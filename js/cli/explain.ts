/** `dangol explain`: what was decided on a journey and what holds at its end, in words. */
import { loadEngine } from "../engine.ts";
import type { Explanation } from "../types.ts";
import { Failure, events, out, read } from "./files.ts";
import { localeOf, warnOf } from "./problems.ts";
import { untilOf } from "./replay.ts";

interface Values {
  until?: string;
  locale?: string;
}

export async function explain(config: string, journey: string, campaigns: string[], values: Values): Promise<number> {
  const text = await read(config);
  const until = untilOf(values.until);
  const locale = localeOf(values.locale);
  const lines = await events(journey);
  const engine = await loadEngine();
  warnOf(engine, text, config);
  const { decisions, explanations } = engine.replay(text, lines as never, { until, explain: true });
  const found = explanations as Explanation[];
  const known = found.map(({ campaign }) => campaign);
  for (const id of campaigns) if (!known.includes(id)) throw new Failure(`${config}: there is no campaign "${id}"${known.length ? `; there are ${known.join(", ")}` : ""}`);
  const isAsked = ({ campaign }: { campaign: string }): boolean => !campaigns.length || campaigns.includes(campaign);
  const told = decisions.filter(isAsked);
  if (told.length) out(`${engine.describe(told, locale, text)}\n\n`);
  // Of all campaigns at once only what keeps them back; of those asked for every check.
  const ends = found.filter(isAsked).map((one) => (campaigns.length ? one : { ...one, checks: one.checks.filter(({ passed }) => !passed && one.outcome !== "shown") }));
  for (const one of ends) out(`${engine.describe(one, locale, text)}\n`);
  return 0;
}
