// A page with the built package on it, a real collector as the issuer of coupons, and faults between the two.
import { start as startCollector } from "../collector/harness.mjs";
import { html, launch, POLICY, serve } from "../js/lab.mjs";

/** What a shop's page has besides: a place for inline messages, a button before and after. */
export const PAGE = html(
  '<script src="/pkg/dangol.js"></script>',
  '<button id="before">앞</button><div data-dangol-slot="hero"></div><button id="after">뒤</button>',
);

/** Starts the server, the browser and the collector; `end` stops all. */
export async function open(args = []) {
  const afters = [];
  const collector = await startCollector({ after: (work) => afters.unshift(work) }, { args });
  /** How the issuer's answers are to be treated, one after another; "pass" once there is nothing left. */
  const faults = [];
  const asked = [];
  const coupons = async (request, response, body) => {
    const fault = faults.shift() ?? "pass";
    asked.push({ body: JSON.parse(body), key: request.headers["idempotency-key"], fault });
    if (fault === "down") return response.writeHead(503).end();
    const answer = await fetch(`${collector.url}/coupons`, { method: "POST", body, headers: { "Content-Type": "application/json", "Idempotency-Key": request.headers["idempotency-key"] } });
    const text = await answer.text();
    // The code was minted, and the answer never arrives.
    if (fault === "lost") return request.socket.destroy();
    if (fault === "nonsense") return response.writeHead(200, { "Content-Type": "application/json" }).end('{"code":""}');
    if (typeof fault === "number") await new Promise((resolve) => setTimeout(resolve, fault));
    response.writeHead(answer.status, { "Content-Type": "application/json" }).end(text);
  };
  const server = await serve({ "/": PAGE, "/coupons": coupons, "/picture.png": (request, response) => setTimeout(() => response.writeHead(200, { "Content-Type": "image/svg+xml" }).end('<svg xmlns="http://www.w3.org/2000/svg" width="400" height="500"/>'), 200) });
  const browser = await launch();
  return {
    browser, server, collector, faults, asked,
    /** A visitor on the shop's page. */
    async visit({ path = "/", init, ...options } = {}) {
      const context = await browser.newContext({ locale: "ko-KR", viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
      if (init) await context.addInitScript(init);
      context.setDefaultTimeout(10_000);
      const page = await context.newPage();
      const said = [];
      context.on("console", (message) => said.push(message.text()));
      context.on("weberror", (error) => said.push(String(error.error())));
      await page.goto(server.origin + path);
      return { page, context, said };
    },
    async end() {
      await browser.close();
      await server.close();
      for (const work of afters) await work();
    },
  };
}

/** Campaigns that wait for `show()`, of service purpose, so that nothing but the message is on trial. */
export const config = (messages, more = {}) => ({
  version: 1, locale: "ko", currency: "KRW", timezone: "Asia/Seoul",
  campaigns: Object.fromEntries(Object.entries(messages).map(([id, message]) => [id, { purpose: "service", trigger: { manual: true }, message }])),
  ...more,
  settings: { receipt: false, ...more.settings },
});

/** Starts Dangol on the page and keeps what it tells the listeners in `window.told`. */
export async function begin(page, config, options = {}) {
  await page.evaluate(([config, options]) => {
    window.told = [];
    window.dangol.init({ config, consent: "granted", ...options });
    for (const type of ["message", "coupon", "chat", "survey", "problem"]) window.dangol.on(type, (detail) => window.told.push([type, detail]));
    return window.dangol.ready;
  }, [config, options]);
}

/** Shows a campaign; gives its message on the page. */
export async function show(page, campaign, options = {}) {
  const { outcome, reason } = await page.evaluate(([campaign, options]) => window.dangol.show(campaign, options), [campaign, options]);
  if (outcome !== "shown") throw new Error(`${campaign}: ${outcome} ${reason}`);
  return page.locator(`dangol-message[campaign="${campaign}"]`);
}

/** What the listeners of a type were told. */
export const told = (page, type) => page.evaluate((type) => window.told.filter(([kind]) => kind === type).map(([, detail]) => JSON.parse(JSON.stringify(detail))), type);

/** The names of the events in the journey, with their properties. */
export const journey = (page) => page.evaluate(async () => (await window.dangol.exportData()).journey.map(({ event, properties }) => [event, properties]));

export { POLICY };
