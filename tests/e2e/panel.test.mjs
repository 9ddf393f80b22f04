// The demo's panel, by keyboard only: what Dangol sees, why it decides, the clock and consent.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { at, browser, delivered, later, message, NOON, seen, shop, until, visitor } from "./harness.mjs";

let demo;
let open;
before(async () => {
  [demo, open] = await Promise.all([shop(), browser()]);
});
after(async () => {
  await open?.close();
  await demo?.close();
});

const TABS = ["events", "visitor", "decisions", "coupons", "delivery", "controls"];
const part = (page, id) => page.locator(`[data-testid=${id}]`);
const body = (page) => page.locator("#panel-body");

/** Opens the panel with the keyboard. */
async function openPanel(page) {
  await part(page, "panel-toggle").focus();
  await page.keyboard.press("Enter");
  await part(page, "panel").waitFor();
}
/** Moves to a tab with the arrow keys. */
async function toTab(page, id) {
  await part(page, "panel").locator("[role=tab][aria-selected=true]").focus();
  for (let steps = 0; steps < TABS.length; steps += 1) {
    if ((await part(page, `panel-tab-${id}`).getAttribute("aria-selected")) === "true") break;
    await page.keyboard.press("ArrowRight");
  }
  assert.equal(await part(page, `panel-tab-${id}`).getAttribute("aria-selected"), "true");
}
const says = (page, text) => body(page).getByText(text).first().waitFor();
async function press(page, id) {
  await part(page, id).focus();
  await page.keyboard.press("Space");
}
const consent = (page) => page.evaluate(async () => (await window.dangol.exportData()).consent);

