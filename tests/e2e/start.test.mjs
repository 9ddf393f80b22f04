// How it starts: before the engine is there, on a bare page, twice on one page, and before the visitor has decided.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { browser, delivered, shop, until, visitor } from "./harness.mjs";
import { config, FOLDER, html, script, tag, text, wait, wire } from "./wire.mjs";

const STUB = '<script src="/dangol/stub.js"></script>';
const GREETING = config({ hello: { trigger: { page: { path: "/*" } }, message: { layout: "toast", blocks: [{ text: "반가워요" }] } } });
const ALL = { analytics: true, personalization: true, marketing: true };

let demo;
let open;
let line;
let delay = 0;
let tagDelay = 0;
before(async () => {
  [demo, open] = await Promise.all([shop(), browser()]);
  const late = async () => {
    await wait(delay);
    return false;
  };
  const early = script('for (let n = 1; n <= 9; n++) dangol.track("Early", { n }); dangol.identify("member-1"); dangol.track("Early", { n: 10 });');
  line = await wire(demo.url, {
    "/dangol/dangol.js": async () => {
      await wait(tagDelay);
      return false;
    },
    [`${FOLDER}/page.js`]: late,
    [`${FOLDER}/dangol.wasm`]: late,
    "/hello.json": GREETING,
    "/early.js": early,
    "/early": html(`${STUB}<script src="/early.js"></script>${tag('data-consent="granted"')}`),
    "/unseen": html(`${STUB}<script src="/early.js"></script><script async src="/dangol/dangol.js" data-config="/hello.json" data-endpoint="/nowhere"></script>`),
    "/pending": html(`${STUB}<script src="/early.js"></script>${tag("", "/hello.json")}`),
    "/asked": html(`${STUB}${tag("", "/hello.json")}`),
    "/granted": html(`${STUB}${tag('data-consent="granted"', "/hello.json")}`),
    "/denied": html(`${STUB}<script src="/early.js"></script>${tag('data-consent="denied"', "/hello.json")}`),
    "/late.css": async (request, response) => {
      await wait(900);
      text("text/css", "p { color: teal }")(request, response);
    },
    "/styled": html(`${tag('data-consent="granted"', "/hello.json")}<link rel="stylesheet" href="/late.css"><p>shop</p>`),
    "/twice": html(tag('data-consent="granted"') + tag('data-consent="granted"')),
  });
});
beforeEach(() => {
  delay = tagDelay = 0;
  for (const path of Object.keys(line.seen)) delete line.seen[path];
});
after(async () => {
  await open?.close();
  await line?.close();
  await demo?.close();
});

const ready = (page) => page.evaluate(() => window.dangol.ready);
const anonymousId = (page) => page.evaluate(async () => (await window.dangol.exportData()).anonymousId);
const inOrder = (events) => events.toSorted((a, b) => a.seq - b.seq).map((event) => event.properties?.n ?? event.type);

/** Everything a page can leave behind. */
const left = async (page) => ({
  ...(await page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    local: { ...localStorage },
    session: { ...sessionStorage },
    caches: await caches.keys(),
  }))),
  cookies: await page.context().cookies(),
});
const NOTHING = { databases: [], local: {}, session: {}, caches: [], cookies: [] };

