/** Compiles the engine from whatever carries it and makes instances of it. */
import { __exports, __instantiate, __wbg_reset_state, Engine } from "glue:page";
import { input, write } from "./boundary.ts";
import { pause } from "./pause.ts";

type Given = string | URL | Response | BufferSource | WebAssembly.Module;
/** Where the engine comes from: the URL, a Response, the bytes or the compiled Module of `dangol.wasm`. */
export type EngineSource = Given | PromiseLike<Given>;

export interface EngineHandle {
  handle(now: number, input: string): string;
  free(): void;
}

/** A configuration of one campaign. */
const SMALL = { campaigns: { a: { trigger: { event: "a" }, audience: { $did: "a" }, message: { blocks: [{ text: "a" }] } } } };

let running: Promise<unknown> | undefined;

async function compile(source: EngineSource): Promise<WebAssembly.Module> {
  let given = await source;
  if (typeof given === "string" || given instanceof URL) given = await fetch(given);
  if (typeof Response === "function" && given instanceof Response) {
    if (!given.ok) throw new Error(`the engine's file was answered with status ${given.status}`);
    // A server that does not know `.wasm` is no reason to go without: then the bytes are compiled when complete.
    if (WebAssembly.compileStreaming && /^application\/wasm\b/.test(given.headers.get("content-type") || "")) {
      try {
        return await WebAssembly.compileStreaming(given);
      } catch (error) {
        // A stand-in of a page (happy-dom) has a Response of its own kind, which is not read.
        if (given.bodyUsed || error instanceof WebAssembly.CompileError) throw error;
      }
    }
    given = await given.arrayBuffer();
  }
  return given instanceof WebAssembly.Module ? given : WebAssembly.compile(given as BufferSource);
}

/** An engine of the page's one WebAssembly instance. A source that fails is asked once more. */
export async function makeEngine(source: () => EngineSource): Promise<EngineHandle> {
  running = running || compile(source()).catch((error) => {
    // A refusal by the page's policy does not change; a lost answer may.
    if (error instanceof WebAssembly.CompileError) throw error;
    return compile(source());
  }).then(__instantiate);
  try {
    await running;
  } catch (error) {
    running = undefined;
    throw error;
  }
  // The task in which a module arrives is a long one already.
  await pause();
  const engine = new Engine();
  await pause();
  // A browser compiles a function when it is first called, and that is most of what a first configuration, start and claim
  // take. An engine that is thrown away has them done ahead in tasks of their own, none of which is long.
  const trial = new Engine();
  const rehearse = (kind: string, fields?: { [key: string]: unknown }): string => trial.handle(0, input(kind, fields));
  rehearse("config", { text: write(SMALL) });
  await pause();
  rehearse("start", { options: { consent: "granted", endpoint: { url: "/" } }, entropy: "0", stream: "a", page: {}, config_wanted: true });
  rehearse("call", { id: "a", at: 0, call: "track", name: "a", data: {} });
  await pause();
  rehearse("claimed");
  trial.free();
  await pause();
  return engine;
}

/** An engine of a new instance: after a trap the old one must not be called again. */
export function remakeEngine(): EngineHandle {
  __wbg_reset_state();
  return new Engine();
}

/** Adds the part that draws messages to the instance, which it shares memory and functions with. Throws where the two are of different builds. */
export function completeEngine(part: WebAssembly.Module): void {
  new WebAssembly.Instance(part, { a: __exports() });
}
