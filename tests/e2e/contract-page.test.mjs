// The contract's entry points and handle, from outside, on pages of the built package.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FOLDER, launch, open, serve, until } from "../js/lab.mjs";

const CONFIG = JSON.stringify({
  version: 1, locale: "ko", segments: { viewer: { when: { $did: "Product Viewed" } } },
  campaigns: {
    hello: { purpose: "service", trigger: { manual: true }, message: { layout: "toast", blocks: [{ text: "어서 오세요" }, { button: "좋아요", action: { track: "Liked" } }] } },
    early: { purpose: "service", beforeConsent: true, trigger: { event: "Early" }, message: { layout: "toast", blocks: [{ text: "안녕하세요" }] } },
    sale: { trigger: { event: "Sale" }, limits: { perDay: 1, cooldown: "1d" }, message: { layout: "toast", blocks: [{ text: "세일" }] } },
  },
});
const html = (...scripts) => `<!doctype html><html lang="ko"><meta charset="utf-8"><title>shop</title><body><p>shop</p>${scripts.join("")}`;
const script = (attributes, stub = true) => `${stub ? '<script src="/pkg/stub.js"></script>' : ""}<script async src="/pkg/dangol.js" ${attributes}></script>`;

let browser, server;
before(async () => {
  browser = await launch();
  server = await serve({
    "/bare": html(script("")),
    "/npm": html('<script type="module" src="/npm.js"></script>'),
    "/npm.js": 'import { init } from "/pkg/index.js"; window.init = init;',
    "/tag": html(script('data-config="/config.json" data-consent="granted"')),
    "/asked": html('<script src="/pkg/stub.js"></script><script src="/asked.js"></script>', script("", false)),
    "/asked.js": 'window.handle = dangol.init({ config: "/config.json", consent: "granted" }); dangol.track("Product Viewed"); window.heard = []; window.off = dangol.on("segment", (notice) => heard.push(notice.segment));',
    "/texts": html(script(`data-config='${CONFIG}' data-consent='{"analytics":true,"personalization":true}' data-endpoint='{"url":"/rows","format":{"envelope":"rows"}}' data-name="mine" data-storage="memory" data-locale="en" data-capture="engagement" data-debug="false" data-crawlers`)),
    "/tampered": html(script('data-config="/config.json" data-consent="granted"').replace("/pkg/dangol.js", "/elsewhere/dangol.js")),
    "/config.json": CONFIG,
    "/rows": (request, response) => response.writeHead(200).end("{}"),
  });
});
after(async () => {
  await browser.close();
  await server.close();
});

const visit = (path, options) => open(browser, server.origin + path, options);

test("whoever waits for ready is answered at once", async () => {
  const { page, context, said } = await visit("/npm");
  await page.waitForFunction(() => window.init);
  const [mode, segments, explained, stats] = await page.evaluate(async () => {
    const dangol = init({ config: "/config.json", consent: "granted" });
    void dangol.track("Product Viewed");
    const mode = await dangol.ready;
    return [mode, dangol.segments(), dangol.explain("hello").length, dangol.stats().local];
  });
  assert.deepEqual([mode, segments, explained, stats], ["full", ["viewer"], 1, 3]);
  assert.deepEqual(said, []);
  await context.close();
});

test("exportData() asked before the engine is up is answered in full", async () => {
  const { page, context } = await visit("/npm");
  await page.waitForFunction(() => window.init);
  const { journey } = await page.evaluate(() => {
    const dangol = init({ config: "/config.json", consent: "granted" });
    void dangol.track("Product Viewed");
    return dangol.exportData();
  });
  assert.ok(journey.some(({ event }) => event === "Product Viewed"));
  await context.close();
});

test("every method settles, whatever it is given; nothing is thrown", async () => {
  const { page, context, said } = await visit("/tag");
  await page.evaluate(() => dangol.ready);
  const settled = await page.evaluate(async () => {
    const hostile = [undefined, null, 0, "", "text", NaN, [], {}, () => {}, Symbol("s"), 10n, new Proxy({}, { get() { throw new Error("no"); } })];
    const calls = [];
    for (const method of ["track", "page", "identify", "consent", "show", "flush"]) for (const value of hostile) calls.push(dangol[method](value, value, value));
    for (const value of hostile) { dangol.on(value, value)(); dangol.explain(value); }
    dangol.dismiss();
    const done = await Promise.race([Promise.all(calls).then(() => "settled"), new Promise((resolve) => setTimeout(resolve, 8000, "hanging"))]);
    return [done, typeof (await dangol.show("nobody")).outcome];
  });
  assert.deepEqual(settled, ["settled", "string"]);
  assert.deepEqual(said, []);
  await context.close();
});

