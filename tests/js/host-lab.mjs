// What the tests of a page's host begin with: the host as it is, over the stand-in of the engine, in a browser of the test file's own.
import { after, before } from "node:test";
import { bundle, html, launch, open, serve } from "./lab.mjs";

export let browser, server;
before(async () => {
  browser = await launch();
  const script = await bundle(`
    import { create } from "./facade.ts";
    import { start } from "./host/page.ts";
    import { instances } from "../tests/js/stand-in.mjs";
    window.init = (options) => create(options, async () => {
      await window.module;
      return (link) => start(link, () => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    });
    window.instances = () => instances;
    window.given = (kind) => (window.inputs || []).filter((input) => input.in === kind);
    window.signals = () => given("signal").map(({ signal, value }) => value === null || value === undefined ? signal : signal + " " + value);
  `, { format: "iife" });
  const page = html('<meta name="viewport" content="width=device-width"><script src="/sdk.js"></script>', '<div id="far" style="margin-top:3000px">far</div><button data-help><b>help</b></button>');
  server = await serve({ "/sdk.js": script, "/": page, "/next": page, "/late.json": (request, response) => setTimeout(() => response.end('{"version":1}'), 400) }, { policy: "default-src 'self'; style-src 'unsafe-inline'; script-src 'self' 'wasm-unsafe-eval'" });
});
after(async () => {
  await browser.close();
  await server.close();
});

export const OPTIONS = { config: { version: 1 }, consent: "granted" };

/** A page with Dangol on it and the effects that the stand-in's start gives besides. */
export async function started(effects = [], options = OPTIONS, device) {
  const opened = await open(browser, server.origin, { device });
  await opened.page.evaluate(async ([options, effects]) => {
    window.script = (input) => (input.in === "start" ? [{ e: "allow", store: true }, ...effects] : undefined);
    window.dangol = init(options);
    await dangol.ready;
  }, [options, effects]);
  return opened;
}
