/**
 * The HTTP face of the collector: routes, CORS, time limits and an orderly end.
 */

import { createServer } from "node:http";
import { busy, Refusal, send } from "./answer.mjs";
import { ByteBudget, Gone, readText } from "./body.mjs";
import { createCollect } from "./collect.mjs";
import { createCoupons } from "./coupons.mjs";
import { foldLog, inTransaction, openDatabase } from "./database.mjs";
import { LIMITS } from "./limits.mjs";
import { badParameter, createQueries, readQuery } from "./queries.mjs";
import { checkConfig, createPage, createReport } from "./report.mjs";
import { createWriter } from "./writer.mjs";

/** Addresses that only this machine can have. */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/**
 * Starts a collector on the loopback interface.
 *
 * @param {object} options
 * @param {number} [options.port] 0, the default, takes any that is free
 * @param {string} options.dataDir the folder of the database
 * @param {Record<string, import("./coupons.mjs").Terms>} [options.couponTerms] pool sizes and validity by coupon id
 * @param {string} [options.config] the file of the configuration, for the report
 * @param {number} [options.bufferedBytes]
 * @param {number} [options.pendingEvents]
 * @param {number} [options.requestTimeout] milliseconds
 * @param {() => number} [options.now] the clock that `receivedAt` and coupons go by
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startCollector({ port = 0, dataDir, couponTerms = {}, config, now = Date.now, ...bounds }) {
  const { bufferedBytes, pendingEvents, requestTimeout } = { ...LIMITS, ...bounds };
  await checkConfig(config);
  const db = openDatabase(dataDir);
  const writer = createWriter(db, { pendingEvents });
  const budget = new ByteBudget(bufferedBytes);
  const routes = createRoutes({ db, writer, budget, now, couponTerms, config });
  let closing = false;

  /** @param {import("node:http").IncomingMessage} request */
  async function handle(request, response) {
    const [path, search = ""] = request.url.split(/\?(.*)/s);
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    const headers = corsHeaders(request, route);
    try {
      if (closing) throw busy("The collector is stopping. Send this again later.");
      const { status, body, headers: own } = await answer(request, route, path, new URLSearchParams(search));
      if (body === undefined) response.writeHead(status, headers).end();
      else send(response, status, body, { ...headers, ...own });
    } catch (error) {
      if (error instanceof Gone || response.headersSent) return;
      const refusal = error instanceof Refusal ? error : unexpected(error);
      send(response, refusal.status, refusal, { ...headers, ...refusal.headers() });
    }
    drainOrCut(request);
  }

  const server = createServer({
    requestTimeout,
    headersTimeout: Math.min(requestTimeout, 10_000),
    keepAliveTimeout: 30_000,
    connectionsCheckingInterval: Math.min(requestTimeout, 1_000),
  });
  server.maxConnections = LIMITS.connections;
  server.on("request", handle);
  server.on("clientError", answerBrokenRequest);
  try {
    await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  } catch (error) {
    db.close();
    throw error;
  }

  return {
    url: `http://127.0.0.1:${server.address().port}`,

    /** Answers what is under way, stores it, and closes the database. */
    async close() {
      if (closing) return;
      closing = true;
      const closed = new Promise((resolve) => server.close(resolve));
      // A connection that was busy when the server stopped listening becomes idle later, and would then be kept open.
      const sweep = setInterval(() => server.closeIdleConnections(), 20);
      const cut = setTimeout(() => {
        process.stderr.write("collector: connections were cut that had not ended their requests in time\n");
        server.closeAllConnections();
      }, LIMITS.closeGrace);
      await closed;
      clearInterval(sweep);
      clearTimeout(cut);
      writer.drain();
      foldLog(db);
      db.close();
    },
  };
}

/**
 * @typedef {object} Route
 * @property {"any" | "local"} origins whose pages may read the answers
 * @property {Record<string, (request: import("node:http").IncomingMessage, query: URLSearchParams) => unknown>} methods
 */