test("init() asked of the stub starts it; the stub's listener can be taken back before and after", async () => {
  const { page, context, said } = await visit("/asked");
  await page.evaluate(() => dangol.ready);
  await page.waitForFunction(() => window.heard.length === 1 && dangol.segments().includes("viewer"));
  await page.evaluate(async () => { off(); await dangol.reset(); await dangol.track("Product Viewed"); });
  await page.waitForFunction(() => dangol.segments().includes("viewer"));
  assert.deepEqual(await page.evaluate(() => heard), ["viewer"]);
  // The handle that the stub gave goes on: what it queues goes straight through.
  await page.evaluate(() => handle.track("Later"));
  assert.ok(await page.evaluate(async () => (await dangol.exportData()).journey.some(({ event }) => event === "Later")));
  assert.deepEqual(said, []);
  await context.close();
});

test("without data-config nothing starts until it is asked", async () => {
  const { page, context } = await visit("/bare");
  await page.waitForFunction(() => window.dangol?.init && !window.dangol.init.toString().includes('["init"'));
  await page.waitForTimeout(200);
  assert.ok(!(await page.evaluate(() => performance.getEntriesByType("resource").some(({ name }) => /page\.js|\.wasm/.test(name)))));
  assert.equal(await page.evaluate(() => dangol.init({ config: "/config.json", consent: "granted" }).ready), "full");
  await context.close();
});

test("every textual option is an attribute", async () => {
  const { page, context, said } = await visit("/texts");
  await page.evaluate(() => dangol.ready);
  server.requests.length = 0;
  await page.evaluate(() => dangol.track("Product Viewed").then(() => dangol.flush()));
  const [request] = await until(() => server.requests.length && server.requests, "the rows");
  const { rows } = JSON.parse(request.body);
  assert.deepEqual(rows.map(({ event, type }) => event ?? type).filter((name) => name === "page" || name === "Product Viewed"), ["Product Viewed"], "no page view: it was not named");
  assert.equal(rows[0].context.locale, "en");
  assert.deepEqual(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)), [], "memory");
  assert.deepEqual(said, []);
  await context.close();
});

test("two page.js of which one was tampered with: the other's integrity keeps it out", async () => {
  const { readFileSync } = await import("node:fs");
  const { join } = await import("node:path");
  const { root } = await import("../../xtask/setup.mjs");
  for (const name of ["dangol.js", `${FOLDER}render.js`]) server.routes[`/elsewhere/${name}`] = readFileSync(join(root, "pkg", name), "utf8");
  server.routes[`/elsewhere/${FOLDER}dangol.wasm`] = (request, response) => response.writeHead(200, { "Content-Type": "application/wasm" }).end(readFileSync(join(root, "pkg", "dangol.wasm")));
  server.routes[`/elsewhere/${FOLDER}page.js`] = readFileSync(join(root, "pkg", FOLDER, "page.js"), "utf8") + "\nwindow.tampered = true;";
  const { page, context } = await visit("/tampered");
  assert.equal(await page.evaluate(() => dangol.ready), "collect");
  assert.equal(await page.evaluate(() => window.tampered), undefined);
  await context.close();
});

