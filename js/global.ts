/**
 * The script tag: the same `init` as `window.dangol`. Fetches `page.js` and streams `dangol.wasm` from beside itself.
 */
import { create } from "./facade.ts";
import type { Capture, Dangol, Options } from "./types.ts";

type Queued = [method: string, args: unknown[], resolve?: (value: unknown) => void];
type Stub = { q?: Queued[] } & Partial<Dangol>;

const home = window as unknown as { dangol?: Stub & { init?: unknown } };
const script = document.currentScript as HTMLScriptElement | null;

/** Starts Dangol; scripts that have `data-config` need not call it. */
function init(options: Options): Dangol {
  const base = options.baseUrl || (script ? script.src : location.href);
  const url = (file: string): string => new URL(file + "?" + BUILD, new URL(base, location.href)).href;
  const dangol = create(options, async () => {
    const bytes = fetch(url("dangol.wasm"), { integrity: WASM_INTEGRITY });
    // Asked about later; until then a failure is not an unhandled rejection.
    bytes.catch(() => {});
    const { start } = await (import(url("page.js")) as Promise<typeof import("./host/page.ts")>);
    let first: Promise<Response> | undefined = bytes;
    return (link) => start(link, () => {
      const response = first || fetch(url("dangol.wasm"), { integrity: WASM_INTEGRITY });
      first = undefined;
      return response;
    });
  });
  // Calls of the stub come first, in their order.
  const queue = home.dangol?.q || [];
  home.dangol = Object.assign(dangol, { init });
  const unsubscribe: { [id: number]: () => void } = {};
  const run = ([method, args, resolve]: Queued): void => {
    const known = (dangol as unknown as { [method: string]: (...args: unknown[]) => unknown })[method];
    if (method === "off") unsubscribe[args[0] as number]?.();
    else if (typeof known === "function" && method !== "init") {
      const result = known.apply(dangol, args);
      if (method === "on") unsubscribe[args[2] as number] = result as () => void;
      resolve?.(result);
    }
  };
  queue.splice(0).forEach(run);
  // What a kept reference to the stub queues from now on goes straight through.
  (queue as { push: (entry: Queued) => unknown }).push = run;
  return dangol;
}

const data = script ? script.dataset : {};
const words = (text: string): Capture => {
  const has = (word: string): boolean => text.includes(word);
  return { page: has("page"), dataLayer: has("dataLayer"), engagement: has("engagement") };
};

if (data["config"]) {
  const { endpoint, writeKey, consent, capture, debug } = data;
  let start: unknown = consent;
  try {
    if (consent && consent[0] === "{") start = JSON.parse(consent);
  } catch {
    start = "pending";
  }
  init({
    ...data,
    endpoint: endpoint && writeKey ? { url: endpoint, writeKey } : endpoint,
    consent: start,
    capture: capture === undefined ? capture : words(capture),
    debug: debug !== undefined && debug !== "false",
  } as Options);
} else {
  const queue = home.dangol?.q;
  const asked = queue?.findIndex(([method]) => method === "init") ?? -1;
  if (queue && asked >= 0) {
    const [[, args]] = queue.splice(asked, 1) as [Queued];
    init(args[0] as Options);
  } else {
    home.dangol = Object.assign(home.dangol || {}, { init });
  }
}
