// dangol/react under React 18 and 19: markup of a server that already holds a message, slots that go and come, what is forgotten.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { root } from "../../xtask/setup.mjs";
import { html, launch, open, serve } from "../js/lab.mjs";
import { consumer, run } from "./lab.mjs";

const { build } = createRequire(join(root, "package.json"))("esbuild");
const CONFIG = {
  version: 1, locale: "en", coupons: { welcome: { name: "W", code: "WELCOME10" } },
  campaigns: { hero: { purpose: "service", trigger: { page: { path: "/*" } }, message: { layout: "inline", slot: "[data-dangol-slot=hero]", blocks: [{ text: "Hello" }, { button: "Go", action: { track: "Went" } }] } },
    foot: { purpose: "service", trigger: { page: { path: "/*" } }, message: { layout: "inline", slot: "[data-dangol-slot=foot]", blocks: [{ text: "Bye" }] } },
    own: { purpose: "service", trigger: { event: "Asked" }, message: { layout: "custom", blocks: [{ text: "Own" }] } } },
};

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** The tree of hydrated.js by a consumer's React: as a server renders it, and as a script for the browser. */
async function bundled(folder) {
  const contents = readFileSync(join(root, "tests/packaging/hydrated.js"), "utf8");
  const make = async (platform, format) => (await build({ stdin: { contents, resolveDir: folder }, bundle: true, write: false, format, platform, logLevel: "error", define: { "process.env.NODE_ENV": '"development"' } })).outputFiles[0].text;
  const file = join(folder, "rendered.cjs");
  writeFileSync(file, await make("node", "cjs"));
  return { script: await make("browser", "esm"), rendered: JSON.parse(run(process.execPath, [file], { cwd: folder })) };
}

