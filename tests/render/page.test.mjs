// What the page, the keyboard and the screen do to a message.
import assert from "node:assert/strict";
import { test } from "node:test";
import { card, find, LAYOUTS, NOW, reports, stage } from "./harness.mjs";

const { all, shop, visit } = await stage();

for (const [what, init] of Object.entries({ "a syllable that is being composed": { isComposing: true }, "the key that ends it in Safari": { keyCode: 229 } })) {
  test(`${what} neither sends a form nor closes it`, () =>
    visit("modal-survey", async (page) => {
      await page.getByLabel("이메일").fill("minji@shop.example");
      await page.getByLabel("이메일").evaluate((field, init) => {
        for (const key of ["Enter", "Escape"]) field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true, ...init }));
      }, init);
      await page.waitForTimeout(50);
      assert.deepEqual(await reports(page), []);
      await page.getByLabel("이메일").press("Enter");
      assert.equal((await reports(page)).length, 1);
    }));
}

test("what is typed into a message is no shortcut of the page's; Escape and Tab are keys as ever", () =>
  visit("slide-survey", async (page) => {
    await page.evaluate(() => {
      window.keys = [];
      for (const type of ["keydown", "keypress", "keyup"]) document.addEventListener(type, ({ key, target }) => {
        if (target.localName === "dangol-message") window.keys.push(key);
      });
    });
    const field = page.getByLabel("이메일");
    await field.click();
    await page.keyboard.type("ask");
    assert.equal(await field.inputValue(), "ask");
    assert.deepEqual(await page.evaluate(() => window.keys), []);
    await page.keyboard.press("Tab");
    assert.notEqual(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.localName), "body");
    await field.press("Escape");
    assert.deepEqual((await reports(page)).at(-1), { act: "dismiss", reason: "escape" });
    assert.deepEqual(await page.evaluate(() => [...new Set(window.keys)].sort()), ["Escape", "Tab"]);
  }));

test("a dialog of the shop's own making comes first, one that stands ready out of sight holds nothing back", async () => {
  const box = (css, inner = "") => `() => { const box = document.createElement("div"); box.role = "dialog"; box.ariaModal = "true"; box.tabIndex = -1; box.style.cssText = "${css}"; ${inner} document.body.append(box); window.box = box; }`;
  const open = {
    "in the middle": box("position:fixed;inset:20% 30%;background:#fff"),
    "a wrapper at the page's end": box("position:relative", `const inner = document.createElement("div"); inner.style.cssText = "position:fixed;inset:0;background:#0008"; box.append(inner);`),
  };
  for (const [what, prepare] of Object.entries(open)) {
    await visit("modal-offer", async (page) => {
      await page.waitForTimeout(200);
      assert.equal(await page.locator("dangol-message").count(), 0, what);
      await page.evaluate(() => window.box.remove());
      await card(page).waitFor();
    }, { prepare: `(${prepare})()` });
  }
  const ready = { "beside the screen": "position:fixed;inset:0 auto 0 0;width:300px;transform:translateX(-100%)", invisible: "position:fixed;inset:0;visibility:hidden", "transparent": "position:fixed;inset:0;opacity:0;pointer-events:none" };
  for (const [what, css] of Object.entries(ready)) {
    await visit("modal-offer", async (page) => assert.equal(await page.locator("dangol-message").count(), 1, what), { prepare: `(${box(css)})()` });
  }
});

test("a message waits while the page leaves, not for a mail, a call, a download, or once the page is back", async () => {
  const page = await shop.open({ acceptDownloads: true });
  await page.route("**/never", () => {});
  const follow = (href, download) => page.evaluate(([href, download]) => {
    const link = Object.assign(document.createElement("a"), { href });
    if (download) link.download = "file";
    document.body.append(link);
    link.click();
    return new Promise((resolve) => setTimeout(resolve, 100));
  }, [href, download]);
  const isShown = () => page.evaluate(([message, now]) => {
    window.shown?.remove();
    window.show(message, now);
    return !!document.querySelector("dangol-message");
  }, [all["slide-offer"], NOW]);
  for (const [href, download] of [["mailto:hello@shop.example"], ["tel:0212345678"], ["/icon.png", true]]) {
    await follow(href, download);
    assert.ok(await isShown(), href);
  }
  // In one go: what is asked while a page leaves is answered by the next one.
  const seen = await page.evaluate(async ([message, now]) => {
    const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const isThere = () => !!document.querySelector("dangol-message");
    window.shown.remove();
    location.href = "/never";
    await rest(100);
    window.show(message, now);
    await rest(700);
    const seen = [isThere()];
    window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    await rest(700);
    window.stop();
    return [...seen, isThere()];
  }, [all["slide-offer"], NOW]);
  assert.deepEqual(seen, [false, true]);
  await page.context().close();
});

