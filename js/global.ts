/**
 * The script tag: the same `init` as `window.dangol`. Fetches `page.js` and streams `dangol.wasm` from the release's folder beside itself.
 */
import { create, made, type Moment } from "./facade.ts";
import type { Dangol, Options } from "./types.ts";

type Queued = [method: string, args: unknown[], resolve?: (value: unknown) => void, moment?: Moment];
type Stub = { q?: Queued[] } & Partial<Dangol>;

const home = globalThis as unknown as { document?: Document; dangol?: Stub & { init?: unknown } };
const script = home.document?.currentScript as HTMLScriptElement | null;

/** Starts Dangol; scripts that have `data-config` need not call it. */
function init(options: Options): Dangol {
  const stub = home.dangol!;
  const queue = stub.q || [];
  // The page is seen at the latest since it was first called from; its view stands before what was called.
  made(queue.find((call) => call[3])?.[3]);
  const dangol = create(options, async () => {
    // The folder is named by what lies in it: files of different builds never meet, however long they are cached.
    const url = (file: string): string => new URL(FOLDER + file, new URL(options.baseUrl || script?.src || "", location as unknown as string)).href;
    // What the shop shows comes first, its largest picture above all. `async`: a page's own `fetch` may throw, or give no promise.
    const wasm = async (): Promise<Response> => fetch(url("dangol.wasm"), { integrity: WASM_INTEGRITY, priority: "low" });
    const first = [wasm()];
    // Asked about later; until then a failure is not an unhandled rejection.
    first[0]!.catch(() => {});
    // An import carries no integrity of its own: it takes over what was preloaded under one, or fails with it.
    const link = Object.assign(document.createElement("link"), { rel: "modulepreload", integrity: PAGE_INTEGRITY, href: url("page.js") });
    document.head.append(link);
    const { start } = await (import(link.href) as Promise<typeof import("./host/page.ts")>).finally(() => link.remove());
    return (link) => start(link, () => first.pop() || wasm());
  });
  // Calls of the stub come first, in their order.
  home.dangol = dangol as Stub;
  const run = ([method, args, resolve, moment]: Queued): void => {
    made(moment);
    const result = (dangol as unknown as { [method: string]: ((...args: unknown[]) => unknown) | undefined })[method]?.apply?.(dangol, args);
    made();
    if (resolve) resolve(result);
  };
  queue.splice(0).forEach(run);
  made();
  // Not before: that call is in the queue as well.
  (dangol as { init?: unknown }).init = init;
  try {
    // What a method of the stub that was taken off it queues from now on goes straight through.
    (queue as { push: (entry: Queued) => unknown }).push = run;
    // Whoever has kept the stub asks us from now on.
    Object.assign(stub, dangol);
  } catch {
    // The page has frozen what arrays inherit, or the "stub" is a form of the page with this id and fields of these names.
  }
  return dangol;
}

// Nothing is put down where there is no page, on a server.
if (home.document) (home.dangol ||= {}).init = init;

const options: { [name: string]: any } = {};
const data = script?.dataset as any;
// By name: copying a dataset fails where the page has given all objects a `get`.
for (const name in data) {
  const text = data[name];
  try {
    options[name] = text[0] == "{" ? JSON.parse(text) : text;
  } catch {
    // An option that cannot be read has its default; keys stay as they are, and with them nothing counts as signed.
    if (/Key/.test(name)) options[name] = text;
  }
}

if (options["config"]) {
  const capture = options["capture"];
  // The rest of what is text is understood by the page module (host/text-options.ts); this the facade must know.
  if (typeof capture == "string") options["capture"] = { words: capture, page: /(^|[\s,])page/.test(capture) };
  init(options as Options);
} else {
  // Started by hand, and asked for before we came. The first of them empties the queue.
  for (const [method, args] of home.dangol?.q || []) if (method == "init") init(args[0] as Options);
}
