// What a visitor sees and does, in a real browser, on a page with the strictest policy.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertAccessible, LAYOUTS, NOW, size, stage } from "./harness.mjs";

const MODAL = ["modal", "sheet", "fullscreen"];

const { all, shop, visit } = await stage();

/** The same message with nothing in it to press. */
function bare(message) {
  message = structuredClone(message);
  const strip = (node) => (node.children = node.children?.filter(({ tag, part }) => !/^(a|button|details)$/.test(tag) && !/actions|footer/.test(part ?? "")), node.children?.forEach(strip));
  strip(message.tree);
  return message;
}

/** What was reported, without the noise of coming into view. */
const reports = (page) => page.evaluate(() => window.reports.filter(({ act }) => !act.endsWith("view")));
/** How much was reported once all that a key does is done. */
const settled = async (page) => {
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 20)));
  return (await reports(page)).length;
};
const card = (page) => page.locator("dangol-message [part=card]");

describe("what a visitor does", () => {
  test("a button reports its action with the values of the inputs", () =>
    visit("modal-offer", async (page) => {
      await page.getByRole("link", { name: "세일 보러 가기" }).click();
      assert.deepEqual(await reports(page), [{ act: "action", action: 0, values: {} }]);
    }));

  test("a click with a modifier is left to the browser", () =>
    visit("slide-offer", async (page) => {
      await page.getByRole("link", { name: "세일 보러 가기" }).click({ modifiers: ["ControlOrMeta"] });
      assert.deepEqual(await reports(page), [{ act: "action" }]);
    }));

  for (const layout of LAYOUTS.filter((layout) => layout !== "inline")) {
    test(`the close button dismisses a ${layout}`, () =>
      visit(`${layout}-offer`, async (page) => {
        await page.getByRole("button", { name: "닫기" }).click();
        assert.deepEqual(await reports(page), [{ act: "dismiss", reason: "button" }]);
      }));
  }

  for (const layout of MODAL) {
    test(`a ${layout} keeps the focus, closes by Escape, and gives the focus back`, async () => {
      const page = await shop.open();
      await page.focus("#before");
      await page.evaluate(([message, now]) => window.show(message, now), [all[`${layout}-offer`], NOW]);
      const inside = () => page.evaluate(() => document.activeElement?.localName === "dangol-message" || document.activeElement === document.body);
      for (let step = 0; step < 6; step++) {
        assert.ok(await inside());
        await page.keyboard.press("Tab");
      }
      assert.notEqual(await page.evaluate(() => document.activeElement?.id), "before");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      assert.deepEqual(await reports(page), [{ act: "dismiss", reason: "escape" }]);
      await page.evaluate(() => window.shown.remove());
      assert.equal(await page.evaluate(() => document.activeElement.id), "before");
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    });
  }

  test("a message beside the page takes no focus and closes by Escape from inside, the page sees that the key was used", () =>
    visit("slide-offer", async (page) => {
      assert.equal(await page.evaluate(() => document.activeElement.localName), "body");
      await page.getByRole("button", { name: "나중에" }).focus();
      await page.evaluate(() => addEventListener("keydown", (event) => (window.used = event.defaultPrevented)));
      await page.keyboard.press("Escape");
      assert.deepEqual(await reports(page), [{ act: "dismiss", reason: "escape" }]);
      assert.equal(await page.evaluate(() => window.used), true);
    }));

  for (const name of ["toast-bare", "banner-bare", "slide-offer", "bubble-offer"]) {
    test(`Escape closes ${name} from the page, where the focus stays`, async () => {
      const page = await shop.open();
      await page.focus("#before");
      const message = name.endsWith("bare") ? bare(all[name.replace("bare", "line")]) : all[name];
      await page.evaluate(([message, now]) => window.show(message, now), [{ ...message, dismiss: {} }, NOW]);
      assert.equal(await card(page).locator("button,a,input").count() > 0, !name.endsWith("bare"));
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await settled(page);
      assert.deepEqual(await reports(page), [{ act: "dismiss", reason: "escape" }]);
      await page.evaluate(() => window.shown.remove());
      assert.equal(await page.evaluate(() => document.activeElement.id), "before");
      await page.keyboard.press("Escape");
      assert.equal(await settled(page), 1);
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    });
  }

  test("an inline message is a part of the page: Escape elsewhere leaves it", () =>
    visit("inline-offer", async (page) => {
      await page.keyboard.press("Escape");
      assert.equal(await settled(page), 0);
    }));

  test("an Escape that the page has a use for is the page's", () =>
    visit("toast-line", async (page) => {
      const press = async (set) => {
        await page.evaluate(`(${set})()`);
        await page.keyboard.press("Escape");
        return settled(page);
      };
      const uses = {
        "a listener that says so": "() => addEventListener('keydown', (event) => event.preventDefault(), { once: true })",
        "a dialog that the browser closes": "() => { const dialog = document.createElement('dialog'); document.body.append(dialog); dialog.showModal(); document.activeElement.blur(); }",
        "a dialog that the shop closes by the same key": "() => { const dialog = document.createElement('dialog'); document.body.append(dialog); dialog.showModal(); document.addEventListener('keydown', () => dialog.close(), { once: true }); }",
        "a popover": "() => { const menu = document.createElement('div'); menu.popover = 'auto'; menu.textContent = 'm'; document.body.append(menu); menu.showPopover(); }",
        "a dialog of its own making": "() => { const box = document.createElement('div'); box.ariaModal = 'true'; box.textContent = 'b'; document.body.append(box); document.addEventListener('keydown', () => box.remove(), { once: true }); }",
        "an open menu around the focus": "() => { const list = document.createElement('div'); list.role = 'menu'; list.tabIndex = 0; list.textContent = 'x'; document.body.append(list); list.focus(); }",
        "a search that has something in it": "() => { const field = document.createElement('input'); field.type = 'search'; field.value = '코트'; document.body.append(field); field.focus(); }",
      };
      for (const [use, set] of Object.entries(uses)) assert.equal(await press(set), 0, use);
      // In the midst of composing a syllable, or held down since something else was closed.
      for (const init of [{ isComposing: true }, { repeat: true }]) {
        await page.evaluate((init) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, ...init })), init);
        assert.equal(await settled(page), 0, JSON.stringify(init));
      }
      // Emptied by the browser, the field has no more use for it; a dialog that is only there, hidden, has none.
      assert.equal(await press("() => { const box = document.createElement('div'); box.ariaModal = 'true'; box.hidden = true; document.body.append(box); }"), 1);
    }));

  test("a click beside a modal closes it, one inside does not", () =>
    visit("modal-offer", async (page) => {
      await page.mouse.click(640, 400);
      assert.deepEqual(await reports(page), []);
      await page.mouse.click(20, 20);
      assert.deepEqual(await reports(page), [{ act: "dismiss", reason: "outside" }]);
    }));

  test("a text that is selected as far as beside the message closes nothing, and nothing typed is lost", () =>
    visit("modal-survey", async (page) => {
      const field = page.getByLabel("이메일");
      await field.fill("minji@shop.example");
      for (const from of [field, page.locator("[part~=title]").first()]) {
        const { x, y, height } = await from.boundingBox();
        await page.mouse.move(x + 60, y + height / 2);
        await page.mouse.down();
        await page.mouse.move(20, 20, { steps: 4 });
        await page.mouse.up();
        await page.waitForTimeout(50);
      }
      assert.deepEqual((await reports(page)).filter(({ act }) => act === "dismiss"), []);
      assert.equal(await field.inputValue(), "minji@shop.example");
      await page.mouse.click(20, 20);
      assert.deepEqual((await reports(page)).at(-1), { act: "dismiss", reason: "outside" });
    }));

  test("a double click is one", () =>
    visit("modal-offer", async (page) => {
      const link = page.getByRole("link", { name: "세일 보러 가기" });
      await link.dblclick();
      assert.equal((await reports(page)).length, 1);
      await page.waitForTimeout(600);
      await link.click();
      assert.equal((await reports(page)).length, 2);
    }));

  test("not today", () =>
    visit("today-modal", async (page) => {
      await page.getByRole("button", { name: "오늘 하루 보지 않기" }).click();
      assert.deepEqual(await reports(page), [{ act: "today" }]);
    }));

  test("the receipt unfolds and offers to stop", () =>
    visit("today-modal", async (page) => {
      const why = (expanded) => page.getByRole("button", { name: "왜 이 메시지가 보이나요?", expanded });
      const mute = page.getByRole("button", { name: "이런 메시지 그만 보기", includeHidden: true });
      assert.equal(await mute.count(), 0);
      await why(false).click();
      assert.equal(await mute.count(), 1);
      await why(true).click();
      assert.equal(await mute.count(), 0);
      await why(false).click();
      await mute.click();
      assert.deepEqual(await reports(page), [{ act: "mute" }]);
    }));

  test("a rating by mouse is answered at once, by keyboard when the visitor settles", () =>
    visit("modal-nps", async (page) => {
      await page.getByRole("radio", { name: "9", exact: true }).check({ force: true });
      assert.deepEqual(await reports(page), [{ act: "action", action: 0, values: { nps: 9 } }]);
      for (const key of ["ArrowLeft", "ArrowLeft", "ArrowLeft"]) await page.keyboard.press(key);
      assert.equal((await reports(page)).length, 1);
      await page.keyboard.press("Enter");
      assert.deepEqual((await reports(page))[1], { act: "action", action: 0, values: { nps: 6 } });
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Tab");
      assert.deepEqual((await reports(page))[2], { act: "action", action: 0, values: { nps: 7 } });
    }));

  test("a form is checked before it is sent", () =>
    visit("modal-survey", async (page) => {
      const send = page.getByRole("button", { name: "보내기" });
      await page.getByLabel("사이즈").check();
      await page.getByLabel("이메일").fill("minji");
      await send.click();
      assert.deepEqual(await reports(page), []);
      assert.ok(await page.getByText("입력한 내용을 확인해 주세요.").first().isVisible());
      await assertAccessible(page);
      await page.getByLabel("이메일").fill("minji@shop.example");
      await page.getByLabel("혜택과 소식").check();
      await page.getByLabel("이메일").press("Enter");
      assert.deepEqual((await reports(page)).map(({ act, values }) => [act, values]), [
        ["action", { why: ["사이즈"], email: "minji@shop.example", "consent.marketing": true }],
      ]);
    }));

  test("a finger pulls a sheet down", () =>
    visit("sheet-offer", async (page) => {
      const box = await page.locator("[part=handle]").boundingBox();
      const x = box.x + box.width / 2;
      await page.mouse.move(x, box.y + 8);
      await page.mouse.down();
      await page.mouse.move(x, box.y + 20);
      await page.mouse.move(x, box.y + 260, { steps: 4 });
      await page.mouse.up();
      assert.deepEqual(await reports(page), [{ act: "dismiss", reason: "drag" }]);
    }, { options: { viewport: { width: 390, height: 844 } } }));
});

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
