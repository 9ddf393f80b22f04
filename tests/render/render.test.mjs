// A message on the page, in a real browser with the strictest policy: what keeps it there, what updates it, and that it leaves the page as it was.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { card, LAYOUTS, NOW, reports, size, stage } from "./harness.mjs";

const MODAL = ["modal", "sheet", "fullscreen"];

const { all, shop, visit } = await stage();

describe("on the page", () => {
  test("another button of the mouse pulls nothing", () =>
    visit("sheet-offer", async (page) => {
      await page.waitForTimeout(200);
      const { x, y, width } = await page.locator("[part=handle]").boundingBox();
      await page.mouse.move(x + width / 2, y + 5);
      await page.mouse.down({ button: "right" });
      await page.mouse.move(x + width / 2, y + 300, { steps: 4 });
      await page.mouse.up({ button: "right" });
      assert.deepEqual(await reports(page), []);
    }));

  test("an update keeps focus and typed text", () =>
    visit("modal-survey", async (page, message) => {
      await page.getByLabel("이메일").fill("minji@");
      await page.evaluate((tree) => window.shown.update(tree), message.tree);
      assert.equal(await page.getByLabel("이메일").inputValue(), "minji@");
      assert.equal(await page.evaluate(() => document.querySelector("dangol-message").shadowRoot.activeElement.name), "email");
    }));

  test("what had the focus may go, the focus stays in the message", () =>
    visit("modal-coupon", async (page) => {
      await page.getByRole("button", { name: "쿠폰 적용하기" }).focus();
      await page.evaluate((tree) => window.shown.update(tree), all["coupon-redeemed"].tree);
      assert.equal(await page.evaluate(() => document.activeElement.localName), "dangol-message");
      assert.ok(await page.getByText("사용 완료").isVisible());
    }));

  test("a countdown runs", async () => {
    const page = await shop.open();
    await page.evaluate(([message, now]) => {
      const from = performance.now();
      window.shown = undefined;
      window.show(message, null);
      window.shown.remove();
      window.clock = () => now + performance.now() - from;
    }, [all["modal-countdown"], NOW]);
    const message = structuredClone(all["modal-countdown"]);
    const set = (node) => {
      if (node.until) node.until = Date.now() + 90_061_000;
      node.children?.forEach(set);
    };
    set(message.tree);
    await page.evaluate((message) => window.show(message), message);
    const timer = page.getByRole("timer");
    const first = await timer.textContent();
    assert.match(first, /^1일 01:01:0[01]$/);
    await page.waitForFunction((first) => document.querySelector("dangol-message").shadowRoot.querySelector("[role=timer]").textContent !== first, first, { timeout: 3000 });
    await page.context().close();
  });

  test("coming into view and leaving it is reported", async () => {
    const page = await shop.open();
    await page.evaluate(() => {
      const space = document.createElement("div");
      space.style.height = "2000px";
      document.querySelector("main").prepend(space);
    });
    await page.evaluate(([message, now]) => window.show(message, now), [all["inline-offer"], NOW]);
    await page.waitForTimeout(200);
    assert.deepEqual(await page.evaluate(() => window.reports), []);
    await page.evaluate(() => document.querySelector("dangol-message").scrollIntoView());
    await page.waitForFunction(() => window.reports.length === 1);
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.waitForFunction(() => window.reports.length === 2);
    assert.deepEqual(await page.evaluate(() => window.reports.map(({ act }) => act)), ["inview", "outview"]);
    await page.context().close();
  });

  const leaving = (message) => (message.dismiss.after = 1000);
  test("a message that leaves by itself is held while the visitor points at it", () =>
    visit("toast-line", async (page) => {
      await page.locator("[part=card]").hover();
      await page.waitForFunction(() => window.reports.some(({ act }) => act === "hold"));
      await page.mouse.move(10, 10);
      await page.waitForFunction(() => window.reports.some(({ act }) => act === "release"));
      assert.deepEqual(await reports(page), [{ act: "hold" }, { act: "release" }]);
    }, { change: leaving }));

  for (const layout of MODAL) {
    test(`a ${layout} that leaves by itself is held by whoever tabs into it, not by its own focus or a pointer at rest`, async () => {
      const page = await shop.open();
      await page.mouse.move(640, 400);
      await page.evaluate(([message, now]) => { message.dismiss.after = 1000; window.show(message, now); }, [all[`${layout}-offer`], NOW]);
      await card(page).waitFor();
      await page.waitForTimeout(400);
      assert.deepEqual(await reports(page), []);
      await page.keyboard.press("Tab");
      await page.waitForFunction(() => window.reports.some(({ act }) => act === "hold"));
      await page.keyboard.press("Tab");
      // Both have to let go.
      await page.mouse.move(640, 420, { steps: 3 });
      if (layout !== "fullscreen") await page.mouse.move(10, 10);
      await page.waitForTimeout(100);
      assert.deepEqual(await reports(page), [{ act: "hold" }]);
      await page.context().close();
    });
  }

  test("a page that removes the message gets it back three times a minute, then has its way", () =>
    visit("modal-offer", async (page) => {
      for (let round = 0; round < 3; round++) {
        await page.evaluate(() => document.querySelector("dangol-message").remove());
        await page.waitForFunction(() => document.querySelector("dangol-message"));
        assert.ok(await card(page).isVisible());
      }
      await page.evaluate(() => document.querySelector("dangol-message").remove());
      await page.waitForFunction(() => window.reports.some(({ act }) => act === "unmounted"));
      assert.equal(await page.locator("dangol-message").count(), 0);
      assert.ok((await reports(page)).every(({ act }) => act !== "dismiss"));
    }));

  test("a body replaced by an SPA, an emptied message: both stay", () =>
    visit("slide-offer", async (page) => {
      await page.evaluate(() => document.body.replaceWith(document.createElement("body")));
      assert.ok(await card(page).isVisible());
      await page.evaluate(() => document.querySelector("dangol-message").shadowRoot.replaceChildren());
      await page.waitForTimeout(50);
      assert.ok(await card(page).isVisible());
    }));

  test("the shop's own modal comes first", async () => {
    const page = await shop.open();
    await page.evaluate(() => {
      const dialog = document.createElement("dialog");
      document.body.append(dialog);
      dialog.showModal();
    });
    await page.evaluate(([message, now]) => window.show(message, now), [all["modal-offer"], NOW]);
    await page.waitForTimeout(700);
    assert.equal(await page.locator("dangol-message").count(), 0);
    await page.evaluate(() => document.querySelector("dialog").close());
    await card(page).waitFor({ state: "visible" });
    await page.context().close();
  });

  test("an inline message without its slot says so", async () => {
    const page = await shop.open();
    const message = { ...all["inline-offer"], slot: "[[" };
    await page.evaluate((message) => window.show(message), message);
    assert.deepEqual(await reports(page), [{ act: "failed" }]);
    await page.context().close();
  });

  test("a hostile style sheet changes nothing", async () => {
    const clean = await shop.open();
    const hostile = await shop.open();
    await hostile.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`html{font-size:62.5%!important}*{box-sizing:content-box!important;color:red!important;font:30px cursive!important;letter-spacing:4px!important;pointer-events:none!important;transition:all 3s!important}
        dangol-message,html>*{display:none!important;opacity:.2!important;transform:rotate(9deg)!important;filter:invert(1)!important;position:static!important;width:10px!important;z-index:-1!important}`);
      document.adoptedStyleSheets = [sheet];
    });
    for (const name of ["slide-coupon", "modal-products", "toast-offer"]) {
      const shots = [];
      for (const page of [clean, hostile]) {
        await page.evaluate(([message, now]) => window.show({ ...message, dismiss: {} }, now), [all[name], NOW]);
        shots.push(await card(page).evaluate((card) =>
          [card, ...card.querySelectorAll("*")].map((element) => {
            const { left, top, width, height } = element.getBoundingClientRect();
            const { color, backgroundColor, font, letterSpacing, display, pointerEvents, opacity, boxSizing } = getComputedStyle(element);
            return [element.part.value, left, top, width, height, color, backgroundColor, font, letterSpacing, display, pointerEvents, opacity, boxSizing].join(" ");
          })));
        await page.evaluate(() => window.shown.remove());
      }
      assert.deepEqual(shots[1], shots[0], name);
    }
    await clean.context().close();
    await hostile.context().close();
  });

  test("a tree from a faulty engine cannot hurt", () =>
    visit("modal-line", async (page) => {
      await page.evaluate(() => {
        window.shown.update({
          tag: "section",
          part: "card",
          attrs: [["aria-label", "x"], ["onclick", "window.hurt=1"], ["style", "color:red"], ["tabindex", "-1"]],
          children: [
            { tag: "script", text: "window.hurt=1" },
            { tag: "iframe", attrs: [["src", "/"]] },
            { tag: "a", text: "링크", attrs: [["href", "javascript:window.hurt=1"]] },
            { tag: "p", text: "<img src=x onerror=window.hurt=1>" },
          ],
        });
      });
      const html = await page.evaluate(() => document.querySelector("dangol-message").shadowRoot.querySelector("[part=card]").outerHTML);
      assert.ok(!/<script|<iframe|onclick|style=|javascript:/.test(html), html);
      assert.equal(await page.evaluate(() => window.hurt), undefined);
    }));

  test("nothing moves on the page and nothing is left behind", async () => {
    const page = await shop.open();
    await page.evaluate(() => {
      window.shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shift += entry.value))).observe({ type: "layout-shift", buffered: true });
    });
    const before = await page.content();
    for (const layout of LAYOUTS.filter((layout) => layout !== "inline")) {
      await page.evaluate(([message, now]) => window.show(message, now), [all[`${layout}-offer`], NOW]);
      await page.waitForTimeout(80);
      await page.evaluate(() => window.shown.remove());
    }
    assert.equal(await page.evaluate(() => window.shift), 0);
    assert.equal(await page.content(), before);
    await page.context().close();
  });
});

test("the renderer keeps within its budget", async () => {
  const { gzip } = await size();
  assert.ok(gzip <= 9_700, `${gzip} bytes`);
});
