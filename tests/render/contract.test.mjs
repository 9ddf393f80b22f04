// CONTRACT §4 from outside: `engine.render`, and the built package in a browser.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { root } from "../../xtask/setup.mjs";
import { until } from "../js/lab.mjs";
import { begin, config, journey, open, show, told } from "./shop.mjs";

const { loadEngine } = await import(`${root}/pkg/engine.js`);
const engine = await loadEngine();
const CONTENTS = JSON.parse(readFileSync(`${root}/www/shop/public/gallery/contents.json`, "utf8"));
const COUPONS = { welcome: { name: { ko: "무료배송", en: "Free shipping" }, code: "WELCOME10", expires: { after: "7d" }, apply: { url: "/discount/{code}" } } };
const POSITIONS = {
  banner: ["top", "bottom"], modal: ["center", "top", "bottom"], slide: ["bottom-right", "bottom-left", "top-right", "top-left"], sheet: ["bottom"],
  toast: ["bottom", "top", "bottom-right", "bottom-left", "top-right", "top-left"], fullscreen: ["center"], bubble: ["bottom-right", "bottom-left"], inline: ["center"], custom: ["center"],
};
const DOCUMENT = {
  traits: { name: "민지" }, cart: { value: 32000 }, page: { url: "https://shop.example/" },
  event: { properties: { products: [{ name: "코트", price: 1000, url: "/p/1", image_url: "/1.png" }, { name: "둘" }, { name: "셋" }, { name: "넷" }] } },
};
const nodes = (node) => [node, ...(node.children ?? []).flatMap(nodes)];
const parts = (tree) => new Set(nodes(tree).flatMap(({ part }) => part?.split(" ") ?? []));
const textOf = (tree) => nodes(tree).map(({ text }) => text ?? "").join(" ");
const attr = (node, name) => node.attrs?.find(([key]) => key === name)?.[1];
const draw = (message, document = DOCUMENT, { settings, ...options } = {}) =>
  engine.render(config({ m: message }, { coupons: COUPONS, settings }), "m", document, options);

