// What a designer would not sign: words squeezed or cut off, a cross upon what it does not belong to, marks that few can see.
import assert from "node:assert/strict";
import { test } from "node:test";
import { at, content, find, stage } from "./harness.mjs";

const { visit } = await stage();
/** Four times as high as it is wide, and where it leads. */
const tall = (part) => ({ tag: "img", part, attrs: [["src", "/scene/tall.png"], ["alt", "가을"], ["width", "100"], ["height", "400"]] });
const linked = { tag: "a", part: "picture lead", attrs: [["href", "/sale"]], children: [tall("image")] };
const portrait = (isLinked) => (message) => (content(message).children[0] = isLinked ? linked : tall("image lead"));
/** Ten stars instead of five. */
const ten = ({ tree }) => {
  const rating = find(tree, "stars");
  rating.part += " ten";
  const scale = find(rating, "scale");
  scale.children = [...scale.children, ...structuredClone(scale.children)];
};
/** A style of the first element that matches. */
const style = (page, selector, property, pseudo) =>
  page.evaluate(([selector, property, pseudo]) => getComputedStyle(document.querySelector("dangol-message").shadowRoot.querySelector(selector), pseudo)[property], [selector, property, pseudo]);
/** The boxes of elements, of texts those of their letters. */
const boxes = (page, ...selectors) => page.evaluate((selectors) => selectors.map((selector) => {
  const element = document.querySelector("dangol-message").shadowRoot.querySelector(selector);
  const range = document.createRange();
  range.selectNodeContents(element);
  const { left, top, right, bottom } = (/button|^\.card/.test(selector) ? element : range).getBoundingClientRect();
  return { left, top, right, bottom };
}), selectors);

test("five products of a wide banner have room for their names", async () => {
  for (const width of [768, 1440]) {
    await visit("banner-products", async (page) => {
      const names = await page.evaluate(() => [...document.querySelector("dangol-message").shadowRoot.querySelectorAll(".product-words")].map((words) => words.getBoundingClientRect().width));
      assert.equal(names.length, 5);
      // One that is alone in its words is as narrow as they are.
      assert.ok(names.every((room) => room >= 45) && Math.max(...names) >= 100, `${width}: ${names}`);
      const { top, bottom } = await page.locator("dangol-message [part=card]").evaluate((card) => card.getBoundingClientRect());
      assert.ok(bottom - top < 320, `${bottom - top} high`);
    }, { options: at(width, 900), change: (message) => {
      const products = find(message.tree, "products");
      products.children = [0, 1, 2, 0, 1].map((index) => structuredClone(products.children[index]));
    } });
  }
});

test("a link alone begins where the texts do in a narrow banner, too", () =>
  visit("banner-line", async (page) => {
    const [text, link] = await page.locator("dangol-message").evaluate(({ shadowRoot }) => [".body", ".link"].map((name) => {
      const range = document.createRange();
      range.selectNodeContents(shadowRoot.querySelector(name));
      return Math.round(range.getBoundingClientRect().left);
    }));
    assert.equal(link, text);
  }, { options: at(390, 844) }));

test("nothing lies below the cross, whatever the theme's spacing", async () => {
  for (const layout of ["banner", "modal", "slide", "sheet", "bubble"]) {
    for (const spacing of ["4px", undefined]) {
      const change = (alone) => (message) => {
        if (spacing) message.theme.spacing = spacing;
        if (alone) content(message).children = content(message).children.slice(-1);
        else find(message.tree, "title").text = "기다리던 가을 시즌오프가 ".repeat(4);
      };
      for (const [selector, alone, slack] of [["h2", false, 0], ["a.button", true, 6]]) {
        await visit(`${layout}-offer`, async (page) => {
          const [cross, below] = await boxes(page, "button.close", selector);
          assert.ok(below.top >= cross.bottom - slack || below.right <= cross.left + 12, `${layout} ${spacing} ${selector}: ${JSON.stringify([cross, below])}`);
        }, { options: at(390, 844), change: change(alone) });
      }
    }
  }
});

