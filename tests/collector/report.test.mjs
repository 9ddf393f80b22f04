/** The report as the collector serves it: the same numbers as JSON, and a page that draws them under a strict policy. */

import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { chromium } from "playwright-core";
import { journal } from "../cli/events.mjs";
import { startCollector } from "../../www/collector/server.mjs";
import { start, temporaryDir } from "./harness.mjs";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** Where pictures go, for a look with one's own eyes. */
const PICTURES = process.env.DANGOL_PICTURES;

async function filled(t) {
  const dir = temporaryDir(t);
  const config = join(dir, "config.json");
  writeFileSync(config, JSON.stringify({ campaigns: {
    help: { name: "장바구니 상담", holdout: 0.2 },
    sale: { name: "여름 세일", variants: [{ id: "a", weight: 1 }, { id: "b", weight: 1 }] },
    new: { name: "<img src=x onerror=alert(1)>", holdout: 0.5 },
  } }));
  const collector = await start(t, { dir, args: ["--config", config] });
  const events = [
    ...journal({ campaign: "help", shown: 820, held: 190, shownGoals: 132, heldGoals: 17, clicks: 210, dismissals: 300 }),
    ...journal({ campaign: "sale", variant: "a", shown: 300, held: 0, shownGoals: 21 }),
    ...journal({ campaign: "sale", variant: "b", shown: 310, held: 0, shownGoals: 24, from: 400 }),
    ...journal({ campaign: "new", shown: 9, held: 8, shownGoals: 2 }),
  ];
  for (let at = 0; at < events.length; at += 400) assert.equal((await collector.collect(events.slice(at, at + 400))).status, 200);
  return collector;
}

test("/api/report tells of each campaign's arms in JSON", async (t) => {
  const collector = await filled(t);
  const { status, body } = await collector.get("/api/report");
  assert.equal(status, 200);
  assert.deepEqual(body.campaigns.map(({ campaign }) => campaign), ["help", "new", "sale"]);
  const [shown, held] = body.campaigns[0].arms;
  assert.deepEqual([shown.visitors, shown.converted, shown.revenue.KRW, held.visitors, held.converted], [820, 132, 132_000, 190, 17]);
  assert.deepEqual(body.campaigns.map(({ comparisons }) => comparisons[0].verdict), ["better", "too_early", "no_difference"]);
  const far = await fetch(`${collector.url}/api/report`, { headers: { origin: "https://elsewhere.test" } });
  assert.equal(far.status, 403);
});

test("the configuration may be signed, and one that cannot be read is told at the start", async (t) => {
  const dir = temporaryDir(t);
  const config = join(dir, "config.json");
  const plain = JSON.stringify({ campaigns: { help: { name: "장바구니 상담", holdout: 0.5 } } });
  for (const text of [`{"dangol":"signed/1","keyId":"k","signature":"AA=="}\n{"dangol":"configuration/1","revision":1}\n${plain}`, `\ufeff${plain}`]) {
    writeFileSync(config, text);
    const collector = await start(t, { dir: temporaryDir(t), args: ["--config", config] });
    await collector.collect(journal({ campaign: "help", shown: 2, held: 1 }));
    const { status, body } = await collector.get("/api/report");
    assert.deepEqual([status, body.campaigns?.[0]?.name], [200, "장바구니 상담"]);
  }
  writeFileSync(config, "{");
  await assert.rejects(startCollector({ port: 0, dataDir: temporaryDir(t), config }), /--config .*config\.json: /);
  await assert.rejects(startCollector({ port: 0, dataDir: temporaryDir(t), config: join(dir, "none.json") }), /none\.json/);
});

test("a later step's variants are a part of their campaign's card", { skip: !existsSync(CHROMIUM) && "no Chromium" }, async (t) => {
  const collector = await start(t);
  const events = [];
  for (let index = 0; index < 240; index++) {
    const add = (day, event, properties) => events.push({ type: "track", event, messageId: `m${events.length}`, timestamp: `2026-11-0${day}T00:00:00.000Z`, anonymousId: `v${index}`, properties: { campaign: "c", ...properties } });
    const two = { step: "two", variant: index % 4 < 2 ? "a" : "b", impression_id: `${index}-2` };
    const what = index % 2 ? "Message Held Out" : "Message Shown";
    add(1, what, { step: "one", impression_id: `${index}-1` });
    add(3, what, two);
    if (index % 5 < 2) add(4, "Goal Reached", { ...two, event: "Order Completed", held_out: index % 2 === 1, order_id: `o${index}`, revenue: 1_000, currency: "KRW" });
  }
  assert.equal((await collector.collect(events.slice(0, 400))).status, 200);
  assert.equal((await collector.collect(events.slice(400))).status, 200);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${collector.url}/report?lang=ko`);
  await page.locator(".campaigns:not([aria-busy])").waitFor();
  assert.deepEqual(await page.locator(".card h3").allTextContents(), ["단계 two"]);
  assert.equal(await page.locator("svg.chart").count(), 2);
  assert.match(await page.locator(".card .note").textContent(), /비교 2개.*97\.5% 구간/);
  if (PICTURES) await page.screenshot({ path: join(PICTURES, "report-steps.png"), fullPage: true });
});

test("the page draws it, in Korean and English, without a word in the console", { skip: !existsSync(CHROMIUM) && "no Chromium" }, async (t) => {
  const collector = await filled(t);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  t.after(() => browser.close());
  const said = [];
  const asked = [];
  for (const width of [1280, 390]) {
    for (const [lang, title, thin] of [["ko", "캠페인 성과", "아직 판단할 수 없음"], ["en", "Campaign results", "Too early to tell"]]) {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(String(error)));
      page.on("request", (request) => asked.push(new URL(request.url()).origin));
      const response = await page.goto(`${collector.url}/report?lang=${lang}`);
      assert.match(response.headers()["content-security-policy"], /trusted-types 'none'/);
      await page.locator(".campaigns:not([aria-busy])").waitFor();
      assert.equal(await page.locator("h1").textContent(), title);
      assert.equal(await page.locator(".card").count(), 3);
      assert.equal(await page.locator("svg.chart rect").count(), 6);
      assert.ok((await page.locator(".verdicts").allTextContents()).some((text) => text.includes(thin)));
      // What the verdicts are worth stands ahead of them, and where several share it.
      assert.match(await page.locator("main > .note").textContent(), lang === "ko" ? /처음 겪은 노출.*시작하기 전에/ : /first exposure.*before you start/);
      assert.equal(await page.locator(".card .note").count(), 0);
      // A name is text, whatever it holds.
      assert.equal(await page.locator("img").count(), 0);
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert.ok(overflow <= 0, `${width}: ${overflow} px too wide`);
      const sideways = await page.locator(".table").evaluateAll((boxes) => Math.max(...boxes.map((box) => box.scrollWidth - box.clientWidth)));
      assert.ok(sideways <= 0, `${width}: the table scrolls ${sideways} px sideways`);
      if (PICTURES) await page.screenshot({ path: join(PICTURES, `report-${lang}-${width}.png`), fullPage: true });
      await page.close();
    }
  }
  assert.deepEqual(said, []);
  assert.deepEqual([...new Set(asked)], [collector.url]);
});