test("paper shows what is part of the page, nothing that lies over it", async () => {
  for (const [name, display] of [["slide-offer", "none"], ["modal-offer", "none"], ["inline-offer", "block"]]) {
    await visit(name, async (page) => {
      await page.emulateMedia({ media: "print" });
      assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("dangol-message")).display), display, name);
    });
  }
});

test("a family that a style sheet could not name like that is quoted, and costs nothing else", async () => {
  for (const [font, family] of [["210 하얀바람, sans-serif", '"210 하얀바람", sans-serif'], ["Georgia, , serif", "Georgia, serif"], ["'Apple SD Gothic Neo', serif", '"Apple SD Gothic Neo", serif']]) {
    await visit("slide-offer", async (page) => {
      assert.deepEqual(await page.locator("dangol-message .body").evaluate((body) => [getComputedStyle(body).fontFamily, getComputedStyle(body).fontSize]), [family, "15px"]);
    }, { change: (message) => { message.theme = { font }; } });
  }
});

test("Japanese lines break between letters, in titles and buttons, too", () =>
  visit("slide-offer", async (page) => {
    assert.deepEqual(await page.locator("dangol-message :is(.title, .button)").evaluateAll((all) => [...new Set(all.map((one) => getComputedStyle(one).wordBreak))]), ["normal"]);
  }, { change: ({ tree }) => { tree.attrs = [...(tree.attrs ?? []).filter(([name]) => name !== "lang"), ["lang", "ja"]]; } }));

test("many buttons wrap: none is narrower than its longest word", async () => {
  for (const [name, width] of [["toast-offer", 360], ["toast-offer", 1280], ["inline-offer", 768]]) {
    await visit(name, async (page) => {
      const heights = await page.locator("dangol-message .actions .button").evaluateAll((all) => all.map((button) => button.getBoundingClientRect().height));
      assert.ok(heights.length === 6 && heights.every((height) => height < 50), `${name} at ${width}: ${heights}`);
    }, {
      options: { viewport: { width, height: 800 } },
      change: ({ tree }) => { find(tree, "actions").children = ["지금 바로 쇼핑하기", "나중에 볼게요", "브랜드 이야기 더 알아보기", "쿠폰함", "상담", "닫기"].map((text) => ({ tag: "button", part: "button secondary", attrs: [["type", "button"]], text })); },
    });
  }
});

test("a picture of a wide banner stands beside all there is", () =>
  visit("banner-image", async (page) => {
    const [picture, content] = await page.locator("dangol-message").evaluate(({ shadowRoot }) => [".lead", ".content"].map((name) => {
      const { left, top, bottom } = shadowRoot.querySelector(name).getBoundingClientRect();
      return [left, top, bottom];
    }));
    assert.deepEqual(picture, content);
  }, { change: ({ tree }) => { find(tree, "content").children.push(...[1, 2].map((text) => ({ tag: "fieldset", part: "field", children: [{ tag: "p", part: "body", text: `${text} ${"긴 글 ".repeat(80)}` }] }))); } }));

test("a page that puts a copy in its body's place while it is shut is not left shut", () =>
  visit("modal-offer", async (page) => {
    await page.waitForFunction(() => document.body.inert);
    await page.evaluate(() => document.body.replaceWith(document.body.cloneNode(true)));
    await page.evaluate(() => window.shown.remove());
    assert.equal(await page.evaluate(() => document.body.inert), false);
    await page.getByRole("button", { name: "앞 버튼" }).click({ timeout: 1000 });
  }));

for (const [what, come] of [["until later", true], ["for good", false]]) {
  test(`a page that has no body ${what} under what lies over it is served on, and complains of nothing`, () =>
    visit("modal-offer", async (page) => {
      await page.waitForFunction(() => document.body.inert);
      await page.evaluate(() => { window.body = document.body; window.body.remove(); });
      await page.waitForTimeout(100);
      if (come) {
        await page.evaluate(() => document.documentElement.append(window.body.cloneNode(true)));
        await page.waitForFunction(() => document.body.inert && document.activeElement.localName === "dangol-message");
      }
      await page.keyboard.press("Escape");
      assert.deepEqual(await reports(page), [{ act: "dismiss", reason: "escape" }]);
      await page.evaluate(() => window.shown.remove());
      assert.deepEqual(await page.evaluate(() => [document.querySelectorAll("dangol-message").length, document.body?.inert ?? window.body.inert]), [0, false]);
    }));
}

