// A receiver on a bare socket: what comes over the wire is seen byte by byte, and answered as a test says.
import { createServer } from "node:net";
import { gunzipSync } from "node:zlib";

const CORS = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*", "Access-Control-Expose-Headers": "Retry-After, Date", "Access-Control-Max-Age": "600" };

/**
 * Listens on a free port. `answer(request)` gives `{status, headers, body}`, or null to hang up without a word;
 * requests: `{method, path, headers, bytes, text, at}` in the order they came, the preflights apart.
 */
export async function receiver(answer = () => ({})) {
  const requests = [];
  const preflights = [];
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    let received = Buffer.alloc(0);
    socket.on("data", async (part) => {
      received = Buffer.concat([received, part]);
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const [first, ...lines] = received.subarray(0, end).toString("latin1").split("\r\n");
      const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
      const length = Number(headers["content-length"] ?? 0);
      const bytes = received.subarray(end + 4, end + 4 + length);
      if (bytes.length < length) return;
      received = received.subarray(end + 4 + length);
      const [method, path] = first.split(" ");
      const text = (headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString("utf8");
      const request = { method, path, headers, bytes, text, at: Date.now() };
      (method === "OPTIONS" ? preflights : requests).push(request);
      const said = method === "OPTIONS" ? { status: 204 } : await server.answer(request, requests.length);
      if (!said) return socket.resetAndDestroy();
      const { status = 200, headers: more = {}, body = "" } = said;
      const all = { ...CORS, "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body), Connection: "close", ...more };
      socket.end(`HTTP/1.1 ${status} ${status}\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${status === 204 ? "" : body}`);
    });
  });
  server.answer = answer;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/v1/batch`,
    requests, preflights,
    answer(next) { server.answer = next; },
    /** The events of all requests so far, as they came. */
    events: () => requests.flatMap(({ text }) => eventsOf(text)),
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(resolve);
    }),
  };
}

/** The events in a body of any of the formats. */
export function eventsOf(text) {
  if (!text) return [];
  if (text.endsWith("\n")) return text.trimEnd().split("\n").map((line) => JSON.parse(line));
  const body = JSON.parse(text);
  if (Array.isArray(body)) return body.map(({ data }) => data);
  return Object.values(body).find(Array.isArray);
}