describe("the start", () => {
  it("fetches nothing of the engine before the page has painted", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${line.url}/styled`);
    assert.equal(await ready(page), "full");
    const { painted, fetched } = await page.evaluate(() => ({
      painted: performance.getEntriesByName("first-contentful-paint")[0].startTime,
      fetched: performance.getEntriesByType("resource").filter(({ name }) => /dangol\/v-|hello\.json/.test(name)).map(({ name, startTime }) => [name, startTime]),
    }));
    assert.ok(painted > 900, `the style is waited for, painted at ${painted}`);
    assert.ok(fetched.length >= 3, fetched.join(" "));
    // The paint is told once the screen has it, a frame at most after the page was done with it.
    for (const [name, at] of fetched) assert.ok(at >= painted - 50, `${name} at ${at}, painted at ${painted}`);
    await close();
  });

  for (const [what, patience, hidden] of [["at once in a tab that is not seen", 1_500, true], ["after two seconds where no frame is drawn", 4_000, false]]) {
    it(`fetches the engine ${what}`, async () => {
      const { page, close } = await visitor(open);
      await page.addInitScript((hidden) => {
        window.requestAnimationFrame = () => 0;
        Object.defineProperty(document, "hidden", { get: () => hidden });
      }, hidden);
      await page.goto(`${line.url}/granted`);
      const started = Date.now();
      assert.equal(await ready(page), "full");
      const took = Date.now() - started;
      assert.ok(took < patience && (hidden || took > 1_000), `${took} ms`);
      await close();
    });
  }

  it("is spread over tasks: none compiles a third of what the start takes of the engine", async (t) => {
    // A process of its own: modules that another page has compiled are shared.
    const own = await browser();
    try {
      const page = await own.newPage();
      await own.startTracing(page, { categories: ["toplevel", "v8.wasm", "disabled-by-default-v8.wasm.detailed"] });
      await page.goto(`${demo.url}/`);
      await ready(page);
      const { traceEvents } = JSON.parse((await own.stopTracing()).toString());
      const compiled = traceEvents.filter(({ name }) => name === "wasm.CompileLazy");
      if (!compiled.length) return t.skip("this browser compiles the module at once, or does not tell");
      const within = ({ pid, tid, ts, dur }) => compiled.filter((one) => one.pid === pid && one.tid === tid && ts <= one.ts && one.ts < ts + dur).length;
      const tasks = traceEvents.filter(({ name }) => name.endsWith("RunTask")).map(within);
      assert.ok(Math.max(...tasks) * 3 < compiled.length, `${Math.max(...tasks)} of ${compiled.length} functions in one task`);
    } finally {
      await own.close();
    }
  });

  it("keeps the order of calls made before the engine arrived", async () => {
    delay = 1_500;
    const { page, close } = await visitor(open);
    await page.goto(`${line.url}/early`);
    await page.evaluate(() => { window.last = window.dangol.track("Early", { n: 11 }); });
    assert.equal(await page.evaluate(() => window.dangol.stats().created), 0, "the engine is still on its way");
    assert.equal(await ready(page), "full");
    await page.evaluate(() => window.last);
    await page.evaluate(() => window.dangol.track("Early", { n: 12 }));
    await delivered(page);
    const events = await demo.stored(`anonymousId=${await anonymousId(page)}`);
    assert.deepEqual(inOrder(events), ["page", 1, 2, 3, 4, 5, 6, 7, 8, 9, "identify", 10, 11, 12]);
    const times = events.toSorted((a, b) => a.seq - b.seq).map(({ timestamp }) => timestamp);
    assert.deepEqual(times, times.toSorted(), "each with the time of its call");
    assert.ok(Date.parse(times.at(-1)) - Date.parse(times[1]) >= 1_000, "not with the time of the engine's arrival");
    await close();
  });

  it("keeps the time, the address and the title of calls made before the script's file arrived", async () => {
    tagDelay = 2_000;
    const { page, close } = await visitor(open);
    await page.goto(`${line.url}/early`, { waitUntil: "commit" });
    await until(() => page.evaluate(() => window.dangol?.q?.length >= 11), "the stub's queue");
    const moved = await page.evaluate(() => {
      history.pushState({}, "", "/granted");
      document.title = "Second";
      window.dangol.track("Early", { n: 11 });
      return Date.now();
    });
    await page.waitForFunction(() => !window.dangol.q);
    const arrived = await page.evaluate(() => Date.now());
    assert.equal(await ready(page), "full");
    await delivered(page);
    const events = (await demo.stored(`anonymousId=${await anonymousId(page)}`)).toSorted((a, b) => a.seq - b.seq);
    assert.deepEqual(inOrder(events), ["page", 1, 2, 3, 4, 5, 6, 7, 8, 9, "identify", 10, 11, "page"]);
    const called = events.slice(0, -1);
    assert.ok(called.every(({ timestamp }) => Date.parse(timestamp) <= moved), "the time of the call");
    assert.ok(moved < arrived - 500, "the file came later");
    const { path, title } = events[1].context.page;
    assert.deepEqual(called.map(({ context }) => [context.page.path, context.page.title]), [...called.slice(1).map(() => [path, title]), ["/granted", "Second"]]);
    assert.deepEqual([path, title], ["/early", "Dangol"]);
    await close();
  });

  it("needs no more than the script tag on a bare page", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${demo.url}/bare.html`);
    assert.equal(await ready(page), "full");
    await delivered(page);
    const events = await demo.stored(`anonymousId=${await anonymousId(page)}`);
    assert.deepEqual(events.map(({ type, context }) => [type, context.page.path]), [["page", "/bare.html"]]);
    await close();
  });

  it("is one instance however often the tag stands there or init() is called, and says so once", async () => {
    const { page, said, close } = await visitor(open, { allowed: /^warning: dangol: init\(\) was called twice/ });
    await page.goto(`${line.url}/twice`);
    assert.equal(await ready(page), "full");
    const same = await page.evaluate(() => window.dangol.init({ config: "/campaigns.json", endpoint: "/elsewhere" }) === window.dangol);
    assert.ok(same);
    await page.evaluate(() => window.dangol.track("Once"));
    await delivered(page);
    const events = await demo.stored(`anonymousId=${await anonymousId(page)}`);
    assert.deepEqual(events.map((event) => event.event ?? event.type).sort(), ["Once", "page"]);
    assert.equal(said.length, 1);
    await close();
  });
});

