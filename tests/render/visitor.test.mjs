// What a visitor does with a message, in a real browser, on a page with the strictest policy: what is pressed, and what is told of it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertAccessible, card, LAYOUTS, NOW, reports, stage } from "./harness.mjs";

const MODAL = ["modal", "sheet", "fullscreen"];

const { all, shop, visit } = await stage();

/** The same message with nothing in it to press. */
function bare(message) {
  message = structuredClone(message);
  const strip = (node) => (node.children = node.children?.filter(({ tag, part }) => !/^(a|button|details)$/.test(tag) && !/actions|footer/.test(part ?? "")), node.children?.forEach(strip));
  strip(message.tree);
  return message;
}

/** How much was reported once all that a key does is done. */
const settled = async (page) => {
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 20)));
  return (await reports(page)).length;
};

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

  test("the focus goes back into a shadow root that it came from, after the page took the message away once, too", async () => {
    const page = await shop.open();
    await page.evaluate(() => {
      const root = document.querySelector("main").appendChild(document.createElement("shop-search")).attachShadow({ mode: "open" });
      root.append(document.createElement("input"));
      root.firstChild.focus();
    });
    await page.evaluate(([message, now]) => window.show(message, now), [all["modal-offer"], NOW]);
    assert.equal(await page.evaluate(() => document.activeElement.localName), "dangol-message");
    await page.evaluate(() => document.querySelector("dangol-message").remove());
    await page.waitForFunction(() => document.activeElement.localName === "dangol-message");
    await page.evaluate(() => window.shown.remove());
    assert.equal(await page.evaluate(() => document.querySelector("shop-search").shadowRoot.activeElement?.localName), "input");
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

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

  test("a message can be sent away for today", () =>
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

  // What holds a sheet is real; what else happens is made up, as no driver does it.
  const PHONE = { options: { viewport: { width: 390, height: 844 } } };
  const pulling = (act) => async (page) => {
    const { x, y, width } = await page.locator("[part=handle]").boundingBox();
    const pulledBy = () => page.evaluate(() => document.querySelector("dangol-message").shadowRoot.querySelector("[part~=card]").style.transform);
    const tell = (part, type, fields) => page.locator(part).dispatchEvent(type, { bubbles: true, composed: true, clientX: x + width / 2, buttons: 1, ...fields });
    await page.mouse.move(x + width / 2, y + 8);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + 28);
    assert.equal(await pulledBy(), "translateY(20px)");
    await act({ tell, pulledBy, y: y + 8 });
    await page.mouse.up();
    assert.deepEqual([await pulledBy(), await reports(page)], ["", []]);
  };

  test("a second finger on a sheet neither pulls it nor lets it go", () =>
    visit("sheet-offer", pulling(async ({ tell, pulledBy, y }) => {
      const second = { pointerId: 7, isPrimary: false, pointerType: "touch" };
      for (const [type, by] of [["pointerdown", 200], ["pointermove", 400], ["pointerup", 400], ["pointercancel", 0]]) {
        await tell("[part~=content]", type, { ...second, clientY: y + by });
        assert.equal(await pulledBy(), "translateY(20px)", type);
      }
      await tell("[part=handle]", "pointerdown", { ...second, clientY: y });
      await tell("[part=handle]", "pointermove", { ...second, clientY: y + 50 });
      assert.equal(await pulledBy(), "translateY(20px)", "on the handle");
    }), PHONE));

  test("a sheet whose release went elsewhere does not follow a pointer that holds nothing", () =>
    visit("sheet-offer", pulling(async ({ tell, pulledBy, y }) => {
      // As where the button was let go over a dialog of the browser's.
      for (const by of [300, 320]) await tell("[part=handle]", "pointermove", { pointerId: 1, isPrimary: true, buttons: 0, clientY: y + by });
      assert.equal(await pulledBy(), "");
    }), PHONE));
});
