// A browser whose tabs really go to the background: a driver that emulates focus keeps every page visible, and a visible
// page is neither frozen nor throttled. So this one is driven over the protocol's pipe alone.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium as executable } from "../../xtask/setup.mjs";
import { ARGS } from "../e2e/harness.mjs";
import { until } from "./judge.mjs";

/** What a page says and throws, as the other driver calls it. */
const HEARD = {
  "Runtime.consoleAPICalled": ({ type, args }) => ["console", { type: () => type, text: () => args.map(({ value, description }) => value ?? description).join(" ") }],
  "Log.entryAdded": ({ entry }) => ["console", { type: () => entry.level, text: () => entry.text }],
  "Runtime.exceptionThrown": ({ exceptionDetails: { text, exception } }) => ["pageerror", { message: exception?.description ?? text }],
};

/** Starts a browser; `open()` gives a tab with `goto`, `evaluate` and `on` as a page of Playwright has them, and `send` and `front`. */
export async function background(args = []) {
  const profile = mkdtempSync(join(tmpdir(), "dangol-background-"));
  const child = spawn(executable(), [...ARGS, ...args, "--headless=new", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], detached: true,
  });
  const waiting = new Map();
  const listeners = [];
  let last = 0;
  let read = "";
  child.stdio[3].on("error", () => {});
  child.stdio[4].setEncoding("utf8").on("data", (data) => {
    const messages = (read + data).split("\0");
    read = messages.pop();
    for (const { id, error, result, method, params, sessionId } of messages.map((message) => JSON.parse(message))) {
      for (const listener of listeners) if (method && listener.sessionId === sessionId) listener.hear(method, params);
      const { resolve, reject } = waiting.get(id) ?? {};
      if (error) reject?.(new Error(error.message));
      else resolve?.(result);
    }
  });
  const send = (method, params = {}, sessionId) => new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject });
    child.stdio[3].write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
  });
  const on = (event, handler, sessionId) => listeners.push({ sessionId, hear: (method, params) => void (method === event && handler(params)) });
  return {
    /** The browser's own session. */
    session: { send, on },
    async open() {
      const { targetId } = await send("Target.createTarget", { url: "about:blank" });
      const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
      const tab = {
        send: (method, params) => send(method, params, sessionId),
        on(event, handler) {
          for (const [method, told] of Object.entries(HEARD)) {
            on(method, (params) => {
              const [name, detail] = told(params);
              if (name === event) handler(detail);
            }, sessionId);
          }
        },
        async goto(url) {
          await tab.send("Page.navigate", { url });
          await until(() => tab.evaluate((url) => location.href === url && document.readyState === "complete", url), "the page");
        },
        front: () => send("Target.activateTarget", { targetId }),
        /** Runs a function of JSON arguments; what it rejects with, this rejects with. */
        async evaluate(work, ...given) {
          const { result, exceptionDetails } = await tab.send("Runtime.evaluate", {
            expression: `(${work})(...${JSON.stringify(given)})`, awaitPromise: true, returnByValue: true,
          });
          if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
          return result.value;
        },
      };
      await Promise.all([tab.send("Runtime.enable"), tab.send("Log.enable")]);
      return tab;
    },
    async close() {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has gone by itself.
      }
      if (child.exitCode === null && !child.signalCode) await new Promise((resolve) => child.once("exit", resolve));
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
