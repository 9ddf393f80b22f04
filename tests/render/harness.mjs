// Serves a page under the strictest policy a shop can have and opens it in Chromium. The renderer is built from
// js/render as it will be in the package; the trees come from the native test that composes them.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import AxeBuilder from "@axe-core/playwright";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { squeeze } from "../../xtask/style.mjs";

/** The layouts that the gallery shows with each block. */
export const LAYOUTS = ["banner", "modal", "slide", "sheet", "toast", "fullscreen", "bubble", "inline"];
/** The moment that its messages were composed for. */
export const NOW = 1_772_723_045_000;

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Design point 5: what every test page is served with. */
export const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'";

const PAGE = `<!doctype html><html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>가게</title><link rel="icon" href="/icon.png"><link rel="stylesheet" href="/shop.css"><script type="module" src="/page.js"></script></head>
<body><header><h1>단골상점</h1></header><main><p><button id="before" type="button">앞 버튼</button></p><div data-dangol-slot="hero"></div><div class="grid">${"<span></span>".repeat(12)}</div></main></body></html>`;

const SHOP = `body{margin:0;font:16px/1.5 sans-serif;background:#faf9f7;color:#222}header{padding:16px 24px;border-bottom:1px solid #ddd;background:#fff}
h1{margin:0;font-size:20px}main{max-width:1080px;margin:0 auto;padding:24px}.grid{display:grid;grid-template-columns:repeat(4,1fr);gap:16px;margin-top:16px}.grid span{height:220px;background:#ebe7e0}
@media (prefers-color-scheme:dark){body{background:#121214;color:#eee}header{background:#1b1b1e;border-color:#333}.grid span{background:#26262a}}`;

/** Sets up the page for tests: what was reported, a clock, and a way to mount. */
const ENTRY = `import { mount } from "./js/render/index";
import { watchLeaving } from "./js/render/leaving";
watchLeaving(new AbortController().signal);
const reports = [];
window.reports = reports;
window.show = (message, now) => (window.shown = mount(message, (what) => reports.push(what), { document, now: now == null ? undefined : () => now }));`;

let bundled;
/** The page's script: the renderer and what the tests hold it by. */
export async function bundle() {
  bundled ??= (
    await build({ stdin: { contents: ENTRY, resolveDir: root, loader: "ts" }, bundle: true, write: false, format: "esm", target: "es2022", loader: { ".css": "text" } })
  ).outputFiles[0].text;
  return bundled;
}

/** The renderer alone, as small as it gets; what few messages need is fetched with them. */
export async function size() {
  const css = {
    name: "css",
    setup(plugin) {
      plugin.onLoad({ filter: /\.css$/ }, async ({ path }) => ({ contents: await squeeze(readFileSync(path, "utf8"), await import("esbuild")), loader: "text" }));
    },
  };
  const { outputFiles } = await build({ entryPoints: [root + "js/render/index.ts"], bundle: true, external: ["./drag.ts", "./form.ts", "./launcher.ts"], write: false, format: "esm", target: "es2022", minify: true, plugins: [css] });
  return { raw: outputFiles[0].contents.length, gzip: gzipSync(outputFiles[0].contents, { level: 9 }).length };
}

let composed;
/** All composed messages by name. */
export function messages() {
  if (!composed) {
    execFileSync("cargo", ["test", "-q", "--test", "message_gallery"], { cwd: root, stdio: "pipe" });
    const target = JSON.parse(execFileSync("cargo", ["metadata", "--format-version=1", "--no-deps"], { cwd: root, maxBuffer: 1 << 26 })).target_directory;
    composed = Object.fromEntries(JSON.parse(readFileSync(target + "/tmp/gallery.json", "utf8")).map((message) => [message.impression, message]));
  }
  return structuredClone(composed);
}

/** A picture that looks like one: a PNG of a soft gradient, made here so that none has to be stored. */
async function picture(width, height, hue) {
  const { deflateSync, crc32 } = await import("node:zlib");
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (1 + width * 3) + 1 + x * 3;
      const light = 0.62 + 0.3 * (y / height) + 0.06 * Math.sin(x / 40 + y / 60);
      rows[at] = Math.min(255, 232 * light + hue);
      rows[at + 1] = Math.min(255, 205 * light + hue / 2);
      rows[at + 2] = Math.min(255, 178 * light + 60 - hue);
    }
  }
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

/** Starts the server and the browser; `close()` ends both. */
export async function start() {
  const script = await bundle();
  const pictures = { "/scene/dawn.svg": await picture(800, 450, 10), "/scene/tall.png": await picture(100, 400, 10), "/p1.png": await picture(144, 176, 0), "/p2.png": await picture(144, 176, 40), "/icon.png": await picture(16, 16, 20) };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://x");
    const [type, body] = pathname === "/page.js" ? ["text/javascript", script]
      : pathname === "/shop.css" ? ["text/css", SHOP]
      : pictures[pathname] ? ["image/png", pictures[pathname]]
      : ["text/html", PAGE];
    response.writeHead(200, { "content-type": type + (type.startsWith("text") ? ";charset=utf-8" : ""), "content-security-policy": POLICY });
    response.end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const address = `http://127.0.0.1:${server.address().port}/`;
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  return {
    address,
    browser,
    /** Opens the shop; every console message and page error is kept in `page.complaints`. */
    async open(options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
      const page = await context.newPage();
      page.complaints = [];
      page.on("console", (message) => page.complaints.push(message.text()));
      page.on("pageerror", (error) => page.complaints.push(String(error)));
      await page.goto(address);
      await page.waitForFunction(() => window.show);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** Asserts that axe finds nothing in the message that is shown. */
export async function assertAccessible(page) {
  // "Legacy" asks in the page itself; otherwise each answer is put together in a second page, which takes a second.
  const { violations } = await new AxeBuilder({ page }).include("dangol-message").setLegacyMode().analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html.slice(0, 200) + (node.any[0]?.message ?? ""))]), []);
}

/** What a file of tests stands on: the shop, which closes with its last test, its messages, and how one visits it. */
export async function stage() {
  const shop = await start();
  after(() => shop.close());
  const all = messages();
  /** Opens a page, has `prepare` done to it, shows a message, and asserts at the end that nothing complained. */
  const visit = async (name, act, { options, change, prepare } = {}) => {
    const page = await shop.open(options);
    try {
      if (prepare) await page.evaluate(prepare);
      const message = structuredClone(all[name]);
      message.dismiss.after = null;
      change?.(message);
      await page.evaluate(([message, now]) => window.show(message, now), [message, NOW]);
      await act(page, message);
      assert.deepEqual(page.complaints, []);
    } finally {
      await page.context().close();
    }
  };
  return { shop, all, visit };
}

/** The first node of a tree that has this part. */
export const find = (node, part) => (node.part?.split(" ").includes(part) ? node : node.children?.map((child) => find(child, part)).find(Boolean));
export const content = ({ tree }) => tree.children.find(({ part }) => part === "content");
/** A page's options for a screen of this size. */
export const at = (width, height) => ({ viewport: { width, height } });

/** What was reported, without the noise of coming into view. */
export const reports = (page) => page.evaluate(() => window.reports.filter(({ act }) => !act.endsWith("view")));
export const card = (page) => page.locator("dangol-message [part=card]");
