// What the fault tests share: a server that misbehaves, a browser whose tasks are recorded, a shop's page and its events.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { chromium } from "playwright-core";
import { chromium as executable } from "../../xtask/setup.mjs";
import { ARGS, browser, processesOf } from "../e2e/harness.mjs";
import { stats, until, watch } from "./judge.mjs";
import { answer, misbehave } from "./server.mjs";
import { markRow, recordTasks } from "./tasks.mjs";

export const SCRIPT = '<script src="/pkg/dangol.js"></script>';

/** An endpoint that takes what it is given. */
export const take = ({ store, socket }) => {
  store();
  socket.end(answer(200));
};

/** Starts both for a test file, and stops them behind its tests. `launch` gives a browser of Playwright's or of ours. */
export async function stage(faults, { pages = { "/page": { head: SCRIPT } }, launch = browser } = {}) {
  const parts = [launch(), misbehave(faults, pages)];
  after(() => Promise.all(parts.map((part) => part.then((started) => started.close(), () => {}))));
  const [open, server] = await Promise.all(parts);
  const tasks = await recordTasks(open.session ?? await open.newBrowserCDPSession());
  return {
    open, server,
    /** The last test of a file: oracle E's word on the tasks of all pages that its rows have seen. */
    judgeTasks: (heavy) => it("E no task of these rows' pages takes more than 50 ms", async (t) => {
      t.diagnostic(`the longest: ${(await tasks.judge(heavy)).toFixed(1)} ms`);
    }),
  };
}

/** Opens a page of the shop, with the SDK started and ready; the row is named as its endpoint, its tasks are `timed`. Gives the judge's ears. */
export async function begin(page, address, { endpoint, timed = true, ...options }) {
  const ears = watch(page);
  await page.goto(address);
  if (timed) await page.evaluate(markRow, new URL(endpoint.url).pathname.split("/").at(-1));
  await page.evaluate(async (options) => {
    window.dangol.init({ config: { version: 1 }, consent: "granted", capture: { page: false }, ...options });
    await window.dangol.ready;
  }, { endpoint: { flushAt: 1000, ...endpoint }, ...options });
  return ears;
}

/** Numbered events; resolves when all of them are durable. */
export const make = (page, from, to) => page.evaluate(async ([from, to]) => {
  await Promise.all(Array.from({ length: to - from + 1 }, (_, index) => window.dangol.track("Made", { n: from + index })));
}, [from, to]);

export const flush = (page) => page.evaluate(() => void window.dangol.flush());

/** Asks to send until nothing waits any more. */
export const idle = (page, patience = 30_000) => until(async () => {
  await flush(page);
  return (await stats(page)).pending === 0;
}, "nothing pending", patience);

export const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** The renderer of a page dies: nothing runs any more, no last request leaves. */
export async function crash(page) {
  const gone = new Promise((resolve) => page.once("crash", resolve));
  (await page.context().newCDPSession(page)).send("Page.crash").catch(() => {});
  await gone;
}

/** Runs `work` with a profile on disk: `launch` opens a browser on it, `kill` ends that at once and waits until it is gone. */
export async function withProfile(work) {
  const profile = mkdtempSync(join(tmpdir(), "dangol-killed-"));
  const end = () => processesOf(profile).forEach((pid) => process.kill(pid, "SIGKILL"));
  const launch = () => chromium.launchPersistentContext(profile, { executablePath: executable(), args: ARGS });
  const kill = (context) => {
    const gone = new Promise((resolve) => context.once("close", resolve));
    end();
    return gone;
  };
  try {
    await work({ launch, kill });
  } finally {
    end();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
