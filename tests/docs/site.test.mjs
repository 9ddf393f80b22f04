// The documentation site as files: nothing is missing, nothing leads nowhere, nothing needs a looser policy, the reference is that of the sources.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { addressOf, buildDocs } from "../../xtask/docs.mjs";
import { NAVIGATION } from "../../xtask/docs/navigation.mjs";
import { REFERENCE } from "../../xtask/docs/reference.mjs";
import { root } from "../../xtask/setup.mjs";

const list = (folder) => readdirSync(folder).flatMap((name) => (statSync(join(folder, name)).isDirectory() ? list(join(folder, name)) : [join(folder, name)]));
const listed = NAVIGATION.flatMap(({ pages }) => pages);

let out;
let pages;
before(async () => {
  out = mkdtempSync(join(tmpdir(), "dangol-docs-"));
  pages = await buildDocs({ out });
});
after(() => rmSync(out, { recursive: true, force: true }));

const html = (page) => readFileSync(join(out, addressOf(page).slice("/docs/".length)), "utf8");

describe("the documentation site", () => {
  it("has every page of docs/", () => {
    const there = list(join(root, "docs")).filter((path) => path.endsWith(".md")).map((path) => relative(join(root, "docs"), path).replace(/\.md$/, ""));
    assert.deepEqual(there.filter((path) => !listed.includes(path.replace(/^ko\//, ""))), [], "named in xtask/docs/navigation.mjs");
  });

  it("tells in Korean and in English what a shop needs", () => {
    for (const path of listed.filter((path) => /^(index|start|cookbook|guides\/|migration\/)/.test(path))) assert.ok(existsSync(join(root, "docs", "ko", `${path}.md`)), path);
  });

  it("speaks alike in both languages: as many headings, code blocks and links", () => {
    for (const path of listed.filter((path) => existsSync(join(root, "docs", "ko", `${path}.md`)))) {
      const [english, korean] = [join(root, "docs", `${path}.md`), join(root, "docs", "ko", `${path}.md`)].map((file) => readFileSync(file, "utf8"));
      for (const pattern of [/^#+ /gm, /^```/gm, /^\| /gm, /\]\(/g]) assert.equal(korean.match(pattern)?.length, english.match(pattern)?.length, `${path}: ${pattern}`);
    }
  });

  it("has READMEs with the same sections in both languages", () => {
    const [english, korean] = ["README.md", "README.ko.md"].map((name) => readFileSync(join(root, name), "utf8"));
    assert.equal(korean.match(/^## /gm).length, english.match(/^## /gm).length);
    for (const file of ["README.md", "README.ko.md"]) {
      for (const [, href] of readFileSync(join(root, file), "utf8").matchAll(/\]\(((?!https?:)[^)#]+)/g)) assert.ok(existsSync(join(root, href)), `${file}: ${href}`);
    }
  });

  it("leads nowhere that is not there", () => {
    const ids = new Map();
    const idsOf = (file) => {
      if (!ids.has(file)) ids.set(file, new Set([...readFileSync(file, "utf8").matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)));
      return ids.get(file);
    };
    const broken = [];
    for (const page of pages) {
      for (const [, href] of html(page).matchAll(/ (?:href|src)="([^"]+)"/g)) {
        const [path, fragment] = href.replaceAll("&amp;", "&").split("#");
        if (/^[a-z]+:/.test(path) || (path !== "" && !path.startsWith("/docs/"))) continue;
        const file = path === "" ? join(out, addressOf(page).slice(6)) : join(out, path.slice(6));
        if (!existsSync(file)) broken.push(`${addressOf(page)}: ${href}`);
        else if (fragment && file.endsWith(".html") && !idsOf(file).has(decodeURIComponent(fragment))) broken.push(`${addressOf(page)}: ${href} (no such heading)`);
      }
    }
    assert.deepEqual(broken, []);
  });

  it("keeps to a policy without inline scripts and styles", () => {
    for (const page of pages) {
      const text = html(page);
      assert.doesNotMatch(text, /<style|\sstyle=|\son\w+=|<script(?![^>]* src=)/, addressOf(page));
    }
  });

  it("has the reference of the sources; `node xtask/docs/reference.mjs` writes it anew", () => {
    for (const [path, page] of Object.entries(REFERENCE)) assert.ok(readFileSync(join(root, path), "utf8") === page(), `${path} is out of date: node xtask/docs/reference.mjs`);
  });

  it("tells of every option, every call and every key", () => {
    const api = readFileSync(join(root, "docs", "reference", "api.md"), "utf8");
    for (const name of ["config", "endpoint?", "beforeSend?", "publicKeys?"]) assert.ok(api.includes(`| \`${name}\` |`), name);
    for (const name of ["track(", "identify(", "explain(", "forget()", "replay(", "describe("]) assert.ok(api.includes(`| \`${name}`), name);
    const configuration = readFileSync(join(root, "docs", "reference", "configuration.md"), "utf8");
    for (const key of ["holdout", "afterDismiss", "quietHours.unlessConsent", "perVisitor", "chat.replies[].label", "all", "dwell"]) assert.ok(configuration.includes(`| \`${key}\``), key);
  });
});