describe("engine.render", () => {
  test("every layout takes every block, in closed lists", () => {
    for (const layout of Object.keys(POSITIONS)) {
      for (const { name, blocks, branch } of CONTENTS) {
        const message = { layout, blocks, ...(branch && { branch }), ...(layout === "inline" && { slot: "#x" }) };
        assert.deepEqual(engine.validate(config({ m: message, coupon: message }, { coupons: COUPONS })), [], `${layout} ${name}`);
        const tree = draw(message);
        assert.equal(tree.part, "card");
        assert.ok(nodes(tree).every(({ tag }) => /^[a-z0-9]+$/.test(tag) && !["script", "style", "iframe"].includes(tag)));
      }
    }
  });

  test("the pieces carry the contract's part names", () => {
    const all = draw(
      { layout: "modal", dismiss: { button: true, today: true }, blocks: [
        ...CONTENTS.flatMap(({ blocks }) => blocks), { text: "작게", as: "caption" }] },
      DOCUMENT, { settings: { receipt: true } },
    );
    for (const name of "card title body caption button close image coupon code countdown product rating choice input chat reply today why".split(" ")) {
      assert.ok(parts(all).has(name), name);
    }
  });

  test("texts fall back from locale to language, the shop's language, English, and then anything", () => {
    const say = (text, locale) => textOf(draw({ layout: "modal", blocks: [{ text }] }, DOCUMENT, { locale }));
    const all = { ja: "J", en: "E", ko: "K", "en-GB": "G" };
    for (const [text, locale, expected] of [[all, "en-GB", "G"], [all, "en-US", "E"], [all, "ko-KR", "K"], [all, "fr", "K"], [{ ja: "J", en: "E" }, "fr", "E"], [{ ja: "J" }, "fr", "J"], ["P", "fr", "P"]]) {
      assert.match(say(text, locale), new RegExp(`\\b${expected}\\b`), `${JSON.stringify(text)} in ${locale}`);
    }
  });

  test("filters, money and dates", () => {
    const say = (text, locale = "ko") => textOf(draw({ layout: "modal", dismiss: { outside: true, button: false }, blocks: [{ text }] }, { ...DOCUMENT, at: "2026-03-05T15:04:00Z", n: 2 }, { locale })).trim();
    for (const [template, expected, locale] of [
      ["{{ traits.none | default: '고객' | josa: '이/가' }}", "고객이"],
      ["{{ traits.name | josa: \"이/가\" }}", "민지가"],
      ["{{ 'aBc' | upcase }}{{ 'aBc' | downcase }}{{ 'abc' | capitalize }}", "ABCabcAbc"],
      ["{{ '가나다라마' | truncate: 3 }}", "가나…"],
      ["{{ 50000 | minus: cart.value | money }}", "18,000원"],
      ["{{ 50000 | minus: cart.value | money }}", "₩18,000", "en"],
      ["{{ 1 | plus: 2 | times: 3 }}", "9"],
      ["{{ 1234567.5 | number }}", "1,234,567.5"],
      ["{{ at | date }}", "2026년 3월 6일"],
      ["{{ at | date }}", "March 6, 2026", "en"],
      ["{{ at | date }}", "2026年3月6日", "ja"],
      ["{{ n | plural: 'item', 'items' }}", "items"],
      ["<b>{{ traits.name }}</b>", "<b>민지</b>"],
    ]) assert.equal(say(template, locale), expected, template);
  });

  test("particles are those of the vectors", (t) => {
    const path = `${root}/../shared/suites/korean-josa/es-hangul.json`;
    if (!existsSync(path)) return t.skip("the vectors are not at hand");
    const { josa } = JSON.parse(readFileSync(path, "utf8"));
    assert.ok(josa.length > 20);
    for (const { word, josa: particle, expect } of josa) {
      const text = textOf(draw({ layout: "modal", dismiss: { outside: true, button: false }, blocks: [{ text: `{{ word | josa: '${particle}' }}` }] }, { word }));
      assert.equal(text.trim(), expect, `${word} ${particle}`);
    }
  });

  test("the shop's own words stand on buttons and labels", () => {
    const words = { copy: { ko: "코드 복사", en: "Copy code" }, today: "오늘은 그만", close: "X" };
    const tree = draw({ layout: "modal", dismiss: { button: true, today: true }, blocks: [{ coupon: "welcome" }] }, DOCUMENT, { settings: { words } });
    assert.ok(textOf(tree).includes("코드 복사") && textOf(tree).includes("오늘은 그만"));
    assert.equal(attr(nodes(tree).find(({ part }) => part === "close"), "aria-label"), "X");
  });

  test("a preview shows a coupon in any state", () => {
    for (const state of ["issuing", "failed", "issued", "copied", "applied", "redeemed", "expired"]) {
      const tree = draw({ layout: "modal", blocks: [{ coupon: "welcome" }] }, DOCUMENT, { coupons: { welcome: { state } } });
      assert.equal(attr(nodes(tree).find(({ part }) => part === "coupon"), "data-state"), state);
      assert.ok(textOf(tree).includes("무료배송"));
    }
  });
});

