// An event whose track() has resolved is never lost: not by a reload, a closed tab, a navigation or a killed browser.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { chromium } from "playwright-core";
import { chromium as findChromium } from "../../xtask/setup.mjs";
import { ARGS, browser, delivered, listen, PLACE, processesOf, stage, until, visitor } from "./harness.mjs";
import { wait } from "./wire.mjs";

const [demo, open] = await stage();

/** Tracks without end, and tells what was tracked and what has resolved while the page lives. */
async function recorder(context, name) {
  const made = new Set();
  const resolved = new Set();
  await context.exposeFunction("tell", (n, done) => void (done ? resolved : made).add(n));
  let rounds = 0;
  return {
    made,
    resolved,
    name,
    start: (page) => page.evaluate(([name, round]) => {
      let count = 0;
      const one = () => {
        const n = `${name}/${round}/${++count}`;
        tell(n, false);
        window.dangol.track("Ticked", { n }).then(() => tell(n, true));
      };
      one();
      setInterval(one, 7);
    }, [name, ++rounds]),
  };
}

/** Compares what was promised with the collector's database. */
async function judge(page, { name, made, resolved }, least) {
  await delivered(page);
  const id = await page.evaluate(async () => (await window.dangol.exportData()).anonymousId);
  const rows = (await demo.stored(`anonymousId=${id}&event=Ticked`)).filter(({ properties }) => properties.n.startsWith(`${name}/`));
  const times = new Map();
  for (const { properties: { n } } of rows) times.set(n, (times.get(n) ?? 0) + 1);
  assert.ok(resolved.size >= least, `${resolved.size} promises resolved; that proves little`);
  assert.deepEqual([...resolved].filter((n) => !times.has(n)), [], "resolved and lost");
  assert.deepEqual([...times].filter(([, count]) => count > 1), [], "stored twice");
  for (const [stream, { repeated }] of Object.entries((await demo.ledger(`anonymousId=${id}`)).streams)) assert.deepEqual(repeated, [], stream);
  return { made: made.size, resolved: resolved.size, stored: times.size };
}

const ready = (page) => page.waitForFunction(() => window.dangol?.ready.then((mode) => mode === "full"));

describe("no event is lost whose track() resolved", () => {
  it("when the page is reloaded", async (t) => {
    const { page, context, close } = await visitor(open);
    const record = await recorder(context, "reload");
    await page.goto(`${demo.url}/help`);
    for (const pause of [0, 20, 60, 110, 230, 400]) {
      await ready(page);
      await record.start(page);
      await wait(pause);
      await page.reload();
    }
    await ready(page);
    t.diagnostic(JSON.stringify(await judge(page, record, 20)));
    await close();
  });

  it("when the tab is closed", async (t) => {
    const { page, context, close } = await visitor(open);
    const record = await recorder(context, "close");
    for (const pause of [0, 30, 90, 250]) {
      const tab = await context.newPage();
      await tab.goto(`${demo.url}/help`);
      await ready(tab);
      await record.start(tab);
      await wait(pause);
      await tab.close();
    }
    await page.goto(`${demo.url}/help`);
    await ready(page);
    t.diagnostic(JSON.stringify(await judge(page, record, 10)));
    await close();
  });

  it("when the page is left in the same task: not even one that has not resolved", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${demo.url}/help`);
    await ready(page);
    const wanted = [];
    for (const [round, path] of ["/about", "/cart", "/help", "/login"].entries()) {
      const arrived = page.waitForURL(`**${path}`);
      const of = (which) => `${which}-${round}`;
      wanted.push(of("first"), of("last"));
      // The second visit leaves before the engine can have arrived.
      await page.evaluate(([first, last, path]) => {
        setTimeout(() => {
          window.dangol.track("Left", { n: first });
          window.dangol.track("Left", { n: last });
          location.assign(path);
        });
      }, [of("first"), of("last"), path]);
      await arrived;
    }
    await ready(page);
    await delivered(page);
    const id = await page.evaluate(async () => (await window.dangol.exportData()).anonymousId);
    const rows = await demo.stored(`anonymousId=${id}&event=Left`);
    assert.deepEqual(rows.map(({ properties }) => properties.n), wanted);
    const paths = rows.map(({ context }) => context.page.path);
    assert.deepEqual(paths, ["/help", "/help", "/about", "/about", "/cart", "/cart", "/help", "/help"], "each with the page it happened on");
    await close();
  });

  it("when the browser is killed", async (t) => {
    const profile = mkdtempSync(join(tmpdir(), "dangol-profile-"));
    const launch = async () => {
      const context = await chromium.launchPersistentContext(profile, { executablePath: findChromium(), args: ARGS, ...PLACE });
      return { context, said: listen(context), page: context.pages()[0] ?? (await context.newPage()) };
    };
    const all = { name: "kill", made: new Set(), resolved: new Set() };
    try {
      for (const [round, pause] of [0, 150, 700].entries()) {
        const { context, page, said } = await launch();
        const record = await recorder(context, `kill/${round}`);
        await page.goto(`${demo.url}/help`);
        await ready(page);
        await record.start(page);
        await until(() => record.resolved.size > 0, "a first promise to resolve");
        await wait(pause);
        const gone = new Promise((resolve) => context.once("close", resolve));
        for (const pid of processesOf(profile)) process.kill(pid, "SIGKILL");
        await gone;
        for (const n of record.made) all.made.add(n);
        for (const n of record.resolved) all.resolved.add(n);
        assert.deepEqual(said, []);
      }
      const { context, page, said } = await launch();
      await page.goto(`${demo.url}/help`);
      await ready(page);
      t.diagnostic(JSON.stringify(await judge(page, all, 10)));
      await context.close();
      assert.deepEqual(said, []);
    } finally {
      await until(() => !processesOf(profile).length, "the browser to be gone");
      rmSync(profile, { recursive: true, force: true });
    }
  });
});
