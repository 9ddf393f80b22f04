// A deploy while pages are open: what a page loads late is of the release it began with, or does not come at all.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { SECURITY_HEADERS } from "../../www/shop/http.mjs";
import { release, root } from "../../xtask/setup.mjs";
import { browser, until, visitor } from "./harness.mjs";

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };
const CONFIG = JSON.stringify({
  version: 1,
  campaigns: { hello: { trigger: { event: "Go" }, message: { layout: "sheet", blocks: [{ text: "반가워요", as: "title" }] } } },
});
const FIRST = join(root, "pkg");
const place = mkdtempSync(join(tmpdir(), "dangol-releases-"));
const SECOND = join(place, "pkg");

/** The next release, made as the build makes it: what is loaded late says that it has come. */
async function buildSecond() {
  for (const part of ["js", "xtask", "package.json"]) cpSync(join(root, part), join(place, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(place, "node_modules"));
  for (const name of ["host/page", "render/chunk", "render/drag"]) {
    const path = join(place, "js", `${name}.ts`);
    writeFileSync(path, `${readFileSync(path, "utf8")}\n((globalThis as any).second ||= []).push("${name}");\n`);
  }
  mkdirSync(join(place, "target", "package"), { recursive: true });
  const built = (name) => {
    const at = (file) => join(root, "target", "package", name, file);
    return { glue: at("dangol.js"), wasm: at("dangol.wasm"), packed: at("packed.txt"), packedPart: at("packed-part.txt") };
  };
  const { bundle } = await import(pathToFileURL(join(place, "xtask", "bundle.mjs")));
  await bundle({ pkg: SECOND, page: built("page"), tools: built("tools"), signature: built("signature"), facts: { version: "0.0.2" } });
}

let open;
let server;
/** Where the files lie by now, first found first given; what is asked for waits for `held`. */
let deployed = [];
let held;
let head = "";
/** What a strict policy allows besides: the hash of an import map. */
let allow = "";
let tampered;
before(async () => {
  [open] = await Promise.all([browser(), buildSecond()]);
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://shop");
    const { "content-security-policy": policy, ...headers } = SECURITY_HEADERS;
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    if (pathname === "/") return response.writeHead(200, { ...headers, "content-security-policy": policy.replace("script-src", `script-src ${allow}`), "content-type": "text/html" })
      .end(`<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>Dangol</title>${head}<script async src="/dangol.js" data-config="/config.json" data-consent="granted"></script></head></html>`);
    if (pathname === "/config.json") return response.writeHead(200, { "content-type": TYPES[".json"] }).end(CONFIG);
    if (held?.pattern.test(pathname)) {
      held.asked = true;
      await held.until;
    }
    const file = deployed.map((folder) => join(folder, pathname)).find(existsSync);
    if (!file) return response.writeHead(404).end();
    // The tag's own file is asked for anew; what lies in the folder of a release never changes.
    const kept = /^\/v-/.test(pathname) ? "public, max-age=31536000, immutable" : "no-cache";
    response.writeHead(200, { "content-type": TYPES[extname(file)], "cache-control": kept })
      .end(tampered?.test(pathname) ? `window.tampered = true;${readFileSync(file)}` : readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
});
after(async () => {
  await open?.close();
  server?.closeAllConnections();
  server?.close();
  rmSync(place, { recursive: true, force: true });
});
beforeEach(() => {
  deployed = [FIRST];
  held = undefined;
  head = allow = "";
  tampered = undefined;
});

const start = async (options) => {
  const one = await visitor(open, options);
  await one.page.goto(`http://127.0.0.1:${server.address().port}/`);
  await until(() => one.page.evaluate(() => window.dangol?.ready), "the start");
  await one.page.evaluate(() => { window.problems = []; window.dangol.on("problem", ({ code }) => window.problems.push(code)); });
  return one;
};
const files = (page) => page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => /\.(js|wasm)$/.test(path)));
/** The sheet, and whether it can be pulled down, which is a file of its own. */
const go = async (page) => {
  await page.evaluate(() => window.dangol.show("hello", { force: true }));
  await page.locator("dangol-message").getByText("반가워요").waitFor();
};
/** A visitor pulls again where the first pull was sooner than what hears it. */
const pulled = (page) => until(async () => {
  const box = await page.locator("dangol-message [part=handle]").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + 400, { steps: 4 });
  await page.mouse.up();
  await page.waitForTimeout(100);
  return page.evaluate(() => !document.querySelector("dangol-message"));
}, "the sheet to go");
/** An import map, allowed by a strict policy, with the integrity of the first release's files. */
const checked = () => {
  const map = JSON.stringify({ integrity: JSON.parse(readFileSync(join(FIRST, "integrity.json"), "utf8")) });
  head = `<script type="importmap">${map}</script>`;
  allow = `'sha256-${createHash("sha256").update(map).digest("base64")}'`;
};
const missing = { allowed: /^error: Failed to load resource: .* 404/ };

