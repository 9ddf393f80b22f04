// A shop page with one source switched on, in Chromium, under the strict policy; what Dangol took from it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../xtask/setup.mjs";
import { launch, open, POLICY, serve, until } from "../js/lab.mjs";

const CONFIG = JSON.stringify({ version: 1, locale: "ko", currency: "KRW" });
/** The pages of platforms carry their own inline scripts. */
const LOOSE = POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'");

export const page = (name) => readFileSync(join(root, "tests/sources/pages", name), "utf8");
export const tag = (capture, more = "") => `<script src="/pkg/stub.js"></script><script async src="/pkg/dangol.js" data-config="/config.json" data-endpoint="/collect" data-consent="granted" data-capture='${capture}' ${more}></script>`;

/** A browser and a server of pages (path to HTML); `visit` opens one. */
export async function lab(pages) {
  const browser = await launch();
  const ok = (request, response) => response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
  const server = await serve({ ...pages, "/config.json": CONFIG, "/collect": ok }, { policy: LOOSE });
  return {
    server,
    browser,
    async visit(path, context) {
      const url = server.origin + path;
      const opened = context ? { page: await context.newPage(), context, said: [] } : await open(browser, url);
      if (context) await opened.page.goto(url);
      await until(() => opened.page.evaluate(() => window.dangol?.ready), "dangol");
      return opened;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** The journey's events and their properties, without page views. */
export const taken = (page) => page.evaluate(async () => {
  const { journey } = await window.dangol.exportData();
  return journey.filter(({ event }) => event !== "Page Viewed" && event !== "Page Left").map(({ event, properties }) => [event, properties]);
});

/** Waits until so many events have been taken, then gives them. */
export async function events(page, count) {
  let last = [];
  await until(async () => (last = await taken(page)).length >= count, `${count} events`, 5000).catch((error) => {
    throw new Error(`${error.message}; there were ${JSON.stringify(last)}`);
  });
  return last;
}
