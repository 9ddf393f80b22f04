/** `dangol/engine`: the engine without a page, in Node, browsers, workers and at the edge. */
import type { Tools as Native } from "glue:tools";
import packed from "packed:tools";
import { momentOf } from "./moment.ts";
import { matcher } from "./ruleset.ts";
import type { Journey, JourneyLine, Problem, Replay, ReplayOptions, Tools } from "./tools.ts";
import type { Condition, Node } from "./types.ts";
import { unpack } from "./unpack.ts";

export type * from "./tools.ts";
export type * from "./types.ts";

let loading: Promise<Tools> | undefined;

/** Loads the engine; every call gives the same one. Rejects where WebAssembly is refused. */
export function loadEngine(): Promise<Tools> {
  loading = loading || load();
  loading.catch(() => (loading = undefined));
  return loading;
}

/** What the engine takes from where it runs; a test runner's page may lack it although Node beside it does not. */
const NEEDED = ["WebAssembly", "TextDecoder", "TextEncoder", "DecompressionStream", "Response", "atob"];

async function load(): Promise<Tools> {
  const missing = NEEDED.filter((name) => !(name in globalThis));
  if (missing.length) throw new Error(`dangol: the engine needs ${missing.join(", ")}, which this environment does not have; with Jest say @jest-environment node`);
  // Only now: what binds it makes a TextDecoder as soon as it is read.
  const { default: init, Rules, Segments, Tools } = await import("glue:tools");
  // Compiled asynchronously: edge runtimes and browsers refuse large modules otherwise.
  await init({ module_or_path: await WebAssembly.compile(await unpack(packed).arrayBuffer()) });
  const native = new Tools();
  const ask = <T>(method: Exclude<keyof Native, "free">, request: object, asked: string = method): T => {
    const answer = JSON.parse(native[method](json(request))) as { ok?: T; error?: string };
    if (answer.error !== undefined) throw new TypeError(`dangol: ${asked}: ${answer.error}`);
    return answer.ok as T;
  };
  return {
    evaluate: (condition: Condition, document: object, options: { groups?: object } = {}) =>
      ask<boolean>("evaluate", { ...options, condition, document }),
    ruleset: (rules, options) => {
      const ids = Object.keys(rules);
      try {
        return { matches: matcher(new Rules(JSON.stringify({ rules: ids.map((id) => rules[id]), groups: options?.groups })), ids) };
      } catch (error) {
        throw new TypeError(`dangol: ruleset: ${String(error)}`);
      }
    },
    assign: (request) => ask<number>("assign", request),
    validate: (config, locale) => {
      let text;
      try {
        text = textOf(config);
      } catch (error) {
        return [{ path: "", code: "config-unreadable", severity: "error", message: (error as Error).message }];
      }
      return ask<Problem[]>("validate", { config: text, locale });
    },
    replay: (config, journey, options?: ReplayOptions | null) => {
      const until = options?.until ?? undefined;
      if (until !== undefined && Number.isNaN(momentOf(until))) throw new TypeError("dangol: replay: until must be an ISO time such as 2026-11-02T10:00:00Z");
      return ask<Replay>("replay", { config: textOf(config), journey: linesOf(journey), options });
    },
    segments: (config, at) => {
      const moment = typeof at === "string" ? momentOf(at) : at;
      if (!Number.isFinite(moment)) throw new TypeError("dangol: segments: at must be an ISO time or milliseconds");
      const text = textOf(config);
      // What a replay refuses as no configuration is none here either.
      ask<Replay>("replay", { config: text, journey: [] }, "segments");
      const crowd = new Segments(text, moment);
      // The command line has read every line itself and says so: looking again would be an eighth of its time.
      return (journey: Journey, read?: unknown) => JSON.parse(crowd.of(read === "read" ? (journey as string) : ndjsonOf(journey))) as string[];
    },
    render: (config, campaign, document, options) => {
      const tree = ask<Node | null>("render", { config: textOf(config), campaign, document, options });
      if (tree) return tree;
      const { step, variant } = (options ?? {}) as { step?: unknown; variant?: unknown };
      const wanted = [["step", step], ["variant", variant]].map(([name, id]) => (id == null ? "" : `, ${name} ${json(id)}`)).join("");
      throw new TypeError(`dangol: render: /campaigns/${campaign}${wanted} has no message to draw; name one that the configuration has, mend what validate() says of it, or give a document that its texts are filled from`);
    },
    describe: (trace, locale, config) => ask<string>("describe", { trace, locale, config: config === undefined ? undefined : textOf(config) }),
  };
}

/** Plain data as text; what JavaScript itself cannot write is told in our words. */
function json(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw new TypeError("dangol: the data nests thousands deep, in a circle, or holds a BigInt; give plain JSON data");
  }
}

/** A configuration as text: what is wrong with it is for `validate` to say, not for us. */
const textOf = (config: object | string): string => (typeof config === "string" ? config : json(config));

function linesOf(journey: Journey): (JourneyLine | object)[] {
  if (typeof journey !== "string") {
    if (typeof (journey as Partial<typeof journey> | null)?.[Symbol.iterator] !== "function") throw new TypeError("dangol: journey: give the events as an array, or as NDJSON text");
    return Array.from(journey);
  }
  const text = journey.trim();
  if (text.startsWith("[")) return JSON.parse(text) as object[];
  return text.split(/\r?\n/).filter((line) => line.trim()).map((line, index) => {
    try {
      return JSON.parse(line) as object;
    } catch {
      throw new SyntaxError(`dangol: journey: line ${index + 1} is no JSON`);
    }
  });
}

/** A journey as lines of JSON. Text that is such is looked at, and handed on as it is. */
function ndjsonOf(journey: Journey): string {
  const lines = linesOf(journey);
  const text = typeof journey === "string" ? journey.trim() : "[";
  return text.startsWith("[") ? lines.map(json).join("\n") : text;
}
