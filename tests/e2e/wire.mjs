// A wire in front of the demo shop: delays answers, replaces them or adds pages, and passes all else to the real servers.
import { createServer, request as open } from "node:http";
import { SECURITY_HEADERS } from "../../www/shop/http.mjs";
import { release } from "../../xtask/setup.mjs";

/** Where the tag loads everything else from. */
export const FOLDER = `/dangol/${release()}`;

export const POLICY = SECURITY_HEADERS["content-security-policy"];
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A page of the test's own, as strict as the shop's. */
export const html = (body, headers = {}) => (request, response) =>
  response.writeHead(200, { ...SECURITY_HEADERS, "content-type": "text/html; charset=utf-8", ...headers })
    .end(`<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>Dangol</title><link rel="icon" href="/favicon.svg">${body}</head><body></body></html>`);
export const text = (type, body, status = 200) => (request, response) => response.writeHead(status, { ...SECURITY_HEADERS, "content-type": type }).end(body);
export const script = (body) => text("text/javascript", body);
export const config = (campaigns) => text("application/json", JSON.stringify({ version: 1, timezone: "Asia/Seoul", campaigns }));

/** The script tag with a configuration and an endpoint; `rest` are more attributes. */
export const tag = (rest = "", configuration = "/campaigns.json") =>
  `<script async src="/dangol/dangol.js" data-config="${configuration}" data-endpoint="/collect" ${rest}></script>`;

/**
 * Listens before `target`. `routes`: path to a handler `(request, response)`; one that returns `false`, or a promise
 * of it, lets the request pass on to the shop. `seen` counts what was asked for; `pages` gets every page that went by.
 */
export async function wire(target, routes = {}, pages = () => {}) {
  const seen = {};
  const server = createServer(async (request, response) => {
    const path = request.url.split("?")[0];
    seen[path] = (seen[path] ?? 0) + 1;
    if (routes[path] && (await routes[path](request, response)) !== false) return;
    const upstream = open(new URL(request.url, target), { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
      if (answer.statusCode !== 200 || !/^text\/html/.test(answer.headers["content-type"])) return;
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => pages(path, Buffer.concat(chunks).toString("utf8")));
    });
    upstream.on("error", () => response.destroy());
    response.on("close", () => upstream.destroy());
    request.pipe(upstream);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    seen,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