describe("on the page", () => {
  let shop;
  before(async () => { shop = await open(); });
  after(() => shop?.end());

  /** A page on which these campaigns wait. */
  async function visit(messages, { settings, visitor, ...options } = {}) {
    const opened = await shop.visit(visitor);
    await begin(opened.page, config(messages, { coupons: COUPONS, settings }), options);
    return opened;
  }

  test("every layout at every position says what it is and stands where it should", async () => {
    const messages = {};
    for (const [layout, positions] of Object.entries(POSITIONS)) {
      for (const position of layout === "custom" ? [] : positions) {
        messages[`${layout}.${position}`] = { layout, position, ...(layout === "inline" && { slot: "[data-dangol-slot=hero]" }), dismiss: { after: "1h" }, blocks: [{ text: "제목", as: "title" }, { button: "닫아요", action: { close: true } }] };
      }
    }
    const { page, context, said } = await visit(messages);
    for (const id of Object.keys(messages)) {
      const [layout, position] = id.split(".");
      const message = await show(page, id);
      const card = message.locator("[part~=card]");
      await card.waitFor();
      assert.equal(await message.getAttribute("layout"), layout);
      assert.equal(await message.evaluate((host) => host.shadowRoot.mode), "open");
      const { x, y, width, height } = await card.boundingBox();
      const near = { top: y < 100, bottom: y + height > 700, left: x < 60, right: x + width > 1220, center: true };
      if (layout !== "inline") for (const word of position.split("-")) assert.ok(near[word], `${id} at ${x},${y} ${width}×${height}`);
      await message.getByRole("button", { name: "닫아요" }).click();
      await message.waitFor({ state: "detached" });
    }
    assert.deepEqual(said, []);
    await context.close();
  });

  test("each action of a button does what it says, on the page and in the journey", async () => {
    const button = (label, action) => ({ button: label, action });
    const { page, context, said } = await visit({
      all: { layout: "slide", dismiss: { today: true }, blocks: [
        button("세기", { track: "Liked", properties: { a: 1 } }), button("여럿", [{ track: "One" }, { track: "Two" }, { close: true }])] },
      link: { layout: "slide", blocks: [button("새 창", { open: "/?new", newTab: true }), button("가기", { open: "/?here" })] },
      mute: { layout: "slide", blocks: [button("그만", { mute: "7d" })] },
      next: { layout: "slide", blocks: [button("다음", { show: "all" })] },
    }, { storage: "memory" });
    let message = await show(page, "next");
    await message.getByRole("button", { name: "다음" }).click();
    message = page.locator('dangol-message[campaign="all"]');
    await message.getByRole("button", { name: "세기" }).click();
    await message.getByRole("button", { name: "여럿" }).click();
    await message.waitFor({ state: "detached" });
    message = await show(page, "mute");
    await message.getByRole("button", { name: "그만" }).click();
    await message.waitFor({ state: "detached" });
    const { outcome, reason } = await page.evaluate(() => window.dangol.show("mute"));
    assert.deepEqual([outcome, reason], ["suppressed", "muted"]);
    message = await show(page, "all");
    await message.getByRole("button", { name: "오늘 하루 보지 않기" }).click();
    assert.equal((await page.evaluate(() => window.dangol.show("all"))).reason, "muted");
    message = await show(page, "link");
    const opened = context.waitForEvent("page");
    await message.getByRole("link", { name: "새 창" }).click();
    assert.match((await opened).url(), /\?new$/);
    const events = (await journey(page)).map(([event, { a }]) => (a ? `${event} ${a}` : event));
    for (const event of ["Liked 1", "One", "Two", "Message Clicked", "Message Dismissed"]) assert.ok(events.includes(event), `${event} in ${events}`);
    await message.getByRole("link", { name: "가기" }).click();
    await page.waitForURL("**/?here");
    assert.deepEqual(said, []);
    await context.close();
  });

  test("dismissing: outside, after a while, Escape, not where it is switched off", async () => {
    const blocks = [{ text: "제목", as: "title" }];
    const { page, context } = await visit({
      outside: { layout: "slide", dismiss: { outside: true }, blocks },
      after: { layout: "toast", dismiss: { after: "1s" }, blocks },
      locked: { layout: "modal", dismiss: { button: false, outside: false }, blocks: [...blocks, { button: "닫아요", action: { close: true } }] },
    }, { storage: "memory" });
    let message = await show(page, "outside");
    await message.getByRole("button", { name: "닫기" }).waitFor();
    await page.mouse.click(5, 400);
    await message.waitFor({ state: "detached" });
    message = await show(page, "after");
    await message.waitFor({ state: "detached" });
    message = await show(page, "locked");
    assert.equal(await message.getByRole("button", { name: "닫기" }).count(), 0);
    await page.mouse.click(5, 400);
    assert.equal(await message.count(), 1);
    await page.keyboard.press("Escape");
    await message.waitFor({ state: "detached" });
    const dismissed = (await journey(page)).filter(([event]) => event === "Message Dismissed").map(([, { campaign }]) => campaign);
    assert.deepEqual(dismissed, ["outside", "locked"], "what leaves by itself was not dismissed by anyone");
    await context.close();
  });

  test("answers branch: a low score to a coupon, a high one to a link", async () => {
    const nps = CONTENTS.find(({ name }) => name === "nps");
    for (const [score, seen, unseen] of [["3", "작은 사과", "후기 쓰기"], ["10", "후기 쓰기", "작은 사과"], ["8", "소중한 의견", "후기 쓰기"]]) {
      const { page, context } = await visit({ nps: { layout: "modal", blocks: nps.blocks, branch: nps.branch } });
      const message = await show(page, "nps");
      await message.getByRole("radio", { name: score, exact: true }).click({ force: true });
      await message.getByText(seen).waitFor();
      assert.equal(await message.getByText(unseen).count(), 0);
      if (score === "3") await message.getByText("WELCOME10").waitFor();
      const answered = (await journey(page)).filter(([event]) => event === "Survey Answered");
      assert.deepEqual(answered.map(([, { answers }]) => answers), [{ nps: Number(score) }]);
      assert.deepEqual(await told(page, "survey"), [{ campaign: "nps", answers: { nps: Number(score) } }]);
      await context.close();
    }
  });

  test("a custom message is the shop's to draw, kept up to date, and told to go", async () => {
    const { page, context } = await visit({ mine: { layout: "custom", blocks: [{ text: "제목", as: "title" }, { coupon: "welcome" }, { button: "세기", action: { track: "Liked" } }] } });
    await page.evaluate(() => {
      window.mine = [];
      window.dangol.on("message", (notice) => notice.layout === "custom" && window.mine.push(notice));
    });
    await page.evaluate(() => window.dangol.show("mine"));
    assert.equal(await page.locator("dangol-message").count(), 0);
    const [action, copy] = await page.evaluate(() => {
      const [{ tree, shown }] = window.mine;
      shown();
      const all = (node) => [node, ...(node.children ?? []).flatMap(all)];
      return [all(tree).find(({ text }) => text === "세기").action, all(tree).find(({ text }) => text === "복사").action];
    });
    await page.evaluate(([action, copy]) => { window.mine[0].clicked(action); window.mine[0].clicked(copy); }, [action, copy]);
    await until(() => page.evaluate(() => window.mine.some(({ what, tree }) => what === "updated" && JSON.stringify(tree).includes("복사됨"))), "the new tree");
    await page.waitForTimeout(1200);
    await page.evaluate(() => window.mine[0].dismissed());
    await until(() => page.evaluate(() => window.mine.at(-1).what === "removed"), "the word to go");
    const events = (await journey(page)).map(([event]) => event);
    for (const event of ["Message Shown", "Message Clicked", "Liked", "Coupon Copied", "Message Dismissed"]) assert.ok(events.includes(event), `${event} in ${events}`);
    await context.close();
  });

  test("a picture whose size nobody said comes with its message, and nothing jumps", async () => {
    const { page, context } = await visit({ picture: { layout: "slide", blocks: [{ image: "/picture.png", alt: "코트" }, { text: "제목", as: "title" }] } });
    await page.evaluate(() => {
      window.shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.shift += value))).observe({ type: "layout-shift", buffered: true });
    });
    const message = await show(page, "picture");
    await message.locator("[part~=card]").waitFor();
    const { width, height } = await message.locator("img").boundingBox();
    assert.equal(Math.round((height / width) * 100), 125);
    await page.waitForTimeout(400);
    assert.equal(await page.evaluate(() => window.shift), 0);
    await context.close();
  });
});
