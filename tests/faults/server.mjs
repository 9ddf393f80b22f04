// A misbehaving server on raw sockets: pages, the built package, and an endpoint with one path per fault.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { extname, join } from "node:path";
import { root } from "../../xtask/setup.mjs";

export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'";
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json", ".svg": "image/svg+xml" };
const CORS = "Access-Control-Allow-Origin: *\r\n";

/** A whole answer as bytes on the wire. */
export const answer = (status, { type = "application/json", body = "", headers = CORS } = {}) => Buffer.concat([
  Buffer.from(`HTTP/1.1 ${status} X\r\n${headers}Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n`),
  Buffer.from(body),
]);

/**
 * Listens on a free port. `faults`: a name to `({ turn, events, body, headers, store, socket, ledger })`, which answers
 * or does not; `turn` counts from 1. `pages`: a path to `{ head, headers }`, or to a function that gives an answer's bytes,
 * or another one that answers on the socket itself.
 * The package lies under `/pkg/`, and under any `/<name>-pkg/`, where `pages` may put something else in a file's place.
 */
export async function misbehave(faults, pages) {
  /** What each fault's endpoint has: stored ids with how often, requests with their times. */
  const ledgers = {};
  const ledgerOf = (name) => (ledgers[name] ??= { stored: new Map(), events: new Map(), requests: [] });

  const serve = (path) => {
    if (typeof pages[path] === "function") return pages[path]();
    const [, name] = /^\/(?:[a-z]+-)?pkg\/(.+)/.exec(path) ?? [];
    const file = name && join(root, "pkg", name);
    if (file && existsSync(file)) return answer(200, { type: TYPES[extname(file)] ?? "text/plain", body: readFileSync(file) });
    if (path === "/config.json") return answer(200, { body: '{"version":1}' });
    if (path === "/favicon.ico") return answer(204);
    const page = pages[path];
    if (!page) return answer(404, { type: "text/html", body: "<p>nothing here</p>" });
    const { head = "", headers = `Content-Security-Policy: ${POLICY}\r\n` } = page;
    return answer(200, { type: "text/html;charset=utf-8", headers, body: `<!doctype html><html lang="ko"><head><title>${path}</title>${head}</head><body></body></html>` });
  };

  const endpoint = (name, { headers, body }, socket) => {
    const ledger = ledgerOf(name);
    ledger.requests.push(Date.now());
    let events = [];
    try {
      ({ batch: events } = JSON.parse(body));
    } catch {
      // A preflight, or what a fault made of it.
    }
    const store = (list = events) => {
      for (const event of list) {
        ledger.stored.set(event.messageId, (ledger.stored.get(event.messageId) ?? 0) + 1);
        ledger.events.set(event.messageId, ledger.events.get(event.messageId) ?? event);
      }
    };
    // The other end has had enough of waiting.
    socket.on("end", () => { ledger.abandoned ||= !socket.writableEnded; });
    faults[name]({ turn: ledger.requests.length, events, body, headers, store, socket, ledger });
  };

  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A browser that gave up is no error of ours.
    socket.on("error", () => {});
    let read = Buffer.alloc(0);
    let done = false;
    socket.on("data", (data) => {
      if (done) return;
      read = Buffer.concat([read, data]);
      const end = read.indexOf("\r\n\r\n");
      if (end < 0) return;
      const [first, ...lines] = read.subarray(0, end).toString("latin1").split("\r\n");
      const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
      if (read.length - end - 4 < Number(headers["content-length"] ?? 0)) return;
      done = true;
      const path = first.split(" ")[1].split("?")[0];
      const body = read.subarray(end + 4).toString("utf8");
      if (path.startsWith("/collect/")) endpoint(path.slice("/collect/".length), { headers, body }, socket);
      else {
        const given = serve(path);
        if (typeof given === "function") given(socket);
        else socket.end(given);
      }
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return {
    port, ledgerOf,
    origin: `http://127.0.0.1:${port}`,
    /** The same server under another origin. */
    other: `http://localhost:${port}`,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      for (const socket of sockets) socket.destroy();
    }),
  };
}
