// Room: what a message's pieces take, and keep once they were seen. Nothing overlaps, leaves the screen, or jumps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { at, content, find, NOW, stage } from "./harness.mjs";

const { all, shop, visit } = await stage();

for (const [width, height] of [[360, 640], [375, 667], [1280, 640]]) {
  test(`a chat keeps its room above what follows it, at ${width} by ${height}`, async () => {
    for (const layout of ["modal", "slide", "sheet", "bubble", "fullscreen", "banner"]) {
      await visit(`${layout}-chat`, async (page, message) => {
        /** The pieces that lie on one another, and whether all of it can be scrolled to. */
        const seen = () => page.evaluate(() => {
          const content = document.querySelector("dangol-message").shadowRoot.querySelector(".content");
          content.scrollTop = 9999;
          const boxes = [...content.children].map((child) => {
            const all = [child, ...child.querySelectorAll(":not(.status:empty)")].map((each) => each.getBoundingClientRect());
            const most = (side, of) => Math.round(of(...all.map((box) => box[side])));
            return { part: child.className, left: most("left", Math.min), top: most("top", Math.min), right: most("right", Math.max), bottom: most("bottom", Math.max) };
          });
          const overlaps = boxes.flatMap((one, at) => boxes.slice(at + 1).filter((other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom).map((other) => [one, other]));
          return [overlaps, content.scrollHeight - content.clientHeight - content.scrollTop < 1];
        });
        assert.deepEqual(await seen(), [[], true], layout);
        const log = find(message.tree, "log");
        for (let times = 0; times < 3; times++) {
          log.children.push({ tag: "p", part: "line visitor", text: "배송은 언제 오나요?" }, { tag: "p", part: "line shop", text: "오늘 밤 12시까지 주문하시면 내일 새벽에 도착합니다. 제주는 하루 더 걸려요." });
          await page.evaluate((tree) => window.shown.update(tree), message.tree);
          assert.deepEqual(await seen(), [[], true], `${layout} after ${times + 1} answers`);
        }
      }, { options: at(width, height), change: (message) => {
        content(message).children.push(...content(all["modal-coupon"]).children, ...content(all["modal-offer"]).children.slice(-1));
      } });
    }
  });
}

for (const position of ["top", "center", "bottom"]) {
  test(`a modal at the ${position} that is taller than the screen stays on it`, async () => {
    for (const size of [[360, 640], [1280, 640], [640, 400], [320, 256]]) {
      await visit("modal-image", async (page) => {
        const { top, bottom } = await page.locator("dangol-message [part=card]").evaluate((card) => card.getBoundingClientRect());
        assert.ok(top >= 15 && bottom <= size[1] - 15, `${size}: from ${top} to ${bottom}`);
      }, { options: at(...size), change: (message) => {
        message.position = position;
        content(message).children.push(...content(all["modal-products"]).children, ...content(all["modal-survey"]).children);
      } });
    }
  });
}

/** Has pictures of an address come late, or not at all. */
async function answers(page, { wait = 0, broken = false }) {
  const body = await (await page.request.get(`${shop.address}p1.png`)).body();
  await page.route("**/late.png", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, wait));
    await (broken ? route.fulfill({ status: 404 }) : route.fulfill({ contentType: "image/png", body })).catch(() => {});
  });
}

/** Shows a message whose picture comes as said, and tells how far all of it moved, and what is left of the picture. */
async function late(name, options, change) {
  const page = await shop.open(at(360, 640));
  try {
    await answers(page, options);
    const message = structuredClone(all[name]);
    message.dismiss.after = null;
    change(message);
    await page.evaluate(([message, now]) => {
      window.moved = 0;
      new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.moved += value))).observe({ type: "layout-shift", buffered: true });
      window.show(message, now);
    }, [message, NOW]);
    await page.locator("dangol-message").waitFor({ state: "attached" });
    await page.waitForTimeout(Math.max(0, options.wait - 800) + 600);
    return await page.evaluate(() => {
      const image = document.querySelector("dangol-message").shadowRoot.querySelector("img");
      const { width, height } = image.getBoundingClientRect();
      return { moved: window.moved, ratio: Math.round((100 * width) / height) / 100, seen: image.checkVisibility({ checkVisibilityCSS: true }) };
    });
  } finally {
    await page.context().close();
  }
}

/** A picture without a size, or with the one given. */
const sized = (...size) => (message) => {
  const image = find(message.tree, "image");
  image.attrs = image.attrs.filter(([name]) => !["src", "width", "height"].includes(name)).concat([["src", "/late.png"]], size.map((pixels, index) => [["width", "height"][index], "" + pixels]));
};

for (const layout of ["modal", "sheet", "banner"]) {
  test(`a picture that comes after its ${layout}, or breaks there, moves nothing`, async () => {
    assert.deepEqual(await late(`${layout}-image`, { wait: 1300 }, sized()), { moved: 0, ratio: 1.78, seen: true });
    assert.deepEqual(await late(`${layout}-image`, { wait: 1300, broken: true }, sized()), { moved: 0, ratio: 1.78, seen: false });
  });
}

test("a picture of a known size has its room before it comes, and after it broke", async () => {
  for (const broken of [false, true]) {
    assert.deepEqual(await late("modal-image", { wait: 500, broken }, sized(144, 176)), { moved: 0, ratio: 0.82, seen: !broken });
  }
});

test("a picture that breaks before its message is there was never in it", async () => {
  for (const wait of [0, 200]) {
    const { moved, seen } = await late("modal-image", { wait, broken: true }, sized());
    assert.deepEqual([moved, seen], [0, false]);
  }
});

test("a product whose picture breaks keeps its place beside the others", async () => {
  const { moved, seen } = await late("modal-products", { wait: 200, broken: true }, ({ tree }) => {
    find(tree, "thumb").attrs = [["src", "/late.png"], ["alt", ""], ["loading", "lazy"]];
  });
  // What is seen is the ground that a product without a picture has.
  assert.deepEqual([moved, seen], [0, true]);
});

test("in a wide banner the focus goes as the eye does", () =>
  visit("banner-products", async (page) => {
    const places = [];
    for (let times = 0; times < 6; times++) {
      await page.keyboard.press("Tab");
      const place = await page.evaluate(() => {
        const focused = document.querySelector("dangol-message").shadowRoot.activeElement;
        const { left, top, bottom } = focused?.getBoundingClientRect() ?? {};
        return focused && !focused.classList.contains("close") ? [left, top, bottom] : null;
      });
      if (place) places.push(place);
    }
    assert.ok(places.length >= 3, `${places.length} places`);
    places.slice(1).forEach(([left, top], index) => assert.ok(top >= places[index][2] || left > places[index][0], JSON.stringify(places)));
  }, { change: (message) => content(message).children.push(...content(all["banner-offer"]).children.slice(-1)) }));

test("a link alone begins where the texts do, however short it is", () =>
  visit("modal-offer", async (page) => {
    const [text, link] = await page.locator("dangol-message").evaluate(({ shadowRoot }) => [".body", ".link"].map((name) => {
      const range = document.createRange();
      range.selectNodeContents(shadowRoot.querySelector(name));
      return Math.round(range.getBoundingClientRect().left);
    }));
    assert.equal(link, text);
  }, { change: (message) => {
    const actions = find(message.tree, "actions");
    actions.children = [{ ...actions.children[0], part: "button link", text: "네" }];
  } }));
