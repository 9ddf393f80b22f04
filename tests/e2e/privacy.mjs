// A shop of one page for the tests of consent and privacy: it logs every byte that a browser sends, and the tests read
// all that a browser keeps.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { SECURITY_HEADERS } from "../../www/shop/http.mjs";
import { root } from "../../xtask/setup.mjs";
import { until, visitor } from "./harness.mjs";

const TYPES = { js: "text/javascript", wasm: "application/wasm", json: "application/json" };
const SHOP = '<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>가게</title><link rel="icon" href="/icon.svg"></head><body><h1>가게</h1><form><input id="card" name="card"></form><script src="/dangol/dangol.js"></script></body></html>';

/** Starts the shop. `configs`: configurations by path. `answer` may replace the collector's answer. */
export async function privateShop(configs = {}) {
  const wire = [];
  const shop = {
    configs,
    wire,
    /** Requests to the collector: headers and body. */
    posts: [],
    answer: (request, response) => response.writeHead(200, { "content-type": "application/json" }).end("{}"),
    /** The events that have arrived, and their names. */
    names: () => shop.events().map(({ event, type }) => event ?? type),
    arrived: (name) => until(() => shop.names().includes(name), `${name} to arrive`),
    events: () => shop.posts.flatMap(({ body }) => { try { return JSON.parse(body).batch ?? []; } catch { return []; } }),
    bytes: () => Buffer.concat(wire).toString("utf8"),
    clear() {
      wire.length = 0;
      shop.posts.length = 0;
    },
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://shop");
    let body = "";
    for await (const part of request) body += part;
    if (request.method === "POST") {
      shop.posts.push({ path: pathname, headers: request.headers, body });
      return shop.answer(request, response, body);
    }
    if (pathname.startsWith("/dangol/")) {
      const name = pathname.slice(8);
      return response.writeHead(200, { ...SECURITY_HEADERS, "content-type": TYPES[name.split(".").at(-1)] ?? "text/plain" }).end(readFileSync(join(root, "pkg", name)));
    }
    if (pathname === "/icon.svg") return response.writeHead(200, { "content-type": "image/svg+xml" }).end('<svg xmlns="http://www.w3.org/2000/svg"/>');
    if (configs[pathname]) return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ version: 1, timezone: "Asia/Seoul", locale: "ko", ...configs[pathname] }));
    response.writeHead(200, { ...SECURITY_HEADERS, "content-type": "text/html; charset=utf-8" }).end(SHOP);
  });
  // Below HTTP: nothing that is sent can be missing here.
  server.on("connection", (socket) => socket.on("data", (bytes) => wire.push(bytes)));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  shop.url = `http://127.0.0.1:${server.address().port}`;
  shop.close = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return shop;
}

/** Opens the shop and starts Dangol there; `options` are passed to `init`. */
export async function enter(page, shop, options = {}, path = "/") {
  await page.goto(shop.url + path);
  return start(page, options);
}

export const start = (page, options = {}) => page.evaluate(async (options) => {
  window.problems = [];
  window.told = [];
  const dangol = window.dangol.init({ endpoint: { url: "/collect", flushInterval: 100 }, ...options });
  dangol.on("problem", (problem) => window.problems.push(problem));
  dangol.on("message", (notice) => window.told.push(notice));
  return dangol.ready;
}, options);

/** Calls a method of the page's instance. */
export const call = (page, method, ...args) => page.evaluate(([method, args]) => window.dangol[method](...args), [method, args]);

/** Takes WebAssembly from a page, or from all of a context: events are only collected there. */
export const refuseEngine = (where) => where.addInitScript(() => {
  WebAssembly.compile = WebAssembly.compileStreaming = WebAssembly.instantiate = WebAssembly.instantiateStreaming = () => Promise.reject(new WebAssembly.CompileError("refused"));
});
/** What the browser and the shop's server say then. */
export const REFUSED = /WebAssembly|wasm|404/;

/** What the page knows of its visitor. */
export const exported = (page) => call(page, "exportData");
export const idOf = async (page) => (await exported(page)).anonymousId;

/** All that the shop's origin keeps in this browser. */
export async function kept(page) {
  const found = await page.evaluate(async () => {
    const databases = {};
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of database.objectStoreNames) {
        const rows = database.transaction(store).objectStore(store);
        const all = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
        const [keys, values] = await Promise.all([all(rows.getAllKeys()), all(rows.getAll())]);
        keys.forEach((key, at) => { databases[`${name}/${store}/${key}`] = values[at]; });
      }
      database.close();
    }
    return { databases, names: (await indexedDB.databases()).map(({ name }) => name), local: { ...localStorage }, session: { ...sessionStorage }, caches: await caches.keys() };
  });
  return { ...found, cookies: await page.context().cookies() };
}

export const NOTHING = { databases: {}, names: [], local: {}, session: {}, caches: [], cookies: [] };

/** The keys of what is kept, without the record of the decision, which says nothing about the person. */
export const keysBesideRecord = ({ databases, session, caches, cookies }) =>
  [...Object.keys(databases).filter((key) => key !== "dangol/state/consent"), ...Object.keys(session), ...caches, ...cookies.map(({ name }) => name)];

export { visitor };
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
