// The code blocks of the README and of docs/ that a browser or the engine runs: configurations are validated, scripts, React and HTML are opened.
// What is typed into a shell, and TypeScript, is the matter of tests/docs/commands.test.mjs.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { build } from "esbuild";
import { loadEngine } from "../../pkg/engine.js";
import { release, root } from "../../xtask/setup.mjs";
import { blocks, name, of, on } from "../docs/blocks.mjs";
import { consumer } from "../packaging/lab.mjs";
import { browser, until, visitor } from "./harness.mjs";

describe("code in the documentation", () => {
  it("is named by its language, and by one that is checked here", () => {
    const known = ["json", "js", "ts", "jsx", "html", "sh", "text"];
    assert.deepEqual(blocks.filter(({ language }) => !known.includes(language)).map(name), []);
    assert.ok(of("json").length > 20 && of("js").length > 20 && of("sh").length > 8, JSON.stringify(blocks.length));
  });

  it("json: configurations, campaigns and conditions are valid", async () => {
    const engine = await loadEngine();
    for (const block of of("json")) {
      // The conditions of these pages are compiled and explained by tests/documentation.rs, with what they speak of.
      if (/^docs\/(?:ko\/)?conditions\.md$/.test(block.file)) continue;
      const value = JSON.parse(block.code);
      const message = { layout: "modal", blocks: [{ text: "x" }] };
      const config = ["campaigns", "segments", "settings", "version"].some((key) => key in value) ? value
        : "trigger" in value ? { campaigns: { x: value } }
        : { campaigns: { x: { trigger: { manual: true }, audience: value, message } } };
      assert.deepEqual(engine.validate(config), [], name(block));
    }
  });

  it("html: names files of the package and attributes that are read", () => {
    for (const block of of("html")) {
      for (const [, source] of block.code.matchAll(/<script[^>]* src="([^"]*)"/g)) assert.ok(existsSync(join(root, "pkg", source.split("/").pop())), `${name(block)}: ${source}`);
      for (const [, attribute] of block.code.matchAll(/ data-([\w-]+)=/g)) assert.match(attribute, /^(config|endpoint|consent|capture|debug|write-key|name|locale|storage|chat|cmp|base-url|dangol-[\w-]+)$/, name(block));
    }
  });
});

