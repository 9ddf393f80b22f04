// The heavier consumers of the packed package: Next.js with server rendering, React 18, Jest.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, open } from "../js/lab.mjs";
import { consumer, host, run, started } from "../packaging/lab.mjs";
import { reactShop } from "../packaging/react.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("React 18 in strict mode", async () => {
  const folder = consumer("react18");
  run(process.execPath, ["build.mjs"], { cwd: folder });
  const server = await host(join(folder, "dist"));
  try {
    await reactShop(browser, `${server.origin}/`, { development: true });
  } finally {
    await server.close();
  }
});

test("Jest, in jsdom and in Node", () => {
  const folder = consumer("jest");
  run(process.execPath, [join(folder, "node_modules/jest/bin/jest.js"), "--ci", "--rootDir", folder], { cwd: folder });
});

test("Next.js, App Router: rendered on the server from a server component, alive in the browser", async () => {
  const folder = consumer("next");
  const next = join(folder, "node_modules/next/dist/bin/next");
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
  run(process.execPath, [next, "build"], { cwd: folder, env });
  const server = await started(process.execPath, [next, "start", "-p", "0", "-H", "127.0.0.1"], { cwd: folder, env }, /(http:\/\/(?:127\.0\.0\.1|localhost):\d+)/);
  try {
    const rendered = await (await fetch(server.origin)).text();
    assert.match(rendered, /data-dangol-slot="hero"/);
    assert.match(rendered, /<p id="segments">none<\/p>/);
    assert.match(rendered, /<p id="known">false 0 0<\/p>/);
    const { page, context, said } = await open(browser, server.origin);
    await page.locator("[data-dangol-slot=hero] dangol-message").getByText("단골 손님, 어서 오세요").waitFor({ timeout: 20_000 });
    await page.click("#view");
    await page.locator("dangol-message[campaign=hello]").getByText("코트 보셨네요").waitFor();
    await page.waitForFunction(() => document.querySelector("#segments").textContent === "viewer");
    // A route of the router is one page view.
    await page.click("#bag");
    await page.waitForFunction(async () => (await window.dangol.exportData()).journey.filter(({ event }) => event === "Page Viewed").length === 2);
    assert.deepEqual(said, [], "hydration has nothing to say");
    await context.close();
  } finally {
    await server.close();
  }
});