test("a theme takes no more than a phone has", async () => {
  await visit("modal-nps", async (page) => {
    const [number] = await boxes(page, ".point:nth-of-type(11) .number");
    assert.ok(number.bottom - number.top < 30, "10 stands in one line");
    assert.equal(await style(page, ".card", "borderTopLeftRadius"), "40px");
  }, { options: at(390, 844), change: (message) => Object.assign(message.theme, { spacing: "99px", radius: "99px" }) });
  await visit("bubble-offer", async (page) => {
    assert.deepEqual(await Promise.all(["borderTopLeftRadius", "borderBottomRightRadius"].map((corner) => style(page, ".card", corner))), ["0px", "0px"]);
  }, { change: (message) => (message.theme.radius = "0px") });
});

test("a coupon's name is there to its last word, and not cut at its feet", async () => {
  const name = "가을 시즌오프 첫 주문 고객 감사 무료배송 쿠폰 (일부 상품 제외, 5만원 이상)";
  for (const width of [320, 390]) {
    await visit("modal-coupon", async (page) => {
      const [text, head] = await page.evaluate(() => [".coupon-name", ".coupon-head"].map((part) => document.querySelector("dangol-message").shadowRoot.querySelector(part)).map((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        return [range.getBoundingClientRect().bottom, element.getBoundingClientRect().bottom, getComputedStyle(element).overflow];
      }));
      assert.ok(text[0] <= head[1] - 10 && text[2] === "visible", JSON.stringify([text, head]));
    }, { options: at(width, 844), change: (message) => (find(message.tree, "coupon-name").text = name) });
  }
});

/** Relative luminance of `rgb()`. */
const luminance = (color) => {
  const [red, green, blue] = color.match(/[\d.]+/g).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

test("stars that are not chosen can be seen, and differ by more than their colour", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await visit("modal-stars", async (page) => {
      await page.locator("dangol-message input").nth(2).check();
      const faces = await page.evaluate(() => {
        const root = document.querySelector("dangol-message").shadowRoot;
        const card = getComputedStyle(root.querySelector(".card")).backgroundColor;
        return [2, 4].map((at) => {
          const star = root.querySelectorAll(".star")[at];
          return [card, ...["::before", "::after"].map((part) => getComputedStyle(star, part).backgroundColor), getComputedStyle(star, "::before").opacity];
        });
      });
      for (const [card, edge, inside, opacity] of faces) assert.ok(opacity === "1" && contrast(card, edge) >= 3, `${edge} on ${card}`);
      const [chosen, other] = faces;
      assert.equal(chosen[2], chosen[1]);
      assert.equal(other[2], other[0]);
    }, { options: { colorScheme, ...at(390, 844) } });
  }
});

test("with forced colours a chosen number can be read, and who says what is seen", async () => {
  await visit("modal-nps", async (page) => {
    await page.locator("dangol-message input").nth(7).check();
    // The browser paints a ground behind text, in the colour that ours is then written in.
    assert.equal(await style(page, ":checked + .number", "forcedColorAdjust"), "none");
    const [ground, text] = [await style(page, ":checked + .number", "backgroundColor"), await style(page, ":checked + .number", "color")];
    assert.ok(contrast(ground, text) >= 3, `${text} on ${ground}`);
  }, { options: { forcedColors: "active" } });
  await visit("bubble-chat", async (page) => assert.equal(await style(page, ".line", "borderTopWidth"), "1px"), { options: { forcedColors: "active" } });
  // A link is a word in a line, no button whose edge touches its letters.
  await visit("toast-line", async (page) => assert.equal(await style(page, ".link", "borderTopWidth"), "0px"), { options: { forcedColors: "active" } });
  await visit("toast-offer", async (page) => assert.equal(await style(page, ".primary", "borderTopWidth"), "1px"), { options: { forcedColors: "active" } });
});

