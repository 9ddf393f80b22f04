/** Options as a script tag can write them: all of them text, made into what they mean. Others pass as they are. */
import type { Capture, Options } from "../types.ts";

/** As an attribute that stands alone, or says so. */
const flag = (value: unknown): unknown => (typeof value === "string" ? value !== "false" : value);

/** `"page engagement dataLayer:myLayer"`: what is named is on, the rest is off. */
function capture(words: string): Capture {
  const all: { [word: string]: boolean | string } = { page: false, engagement: false };
  for (const word of words.split(/[\s,]+/)) {
    const [name, value] = word.split(":") as [string, string?];
    if (name) all[name] = value || true;
  }
  return all as Capture;
}

export function fromText(options: Options): Options {
  const text = { ...options } as Options & { [key: string]: unknown };
  const { endpoint, writeKey } = text;
  if (endpoint && typeof writeKey === "string") text.endpoint = { writeKey, ...(typeof endpoint === "string" ? { url: endpoint } : endpoint) };
  const { words } = (text.capture || {}) as { words?: string };
  if (words) text.capture = capture(words);
  text.debug = flag(text.debug) as boolean;
  text.crawlers = flag(text.crawlers) as boolean;
  return text;
}
