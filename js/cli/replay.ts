/** `dangol replay`: what a recorded journey leads to. */
import { loadEngine } from "../engine.ts";
import { lines, out, read } from "./files.ts";

export async function replay(config: string, journey: string, options: { until?: string; seed?: string; explain?: boolean }): Promise<number> {
  const text = await read(config);
  const events: object[] = [];
  for await (const event of lines(journey)) events.push(event);
  const engine = await loadEngine();
  const { until, seed, explain } = options;
  out(JSON.stringify(engine.replay(text, events as never, { until, seed, explain }), null, 2) + "\n");
  return 0;
}