test("destroy() leaves the page as it was", async () => {
  const { page, context, said } = await visit("/npm", {
    init: `
      const count = (window.listening = {});
      for (const target of [window, document, navigation]) {
        const { addEventListener, removeEventListener } = target;
        target.addEventListener = function (type, ...rest) { count[type] = (count[type] || 0) + 1; rest[1]?.signal?.addEventListener("abort", () => count[type]--); return addEventListener.call(this, type, ...rest); };
        target.removeEventListener = function (type, ...rest) { count[type] = (count[type] || 0) - 1; return removeEventListener.call(this, type, ...rest); };
      }`,
  });
  await page.waitForFunction(() => window.init);
  const seen = await page.evaluate(async () => {
    const look = () => ({ html: document.documentElement.outerHTML, globals: Object.keys(window).sort().join(), push: history.pushState, sheets: document.adoptedStyleSheets.length });
    const before = look();
    const listened = { ...window.listening };
    const dangol = init({ config: "/config.json", consent: "granted", capture: { html: true, jsonLd: true, dataLayer: true } });
    await dangol.ready;
    await dangol.show("hello");
    for (let turn = 0; turn < 50 && !document.querySelector("dangol-message"); turn++) await new Promise((resolve) => setTimeout(resolve, 50));
    const shown = !!document.querySelector("dangol-message");
    const first = dangol.destroy();
    let over = false;
    void first.then(() => (over = true));
    await dangol.destroy();
    const both = over;
    const after = look();
    const again = init({ config: "/config.json", consent: "granted" });
    const other = again !== dangol && await again.ready;
    await again.destroy();
    return { shown, both, same: Object.keys(before).filter((key) => before[key] !== after[key]), listening: Object.entries(window.listening).filter(([type, count]) => count > (listened[type] || 0)), other, key: Symbol.for("dangol/1") in globalThis };
  });
  assert.deepEqual(seen, { shown: true, both: true, same: [], listening: [], other: "full", key: false });
  assert.deepEqual(said, []);
  await context.close();
});

test("before a decision, and after a refusal, a message is refused for want of consent, and explained so", async () => {
  for (const consent of ["pending", "denied"]) {
    const { page, context, said } = await visit("/npm");
    await page.waitForFunction(() => window.init);
    const seen = await page.evaluate(async (consent) => {
      const dangol = init({ config: "/config.json", consent });
      await dangol.ready;
      const short = ({ campaign, outcome, reason }) => [campaign, outcome, reason ?? ""].join(" ").trim();
      const shown = [await dangol.show("hello"), await dangol.show("nobody"), await dangol.show("early")].map(short);
      return [shown, dangol.explain().map(short), (await indexedDB.databases()).length];
    }, consent);
    const early = consent === "pending" ? "early shown" : "early suppressed no_consent";
    assert.deepEqual(seen, [["hello suppressed no_consent", "nobody suppressed invalid", early], [early, "hello suppressed no_consent", "sale suppressed no_consent"], 0]);
    assert.deepEqual(said, []);
    await context.close();
  }
});

test("a preview is shown to its marketer whatever they agreed to, and counts nothing", async () => {
  for (const consent of ["pending", "denied", "granted"]) {
    const { page, context, said } = await visit("/npm?dangol-preview=sale");
    await page.waitForFunction(() => window.init);
    await page.evaluate((consent) => { window.dangol = init({ config: "/config.json", consent }); return dangol.ready; }, consent);
    await page.waitForSelector("dangol-message[campaign=sale]");
    await page.waitForTimeout(1200);
    const kept = await page.evaluate(async () => {
      const { journey, messages } = await dangol.exportData();
      return [journey.filter(({ properties }) => properties.campaign).length, messages.length, (await indexedDB.databases()).length];
    });
    assert.deepEqual(kept, [0, 0, consent === "granted" ? 1 : 0], consent);
    if (consent === "pending") {
      // What is agreed to later begins with the event itself, not with the preview.
      await page.evaluate(() => dangol.consent({ personalization: true }));
      assert.equal(await page.locator("dangol-message").count(), 1);
    }
    assert.deepEqual(said, []);
    await context.close();
  }
});

test("who follows the segments hears that they are left with the visitor", async () => {
  const { page, context } = await visit("/npm");
  await page.waitForFunction(() => window.init);
  const heard = await page.evaluate(async () => {
    const dangol = init({ config: "/config.json", consent: "granted" });
    const heard = [];
    dangol.on("segment", ({ on, timestamp }) => heard.push(Date.parse(timestamp) ? `${on}: ${dangol.segments()}` : timestamp));
    const view = () => dangol.track("Product Viewed");
    await dangol.ready;
    for (const step of [view, () => dangol.reset(), view, () => dangol.identify("a"), () => dangol.identify("b"), view, () => dangol.forget(), view, () => dangol.consent({ personalization: false })]) {
      await step();
      // A promise says that it is stored; the listeners are called in the same order, but not before.
      await new Promise((resolve) => setTimeout(resolve, 100));
      heard.push(".");
    }
    return [heard.join(" "), (await dangol.exportData()).journey.length];
  });
  const [enter, leave] = ["enter: viewer .", "leave:  ."];
  assert.deepEqual(heard, [[enter, leave, enter, ".", leave, enter, leave, enter, leave].join(" "), 0]);
  await context.close();
});

