// The demo shop's server: pages, pictures, the SDK's files, and the way to the collector.
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { drawProduct } from "./art/index.mjs";
import { drawScene, SCENE_NAMES } from "./art/scenes.mjs";
import { createContext } from "./context.mjs";
import { COLOURS } from "./data/colours.mjs";
import { productOf } from "./data/products.mjs";
import { FRAMED, localPath, readForm, send, sendJson } from "./http.mjs";
import { forward } from "./proxy.mjs";
import { accountRoutes } from "./routes/account.mjs";
import { buyingRoutes } from "./routes/buying.mjs";
import { catalogRoutes } from "./routes/catalog.mjs";
import { sendFile } from "./static.mjs";
import { openStore } from "./store.mjs";
import { notFound } from "./views/account.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const PUBLIC = join(HERE, "public");
/** The documentation site, built by xtask/docs.mjs. */
const DOCS = join(dirname(HERE), "docs");
const CAMPAIGNS = dirname(HERE);
const COLLECTOR_PATHS = /^\/(?:collect|coupons|api|report)(?:\/|$)/;
const PICTURE = /^\/art\/([a-z-]+?)-([a-z]+)(?:-(detail|close))?\.svg$/;
const SCENE = /^\/scene\/([a-z]+)\.svg$/;
const KEEP_PICTURES = { "cache-control": "public, max-age=3600" };

const ROUTES = [...catalogRoutes, ...buyingRoutes, ...accountRoutes].map(([method, path, handle]) => ({
  method, handle, pattern: new RegExp(`^${path.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`),
}));

const drawings = new Map();
function picture(path, draw) {
  if (!drawings.has(path)) drawings.set(path, draw());
  return drawings.get(path);
}

/** Answers a picture of a product or of a scene; false when there is none of that name. */
function sendPicture(response, path) {
  const [, id, colour, view] = PICTURE.exec(path) ?? [];
  const [, scene] = SCENE.exec(path) ?? [];
  const product = productOf(id);
  if (product?.colours.includes(colour)) {
    send(response, 200, "image/svg+xml", picture(path, () => drawProduct(product, COLOURS[colour], view)), KEEP_PICTURES);
    return true;
  }
  if (SCENE_NAMES.includes(scene)) {
    send(response, 200, "image/svg+xml", picture(path, () => drawScene(scene)), KEEP_PICTURES);
    return true;
  }
  return false;
}

async function sendAsset(response, path, pkgDir) {
  if (sendPicture(response, path)) return true;
  if (path === "/docs" || path.startsWith("/docs/")) return sendFile(response, DOCS, /\/docs(?:\/ko)?\/?$/.test(path) ? `${path.slice("/docs".length)}/index.html` : path.slice("/docs".length));
  if (path === "/campaigns.json") return sendFile(response, CAMPAIGNS, path);
  if (path === "/gallery") return sendFile(response, PUBLIC, "/gallery/index.html");
  if (path === "/gallery/frame.html") return sendFile(response, PUBLIC, path, FRAMED);
  if (path === "/favicon.ico") return sendFile(response, PUBLIC, "/favicon.svg");
  if (path.startsWith("/dangol/")) return pkgDir ? sendFile(response, pkgDir, path.slice("/dangol".length)) : false;
  return sendFile(response, PUBLIC, path);
}

/** A form of another site must not act in the visitor's name. */
function isForeign({ headers: { origin, host } }) {
  return origin !== undefined && ![`http://${host}`, `https://${host}`].includes(origin);
}

async function sendShopPage(request, response, path, options) {
  const context = createContext(request, response, options);
  const method = request.method === "HEAD" ? "GET" : request.method;
  const clean = context.cleanAddress();
  if (clean && method === "GET") return context.redirect(localPath(clean));
  // No page's address ends with a slash, but people write one.
  if (path.length > 1 && path.endsWith("/") && method === "GET") return context.redirect(localPath(request.url.replace(/\/+(?=$|\?)/, "")));
  for (const { method: wanted, pattern, handle } of ROUTES) {
    const match = wanted === method && pattern.exec(path);
    if (!match) continue;
    if (method === "POST" && isForeign(request)) return sendJson(response, 403, { error: "foreign_origin" });
    const form = method === "POST" ? await readForm(request) : undefined;
    const answer = await handle(context, match.groups ?? {}, form);
    if (answer === true) return undefined;
    if (answer) return context.page(answer);
  }
  return context.page(notFound(context), 404);
}

async function answer(request, response, options) {
  const { pathname } = new URL(request.url, "http://localhost");
  if (COLLECTOR_PATHS.test(pathname)) return forward(request, response, options.collectorUrl);
  const path = decodeURIComponent(pathname);
  if (["GET", "HEAD"].includes(request.method) && (await sendAsset(response, path, options.pkgDir))) return undefined;
  // A missing file is answered briefly: a whole page would only hide the mistake.
  if (/\.[a-z0-9]+$/.test(path)) return send(response, 404, "text/plain; charset=utf-8", "Not found.\n");
  return sendShopPage(request, response, path, options);
}

export function createShop({ port = 0, collectorUrl, pkgDir, dataDir } = {}) {
  const store = openStore(dataDir);
  const server = createServer((request, response) => {
    answer(request, response, { store, collectorUrl, pkgDir }).catch((problem) => {
      const status = problem instanceof URIError || problem.code === "ERR_INVALID_URL" ? 400 : problem.status ?? 500;
      if (status === 500) process.stderr.write(`${problem.stack}\n`);
      if (response.headersSent) response.destroy();
      else sendJson(response, status, { error: status === 500 ? "internal" : "bad_request" });
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve({
      url: `http://127.0.0.1:${server.address().port}`,
      close: () => new Promise((done) => {
        store.save();
        server.close(() => done());
        server.closeAllConnections();
      }),
    }));
  });
}