const TYPES = { ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };
const ICON = '<meta charset="utf-8"><link rel="icon" href="data:,">';
/** A statement with its result as a comment under it (`// ["big_cart"]`) must have that result. */
const asserting = (code) => code.replace(/^(\S.*);\n\/\/ ([[{"].*)$/gm, (_, statement, result) => `{ const found = JSON.stringify(${statement}); if (found !== JSON.stringify(${result})) throw new Error(found); }`);
/** The page of a script: the package by name for a block that imports it, the script tag for one that uses `dangol`. */
const pageOf = ({ code }) => `<!doctype html><html lang="ko">${ICON}
${/^import /m.test(code)
    ? '<script type="importmap">{"imports":{"dangol":"/pkg/index.js","dangol/engine":"/pkg/engine.js","dangol/slim":"/pkg/slim.js"}}</script>'
    : '<script src="/pkg/stub.js"></script><script async src="/pkg/dangol.js" data-config="/campaigns.json" data-consent="granted"></script>'}
<script type="module">${/^import /m.test(code) ? "" : "await dangol.ready;\n"}${asserting(code)}
window.ended = true;</script>`;

let open;
let server;
/** What the server gives: the page, and files besides those of the package and the demo shop. */
let document = "";
let extra = {};
let posted = [];
const address = () => `http://127.0.0.1:${server.address().port}/`;
before(async () => {
  open = await browser();
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/") return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(document);
    if (request.method === "POST") {
      let body = "";
      for await (const part of request) body += part;
      posted.push(...(JSON.parse(body).batch ?? []));
      return response.writeHead(200).end("{}");
    }
    const type = TYPES[extname(pathname)] ?? "text/plain";
    if (extra[pathname]) return response.writeHead(200, { "content-type": type }).end(extra[pathname]);
    // A shop has the package where it likes.
    const file = /^\/(pkg|dangol)\//.test(pathname) ? join(root, "pkg", /(?:v-\w+\/)?[^/]+$/.exec(pathname)[0]) : join(root, "www", pathname);
    if (!existsSync(file)) return response.writeHead(404).end();
    return response.writeHead(200, { "content-type": type }).end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
});
after(async () => {
  await open?.close();
  server?.closeAllConnections();
  server?.close();
});

/** Opens a page of its own visitor, whose console stays silent but for what the block says on purpose. */
async function opened(html, files = {}, allowed = /^info: /) {
  [document, extra, posted] = [html, files, []];
  const { page, close } = await visitor(open, { allowed });
  await page.goto(address());
  return { page, close };
}

describe("scripts in the documentation", () => {
  // What is a server is started by tests/docs/commands.test.mjs.
  for (const block of of("js").filter(({ code }) => !/from "node:/.test(code))) {
    it(name(block), async () => {
      const { page, close } = await opened(pageOf(block));
      await until(() => page.evaluate(() => window.ended === true), `the block to end:\n${block.code}`);
      await close();
    });
  }
});

describe("HTML in the documentation", () => {
  it("is opened: whole pages by tests/e2e/readme.test.mjs, pieces here", () => {
    for (const block of of("html")) assert.ok(/^<!doctype html>/.test(block.code) ? /^README(\.ko)?\.md$|\/start\.md$/.test(block.file) : [...on("script-tag", "html"), ...on("sources", "html")].includes(block), name(block));
  });

  for (const block of on("script-tag", "html").filter(({ code }) => code.includes("importmap"))) {
    it(`${name(block)}: with the release's own folder and hash it lets the file in, with another hash it does not`, async () => {
      const own = JSON.parse(readFileSync(join(root, "pkg", "integrity.json"), "utf8"))[`./${release()}/render.js`];
      const config = { version: 1, campaigns: { hero: { purpose: "service", trigger: { page: "/" }, message: { layout: "toast", blocks: [{ text: "Checked" }] } } } };
      const tag = '<script async src="/dangol/dangol.js" data-config="/inline.json" data-consent="granted"></script>';
      for (const [hash, shown] of [[own, true], [`sha384-${Buffer.alloc(48).toString("base64")}`, false]]) {
        const map = block.code.replace(/v-[0-9a-f]{8}/, release()).replace("sha384-…", hash);
        const { page, close } = await opened(`<!doctype html><html lang="ko">${ICON}${map}${tag}`, { "/inline.json": JSON.stringify(config) }, shown ? undefined : /integrity|digest/);
        assert.equal(await page.evaluate(() => window.dangol.ready), "full");
        if (shown) await page.locator("dangol-message").getByText("Checked").waitFor();
        else assert.equal(await page.evaluate(async () => (await window.dangol.show("hero")).outcome), "suppressed");
        await close();
      }
    });
  }

  for (const block of on("script-tag", "html").filter(({ code }) => !code.includes("importmap"))) {
    it(name(block), async () => {
      const { page, close } = await opened(`<!doctype html><html lang="ko">${ICON}${block.code}<script>dangol.track("Early", {});</script>`);
      assert.equal(await page.evaluate(() => window.dangol.ready), "full");
      // Consent is pending, as its attribute says: nothing is there before it is given, and everything after.
      assert.deepEqual(posted, []);
      await page.evaluate(() => { window.dangol.consent({ analytics: true, personalization: true }); window.dangol.flush(); });
      await until(() => posted.some(({ event }) => event === "Early"), "the call that the stub had queued");
      await close();
    });
  }

  for (const block of on("sources", "html")) {
    it(name(block), async () => {
      const config = { version: 1, campaigns: { hero: { purpose: "service", trigger: { page: "/" }, message: { layout: "inline", slot: "[data-dangol-slot=hero]", blocks: [{ text: "In its slot" }] } } } };
      const tag = '<script async src="/pkg/dangol.js" data-config="/inline.json" data-endpoint="/collect" data-consent="granted" data-capture="page html"></script>';
      const { page, close } = await opened(`<!doctype html><html lang="ko">${ICON}${block.code}${tag}`, { "/inline.json": JSON.stringify(config) });
      await page.locator("[data-dangol-slot=hero] dangol-message").getByText("In its slot").waitFor();
      await until(() => page.evaluate(async () => (await window.dangol.exportData()).journey.some(({ event }) => event === "Promotion Viewed")), "the section to be seen");
      await page.locator("button[data-dangol-track]").click();
      await page.evaluate(() => window.dangol.flush());
      const added = await until(() => posted.find(({ event }) => event === "Product Added"), "the click");
      assert.deepEqual(added.properties, { product_id: "coat-1", price: 129000 });
      assert.deepEqual(posted.find(({ event }) => event === "Promotion Viewed").properties, { promotion_id: "summer" });
      // The event of docs/endpoint.md has all that a real one has, by the same names.
      for (const { code, file } of on("endpoint", "text")) {
        const told = JSON.parse(code);
        for (const [real, example] of [[added, told], [added.context, told.context], [added.context.page, told.context.page], [added.context.consent, told.context.consent]]) {
          assert.deepEqual(Object.keys(real).filter((key) => !(key in example)), [], `${file} does not tell of them`);
        }
      }
      await close();
    });
  }
});

describe("React in the documentation", () => {
  let react;
  before(() => { react = consumer("react18"); });
  for (const block of of("jsx")) {
    it(name(block), async () => {
      const entry = 'import { createElement } from "react"; import { createRoot } from "react-dom/client"; import App from "block"; createRoot(document.getElementById("root")).render(createElement(App));';
      const { outputFiles } = await build({
        stdin: { contents: entry, resolveDir: react }, bundle: true, splitting: false, write: false, format: "esm", jsx: "automatic", logLevel: "error", define: { "process.env.NODE_ENV": '"production"' },
        plugins: [{ name: "block", setup: (bundler) => {
          bundler.onResolve({ filter: /^block$/ }, () => ({ path: "block", namespace: "block" }));
          bundler.onLoad({ filter: /.*/, namespace: "block" }, () => ({ contents: block.code, loader: "jsx", resolveDir: react }));
        } }],
      });
      const config = { version: 1, campaigns: { hero: { purpose: "service", trigger: { page: "/" }, message: { layout: "inline", slot: "[data-dangol-slot=hero]", blocks: [{ text: "In its slot" }] } } } };
      const { page, close } = await opened(`<!doctype html><html lang="ko">${ICON}<div id="root"></div><script type="module" src="/shop.js"></script>`, { "/shop.js": outputFiles[0].text, "/campaigns.json": JSON.stringify(config) });
      await page.locator("#root > button").waitFor();
      await page.evaluate(() => globalThis[Symbol.for("dangol/1")].consent({ analytics: true, personalization: true }));
      await page.locator("[data-dangol-slot=hero] dangol-message").getByText("In its slot").waitFor();
      await page.locator("#root > button").click();
      await page.evaluate(() => globalThis[Symbol.for("dangol/1")].flush());
      await until(() => posted.some(({ event, properties }) => event === "Product Added" && properties.product_id === "coat-1"), "the click");
      await close();
    });
  }
});