for (const [version, name] of [["18", "react18"], ["19", "vite"]]) {
  describe(`React ${version}`, () => {
    let server, rendered;
    before(async () => {
      const made = await bundled(consumer(name));
      rendered = made.rendered;
      const page = (markup) => html(`<div id="root">${markup}</div>`, '<script type="module" src="/tree.js"></script>');
      server = await serve({ "/tree.js": made.script, "/favicon.ico": "", "/other": page(""), ...Object.fromEntries(Object.entries(rendered).map(([path, markup]) => [`/${path}`, page(markup)])) });
    });
    after(() => server.close());

    /** Opens a page with the kit; `shown` waits for the message in its slot and gives how many there are. */
    async function opened(path) {
      const { page, context, said } = await open(browser, `${server.origin}/${path}`);
      await page.waitForFunction(() => window.tree);
      await page.evaluate((config) => {
        window.options = { config, consent: "granted" };
        window.errors = [];
        window.hydrate = (name) => window.hydrateRoot(document.querySelector("#root"), window.tree(name, { options }), { onRecoverableError: ({ message }) => errors.push(message) });
        window.handle = () => globalThis[Symbol.for("dangol/1")];
      }, CONFIG);
      const shown = async () => {
        await page.locator("[data-dangol-slot=hero] dangol-message").getByText("Hello").waitFor({ timeout: 5000 });
        return page.locator("dangol-message").count();
      };
      const errors = async () => [...await page.evaluate(() => errors), ...said.filter((line) => !/React DevTools/.test(line))];
      return { page, context, said, shown, errors };
    }

    for (const name of ["plain", "children", "text", "suspended"]) {
      test(`a message that was there before React took over stays (${name})`, async () => {
        const { page, context, shown, errors } = await opened(name);
        await page.evaluate(() => window.init(options).ready);
        if (name === "plain" || name === "suspended") assert.equal(await shown(), 1);
        await page.evaluate((name) => { window.hydrate(name); }, name);
        if (name === "suspended") {
          // The rest of the page has its handle although a part of it waits.
          await page.waitForFunction(() => document.querySelector("header").textContent === "there");
          await page.evaluate(() => window.arrive());
        }
        await page.waitForTimeout(500);
        assert.equal(await shown(), 1);
        assert.deepEqual(await errors(), []);
        await page.locator("dangol-message").getByRole("button", { name: "Go" }).click();
        await page.waitForFunction(async () => (await handle().exportData()).journey.some(({ event }) => event === "Went"));
        if (name === "children") assert.equal(await page.textContent("[data-dangol-slot=hero] em"), "fallback");
        await context.close();
      });
    }

    test("a handle that comes while a part of the page is not hydrated leaves that part alone", async () => {
      const { page, context, shown, errors } = await opened("suspended");
      await page.evaluate(() => { window.before = document.querySelector(".wide"); window.hydrate("suspended"); });
      assert.equal(await shown(), 1);
      await page.evaluate(() => window.arrive());
      await page.waitForTimeout(500);
      assert.equal(await shown(), 1);
      assert.ok(await page.evaluate(() => window.before === document.querySelector(".wide")), "it was taken over, not rendered anew");
      assert.deepEqual(await errors(), []);
      await context.close();
    });

    test("a slot that is mounted anew has its message again", async () => {
      const { page, context, shown, errors } = await opened("other");
      await page.evaluate(() => {
        const home = window.createRoot(document.querySelector("#root"));
        window.show = (name, key) => home.render(window.tree(name, { options, key }));
        window.show("plain", 1);
      });
      assert.equal(await shown(), 1);
      await page.evaluate(() => window.show("plain", 2));
      assert.equal(await shown(), 1);
      await page.evaluate(() => window.show("empty", 3));
      await page.waitForTimeout(700);
      assert.equal(await page.locator("dangol-message").count(), 0);
      await page.evaluate(() => window.show("plain", 4));
      assert.equal(await shown(), 1);
      await page.locator("dangol-message").getByRole("button", { name: "Go" }).click();
      await page.waitForFunction(async () => (await handle().exportData()).journey.some(({ event }) => event === "Went"));
      assert.deepEqual(await errors(), []);
      await context.close();
    });

    test("coupons that are gone are gone from the page", async () => {
      const { page, context, errors } = await opened("other");
      await page.evaluate(() => window.createRoot(document.querySelector("#root")).render(window.tree("coupons", { options })));
      await page.waitForFunction(() => document.querySelector("header")?.textContent === "there");
      for (const [method, ...args] of [["reset"], ["consent", { personalization: false }], ["forget"]]) {
        await page.evaluate(async () => {
          await handle().consent({ analytics: true, personalization: true });
          await handle().identify("m1", {}, { coupons: [{ coupon: "welcome", code: "HELLO-1" }] });
        });
        await page.waitForFunction(() => document.querySelector("#coupons").textContent === "HELLO-1");
        await page.evaluate(([method, args]) => handle()[method](...args), [method, args]);
        await page.waitForFunction(() => document.querySelector("#coupons").textContent === "none", null, { timeout: 3000 });
      }
      assert.deepEqual(await errors(), []);
      await context.close();
    });

    /** Opens a page on which `draw` renders providers. */
    async function shopped() {
      const kit = await opened("other");
      await kit.page.evaluate(() => {
        const home = window.createRoot(document.querySelector("#root"));
        window.draw = (...providers) => home.render(window.shop(providers));
      });
      const { page } = kit;
      return {
        ...kit,
        /** What `useMessages` gives to a provider, once it is that. */
        own: (id, text) => page.waitForFunction(([id, text]) => document.getElementById(id)?.textContent === text, [id, text], { timeout: 5000 }),
      };
    }

    test("a custom message is there for a provider that is mounted after it came, and goes for all", async () => {
      const { page, context, own, errors } = await shopped();
      await page.evaluate(() => { window.draw({ id: "one", options }); });
      await page.waitForFunction(() => document.querySelector("header")?.textContent === "there");
      await page.evaluate(() => handle().track("Asked"));
      await own("one", "own");
      await page.evaluate(() => { window.draw({ id: "one", options }, { id: "two", client: handle() }); });
      await own("two", "own");
      await page.evaluate(() => { window.draw(); });
      await page.evaluate(() => { window.draw({ id: "three", options }); });
      await own("three", "own");
      await page.evaluate(() => { handle().dismiss(); });
      await own("three", "");
      await page.evaluate(() => { window.draw({ id: "four", options }); });
      await own("four", "");
      assert.deepEqual(await errors(), []);
      await context.close();
    });

    test("what comes and goes while a part of the page is hidden is known when it is shown again", async (t) => {
      const { page, context, own, errors } = await shopped();
      if (!await page.evaluate(() => window.hasActivity)) {
        await context.close();
        return t.skip("this React hides nothing");
      }
      const mode = (mode) => page.evaluate((mode) => { window.draw({ id: "one", options, mode }); }, mode);
      await mode("visible");
      await page.waitForFunction(() => document.querySelector("header")?.textContent === "there");
      await mode("hidden");
      await page.waitForTimeout(200);
      await page.evaluate(() => handle().track("Asked"));
      await mode("visible");
      await own("one", "own");
      await mode("hidden");
      await page.waitForTimeout(200);
      await page.evaluate(() => { handle().dismiss(); });
      await page.waitForFunction(() => handle().explain("own")[0].outcome !== "queued");
      await mode("visible");
      await own("one", "");
      assert.deepEqual(await errors(), []);
      await context.close();
    });

    test("a slot whose name changes is another slot", async () => {
      const { page, context, shown, errors } = await shopped();
      const slot = (slot) => page.evaluate((slot) => { window.draw({ id: "one", options, slot }); }, slot);
      await slot("hero");
      assert.equal(await shown(), 1);
      await slot("foot");
      await page.locator("[data-dangol-slot=foot] dangol-message").getByText("Bye").waitFor({ timeout: 5000 });
      assert.equal(await page.locator("dangol-message").count(), 1);
      await slot("hero");
      assert.equal(await shown(), 1);
      assert.deepEqual(await errors(), []);
      await context.close();
    });

    test("a provider starts anew after destroy() once it has options again", async () => {
      const { page, context, shown, errors } = await shopped();
      await page.evaluate(() => { window.draw({ id: "one", options, slot: "hero" }); });
      assert.equal(await shown(), 1);
      await page.evaluate(() => { window.draw({ id: "one", slot: "hero" }); });
      await page.evaluate(async () => {
        window.former = handle();
        await former.destroy();
      });
      assert.equal(await page.evaluate(() => handle()), undefined);
      await page.evaluate(() => { window.draw({ id: "one", options, slot: "hero" }); });
      assert.equal(await shown(), 1);
      assert.ok(await page.evaluate(() => handle() !== former));
      assert.deepEqual(await errors(), []);
      await context.close();
    });

    test("a handle that is frozen, or a stand-in for one, is handed down", async () => {
      const { page, context, errors } = await shopped();
      await page.evaluate(() => {
        const none = () => [];
        const stand = { on: () => () => {}, segments: none, coupons: none };
        window.draw({ id: "one", client: Object.freeze({ ...window.init(options) }) }, { id: "two", client: stand });
      });
      await page.waitForFunction(() => [...document.querySelectorAll("header")].map(({ textContent }) => textContent).join() === "there,there");
      assert.deepEqual(await errors(), []);
      await context.close();
    });

    test("options may come later, and what changes in them afterwards is told once", async () => {
      const { page, context, said } = await opened("other");
      await page.evaluate(() => {
        const home = window.createRoot(document.querySelector("#root"));
        window.show = (options) => home.render(window.tree("empty", { options }));
        window.show(undefined);
      });
      await page.waitForFunction(() => document.querySelector("header")?.textContent === "none");
      await page.evaluate(() => window.show(options));
      await page.waitForFunction(() => document.querySelector("header").textContent === "there");
      await page.evaluate(() => window.show({ ...options }));
      for (const locale of ["ko", "ja"]) await page.evaluate((locale) => window.show({ ...options, locale }), locale);
      await page.waitForTimeout(200);
      const warnings = said.filter((line) => line.startsWith("warning: dangol"));
      assert.equal(warnings.length, 1, said.join());
      assert.match(warnings[0], /options once/);
      await context.close();
    });
  });
}
