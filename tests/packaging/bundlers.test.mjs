// The packed package under each bundler and from a static folder: what a visitor sees, under the strict policy.
import assert from "node:assert/strict";
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, open, POLICY } from "../js/lab.mjs";
import { consumer, host, run, started } from "./lab.mjs";
import { reactShop } from "./react.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** What every consumer shows. */
async function shop(url) {
  const { page, context, said } = await open(browser, url);
  await page.locator("dangol-message[campaign=hello]").getByText("코트 보셨네요").waitFor({ timeout: 20_000 });
  await page.locator("[data-dangol-slot=hero] dangol-message").getByText("단골 손님, 어서 오세요").waitFor();
  assert.equal(await page.evaluate(() => window.dangol.ready), "full");
  assert.deepEqual(await page.evaluate(() => window.dangol.segments()), ["viewer"]);
  assert.deepEqual(said.filter((line) => !line.startsWith("debug: [vite]")), []);
  await context.close();
}

async function served(folder, work, policy) {
  const server = await host(folder, policy);
  try {
    await work(server.origin);
  } finally {
    await server.close();
  }
}

test("a static folder with the script tag", async () => {
  const folder = consumer("static");
  const pkg = join(folder, "node_modules/dangol/pkg");
  // As the guide says: the tag, the stub, and the one folder beside them.
  for (const name of readdirSync(pkg).filter((name) => /^(dangol\.js|stub\.js|v-.*)$/.test(name))) cpSync(join(pkg, name), join(folder, name), { recursive: true });
  await served(folder, (origin) => shop(`${origin}/`));
});

test("Vite with React 19: its development server, and what it builds", async () => {
  const folder = consumer("vite");
  const vite = join(folder, "node_modules/vite/bin/vite.js");
  const dev = await started(process.execPath, [vite, "--port", "0", "--host", "127.0.0.1"], { cwd: folder }, /Local:\s+(http:\/\/\S+)/);
  try {
    await reactShop(browser, `${dev.origin}/`, { development: true });
    await shop(`${dev.origin}/slim.html`);
  } finally {
    await dev.close();
  }
  const said = run(process.execPath, [vite, "build"], { cwd: folder });
  assert.doesNotMatch(said, /dangol.*(warn|error)|\(!\) (?!Some chunks)/i);
  await served(join(folder, "dist"), async (origin) => {
    await reactShop(browser, `${origin}/`);
    await shop(`${origin}/slim.html`);
  });
});

test("webpack 5, with the Trusted Types setting it needs", async () => {
  const folder = consumer("webpack");
  run(process.execPath, ["build.mjs"], { cwd: folder });
  assert.ok(readdirSync(join(folder, "dist")).some((name) => name.endsWith(".wasm")), "the slim engine is an asset");
  await served(join(folder, "dist"), async (origin) => {
    await shop(`${origin}/`);
    await shop(`${origin}/slim.html`);
  }, POLICY.replace("trusted-types 'none'", "trusted-types webpack"));
});

test("esbuild; the slim engine as bytes, as a Response and as a Module", async () => {
  const folder = consumer("esbuild");
  run(process.execPath, ["build.mjs"], { cwd: folder });
  await served(join(folder, "dist"), async (origin) => {
    for (const page of ["/", "/slim.html", "/slim.html?response", "/slim.html?module"]) await shop(origin + page);
  });
});