test("who asks for more contrast gets it", () =>
  visit("modal-offer", async (page) => assert.equal(await style(page, ".body", "color"), await style(page, ".title", "color")), { options: { contrast: "more", colorScheme: "dark" } }));

test("the cross on a picture shows its focus on its own ground", () =>
  visit("modal-image", async (page) => {
    await page.keyboard.press("Tab");
    assert.deepEqual(await Promise.all(["outlineStyle", "outlineColor", "outlineOffset"].map((property) => style(page, ".close", property))), ["solid", "rgb(255, 255, 255)", "-4px"]);
  }));

test("a picture leaves room for what it is about, linked or not, and is whole where no words stand below it", async () => {
  const before = (page) => page.evaluate(() => document.querySelector("dangol-message").shadowRoot.querySelector(".content > .lead").getBoundingClientRect());
  for (const [layout, link, width, height] of [
    ["modal", false, 844, 390], ["slide", false, 844, 390], ["sheet", false, 844, 390], ["bubble", false, 844, 390], ["banner", false, 640, 400],
    ["modal", true, 844, 390], ["modal", false, 390, 844], ["banner", true, 390, 844], ["sheet", false, 1280, 800],
  ]) {
    await visit(`${layout}-image`, async (page) => {
      const [title] = await boxes(page, "h2");
      const picture = await page.evaluate(() => document.querySelector("dangol-message").shadowRoot.querySelector("img").getBoundingClientRect());
      assert.ok(picture.bottom <= title.top && title.bottom < height - 20, `${layout} ${link} ${width}: ${picture.bottom} ${title.top}`);
    }, { options: at(width, height), change: portrait(link) });
  }
  await visit("modal-image", async (page) => assert.ok((await before(page)).height > 844), { options: at(390, 844), change: (message) => {
    portrait(false)(message);
    content(message).children = content(message).children.filter(({ part }) => part !== "texts");
  } });
  // Beside the text it is as high as the card.
  await visit("banner-image", async (page) => assert.ok((await before(page)).height > 400 * 0.66), { options: at(1280, 400), change: (message) => {
    portrait(false)(message);
    find(message.tree, "title").text = "기다리던 가을 시즌오프가 ".repeat(60);
  } });
});

test("a linked picture shows its focus inside the card, and so do the words below it", () =>
  visit("receipt-modal", async (page) => {
    const rings = [];
    for (let at = 0; at < 8; at++) {
      await page.keyboard.press("Tab");
      rings.push(await page.evaluate(() => {
        const focused = document.querySelector("dangol-message").shadowRoot.activeElement;
        if (!focused) return [];
        const { outlineWidth, outlineOffset } = getComputedStyle(focused);
        const more = parseFloat(outlineWidth) + parseFloat(outlineOffset);
        const [ring, card] = [focused, focused.closest(".card")].map((element) => element.getBoundingClientRect());
        return [focused.className, ring.left - more - card.left, ring.top - more - card.top, card.right - ring.right - more, card.bottom - ring.bottom - more];
      }));
    }
    assert.ok(rings.some(([part]) => part === "picture lead") && rings.some(([part]) => part === "why"), JSON.stringify(rings));
    for (const [part, ...room] of rings) assert.ok(room.every((pixels) => pixels >= 0), `${part}: ${room}`);
  }, { options: at(390, 844), change: (message) => content(message).children.unshift(linked) }));

test("a product whose picture breaks looks like one that has none", () =>
  visit("modal-products", async (page) => {
    await page.waitForFunction(() => document.querySelector("dangol-message").shadowRoot.querySelector("img.thumb").inert);
    assert.equal(await style(page, "img.thumb", "visibility"), "visible");
  }, { change: (message) => {
    const image = find(message.tree, "thumb");
    image.attrs = image.attrs.map(([name, value]) => [name, name === "src" ? "/" : value]);
  } }));

