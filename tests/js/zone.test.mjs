import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../xtask/setup.mjs";
import { html, launch, serve } from "./lab.mjs";

test("what Temporal tells of a time zone is what Intl shows, in every zone", async () => {
  const server = await serve({ "/": html(), "/host.js": (request, response) => response.writeHead(200, { "Content-Type": "text/javascript" }).end(readFileSync(join(root, "src", "web", "host.js"))) });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(server.origin);
    const { count, differ, unknown } = await page.evaluate(async () => {
      const { told, probed } = await import("/host.js");
      const [from, to] = [Date.UTC(2019, 0, 1), Date.UTC(2025, 0, 1)];
      // All of them would take ten seconds: one of four, other ones tomorrow.
      const zones = [...Intl.supportedValuesOf("timeZone").filter((_, at) => at % 4 === new Date().getDate() % 4), "UTC", "Asia/Seoul", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe"];
      const differ = zones.filter((zone) => JSON.stringify(told(zone, from, to)) !== JSON.stringify(probed(zone, from, to)));
      return { count: zones.length, differ, unknown: [told("No/Where", from, to), probed("No/Where", from, to)].map(String) };
    });
    assert.ok(count > 100, `${count} zones`);
    assert.deepEqual(differ, []);
    assert.deepEqual(unknown, ["undefined", "undefined"]);
  } finally {
    await browser.close();
    await server.close();
  }
});