describe("a deploy while a page is open", () => {
  it("two releases have folders of their own", () => {
    assert.match(release(FIRST), /^v-[0-9a-f]{8}$/);
    assert.notEqual(release(SECOND), release(FIRST));
    assert.deepEqual(readdirSync(join(SECOND, release(SECOND))), readdirSync(join(FIRST, release(FIRST))));
  });

  it("that keeps the former folder: the page goes on with its own files, the next one is all new", async () => {
    checked();
    const { page, close } = await start();
    deployed = [SECOND, FIRST];
    await go(page);
    await pulled(page);
    assert.equal(await page.evaluate(() => window.second), undefined, "nothing of the second release");
    assert.deepEqual((await files(page)).filter((path) => path !== "/dangol.js" && !path.startsWith(`/${release(FIRST)}/`)), []);
    await page.reload();
    await page.evaluate(() => window.dangol.ready);
    await go(page);
    await pulled(page);
    assert.deepEqual((await page.evaluate(() => window.second)).sort(), ["host/page", "render/chunk", "render/drag"], "nothing but the second release");
    await close();
  });

  it("that takes the former folder away: no file of the new release steps in, the shop is told, the page goes on", async () => {
    let arrive;
    held = { pattern: /\/render\.js$/, until: new Promise((resolve) => (arrive = resolve)) };
    const { page, close } = await start(missing);
    await until(() => held.asked, "what draws messages to be asked for");
    deployed = [SECOND];
    arrive();
    await page.evaluate(() => window.dangol.track("Go"));
    await until(() => page.evaluate(() => window.problems.includes("drawing-unavailable")), "the problem");
    assert.equal(await page.evaluate(() => window.second), undefined, "nothing of the second release");
    assert.equal(await page.locator("dangol-message").count(), 0);
    assert.equal(typeof await page.evaluate(() => window.dangol.track("Went on").then(() => window.dangol.stats().created)), "number");
    assert.equal(await page.evaluate(() => window.dangol.ready), "full");
    await close();
  });

  it("in the midst of the start: a tag of the former release does not start the page module of the next", async () => {
    let arrive;
    held = { pattern: /\/page\.js$/, until: new Promise((resolve) => (arrive = resolve)) };
    const starting = start(missing);
    await until(() => held.asked, "the page module to be asked for");
    deployed = [SECOND];
    arrive();
    const { page, close } = await starting;
    assert.equal(await page.evaluate(() => window.dangol.ready), "collect");
    assert.equal(await page.evaluate(() => window.second), undefined);
    await close();
  });
});

describe("the integrity of what is loaded late", () => {
  it("is looked after by the browser where the page's import map says it", async () => {
    checked();
    tampered = /\/drag\.js$/;
    const { page, close } = await start({ allowed: /^error: .*(integrity|digest)/ });
    await go(page);
    await until(async () => (await files(page)).some((path) => path.endsWith("/drag.js")), "the file to be asked for");
    await page.waitForTimeout(300);
    assert.equal(await page.evaluate(() => window.tampered), undefined);
    await close();
  });
});
