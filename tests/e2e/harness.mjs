// A browser, the demo shop and its collector for one test file; everything started here is stopped here.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach } from "node:test";
import { chromium } from "playwright-core";
import { startDemo } from "../../www/start.mjs";
import { chromium as findChromium } from "../../xtask/setup.mjs";

/** Flags for a browser that talks to nobody but the pages it is given. */
export const ARGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
];

/** Starts the shop with a collector of its own, on any free ports. */
export async function shop() {
  const dataDir = mkdtempSync(join(tmpdir(), "dangol-e2e-"));
  const demo = await startDemo({ shopPort: 0, collectorPort: 0, dataDir });
  return {
    ...demo,
    async close() {
      await demo.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
    /** What the collector has stored, by its own query endpoint. */
    async stored(query = "") {
      const answer = await fetch(`${demo.collectorUrl}/api/events?limit=1000&order=asc&${query}`);
      return (await answer.json()).events;
    },
    async ledger(query = "") {
      return (await fetch(`${demo.collectorUrl}/api/ledger?${query}`)).json();
    },
  };
}

export const browser = () => chromium.launch({ executablePath: findChromium(), args: ARGS, ignoreDefaultArgs: ["--disable-back-forward-cache"] });

/** A shop and a browser for a test file, stopped behind its tests; a shop that keeps a log begins each test with an empty one. */
export async function stage(starting = shop()) {
  const parts = [starting, browser()];
  after(() => Promise.all(parts.map((part) => part.then((started) => started.close(), () => {}))));
  const both = await Promise.all(parts);
  if (both[0].clear) beforeEach(() => both[0].clear());
  return both;
}

/** The processes of the browser that owns this profile, and of no other. */
export function processesOf(profile) {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(join("/proc", name, "cmdline"), "utf8").includes(`--user-data-dir=${profile}`);
    } catch {
      return false;
    }
  }).map(Number);
}

export const PLACE = { locale: "ko-KR", timezoneId: "Asia/Seoul", viewport: { width: 1280, height: 800 } };

/** Everything a context's pages say in the console, and what they throw. */
export function listen(context) {
  const said = [];
  context.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  context.on("weberror", (error) => said.push(`uncaught: ${error.error().stack ?? error.error()}`));
  return said;
}

/** A visitor: a context of their own whose console must stay silent, but for the browser's own words in `allowed`. */
export async function visitor(open, { allowed = /^$/, ...options } = {}) {
  const context = await open.newContext({ ...PLACE, ...options });
  const said = listen(context);
  const page = await context.newPage();
  return {
    context,
    page,
    said,
    async close() {
      await context.close();
      assert.deepEqual(said.filter((line) => !allowed.test(line)), [], "the console stays silent");
    },
  };
}

/** Waits until `look` gives something true; fails with the last thing it gave. */
export async function until(look, what, patience = 15_000) {
  const end = Date.now() + patience;
  let last;
  do {
    last = await look();
    if (last) return last;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < end);
  assert.fail(`timed out waiting for ${what}; last seen: ${JSON.stringify(last)}`);
}

/** The message of a campaign on the page; Playwright looks into open shadow roots by itself. */
export const message = (page, campaign) => page.locator(`dangol-message[campaign="${campaign}"]`);

/** Waits until the journey says that the message was seen, which takes a second in view and a machine with time for it. */
export async function seen(page, campaign, times = 1) {
  await until(() => page.evaluate(async ([campaign, times]) => {
    const { journey } = await window.dangol.exportData();
    return journey.filter(({ event, properties }) => event === "Message Shown" && properties.campaign === campaign).length >= times;
  }, [campaign, times]), `${campaign} to be seen`);
}

/** Waits until the engine is at work and everything tracked so far is acknowledged. */
export async function delivered(page) {
  await page.evaluate(() => window.dangol.flush());
  await until(() => page.evaluate(() => {
    const stats = window.dangol.stats();
    return stats.pending === 0 && stats.created > 0 ? stats : null;
  }), "the outbox to be empty");
}

/** A fresh moment in the shop's own time: noon in Seoul, so that no hour of the day changes a result. */
export const NOON = "2026-11-02T12:00:00+09:00";
/** `NOON` and some days. */
export const later = (days, time = "12:00:00") => {
  const day = new Date(Date.parse("2026-11-02T00:00:00Z") + days * 86_400_000).toISOString().slice(0, 10);
  return `${day}T${time}+09:00`;
};
/** An address in the shop at a moment of its clock. */
export const at = (url, path, moment) => `${url}${path}${path.includes("?") ? "&" : "?"}clock=${encodeURIComponent(moment)}`;