describe("a page that is left early", () => {
  it("before the script's file has arrived: the stub notes its calls for the next page", async () => {
    const { page, close } = await visitor(open);
    tagDelay = 60_000;
    await page.goto(`${line.url}/early`, { waitUntil: "commit" });
    await until(() => page.evaluate(() => window.dangol?.q?.length >= 11), "the stub's queue");
    tagDelay = 0;
    await page.goto(`${line.url}/granted`);
    await ready(page);
    await delivered(page);
    const events = (await demo.stored(`anonymousId=${await anonymousId(page)}`)).filter(({ context }) => context.page.path === "/early");
    assert.deepEqual(inOrder(events), [1, 2, 3, 4, 5, 6, 7, 8, 9, "identify", 10]);
    await close();
  });

  for (const [what, path, decision, allowed] of [
    ["consented", "pending", ALL, true],
    ["refused", "pending", { analytics: false, personalization: false }, false],
    ["taken their consent back", "early", { analytics: false, personalization: false }, false],
  ]) {
    it(`before that file has arrived, when the visitor has just ${what}: the decision is the next page's, and the calls only where it allows`, async () => {
      const { page, close } = await visitor(open);
      tagDelay = 60_000;
      await page.goto(`${line.url}/${path}`, { waitUntil: "commit" });
      await until(() => page.evaluate(() => window.dangol?.q?.length >= 11), "the stub's queue");
      await page.evaluate((decision) => void window.dangol.consent(decision), decision);
      await page.goto(`${line.url}/favicon.svg`);
      const { session, ...rest } = await left(page);
      assert.deepEqual({ session: {}, ...rest }, { ...NOTHING });
      if (!allowed) assert.ok(!/Early|member|http/.test(session["dangol:dangol"]), session["dangol:dangol"]);
      tagDelay = 0;
      await page.goto(`${line.url}/${allowed ? "asked" : "granted"}`);
      await ready(page);
      await page.evaluate(() => window.dangol.flush());
      if (allowed) {
        await delivered(page);
        const events = (await demo.stored(`anonymousId=${await anonymousId(page)}`)).filter(({ context }) => context.page.path === "/pending");
        assert.deepEqual(inOrder(events.filter(({ event }) => event === "Early")), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      } else {
        await wait(700);
        assert.equal(line.seen["/collect"], undefined);
      }
      await close();
    });
  }

  it("before that file has arrived and before the visitor has decided: nothing is left", async () => {
    const { page, close } = await visitor(open);
    tagDelay = 60_000;
    await page.goto(`${line.url}/pending`, { waitUntil: "commit" });
    await until(() => page.evaluate(() => window.dangol?.q?.length >= 11), "the stub's queue");
    await page.goto(`${line.url}/favicon.svg`);
    assert.deepEqual(await left(page), NOTHING);
    await close();
  });

  it("before the engine is there, and come back to from the back-forward cache: what was called is not done twice", async () => {
    const { page, close } = await visitor(open);
    delay = 2_500;
    await page.goto(`${line.url}/granted`);
    await page.evaluate(() => {
      void window.dangol.identify("member-1");
      void window.dangol.track("Made", { n: 1 });
      addEventListener("pageshow", ({ persisted }) => { window.thawed = persisted; });
      setTimeout(() => location.assign("/granted?next"), 100);
    });
    await page.waitForURL("**/granted?next");
    await ready(page);
    await page.evaluate(async () => {
      await window.dangol.reset();
      await window.dangol.track("Made", { n: 2 });
    });
    await delivered(page);
    const id = await anonymousId(page);
    await page.evaluate(() => void setTimeout(() => history.back()));
    await until(() => page.evaluate(() => window.thawed).catch(() => false), "the page to come back from the cache");
    assert.equal(await ready(page), "full");
    await delivered(page);
    const { userId, anonymousId: now, journey } = await page.evaluate(() => window.dangol.exportData());
    assert.deepEqual([userId ?? null, now], [null, id], "who has signed out stays so");
    assert.deepEqual(journey.filter(({ event }) => event === "Made").map(({ properties }) => properties.n), [2]);
    assert.equal(journey.filter(({ event }) => event === "Page Viewed").length, 1, "the page is seen anew");
    await close();
  });

  it("while its database hangs: the visitor and the events are the next page's", async () => {
    const { page, context, close } = await visitor(open);
    // The first page's database is never opened; the address tells the pages apart.
    await context.addInitScript(() => {
      if (location.search === "?hang") indexedDB.open = () => ({});
    });
    await page.goto(`${line.url}/granted?hang`);
    assert.equal(await ready(page), "full");
    await page.evaluate(() => window.dangol.track("Made", { n: 1 }));
    const id = await anonymousId(page);
    await page.goto(`${line.url}/granted`);
    await ready(page);
    await delivered(page);
    assert.equal(await anonymousId(page), id);
    const { streams, total } = await demo.ledger(`anonymousId=${id}`);
    for (const { missing, repeated } of Object.values(streams)) assert.deepEqual({ missing, repeated }, { missing: [], repeated: [] });
    assert.ok(total >= 3, "two page views and one event at least");
    assert.equal((await demo.stored(`anonymousId=${id}&event=Made`)).length, 1);
    await close();
  });

  it("in the task of the decision: it is not asked for again", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${line.url}/pending`);
    await ready(page);
    const arrived = page.waitForURL("**/pending?next");
    await page.evaluate((all) => void setTimeout(() => {
      void window.dangol.consent(all);
      location.assign("/pending?next");
    }), ALL);
    await arrived;
    await ready(page);
    await page.locator("dangol-message").waitFor();
    await delivered(page);
    await close();
  });
});

describe("before the visitor has decided", () => {
  it("nothing is stored, sent or shown; then the waiting calls are done in order", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${line.url}/pending`);
    assert.equal(await ready(page), "full");
    await page.evaluate(() => Promise.all([window.dangol.track("Early", { n: 11 }), window.dangol.flush()]));
    await wait(1_500);
    assert.deepEqual(await left(page), NOTHING);
    assert.equal(line.seen["/collect"], undefined);
    assert.equal(await page.locator("dangol-message").count(), 0);
    await page.evaluate((all) => window.dangol.consent(all), ALL);
    await page.locator("dangol-message").getByText("반가워요").first().waitFor();
    await wait(1_100);
    await delivered(page);
    const id = await anonymousId(page);
    const events = (await demo.stored(`anonymousId=${id}`)).filter(({ event }) => event !== "Message Shown");
    assert.deepEqual(inOrder(events), ["page", 1, 2, 3, 4, 5, 6, 7, 8, 9, "identify", 10, 11]);

    // The decision wins over what the next page's tag says.
    await page.goto(`${line.url}/denied`);
    assert.equal(await ready(page), "full");
    await delivered(page);
    assert.equal(await anonymousId(page), id);
    assert.equal((await demo.stored(`anonymousId=${id}&event=Early`)).length, 21);
    await close();
  });

  it("leaving the page leaves nothing behind", async () => {
    const { page, close } = await visitor(open);
    delay = 1_000;
    await page.goto(`${line.url}/unseen`);
    await page.goto(`${line.url}/unseen`);
    delay = 0;
    await page.goto(`${line.url}/unseen`);
    await ready(page);
    await page.goto(`${line.url}/favicon.svg`);
    assert.deepEqual(await left(page), NOTHING);
    assert.equal(line.seen["/nowhere"], undefined);
    await close();
  });

  it("a refusal is obeyed, and remembered where the tag says otherwise", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${line.url}/denied`);
    assert.equal(await ready(page), "full");
    await page.evaluate(() => window.dangol.flush());
    await wait(800);
    assert.deepEqual(await left(page), NOTHING);

    await page.goto(`${line.url}/pending`);
    await ready(page);
    await page.evaluate(() => window.dangol.consent({ analytics: false, personalization: false, marketing: false }));
    await page.goto(`${line.url}/granted`);
    await ready(page);
    await page.evaluate(() => Promise.all([window.dangol.track("Refused"), window.dangol.flush()]));
    await wait(1_500);
    assert.equal(line.seen["/collect"], undefined);
    assert.equal(await page.locator("dangol-message").count(), 0);
    const rows = await page.evaluate(() => new Promise((resolve, reject) => {
      const asked = indexedDB.open("dangol");
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = async () => {
        const all = await Promise.all([...asked.result.objectStoreNames].map((name) => new Promise((done) => {
          const keys = asked.result.transaction(name).objectStore(name).getAllKeys();
          keys.onsuccess = () => done(keys.result.map((key) => `${name}/${key}`));
        })));
        resolve(all.flat());
      };
    }));
    assert.deepEqual(rows, ["state/consent"], "the record of the decision is all that is kept");
    await close();
  });
});

describe("a slow line", () => {
  it("costs the page nothing: it is usable at once and every promise settles", async () => {
    delay = 2_500;
    const { page, close } = await visitor(open);
    await page.goto(`${line.url}/early`);
    const empty = await page.evaluate(() => [window.dangol.segments(), window.dangol.coupons(), window.dangol.explain()]);
    assert.deepEqual(empty, [[], [], []]);
    await page.evaluate(() => Promise.all([window.dangol.track("Slow"), window.dangol.show("nobody"), window.dangol.flush()]));
    await until(() => page.evaluate(() => window.dangol.stats().created > 0), "the engine");
    await close();
  });
});