describe("the panel", () => {
  it("shows events, segments, decisions with reasons, coupons and the queue", async () => {
    const { page, close } = await visitor(open);
    await page.goto(at(demo.url, "/c/outer", NOON));
    await openPanel(page);
    await says(page, "Product List Viewed");
    await page.keyboard.press("Escape");
    assert.equal(await part(page, "panel").isVisible(), false);
    assert.equal(await page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.dataset.testid), "panel-toggle", "the focus is where it was");
    await openPanel(page);

    await part(page, "panel").locator("summary").first().focus();
    await page.keyboard.press("Enter");
    await says(page, "messageId");

    await page.goto(`${demo.url}/p/haneul-coat`);
    await page.click("[data-testid=add-to-cart]");
    await page.waitForURL("**/cart*");
    await toTab(page, "visitor");
    await part(page, "panel-segments").getByText("장바구니 10만 원 이상").waitFor();
    await says(page, "328000");

    await toTab(page, "decisions");
    const decision = page.locator("[data-testid=panel-decision][data-campaign=welcome-back]");
    await decision.getByText("보름 만에 다시 오셨네요").waitFor();
    await decision.getByText("보이지 않아요").waitFor();
    await decision.getByText("대상 손님이 아니에요").waitFor();
    await decision.locator("[data-check=not_in_audience]").getByText("지난 방문 이후 일수 값 없음 (14일 이상 필요)").waitFor();
    assert.equal(await decision.locator("[data-check=not_in_audience] .state").textContent(), "막힘");
    await decision.locator("summary", { hasText: "통과한 조건" }).focus();
    await page.keyboard.press("Enter");
    await until(async () => (await decision.locator("[data-check=no_consent]").innerText()).replace(/\s+/g, " ") === "✓ 동의 통과", "what passed, in words");

    // By the names that a marketer gave, what was shown first, and what came of it one touch away.
    await page.goto(at(demo.url, "/", later(15)));
    const shown = page.locator("[data-testid=panel-decision]").first();
    await shown.getByText("다시 나오는 것을 막는 조건").waitFor();
    assert.equal(await shown.getAttribute("data-campaign"), "welcome-back");
    await page.locator("[data-campaign=cart-chat] [data-check=outranked]").getByText("'보름 만에 다시 오셨네요'").waitFor();
    await seen(page, "welcome-back");
    await delivered(page);
    const href = await part(page, "panel-report").getAttribute("href");
    const report = await page.context().newPage();
    await report.goto(demo.url + href);
    await report.locator(".card h2", { hasText: "보름 만에 다시 오셨네요" }).waitFor();
    await report.locator(".card .alone", { hasText: "holdout" }).first().waitFor();
    await report.close();

    await toTab(page, "delivery");
    await until(async () => Number(await part(page, "panel-created").textContent()) > 0, "the counters");
    await page.evaluate(() => window.dangol.flush());
    await until(async () => (await part(page, "panel-pending").textContent()) === "0", "an empty queue");
    assert.equal(await part(page, "panel-dropped").textContent(), "0");
    await says(page, "Product Added");
    await close();
  });

  it("shows the coupons of a new member", async () => {
    const { page, close } = await visitor(open);
    await page.goto(at(demo.url, "/signup", NOON));
    const form = "[data-testid=signup-form]";
    await page.fill(`${form} [name=name]`, "지은");
    await page.fill(`${form} [name=email]`, "panel@shop.test");
    await page.fill(`${form} [name=password]`, "correct horse");
    await page.check(`${form} [name=terms]`, { force: true });
    await page.click("[data-testid=signup-submit]");
    await page.waitForURL("**/my*");
    const code = await message(page, "new-member").locator("[part~=code]").first().textContent();
    await page.keyboard.press("Escape");
    await openPanel(page);
    await toTab(page, "coupons");
    const coupon = part(page, "panel-coupon");
    await coupon.getByText(code).first().waitFor();
    await coupon.getByText("쓸 수 있어요", { exact: true }).waitFor();
    await coupon.getByText("첫 주문 무료 배송").waitFor();
    await close();
  });

  for (const [lang, hasKorean] of [["ko", true], ["en", false]]) {
    it(`says why in words, without codes (${lang})`, async () => {
      const { page, close } = await visitor(open, { locale: lang });
      await page.goto(at(demo.url, `/help?lang=${lang}`, NOON));
      await page.evaluate(() => window.dangol.ready);
      await openPanel(page);
      await toTab(page, "decisions");
      const cards = part(page, "panel-decision");
      await cards.locator("[data-check=not_in_audience] .found.dim").first().waitFor();
      for (const summary of await cards.locator("summary").all()) await summary.evaluate((element) => element.click());
      const text = await cards.evaluateAll((all) => all.map((card) => {
        const copy = card.cloneNode(true);
        for (const id of copy.querySelectorAll(".id")) id.remove();
        return copy.textContent;
      }).join("\n"));
      assert.doesNotMatch(text, /\w_\w|undefined/);
      assert.equal(/[가-힣]/.test(text), hasKorean, text);
      for (const tab of ["delivery", "controls"]) {
        await toTab(page, tab);
        assert.equal(/[가-힣]/.test(await body(page).innerText()), hasKorean);
        assert.doesNotMatch(await body(page).innerText(), /marketingNight|acknowledged|보낼 줄/);
      }
      await close();
    });
  }

  it("moves the clock and stays open", async () => {
    const { page, close } = await visitor(open);
    await page.goto(at(demo.url, "/help", NOON));
    await page.evaluate(() => window.dangol.ready);
    await openPanel(page);
    await toTab(page, "controls");
    await part(page, "panel-now").getByText("2026-11-02 12:0").waitFor();
    const reloaded = page.waitForEvent("load");
    await press(page, "clock-15");
    await reloaded;
    await part(page, "panel-now").getByText("2026-11-17 12:0").waitFor();
    // The shop's clock stands in November 2026 already, however far that is.
    assert.match(await part(page, "panel-now").textContent(), /실제보다 [\d,.]+(일|시간) [뒤앞]$/);
    await message(page, "welcome-back").waitFor();
    await toTab(page, "events");
    await says(page, "Page Viewed");
    await close();
  });

  it("switches consent, and forgets when asked twice", async () => {
    const { page, close } = await visitor(open);
    await page.goto(at(demo.url, "/help", NOON));
    await page.evaluate(() => window.dangol.ready);
    await openPanel(page);
    await toTab(page, "controls");
    await part(page, "consent-marketing").waitFor();
    assert.equal(await part(page, "consent-marketing").isChecked(), true);
    await press(page, "consent-marketing");
    await until(async () => (await consent(page)).marketing === false, "marketing to be off");
    await press(page, "consent-marketingNight");
    await until(async () => (await consent(page)).marketingNight, "the night to be allowed");
    await page.reload();
    await until(async () => (await part(page, "consent-marketing").count()) && !(await part(page, "consent-marketing").isChecked()), "the decision on the next page");
    assert.deepEqual(await consent(page), { analytics: true, personalization: true, marketing: false, marketingNight: true });

    const former = await page.evaluate(async () => (await window.dangol.exportData()).anonymousId);
    await press(page, "panel-forget");
    assert.equal(await page.evaluate(async () => (await window.dangol.exportData()).anonymousId), former, "once is not enough");
    await press(page, "panel-forget");
    await until(async () => (await page.evaluate(async () => (await window.dangol.exportData()).anonymousId)) !== former, "a new visitor");
    await close();
  });

  for (const [width, height] of [[390, 844], [1280, 620]]) {
    it(`neither its tab nor the bag's bar lies on what has the focus, at ${width} by ${height}`, async () => {
      const { page, close } = await visitor(open, { viewport: { width, height }, reducedMotion: "reduce" });
      await page.goto(at(demo.url, "/p/haneul-coat", NOON));
      await page.locator("[data-testid=add-to-cart]").click();
      const wrong = [];
      for (const path of ["/help", "/lookbook/market", "/cart"]) {
        await page.goto(at(demo.url, path, NOON));
        for (let stop = 0; stop < 60; stop += 1) {
          await page.keyboard.press("Tab");
          const covered = await page.evaluate(() => {
            const focused = document.activeElement;
            const { left, top, width, height } = focused.getBoundingClientRect();
            const above = document.elementFromPoint(left + width / 2, top + height / 2);
            return focused !== document.body && above && !focused.contains(above) && !above.contains(focused) && `${focused.textContent.trim()} below ${above.id || above.className}`;
          });
          if (covered) wrong.push(`${path}: ${covered}`);
          if (await page.evaluate(() => document.activeElement === document.body)) break;
        }
      }
      assert.deepEqual(wrong, []);
      await close();
    });
  }

  it("gives back the focus that went on from its tab into a message, which stands off the bag's bar", async () => {
    const { page, close } = await visitor(open);
    await page.goto(at(demo.url, "/p/haneul-coat", NOON));
    await page.locator("[data-testid=add-to-cart]").click();
    await page.goto(`${at(demo.url, "/cart", NOON)}&dangol-preview=cart-chat`);
    const card = message(page, "cart-chat").locator("[part~=card]");
    await card.waitFor();
    const [bar, { y, height }] = await Promise.all([page.locator("[data-testid=order-bar]").boundingBox(), card.boundingBox()]);
    await until(async () => { const { y, height } = await card.boundingBox(); return bar.y - y - height >= 12 && bar.y - y - height <= 24; }, `room above the bar: ${y + height} of ${bar.y}`);
    await part(page, "panel-toggle").focus();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.localName), "dangol-message");
    await page.keyboard.press("Escape");
    await until(async () => !(await card.count()), "the message to go");
    assert.equal(await part(page, "panel-toggle").evaluate((toggle) => toggle.getRootNode().activeElement === toggle), true);
    await close();
  });
});