test("with more contrast a bar still tells how far it is, and a number under the pointer can be read", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const options = { contrast: "more", colorScheme };
    await visit("modal-progress", async (page) => {
      const [bar, fill] = [await style(page, ".bar", "backgroundColor"), await style(page, ".fill", "backgroundColor")];
      assert.ok(contrast(bar, fill) >= 3, `${fill} on ${bar}`);
    }, { options });
    await visit("modal-nps", async (page) => {
      await page.locator("dangol-message .point").nth(3).hover();
      const [ground, text] = [await style(page, ".point:nth-of-type(4) .number", "backgroundColor"), await style(page, ".point:nth-of-type(4) .number", "color")];
      assert.ok(contrast(ground, text) >= 4.5, `${text} on ${ground}`);
    }, { options });
  }
});

test("the numbers from 0 to 10 are as wide as a finger on a phone", async () => {
  for (const width of [320, 390, 430]) {
    await visit("modal-nps", async (page) => {
      const points = await page.evaluate(() => [...document.querySelector("dangol-message").shadowRoot.querySelectorAll(".point")].map((point) => point.getBoundingClientRect().width));
      assert.equal(points.length, 11);
      assert.ok(points.every((room) => room >= 36), `${width}: ${points}`);
    }, { options: at(width, 844) });
  }
});

test("where a finger rates, each of ten stars or numbers is as wide as a finger: on a phone held sideways, on a tablet", async () => {
  const wrong = [];
  for (const [width, height] of [[844, 390], [768, 1024]]) {
    for (const layout of ["modal", "bubble", "toast", "banner", "sheet", "inline"]) {
      for (const kind of ["nps", "stars"]) {
        await visit(`${layout}-${kind}`, async (page) => {
          const points = await page.evaluate(() => [...document.querySelector("dangol-message").shadowRoot.querySelectorAll(".point")].map((point) => point.getBoundingClientRect().toJSON()));
          assert.equal(points.length, kind === "nps" ? 11 : 10);
          const narrow = Math.min(...points.map((point) => point.width));
          if (narrow < 36) wrong.push(`${layout} ${kind} at ${width}: ${narrow}`);
          if (points.some(({ right }) => right > width)) wrong.push(`${layout} ${kind} at ${width} sticks out`);
        }, { options: { ...at(width, height), hasTouch: true, isMobile: true }, change: kind === "stars" ? ten : undefined });
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test("messages keep off a phone's notch and home bar", async () => {
  for (const [name, selector, from] of [["banner-offer", ".card", "top"], ["toast-offer", ".card", "bottom"], ["sheet-offer", "a.button", "bottom"], ["fullscreen-offer", "button.close", "top"]]) {
    await visit(name, async (page) => {
      const session = await page.context().newCDPSession(page);
      await session.send("Emulation.setSafeAreaInsetsOverride", { insets: { top: 47, bottom: 34 } });
      await page.waitForTimeout(100);
      const [{ top, bottom }] = await boxes(page, selector);
      assert.ok(from === "top" ? top >= 47 + 6 : bottom <= 844 - 34 - 6, `${name}: ${top} to ${bottom}`);
    }, { options: at(390, 844) });
  }
});

test("what lies over the page and what darkens it come in together: the browser paints the page when either has", async () => {
  for (const layout of ["modal", "sheet"]) {
    await visit(`${layout}-offer`, async (page) => {
      const lasts = [await style(page, ".card", "animationDuration"), await style(page, ".over", "animationDuration", "::before")];
      assert.ok(parseFloat(lasts[0]) > 0 && lasts[0] === lasts[1], `${layout}: ${lasts}`);
    }, { options: { ...at(390, 844), reducedMotion: "no-preference" } });
  }
});

test("what the visitor said stands above what they may say next", () =>
  visit("talk-bubble", async (page) => {
    const [line, replies] = await page.evaluate(() => [".visitor", ".replies"].map((part) => document.querySelector("dangol-message").shadowRoot.querySelector(part).getBoundingClientRect().right));
    assert.equal(line, replies);
  }, { options: at(390, 844) }));
