// Every code block of the README and of docs/: configurations are validated, scripts run in a browser, commands exist.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { transform } from "esbuild";
import { loadEngine } from "../../pkg/engine.js";
import { root } from "../../xtask/setup.mjs";
import { browser, until, visitor } from "./harness.mjs";

const list = (folder) => readdirSync(folder).flatMap((name) => (statSync(join(folder, name)).isDirectory() ? list(join(folder, name)) : [join(folder, name)]));
const files = [...["README.md", "README.ko.md", "CONTRIBUTING.md"].map((name) => join(root, name)), ...list(join(root, "docs")).filter((path) => path.endsWith(".md"))];

/** `{ file, line, language, code }` of every fenced block. */
const blocks = files.flatMap((file) => {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^```(\S*)\n([^]*?)^```$/gm)].map(({ 1: language, 2: code, index }) => ({
    file: relative(root, file), line: text.slice(0, index).split("\n").length, language, code,
  }));
});
/** Whether a path, perhaps with `*` in its last part, names a file. */
const matches = (path) => {
  const [folder, last] = [join(root, path, ".."), path.split("/").pop()];
  return readdirSync(folder).some((entry) => new RegExp(`^${last.replaceAll(".", "\\.").replaceAll("*", ".*")}$`).test(entry));
};
const of = (...languages) => blocks.filter(({ language }) => languages.includes(language));
const name = ({ file, line, code }) => `${file}:${line} ${code.trim().split("\n")[0].slice(0, 60)}`;

describe("code in the documentation", () => {
  it("is named by its language, and by one that is checked here", () => {
    const known = ["json", "js", "ts", "jsx", "html", "sh", "text", "csp"];
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

  it("ts and jsx: can be read", async () => {
    for (const block of of("ts", "jsx")) await transform(block.code, { loader: block.language === "ts" ? "ts" : "jsx" }).catch((error) => assert.fail(`${name(block)}: ${error.message}`));
  });

  it("html: names files of the package and attributes that are read", () => {
    for (const block of of("html")) {
      for (const [, source] of block.code.matchAll(/<script[^>]* src="([^"]*)"/g)) assert.ok(existsSync(join(root, "pkg", source.split("/").pop())), `${name(block)}: ${source}`);
      for (const [, attribute] of block.code.matchAll(/ data-([\w-]+)=/g)) assert.match(attribute, /^(config|endpoint|consent|capture|debug|write-key|name|locale|storage|chat|cmp|base-url|dangol-[\w-]+)$/, name(block));
    }
  });

  it("sh: every command is there", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const usage = readFileSync(join(root, "js", "cli", "main.ts"), "utf8");
    for (const block of of("sh")) {
      for (const line of block.code.split("\n").map((each) => each.replace(/\s+#.*$/, "").trim()).filter(Boolean)) {
        const [program, ...words] = line.replace(/^(?:[A-Z_]+=\S+ )+/, "").split(/\s+/);
        const said = `${name(block)}: ${line}`;
        if (program === "npm" && ["start", "test"].includes(words[0])) assert.ok(scripts[words[0]], said);
        else if (program === "npm" && words[0] === "run") assert.ok(scripts[words[1]], said);
        else if (program === "npx" && words[0] === "dangol") {
          assert.match(usage, new RegExp(`case "${words[1]}"`), said);
          for (const path of words.slice(2).filter((word) => word.startsWith("docs/"))) assert.ok(matches(path), said);
        } else if (program === "node") assert.ok(existsSync(join(root, words[0])), said);
        else assert.ok(["cargo", "npm", "curl", "openssl"].includes(program), said);
      }
    }
  });
});

const TYPES = { ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };
/** The page of a block: the package by name for a block that imports it, the script tag for one that uses `dangol`. */
const pageOf = ({ code }) => `<!doctype html><html lang="ko"><link rel="icon" href="data:,">
${/^import /m.test(code)
    ? '<script type="importmap">{"imports":{"dangol":"/pkg/index.js","dangol/engine":"/pkg/engine.js","dangol/slim":"/pkg/slim.js"}}</script>'
    : '<script src="/pkg/stub.js"></script><script async src="/pkg/dangol.js" data-config="/campaigns.json" data-consent="granted"></script>'}
<script type="module">${/^import /m.test(code) ? "" : "await dangol.ready;\n"}${code}
window.ended = true;</script>`;

describe("scripts in the documentation", () => {
  let open;
  let server;
  let block;
  before(async () => {
    open = await browser();
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url, "http://localhost");
      if (pathname === "/") return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(pageOf(block));
      if (request.method === "POST") return response.writeHead(200).end("{}");
      const file = pathname.startsWith("/pkg/") ? join(root, pathname) : join(root, "www", pathname);
      if (!existsSync(file)) return response.writeHead(404).end();
      return response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain" }).end(readFileSync(file));
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    await open?.close();
    server?.closeAllConnections();
    server?.close();
  });

  for (const each of of("js")) {
    it(name(each), async () => {
      block = each;
      // What a block says on purpose is no complaint.
      const { page, close } = await visitor(open, { allowed: /^info: / });
      await page.goto(`http://127.0.0.1:${server.address().port}/`);
      await until(() => page.evaluate(() => window.ended === true), `the block to end:\n${each.code}`);
      await close();
    });
  }
});
