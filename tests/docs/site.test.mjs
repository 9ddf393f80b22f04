// The documentation site as files: nothing is missing, nothing leads nowhere, nothing needs a looser policy, the reference is that of the sources.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { addressOf, buildDocs } from "../../xtask/docs.mjs";
import { NAVIGATION } from "../../xtask/docs/navigation.mjs";
import { REFERENCE, translations } from "../../xtask/docs/reference.mjs";
import { root } from "../../xtask/setup.mjs";

const list = (folder) => readdirSync(folder).flatMap((name) => (statSync(join(folder, name)).isDirectory() ? list(join(folder, name)) : [join(folder, name)]));
const listed = NAVIGATION.flatMap(({ pages }) => pages);

const REFERENCES = [...NAVIGATION.find(({ title }) => title.en === "Reference").pages];
/** `[path, English, Korean]` of the pages that are there in both. */
const both = () => listed.filter((path) => existsSync(join(root, "docs", "ko", `${path}.md`)))
  .map((path) => [path, ...[join(root, "docs", `${path}.md`), join(root, "docs", "ko", `${path}.md`)].map((file) => readFileSync(file, "utf8"))]);
const prose = (text) => text.replace(/^```[^]*?^```$/gm, "");

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

  it("is in Korean as in English, but for what lies inside", () => {
    const inside = NAVIGATION.find(({ title }) => title.en === "Inside").pages;
    for (const path of listed.filter((path) => !inside.includes(path))) assert.ok(existsSync(join(root, "docs", "ko", `${path}.md`)), path);
  });

  it("speaks alike in both languages: as many headings, code blocks, rows and links", () => {
    for (const [path, english, korean] of both()) {
      for (const pattern of [/^#+ /gm, /^```/gm, /^\| /gm, /^(?:-|\d+\.) /gm, /\]\(/g]) assert.equal(korean.match(pattern)?.length, english.match(pattern)?.length, `${path}: ${pattern}`);
    }
  });

  it("names the same options, keys, codes and figures in both languages", () => {
    for (const [path, english, korean] of both().filter(([path]) => REFERENCES.includes(path))) {
      // What stands in backquotes outside of blocks, and the figures of tables: those are told once more, never translated.
      const [names, translated] = [english, korean].map((text) => new Set([...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, name]) => name)));
      assert.deepEqual([...names].filter((name) => !translated.has(name)), [], `${path}: missing in Korean`);
      assert.deepEqual([...translated].filter((name) => !names.has(name)), [], `${path}: in Korean only`);
      // Row by row. What English spells out, Korean may write in figures ("a second").
      const rows = (text) => prose(text).split("\n").filter((line) => line.startsWith("| ")).map((line) => new Set((line.match(/\d[\d,.]*/g) ?? []).map((figure) => figure.replace(/[.,]+$/, ""))));
      const told = rows(korean);
      rows(english).forEach((figures, row) => assert.deepEqual([...figures].filter((figure) => !told[row].has(figure)), [], `${path}: figures of row ${row + 1}, ${[...told[row]]}`));
    }
  });

  it("leads from Korean pages to Korean pages", () => {
    for (const file of [join(root, "README.ko.md"), ...list(join(root, "docs", "ko")).filter((path) => path.endsWith(".md"))]) {
      for (const [, href] of readFileSync(file, "utf8").matchAll(/\]\(((?![a-z]+:|[#/])[^)#]+\.md)/g)) {
        const path = relative(join(root, "docs"), join(file, "..", href));
        if (!path.startsWith("ko/") && !path.startsWith("..")) assert.ok(!existsSync(join(root, "docs", "ko", path)), `${relative(root, file)}: ${href}`);
      }
    }
  });

  it("has READMEs with the same sections and links in both languages", () => {
    const [english, korean] = ["README.md", "README.ko.md"].map((name) => readFileSync(join(root, name), "utf8"));
    for (const pattern of [/^#+ /gm, /^```/gm, /^\| /gm, /\]\(/g]) assert.equal(korean.match(pattern).length, english.match(pattern).length, String(pattern));
    const pages = (text) => [...new Set([...text.matchAll(/\]\(docs\/(?:ko\/)?([\w/-]+)\.md/g)].map(([, path]) => path))].sort();
    assert.deepEqual(pages(korean), pages(english));
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
      assert.doesNotMatch(text, /<style|<\w[^>]*\s(?:style|on\w+)=|<script(?![^>]* src=)/, addressOf(page));
    }
  });

  it("has the reference of the sources; `node xtask/docs/reference.mjs` writes it anew", () => {
    for (const [path, page] of Object.entries(REFERENCE)) assert.ok(readFileSync(join(root, path), "utf8") === page(), `${path} is out of date: node xtask/docs/reference.mjs`);
  });

  it("has every sentence of the reference in Korean; `node xtask/docs/reference.mjs --missing` lists those that are not", () => {
    assert.deepEqual(translations(), { missing: [], unused: [] });
  });

  it("says of every field what it is", () => {
    for (const path of Object.keys(REFERENCE)) {
      const sections = readFileSync(join(root, path), "utf8").split(/^## /m);
      const fields = sections.flatMap((section) => section.split("\n").slice(1).filter((line) => line.startsWith("| `")).map((line) => [`${section.split("\n")[0]}: ${/`([^`]+)`/.exec(line)[1]}`, line]));
      assert.ok(fields.length > 100, path);
      assert.deepEqual(fields.filter(([, line]) => /\|\s*\|$/.test(line)).map(([field]) => field), [], path);
    }
  });

  it("has a row for every key of the schema, of each kind that has it, with all the words it may be", () => {
    const { $defs, ...top } = JSON.parse(readFileSync(join(root, "docs", "schema.json"), "utf8"));
    const words = (node) => [...(node.enum ?? []).map((word) => JSON.stringify(word)), ...(node.anyOf ?? []).flatMap(words)];
    for (const path of ["docs/reference/configuration.md", "docs/ko/reference/configuration.md"]) {
      const sections = new Map(readFileSync(join(root, path), "utf8").split(/^## /m).slice(1).map((text) => [text.split("\n")[0], text.split("\n")]));
      const look = (node, name, prefix = "", kind = "") => {
        for (const [key, value] of Object.entries(node.properties ?? {})) {
          const row = sections.get(name).find((line) => line.startsWith(`| ${kind}\`${prefix}${key}\``));
          assert.ok(row, `${path}, ${name}: ${kind}${prefix}${key}`);
          for (const word of words(value)) assert.ok(row.includes(word), `${path}, ${name}, ${kind}${prefix}${key}: ${word}`);
          for (const [inner, mark] of [[value, "."], [value.items ?? {}, "[]."]]) for (const each of [inner, ...inner.anyOf ?? []]) look(each, name, `${prefix}${key}${mark}`, kind);
        }
        // Kinds are those of a definition; what lies inside of one, such as the triggers of `all`, is one of them again.
        for (let each = prefix || kind ? {} : node; each?.then?.required; each = each.else) look(each.then, name, "", `\`${each.then.required[0]}\` | `);
        for (const each of node.anyOf ?? []) look(each, name, prefix, kind);
      };
      look(top, "top");
      for (const [name, node] of Object.entries($defs)) look(node, name);
    }
  });

  it("tells of every option, every call and every key", () => {
    const api = readFileSync(join(root, "docs", "reference", "api.md"), "utf8");
    for (const name of ["config", "endpoint?", "beforeSend?", "publicKeys?"]) assert.ok(api.includes(`| \`${name}\` |`), name);
    for (const name of ["track(", "identify(", "explain(", "forget()", "replay(", "describe("]) assert.ok(api.includes(`| \`${name}`), name);
    const configuration = readFileSync(join(root, "docs", "reference", "configuration.md"), "utf8");
    for (const key of ["holdout", "afterDismiss", "quietHours.unlessConsent", "perVisitor", "chat.replies[].label", "all", "dwell"]) assert.ok(configuration.includes(`| \`${key}\``), key);
  });
});
