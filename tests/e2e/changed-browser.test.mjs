// Pages that have changed what the browser gives them: another `fetch`, a `get` that all objects inherit, a form with our name.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { browser, shop, visitor } from "./harness.mjs";
import { config, html, script, tag, wire } from "./wire.mjs";

const GREETING = config({ hello: { trigger: { page: { path: "/*" } }, message: { layout: "toast", blocks: [{ text: "반가워요" }] } } });
const TAG = tag('data-consent="granted"', "/hello.json");
// The policy of the tests lets no inline script run: what a page changes lies in a file.
const CHANGES = {
  throws: 'window.fetch = () => { throw new Error("blocked"); };',
  nothing: "window.fetch = () => undefined;",
  get: "Object.prototype.get = () => 1; Object.prototype.extend = function (more) { return Object.assign(this, more); };",
};

let demo;
let open;
let line;
before(async () => {
  [demo, open] = await Promise.all([shop(), browser()]);
  line = await wire(demo.url, {
    "/hello.json": GREETING,
    "/form": html(`<form id="dangol"><input name="ready"><input name="track"></form>${TAG}`),
    ...Object.fromEntries(Object.entries(CHANGES).flatMap(([name, source]) => [
      [`/${name}.js`, script(source)],
      [`/${name}`, html(`<script src="/${name}.js"></script>${TAG}`)],
    ])),
  });
});
after(async () => {
  await open?.close();
  await line?.close();
  await demo?.close();
});

const books = (page) => page.evaluate(async () => {
  const mode = await window.dangol.ready;
  await window.dangol.track("Product Added", { product_id: "coat" });
  const { created, acknowledged, pending, dropped } = window.dangol.stats();
  return { mode, created: created > 0, balance: created - acknowledged - pending - Object.values(dropped).reduce((sum, count) => sum + count, 0) };
});

describe("a page that has changed the browser", () => {
  for (const name of ["throws", "nothing"]) {
    it(`with a fetch that ${name === "throws" ? "throws" : "gives nothing"}: events are collected, none is lost`, async () => {
      const { page, close } = await visitor(open, { allowed: /./ });
      await page.goto(`${line.url}/${name}`);
      assert.deepEqual(await books(page), { mode: "collect", created: true, balance: 0 });
      await close();
    });
  }

  for (const [path, what] of [["get", "objects that inherit a `get`"], ["form", "a form of our name, with fields named as our methods are"]]) {
    it(`with ${what}: it runs`, async () => {
      const { page, close } = await visitor(open);
      await page.goto(`${line.url}/${path}`);
      await page.waitForFunction(() => typeof window.dangol?.track === "function");
      assert.deepEqual(await books(page), { mode: "full", created: true, balance: 0 });
      await page.locator("dangol-message[campaign=hello]").getByText("반가워요").waitFor();
      await close();
    });
  }
});
