// What the sources give a name that a shop comes to see is told in the documentation, in both languages.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { root } from "../../xtask/setup.mjs";

const read = (...path) => readFileSync(join(root, ...path), "utf8");
const quoted = (text) => [...text.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
const named = (file, pattern) => quoted(pattern.exec(read(file))[1]);

const NAMES = {
  "the reasons of decisions": { page: "troubleshooting", at: 16, names: named("js/types.ts", /type Reason =([^;]+);/) },
  "the reasons for which events are dropped": { page: "troubleshooting", at: 8, names: named("src/domain/outbox/types.rs", /fn name\(self\)[^]*?match self \{([^}]+)\}/) },
  "what is heard of delivery": { page: "troubleshooting", at: 3, names: [...read("src/domain/engine/delivery.rs").matchAll(/"what" => ("\w+")/g)].map(([, name]) => `what: ${name}`) },
  "the filters of texts": { page: "messages", at: 13, names: named("src/domain/message/template.rs", /FILTERS: \[&str; \d+\] =\s*\[([^\]]+)\]/) },
  "the events that Dangol writes": { page: "messages", at: 16, names: named("src/domain/event.rs", /OWN_EVENTS: \[&str; \d+\] = \[([^\]]+)\]/) },
  "the properties of a style sheet": {
    page: "messages", at: 8,
    names: [...new Set(readdirSync(join(root, "js/render")).filter((name) => name.endsWith(".css")).flatMap((name) => read("js/render", name).match(/--dangol-[\w-]+/g) ?? []))],
  },
};

describe("what has a name", () => {
  for (const [what, { page, at, names }] of Object.entries(NAMES)) {
    it(`${what} are told`, () => {
      assert.ok(names.length >= at, `${names.length} found`);
      for (const folder of ["docs", "docs/ko"]) {
        const text = read(folder, `${page}.md`);
        // Each by itself, or with what is said of it: `what: "resumed"`.
        assert.deepEqual(names.filter((name) => !text.includes(`\`${name}`) && !text.includes(`{ ${name}`)), [], `${folder}/${page}.md`);
      }
    });
  }

  it("layouts stand where the page says, the default first", () => {
    const layouts = [...read("src/domain/message/layout.rs").matchAll(/name: "(\w+)",[^}]*?positions: &\[([^\]]+)\]/g)];
    assert.equal(layouts.length, 9);
    for (const folder of ["docs", "docs/ko"]) {
      for (const [, name, places] of layouts) {
        const row = read(folder, "messages.md").split("\n").find((line) => line.startsWith(`| \`${name}\` |`));
        if (!/fullscreen|inline|custom/.test(name)) assert.deepEqual(/\| ([^|]+) \|/.exec(row.slice(row.indexOf("|", 2)))[1], quoted(places).map((place) => `\`${place}\``).join(", "), `${folder}: ${name}`);
        else assert.ok(row, name);
      }
    }
  });

  it("parts are those of messages as they are drawn", async () => {
    const { loadEngine } = await import("../../pkg/engine.js");
    const engine = await loadEngine();
    const parts = new Set();
    const gather = (node) => {
      for (const part of node.part?.split(" ") ?? []) parts.add(part);
      node.children?.forEach(gather);
    };
    const close = { close: true };
    const blocks = [
      { text: "x", as: "title" }, { text: "x" }, { text: "x", as: "caption" }, { image: "/x.png", alt: "" }, { button: "x", action: close }, { button: "x", as: "secondary", action: close },
      { button: "x", as: "link", action: close }, { coupon: "x" }, { countdown: "2099-01-01" }, { products: [{ name: "x" }] }, { rating: { scale: 5, as: "stars" }, name: "r" }, { choice: ["a", "b"], name: "c" },
      { input: { type: "email", label: "x" }, name: "e" }, { progress: "cart.value", of: 5 }, { chat: { greeting: "x", replies: [{ label: "a", answer: "b" }] } },
    ];
    gather(engine.render({ version: 1, coupons: { x: { code: "X" } }, campaigns: { x: { trigger: { manual: true }, message: { layout: "modal", dismiss: { today: true }, blocks } } } }, "x", {}));
    for (const folder of ["docs", "docs/ko"]) {
      const table = /^## [^\n]+\n(?:(?!^## )[^])*?::part\(\)(?:(?!^## )[^])*/m.exec(read(folder, "messages.md"))[0];
      const told = table.split("\n").filter((line) => line.startsWith("| `")).flatMap((line) => [...line.split("|")[1].matchAll(/`(\w+)`/g)].map(([, name]) => name));
      assert.ok(told.length > 18, String(told));
      assert.deepEqual(told.filter((name) => !parts.has(name)), [], folder);
    }
  });
});