test("what is typed stays where it is, whatever comes to stand above it or goes", () =>
  visit("modal-survey", async (page, message) => {
    const field = page.getByLabel("이메일");
    await field.fill("minji@");
    const content = find(message.tree, "content");
    const state = () => page.evaluate(() => {
      const { activeElement } = document.querySelector("dangol-message").shadowRoot;
      return [activeElement?.name, activeElement?.value];
    });
    content.children.unshift({ tag: "div", part: "progress", children: [{ tag: "p", part: "body", text: "새로" }] }, { tag: "div", part: "field", children: [{ tag: "input", part: "input", attrs: [["name", "other"]], input: { name: "other", type: "text" } }] });
    await page.evaluate((tree) => window.shown.update(tree), message.tree);
    assert.deepEqual(await state(), ["email", "minji@"]);
    content.children.splice(0, 2);
    await page.evaluate((tree) => window.shown.update(tree), message.tree);
    assert.deepEqual(await state(), ["email", "minji@"]);
  }));

test("custom properties of the shop's, of whatever name and kind, change nothing of a message", async () => {
  const look = (page) => page.evaluate(() => [...document.querySelector("dangol-message").shadowRoot.querySelectorAll(".card, .title, .button, .frame")].map((one) => {
    const { x, y, width, height } = one.getBoundingClientRect();
    const { color, backgroundColor, borderRadius, translate } = getComputedStyle(one);
    return [x, y, width, height, color, backgroundColor, borderRadius, translate].join();
  }));
  let plain;
  await visit("slide-offer", async (page) => (plain = await look(page)));
  await visit("slide-offer", async (page) => assert.deepEqual(await look(page), plain), {
    prepare: `(() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(":root, dangol-message { --clear: 300px; --_clear: 300px; --accent: red; --space: 90px; }"); document.adoptedStyleSheets = [sheet]; })()`,
  });
});

test("the space of the theme is that of every layout", async () => {
  for (const layout of LAYOUTS.filter((layout) => layout !== "fullscreen")) {
    await visit(`${layout}-offer`, async (page) => {
      assert.equal(await page.locator("dangol-message [part=content]").evaluate((content) => getComputedStyle(content).paddingInlineStart), "10px", layout);
    }, { change: (message) => (message.theme = { spacing: "10px" }) });
  }
});

test("a star is what a pointer meets there", () =>
  visit("modal-stars", async (page) => {
    const radio = page.locator("dangol-message input[type=radio]").nth(3);
    await radio.check({ timeout: 2000 });
  }));

test("on a low screen what closes a message stays in reach", async () => {
  for (const layout of ["modal", "sheet", "slide"]) {
    await visit(`${layout}-products`, async (page) => {
      await page.waitForTimeout(100);
      const seen = await card(page).evaluate((card) => {
        card.scrollTop = 9999;
        const [{ top, bottom }, own] = [card.querySelector(".close").getBoundingClientRect(), card.getBoundingClientRect()];
        const covered = card.querySelector(".content > *").getBoundingClientRect().right > card.querySelector(".close").getBoundingClientRect().left;
        return [card.scrollTop > 0, top >= own.top && bottom <= own.bottom, covered];
      });
      assert.deepEqual(seen, [true, true, false], layout);
      await page.getByRole("button", { name: "닫기" }).click();
      assert.equal((await reports(page)).at(-1).reason, "button");
    }, { options: { viewport: { width: 740, height: 320 } } });
  }
});

test("an inline message follows its slot where the page draws anew what that lies in, at once or later", () =>
  visit("inline-offer", async (page) => {
    for (const wait of [false, true]) {
      await page.evaluate(async (wait) => {
        const main = document.querySelector("main");
        const markup = document.querySelector("[data-dangol-slot=hero]").cloneNode();
        main.replaceChildren();
        if (wait) await new Promise((resolve) => setTimeout(resolve, 200));
        const part = document.createElement("div");
        part.append(markup);
        main.append(part);
      }, wait);
      await page.waitForFunction(() => document.querySelector("main > div > [data-dangol-slot=hero] > dangol-message"));
      assert.ok(await page.locator("dangol-message [part=card]").isVisible());
    }
    assert.deepEqual(await page.evaluate(() => window.reports.filter(({ act }) => !act.endsWith("view"))), []);
  }));

test("an inline message waits for a picture whose size it cannot know, and keeps its place", () =>
  visit("inline-image", async (page) => {
    await card(page).waitFor();
    assert.deepEqual(await page.locator("dangol-message img").first().evaluate((image) => [image.complete, image.style.aspectRatio, image.loading]), [true, "800 / 450", "lazy"]);
  }, { change: (message) => {
    const strip = (node) => {
      node.attrs = node.attrs?.filter(([name]) => name !== "width" && name !== "height");
      node.children?.forEach(strip);
    };
    strip(message.tree);
  } }));
