// A shop's page with the built package on it, in a browser, speaking to a receiver of another origin.
import { html, launch, POLICY, serve, until } from "../js/lab.mjs";

export { until };

/** A browser and a shop for one test file. */
export async function shop() {
  const page = html('<script type="module" src="/shop.js"></script>');
  const source = `import { init } from "/pkg/index.js";
    window.begin = async (options) => {
      window.problems = [];
      window.dangol = init({ config: { version: 1, timezone: "Asia/Seoul" }, consent: "granted", ...options });
      dangol.on("problem", (problem) => problems.push(problem));
      return dangol.ready;
    };`;
  const server = await serve({ "/": page, "/cart": page, "/shop.js": source }, { policy: `${POLICY}; connect-src *` });
  const browser = await launch();
  return {
    origin: server.origin,
    async close() {
      await browser.close();
      await server.close();
    },
    /** A visitor on a page of the shop, with Dangol started; the page is free of what the browser itself says of refusals. */
    async visitor(options, { path = "/", clock, ...context } = {}) {
      const own = await browser.newContext({ locale: "ko-KR", timezoneId: "Asia/Seoul", ...context });
      const page = await own.newPage();
      const said = [];
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(`uncaught: ${error}`));
      if (clock) await page.clock.install(clock);
      const enter = async (path) => {
        await page.goto(server.origin + path);
        await page.waitForFunction(() => typeof window.begin === "function");
        await page.evaluate((options) => window.begin(options), options);
      };
      await enter(path);
      return {
        page, said, enter,
        flush: () => page.evaluate(() => dangol.flush()),
        stats: () => page.evaluate(() => dangol.stats()),
        track: (name, properties) => page.evaluate(([name, properties]) => dangol.track(name, properties), [name, properties]),
        /** Waits until nothing is pending. */
        settled: () => until(async () => {
          const stats = await page.evaluate(() => (void dangol.flush(), dangol.stats()));
          return stats.pending === 0 && stats.created > 0 && stats;
        }, "an empty outbox", 20_000),
        close: () => own.close(),
      };
    },
  };
}
