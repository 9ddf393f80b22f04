/**
 * Starts real collectors on real sockets, and stops each by the id of its process.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../www/collector/main.mjs", import.meta.url));

/** A folder that is removed after the test. */
export function temporaryDir(t) {
  const dir = mkdtempSync(join(tmpdir(), "collector-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Starts a collector for a test. It is killed after the test if it still runs. */
export async function start(t, { dir = temporaryDir(t), args = [] } = {}) {
  const child = spawn(process.execPath, [MAIN, "--port", "0", "--data", dir, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  let log = "";
  child.stderr.on("data", (chunk) => (log += chunk));
  t.after(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  const lines = [];
  const reader = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  await Promise.race([once(reader, "line"), exited.then(() => { throw new Error(`the collector ended early: ${log}`); })]);
  const url = lines[0].replace(/^listening /, "");

  const collector = {
    url,
    dir,
    lines,
    log: () => log,
    port: Number(new URL(url).port),
    /** Sends a signal and resolves with the exit code, or null where the signal ended the process. */
    async end(signal) {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
    async post(path, body, headers = {}) {
      const response = await fetch(url + path, { method: "POST", body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body), headers: { "Content-Type": "text/plain", ...headers } });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    collect: (events, extra = {}) => collector.post("/collect", { batch: events, sentAt: "2030-01-01T00:00:09.000Z", ...extra }),
    async get(path, options = {}) {
      const response = await fetch(url + path, options);
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
  };
  return collector;
}

let made = 0;

/** Returns a good event; what is given overrides it. */
export function event(overrides = {}) {
  made += 1;
  return {
    type: "track",
    event: "Product Viewed",
    properties: { product_id: "p1", name: "리넨 셔츠" },
    messageId: `m-${process.pid}-${made}`,
    timestamp: "2030-01-01T00:00:00.000Z",
    anonymousId: "visitor",
    ...overrides,
  };
}

/** Writes bytes to a socket and resolves with all that came back until the other side closed. */
export function talk(port, ...parts) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk)).on("error", () => {}).on("close", () => resolve(answer));
    for (const part of parts) socket.write(part);
  });
}