/** @returns {Record<string, Route>} */
function createRoutes({ db, writer, budget, now, couponTerms, config }) {
  const collect = createCollect({ writer, budget, now });
  const queries = createQueries(db);
  const report = createReport(db, config);
  const coupons = inTransaction(db, () => createCoupons(db, { now, terms: couponTerms }));
  const json = async (request) => {
    const text = await readText(request, { maxBytes: LIMITS.couponBytes, budget });
    try {
      return JSON.parse(text);
    } catch {
      throw new Refusal(400, "unparseable", "The body is not JSON.", { path: "", value: text });
    }
  };
  /** @returns {Route} */
  const open = (methods) => ({ origins: "any", methods });
  /** @returns {Route} */
  const local = (methods) => ({ origins: "local", methods });
  return {
    "/collect": open({ POST: collect }),
    "/v1/batch": open({ POST: collect }),
    "/coupons": open({ POST: async (request) => coupons.issue(await json(request), request.headers["idempotency-key"]) }),
    "/coupons/check": open({ POST: async (request) => coupons.check(await json(request)) }),
    "/coupons/redeem": open({ POST: async (request) => coupons.redeem(await json(request)) }),
    "/api/events": local({ GET: (_, query) => queries.events(query), DELETE: (_, query) => queries.erase(query) }),
    "/api/ledger": local({ GET: (_, query) => queries.ledger(query) }),
    "/api/stats": local({ GET: (_, query) => queries.stats(query) }),
    "/api/coupons": local({
      GET: (_, query) => {
        const { anonymousId } = readQuery(query, ["anonymousId"]);
        if (!anonymousId) throw badParameter("anonymousId", anonymousId, "Name the visitor.");
        return coupons.list(anonymousId);
      },
    }),
    "/api/report": local({ GET: (_, query) => report(query) }),
    ...Object.fromEntries(Object.entries(createPage()).map(([path, file]) => [path, local({ GET: file })])),
    "/healthz": open({ GET: () => ({ status: 200, body: { ok: true } }) }),
  };
}

async function answer(request, route, path, query) {
  if (!route) throw new Refusal(404, "not_found", "There is nothing at this path. Events go to /collect.", { path: "", value: path });
  if (request.method === "OPTIONS") return { status: 204 };
  const method = Object.hasOwn(route.methods, request.method) ? route.methods[request.method] : undefined;
  if (!method) {
    const allow = [...Object.keys(route.methods), "OPTIONS"].join(", ");
    throw new Refusal(405, "method_not_allowed", `This path answers ${allow}.`, { path: "", value: request.method, allow });
  }
  if (route.origins === "local" && !isLocal(request)) {
    throw new Refusal(403, "not_local", "Stored events are answered to this machine only. Ask from a page or program on 127.0.0.1 or localhost.", {
      path: "Origin",
      value: request.headers.origin ?? request.headers.host,
    });
  }
  return method(request, query);
}

/**
 * Any shop may send to the collector, but what it has stored is for pages of this machine. Without this, every site that
 * the developer visits could read it; the Host is checked too, because a name can be made to point at 127.0.0.1.
 */
function isLocal({ headers }) {
  if (!LOOPBACK_HOST.test(headers.host ?? "")) return false;
  return headers.origin === undefined || LOOPBACK_HOST.test(headers.origin.replace(/^https?:\/\//, ""));
}

function corsHeaders(request, route) {
  const { origin } = request.headers;
  const headers = { Vary: "Origin" };
  if (origin === undefined || (route?.origins === "local" && !isLocal(request))) return headers;
  headers["Access-Control-Allow-Origin"] = origin;
  // Without this a page cannot read when to come back, nor the server's clock.
  headers["Access-Control-Expose-Headers"] = "Retry-After, Date";
  if (request.method === "OPTIONS") {
    headers["Access-Control-Allow-Methods"] = Object.keys(route?.methods ?? {}).join(", ");
    headers["Access-Control-Allow-Headers"] = request.headers["access-control-request-headers"] ?? "content-type";
    headers["Access-Control-Max-Age"] = "600";
  }
  return headers;
}

function unexpected(error) {
  process.stderr.write(`collector: ${error.stack}\n`);
  if (String(error.code).startsWith("SQLITE_")) return busy("The database does not answer. Send this again later.");
  return new Refusal(500, "internal", "The collector failed at this request. Its log says why.");
}

/**
 * Reads the rest of a refused body for a moment. Closing a socket with unread bytes resets it, and the sender might
 * then lose the answer; reading for ever would let it hold the socket.
 */
function drainOrCut(request) {
  if (request.complete) return;
  request.resume();
  const cut = setTimeout(() => request.socket.destroy(), LIMITS.drainTimeout);
  request.once("close", () => clearTimeout(cut));
}

/** Answers what is no HTTP, comes too slowly or has endless headers, in the same form as everything else. */
function answerBrokenRequest(error, socket) {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [line, code, message] =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? ["408 Request Timeout", "too_slow", "The request did not arrive in time. Send it again."]
      : error.code === "HPE_HEADER_OVERFLOW"
        ? ["431 Request Header Fields Too Large", "headers_too_large", "The headers are too large. Send fewer cookies."]
        : ["400 Bad Request", "not_http", "The request is not well-formed HTTP/1.1."];
  const body = JSON.stringify({ error: { code, message } });
  socket.end(
    `HTTP/1.1 ${line}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Cache-Control: no-store\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n${body}`,
  );
}
