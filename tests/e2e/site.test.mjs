// The documentation site in a browser, under the shop's strict policy: live examples, language, a recipe played in the shop.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { buildDocs } from "../../xtask/docs.mjs";
import { browser, message, shop, until, visitor } from "./harness.mjs";

let demo;
let open;
before(async () => {
  await buildDocs();
  [demo, open] = await Promise.all([shop(), browser()]);
});
after(async () => {
  await open?.close();
  await demo?.close();
});

const verdict = (page) => page.locator(".live .verdict").first().textContent();

describe("the documentation site", () => {
  it("replays what is edited, and draws the message", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${demo.url}/docs/cookbook/back-after-two-weeks.html`);
    await page.locator(".live[data-ready]").waitFor();
    assert.equal(await verdict(page), "Shown");
    const drawn = page.frameLocator(".live iframe").locator("dangol-message [part~=body]");
    await drawn.getByText("The season sale began in the 15 days you were away.").waitFor();

    // Another visitor.
    await page.locator(".live select").selectOption({ label: "who does not" });
    await until(async () => (await verdict(page)) === "Not shown: not in the audience", "the other visitor's verdict");
    assert.match(await page.locator(".live .answer pre").textContent(), /3 days .*at least 14 days needed/);
    assert.equal(await drawn.count(), 0);

    // Another configuration.
    const editor = page.locator(".live textarea").first();
    const text = await editor.inputValue();
    await editor.fill(text.replace('"$gte": 14', '"$gte": 3'));
    await until(async () => (await verdict(page)) === "Shown", "the edited verdict");
    await editor.fill(text.replace('"$gte": 14', '"$gtee": 14'));
    await until(async () => /\$gte/.test(await page.locator(".live .wrong").textContent()), "the problem");
    await editor.fill("{");
    await until(async () => (await page.locator(".live .wrong").textContent()) === "Configuration: not JSON yet (line 1, character 2)", "what is no JSON");
    assert.equal(await verdict(page), "Cannot be read: what is shown is from before");

    // A mistake that only the tools take ends nothing.
    await editor.fill(text.replace("Asia/Seoul", "Asia/Seoull"));
    await until(async () => /\/timezone/.test(await page.locator(".live .wrong").textContent()), "the unknown time zone");
    await editor.fill(text);
    await page.getByRole("tab", { name: "Journey" }).click();
    const journey = page.locator(".live textarea").nth(1);
    const lines = await journey.inputValue();
    for (const [broken, said] of [[`${lines.trim()}\n\nnull`, /line \d+: an event has a type/], ['{"type":"track","event":"A"}', /line 1: a timestamp/], ["", /nothing in it/]]) {
      await journey.fill(broken);
      await until(async () => said.test(await page.locator(".live .wrong").textContent()), String(said));
    }
    await page.locator(".live select").selectOption({ label: "who sees it" });
    await until(async () => (await verdict(page)) === "Shown", "a journey that can be read again");
    await close();
  });

  it("leaves the focus with who edits, and lets the keyboard into the preview", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${demo.url}/docs/ko/cookbook/back-after-two-weeks.html`);
    await page.locator(".live[data-ready]").waitFor();
    const editor = page.locator(".live textarea").first();
    const preview = page.frameLocator(".live iframe");
    await editor.fill((await editor.inputValue()).replace(/"layout": "\w+"/, '"layout": "modal"').replace(/"position": "[\w-]+",/, ""));
    await preview.locator("dangol-message[layout=modal] [part~=card]").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.localName), "textarea", "whoever types goes on typing");
    await page.locator(".live select").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await preview.locator("dangol-message[layout=modal] [part~=card]").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.localName), "select");
    // A preview is looked at in Korean, and what is in it is reached.
    assert.equal(await page.locator(".live iframe").getAttribute("title"), "미리보기");
    for (let stop = 0; stop < 5 && await page.evaluate(() => document.activeElement.localName) !== "iframe"; stop++) await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.localName), "iframe");

    // One stop for both texts, arrows between them.
    await page.getByRole("tab", { name: "설정" }).focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.getByRole("tab", { name: "여정" }).evaluate((tab) => tab === document.activeElement && tab.ariaSelected), "true");
    assert.equal(await page.locator(".live textarea").nth(1).isVisible(), true);
    await page.keyboard.press("Tab");
    assert.equal(await page.locator(".live textarea").nth(1).evaluate((area) => area === document.activeElement), true);
    await close();
  });

  it("shows a coupon at the journey's time, with all of its days before it", async () => {
    const { page, close } = await visitor(open);
    for (const [recipe, left] of [["birthday", /1[34]일 \d\d:/], ["exit-offer", /1일 00:|23:59:/], ["win-back", /[23]일 \d\d:/], ["sign-up-coupon", /\d일 \d\d:/]]) {
      await page.goto(`${demo.url}/docs/ko/cookbook/${recipe}.html`);
      await page.locator(".live[data-ready]").waitFor();
      await page.frameLocator(".live iframe").locator("dangol-message").getByText(left).first().waitFor();
    }
    await close();
  });

  it("is there in Korean, on a phone, with the same page one touch away in English", async () => {
    const { page, close } = await visitor(open, { viewport: { width: 390, height: 844 }, hasTouch: true });
    await page.goto(`${demo.url}/docs/ko/guides/new-member.html`);
    await page.locator(".live[data-ready]").waitFor();
    assert.equal(await verdict(page), "보입니다");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, "nothing sticks out");
    const editor = page.locator(".live textarea").first();
    await editor.fill((await editor.inputValue()).replace("Asia/Seoul", "Asia/Soul"));
    await until(async () => (await page.locator(".live .wrong").textContent()) === '/timezone: "Asia/Soul" 대신 Asia/Seoul 같은 IANA 시간대를 적으세요', "the problem in Korean");
    await page.locator("[data-language]").tap();
    await page.waitForURL("**/docs/guides/new-member.html");
    await page.getByText("Contents").tap();
    await page.getByRole("link", { name: "Hesitating over the bag", exact: true }).tap();
    await page.waitForURL("**/docs/guides/cart-chat.html");
    await close();
  });

  it("has a reference that can be read on a phone: no table is wider than the screen, but for figures", async () => {
    const { page, close } = await visitor(open, { viewport: { width: 390, height: 844 }, hasTouch: true });
    for (const path of ["reference/api", "reference/configuration", "problems", "document", "performance", "browsers"]) {
      await page.goto(`${demo.url}/docs/ko/${path}.html`);
      const [width, tables, wide] = await page.evaluate(() => [
        document.documentElement.scrollWidth, document.querySelectorAll(".table").length,
        [...document.querySelectorAll(".table:not(.figures)")].filter((table) => table.scrollWidth > table.clientWidth + 1).map((table) => table.textContent.slice(0, 60)),
      ]);
      assert.equal(width, 390, path);
      assert.ok(tables > 0, path);
      assert.deepEqual(wide, [], path);
    }
    // What a column is called stands before each of its cells.
    await page.goto(`${demo.url}/docs/ko/problems.html`);
    assert.equal(await page.locator("tbody tr").first().locator("td").nth(1).evaluate((cell) => getComputedStyle(cell, "::before").content), '"심각도"');
    await close();
  });

  it("has an address for its front door", async () => {
    for (const path of ["/docs", "/docs/", "/docs/ko", "/docs/ko/"]) {
      const answer = await fetch(demo.url + path);
      assert.equal(answer.status, 200, path);
      assert.match(answer.headers.get("content-security-policy"), /require-trusted-types-for 'script'/);
    }
  });

  it("plays a recipe in the shop, step by step, on the shop's clock", async () => {
    const { page, close } = await visitor(open);
    await page.goto(`${demo.url}/docs/ko/cookbook/back-after-two-weeks.html`);
    await page.getByRole("link", { name: "가게에서 해 보기" }).click();
    const bar = page.locator("[data-testid=recipe]");
    await bar.getByText("1 / 2").waitFor();
    await page.locator("[data-testid=recipe-next]").click();
    await message(page, "welcome-back").locator("[part~=body]").getByText("14일 사이").waitFor();
    await bar.getByText("여정을 다 걸었어요").waitFor();
    await bar.getByRole("link", { name: "끝내기" }).click();
    await page.waitForURL(`${demo.url}/`);
    assert.equal(await bar.count(), 0);
    assert.equal(await page.evaluate(() => Math.abs(Date.now() - performance.timeOrigin) < 60_000), true, "the clock is right again");
    await close();
  });
});

describe("the demo shop's front page", () => {
  it("has no words on the clothes: beside them where there is room, below them where there is none", async () => {
    const { page, close } = await visitor(open);
    for (const lang of ["ko", "en"]) {
      for (const [width, height] of [[390, 844], [768, 1024], [1000, 800], [1280, 800], [1920, 1080], [2560, 1300]]) {
        await page.setViewportSize({ width, height });
        await page.goto(`${demo.url}/?lang=${lang}`);
        const [words, picture] = await page.evaluate(() => {
          const range = document.createRange();
          const edges = [...document.querySelectorAll(".hero-text > *")].map((element) => {
            range.selectNodeContents(element);
            return range.getBoundingClientRect();
          });
          return [[Math.max(...edges.map(({ right }) => right)), Math.min(...edges.map(({ top }) => top))], document.querySelector(".hero-picture").getBoundingClientRect().bottom];
        });
        // The rack begins at a good third of the picture, which is as wide as the window.
        assert.ok(words[0] <= width * 0.345 || words[1] >= picture, `${lang} ${width}: ${words} ${picture}`);
      }
    }
    await close();
  });
});
