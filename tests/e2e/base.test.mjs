// A message's links on pages whose own lead elsewhere than their address says.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { message, stage, visitor } from "./harness.mjs";
import { config, html, tag, wire } from "./wire.mjs";

const LINKS = config(Object.fromEntries(["bag", "#part"].map((open) => [open, {
  purpose: "service", trigger: { manual: true }, message: { layout: "slide", blocks: [{ text: "가방", as: "title" }, { button: "가기", action: { open } }] },
}])));
/** The shop's own lets no page have a base, nor a frame a text. */
const POLICY = "default-src 'self' 'wasm-unsafe-eval'";
/** A page that may stand in a frame, which the shop's own may not. */
const plain = (request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>plain</title><link rel=icon href=data:,>");
const CONSENT = 'data-consent="granted"';

const [demo, open] = await stage();

/** A page at `/deep/page`; `frame` gives the one that the shop is in. */
async function on(body, more, act, frame = (page) => page) {
  const line = await wire(demo.url, { "/deep/page": html(body, { "content-security-policy": POLICY }), "/links.json": LINKS, ...Object.fromEntries(["/bag", "/base/bag", "/deep/bag"].map((path) => [path, plain])), ...more });
  const { page, close } = await visitor(open);
  try {
    await page.goto(`${line.url}/deep/page`);
    const shop = await frame(page);
    await shop.waitForFunction(() => window.dangol?.ready);
    await act(shop, async (id) => {
      await shop.evaluate((id) => window.dangol.ready.then(() => window.dangol.show(id)), id);
      const link = message(shop, id).getByRole("link", { name: "가기" });
      const href = await link.evaluate((element) => element.href);
      return { href, press: () => link.click() };
    });
  } finally {
    await close().finally(line.close);
  }
}
const pathOf = (address) => new URL(address).pathname;

describe("a message's link", () => {
  it("leads where it says it does, by the page's `<base>`", () => on(`<base href="/base/">${tag(CONSENT, "/links.json")}`, {}, async (page, show) => {
    const { href, press } = await show("bag");
    assert.equal(pathOf(href), "/base/bag");
    await press();
    await page.waitForURL(href);
    assert.equal(pathOf(page.url()), "/base/bag");
  }));

  it("leads to a part of this page, whatever the page's `<base>`", () => on(`<base href="/base/">${tag(CONSENT, "/links.json")}`, {}, async (page, show) => {
    await (await show("#part")).press();
    await page.waitForURL("**/deep/page#part");
    assert.ok(await page.evaluate(() => typeof window.dangol === "object"), "the page is still there");
  }));

  it("leads somewhere in a frame that has no address of its own", () => on(`<script src="/frame.js"></script>`, {
    "/frame.js": (request, response) => response.writeHead(200, { "content-type": "text/javascript" }).end(`addEventListener("DOMContentLoaded", () => {
      const frame = document.createElement("iframe");
      frame.srcdoc = ${JSON.stringify(`<!doctype html><html lang="ko">${tag(CONSENT, "/links.json")}`)};
      document.body.append(frame);
    });`),
  }, async (frame, show) => {
    const { href, press } = await show("bag");
    assert.equal(pathOf(href), "/deep/bag");
    await press();
    await frame.waitForURL(href);
  }, async (page) => page.waitForFunction(() => frames.length).then(() => page.frames()[1])));
});