test("a notice of a message names its display, and every check is explained by an object", async () => {
  const { page, context } = await visit("/npm");
  await page.waitForFunction(() => window.init);
  await page.evaluate(async () => {
    window.dangol = init({ config: "/config.json", consent: "granted" });
    window.told = [];
    dangol.on("message", (notice) => told.push(notice));
    await dangol.track("Sale");
  });
  await page.waitForFunction(() => told.some(({ what }) => what === "shown"));
  await page.evaluate(() => dangol.dismiss());
  await page.waitForFunction(() => told.some(({ what }) => what === "dismissed"));
  await page.evaluate(() => dangol.show("hello"));
  await page.waitForFunction(() => told.filter(({ what }) => what === "shown").length === 2);
  await page.getByRole("button", { name: "좋아요" }).click();
  await page.waitForFunction(() => told.some(({ what }) => what === "clicked"));
  const [told, journey, explained] = await page.evaluate(async () => [told, (await dangol.exportData()).journey, dangol.explain()]);
  const shown = (list) => list.map(({ campaign, impression_id }) => `${campaign} ${impression_id}`);
  assert.deepEqual(shown(told.filter(({ what }) => what !== "decision")), shown(journey.filter(({ event }) => /^Message /.test(event)).map(({ properties }) => properties)));
  assert.ok(told.filter(({ what }) => what !== "decision").every(({ impression_id }) => impression_id));
  const details = explained.flatMap(({ checks }) => checks.map(({ detail }) => detail));
  assert.ok(details.length > 30 && details.every(({ condition, passed }) => condition && typeof condition === "object" && typeof passed === "boolean"), JSON.stringify(details));
  const capped = explained.find(({ campaign }) => campaign === "sale").checks.find(({ passed }) => !passed);
  assert.deepEqual([capped.check, capped.detail.condition], ["frequency_capped", { perDay: 1 }]);
  await context.close();
});

test("whoever waits for flush() is told once the endpoint has answered, and at once where it cannot be asked", async () => {
  const { page, context } = await visit("/npm");
  await page.waitForFunction(() => window.init);
  server.routes["/slow"] = (request, response) => setTimeout(() => response.writeHead(server.requests.length > 1 ? 503 : 200).end(), 400);
  server.requests.length = 0;
  const flushed = await page.evaluate(async () => {
    const dangol = init({ config: "/config.json", endpoint: { url: "/slow", flushInterval: 600_000 }, consent: "granted", capture: { page: false } });
    const seen = [];
    for (const name of ["Taken", "Refused", "Kept"]) {
      void dangol.track(name);
      await dangol.flush();
      const { acknowledged, pending } = dangol.stats();
      seen.push([acknowledged, pending]);
    }
    return seen;
  });
  assert.deepEqual(flushed, [[1, 0], [1, 1], [1, 2]]);
  assert.equal(server.requests.length, 2, "within the pause after a 503 nothing is asked");
  await context.close();
});

test("beforeSend lets out what it gives back and nothing else; the id stays the event's", async () => {
  const { page, context, said } = await visit("/npm");
  await page.waitForFunction(() => window.init);
  server.requests.length = 0;
  const [ids, stats] = await page.evaluate(async () => {
    const ids = [];
    const dangol = init({
      config: "/config.json", endpoint: "/rows", consent: "granted", capture: { page: false },
      beforeSend: (event) => {
        ids.push(event.messageId);
        if (event.event === "Promised") return Promise.resolve(event);
        if (event.event === "Emptied") return {};
        event.messageId = "mine";
        return event;
      },
    });
    for (const name of ["Promised", "Emptied", "Edited"]) await dangol.track(name);
    await dangol.flush();
    return [ids, dangol.stats()];
  });
  const sent = server.requests.flatMap(({ body }) => JSON.parse(body).batch);
  assert.deepEqual(sent.map(({ event, messageId }) => [event, messageId]), [["Edited", ids[2]]]);
  assert.deepEqual(stats, { created: 3, acknowledged: 1, pending: 0, dropped: { before_send: 2 }, local: 0 });
  assert.deepEqual(said, []);
  await context.close();
});
