// What the browser tests share: sources bundled on the fly, a server with the strict policy, Chromium.
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { chromium as executable, release, root } from "../../xtask/setup.mjs";

const esbuild = createRequire(join(root, "package.json"))("esbuild");

/** Where the script tag loads from, beside `dangol.js`. */
export const FOLDER = `${release()}/`;
export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'";
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json", ".html": "text/html;charset=utf-8" };

/** Bundles `code`, which imports from js/, with a stand-in for the engine's glue. */
export async function bundle(code, { format = "esm", globalName } = {}) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: code, resolveDir: join(root, "js"), loader: "ts" },
    bundle: true, write: false, format, globalName, target: "es2022", charset: "utf8", logLevel: "warning",
    define: { FOLDER: '""', WASM_INTEGRITY: '""', PAGE_INTEGRITY: '""', VERSION: '"0.0.0"' },
    loader: { ".css": "text" },
    plugins: [{
      name: "stand-in",
      setup(build) {
        build.onResolve({ filter: /^glue:page$/ }, () => ({ path: join(root, "tests/js/stand-in.mjs") }));
        build.onResolve({ filter: /^glue:signature$/ }, ({ path }) => ({ path, namespace: "signature" }));
        build.onLoad({ filter: /.*/, namespace: "signature" }, () => ({ contents: "export default async () => {}; export const check = () => '';" }));
        build.onResolve({ filter: /^packed:/ }, ({ path }) => ({ path, namespace: "packed" }));
        build.onLoad({ filter: /.*/, namespace: "packed" }, () => ({ contents: "export default ''" }));
      },
    }],
  });
  return outputFiles[0].text;
}

/** Imports bundled sources into this process. */
export const load = async (code) => import(`data:text/javascript;base64,${Buffer.from(await bundle(code)).toString("base64")}`);

/** Serves `routes` (path to text or handler) and pkg/, every page under the strict policy. */
export async function serve(routes = {}, { policy = POLICY } = {}) {
  const requests = [];
  const fetched = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://x");
    if (request.method === "GET") fetched.push(pathname);
    let body = "";
    for await (const part of request) body += part;
    if (request.method === "POST") requests.push({ path: pathname, headers: request.headers, body });
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    const route = routes[pathname];
    if (typeof route === "function") return route(request, response, body);
    const file = join(root, "pkg", pathname.replace(/^\/pkg\//, ""));
    const content = route ?? (pathname.startsWith("/pkg/") && existsSync(file) ? readFileSync(file) : undefined);
    if (content === undefined) return response.writeHead(404, { "Content-Type": "text/html" }).end("<p>nothing here</p>");
    const type = TYPES[extname(pathname)] ?? TYPES[".html"];
    response.writeHead(200, { "Content-Type": type, ...(type.startsWith("text/html") && { "Content-Security-Policy": policy }) }).end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, requests, fetched, routes, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

export const launch = () => chromium.launch({ executablePath: executable(), args: ["--no-sandbox"], ignoreDefaultArgs: ["--disable-back-forward-cache"] });

/** A page in a context of its own that notes everything the console says. */
export async function open(browser, url, { init, device } = {}) {
  const context = await browser.newContext(device);
  if (init) await context.addInitScript(init);
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`uncaught: ${error.message}`));
  await page.goto(url);
  return { page, context, said };
}

/** Waits until `probe` gives something truthy. */
export async function until(probe, what = "it", patience = 5000) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${patience} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export const html = (...scripts) => `<!doctype html><html lang="ko"><meta charset="utf-8"><title>shop</title><body><p>shop</p>${scripts.join("")}`;
