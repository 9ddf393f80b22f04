// The gallery of the demo: every layout with every block opens and shows, the JSON beside it is what makes it, and an
// edited JSON makes another message.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { root } from "../../xtask/setup.mjs";
import { browser, shop, until, visitor } from "./harness.mjs";

const CONTENTS = JSON.parse(readFileSync(join(root, "www/shop/public/gallery/contents.json"), "utf8"));
const LAYOUTS = ["banner", "modal", "slide", "sheet", "toast", "fullscreen", "bubble", "inline", "custom"];
/** A part that only this content draws. */
const PARTS = { offer: "title", image: "image", coupon: "code", countdown: "countdown", products: "product", nps: "rating", stars: "rating", survey: "input", choice: "choice", progress: "progress", chat: "reply", line: "link", wallet: "wallet" };

/** Without the day that a clock runs to: the gallery's is always ahead. */
const timeless = (blocks) => blocks.map((block) => (/^\d/.test(block.countdown) ? { ...block, countdown: "soon" } : block));

let demo;
let open;
before(async () => { [demo, open] = await Promise.all([shop(), browser()]); });
after(async () => { await open?.close(); await demo?.close(); });

/** Brings a sample's frame to load and gives it. */
async function sample(page, name) {
  const section = page.locator(`[data-sample="${name}"]`);
  await section.locator("iframe").scrollIntoViewIfNeeded();
  return { section, frame: section.frameLocator("iframe") };
}

test("an address of the shop may end with a slash", async () => {
  const there = async (address) => (await fetch(demo.url + address, { redirect: "manual" })).headers.get("location");
  assert.deepEqual(await Promise.all(["/gallery/", "/c/outer/?sort=new", "//elsewhere.example/gallery/"].map(there)), ["/gallery", "/c/outer?sort=new", "/"]);
  assert.equal((await fetch(`${demo.url}/gallery/`)).status, 200);
});

test("the gallery has every layout and content, and the parts that it is known by", async () => {
  assert.deepEqual(CONTENTS.map(({ name }) => name).sort(), Object.keys(PARTS).sort());
  const { page, close } = await visitor(open);
  await page.goto(`${demo.url}/gallery`);
  await page.locator("[data-sample]").first().waitFor();
  assert.deepEqual(await page.locator("[data-sample]").evaluateAll((all) => all.map((one) => one.dataset.sample)), CONTENTS.map(({ name }) => name));
  assert.deepEqual(await page.locator("input[name=layout]").evaluateAll((all) => all.map(({ value }) => value)), LAYOUTS);
  await close();
});

for (const layout of LAYOUTS) {
  test(`each block in a ${layout} shows, made by the JSON beside it`, async () => {
    const { page, close } = await visitor(open, { viewport: { width: 1280, height: 1600 } });
    await page.goto(`${demo.url}/gallery?layout=${layout}&locale=en`);
    for (const { name, blocks } of CONTENTS) {
      const { section, frame } = await sample(page, name);
      const shown = layout === "custom" ? frame.locator("[data-dangol-slot].plain > *") : frame.locator(`dangol-message[layout="${layout}"] [part~="${PARTS[name]}"]`);
      await shown.first().waitFor({ state: "attached", timeout: 15_000 });
      const made = JSON.parse(await section.locator("textarea").inputValue());
      assert.deepEqual([made.layout, timeless(made.blocks)], [layout, timeless(blocks)]);
      for (const { countdown } of made.blocks) if (/^\d/.test(countdown)) assert.ok(Date.parse(countdown) > Date.now(), `a clock that runs: ${countdown}`);
      const first = blocks.find(({ text }) => text)?.text.en;
      if (first && !first.includes("{{")) assert.ok((await frame.locator(layout === "custom" ? ".plain" : "dangol-message [part~=card]").first().innerText()).includes(first), `${layout} ${name}: ${first}`);
    }
    await close();
  });
}

test("no sample takes the focus from the page: Tab begins at the controls, and goes through a message once it is there", async () => {
  const { page, close } = await visitor(open);
  await page.goto(`${demo.url}/gallery?layout=modal`);
  const { section, frame } = await sample(page, "nps");
  await frame.locator("dangol-message [part~=card]").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.localName), "body");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "layout-modal");
  await section.locator("summary").focus();
  await page.keyboard.press("Shift+Tab");
  assert.equal(await frame.locator("dangol-message").evaluate((host) => host.shadowRoot.activeElement?.localName), "input", "the last stop of the message");
  await close();
});

test("an edited JSON makes another message, a broken one says what is wrong, and the controls hold", async () => {
  const { page, close } = await visitor(open);
  await page.goto(`${demo.url}/gallery?layout=slide`);
  const { section, frame } = await sample(page, "offer");
  await frame.locator("dangol-message [part~=title]").waitFor();
  await section.locator("summary").click();
  const text = section.locator("textarea");
  const again = section.getByRole("button", { name: "다시 그리기" });
  const message = JSON.parse(await text.inputValue());
  await text.fill(JSON.stringify({ ...message, layout: "banner", position: "top", blocks: [{ text: "고쳐 쓴 제목", as: "title" }, ...message.blocks.slice(1)] }));
  await again.click();
  await frame.locator('dangol-message[layout="banner"] [part~=card]').getByText("고쳐 쓴 제목").waitFor();
  await text.fill("{");
  await again.click();
  await until(async () => (await section.locator("[role=status]").textContent()).length > 5, "what is wrong with it");
  await frame.locator("dangol-message [part~=card]").getByText("고쳐 쓴 제목").waitFor();
  // Controls are reached by keyboard, and the address keeps them.
  await page.locator("#locale-ko").focus();
  for (const key of ["ArrowRight", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
  await until(() => new URL(page.url()).searchParams.get("locale") === "ar", "the address");
  assert.equal(await page.evaluate(() => document.activeElement.id), "locale-ar");
  const { frame: right } = await sample(page, "offer");
  await right.locator('dangol-message [dir="rtl"]').first().waitFor();
  await close();
});

test("on a phone no sample is cut, nothing stands over the page, and a custom design reads from right to left", async () => {
  const { page, close } = await visitor(open, { viewport: { width: 390, height: 844 } });
  await page.goto(`${demo.url}/gallery?layout=custom&locale=ar&size=tablet`);
  const { section, frame } = await sample(page, "survey");
  await frame.locator(".plain input[type=checkbox]").first().waitFor();
  assert.equal(await frame.locator("html").getAttribute("dir"), "rtl");
  const [column, screen] = await Promise.all([section.boundingBox(), section.locator("iframe").boundingBox()]);
  assert.ok(screen.width > 300 && screen.x >= column.x && screen.x + screen.width <= column.x + column.width, JSON.stringify([column, screen]));
  assert.ok(await page.evaluate(() => scrollY > 0 && document.querySelector("header").getBoundingClientRect().bottom < 0), "the controls scroll away");
  await close();
});
