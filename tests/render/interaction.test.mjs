// A message comes while the visitor types, scrolls and clicks on the page: every key arrives where it was meant to, nothing
// jumps, what lies beside the message is the page's, and no answer of the page takes longer than the 200 ms up to which an
// interaction counts as good.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { messages, NOW, start } from "./harness.mjs";

const BESIDE = ["banner", "slide", "toast", "bubble", "inline"];
const OVER = ["modal", "sheet", "fullscreen"];
/** Milliseconds up to which the delay of an interaction is good (INP). */
const GOOD = 200;
/** A busy machine may be late by itself; a slow message is late every time. */
const TRIES = 3;

let shop;
let all;
before(async () => { shop = await start(); all = messages(); });
after(() => shop?.close());

/** The shop's page with a search field, something to press, and enough to scroll; keeps what each interaction took. */
async function open(options) {
  const page = await shop.open(options);
  await page.evaluate(() => {
    const field = Object.assign(document.createElement("input"), { id: "field" });
    const more = Object.assign(document.createElement("div"), { textContent: "상품 목록" });
    more.style.height = "3000px";
    document.querySelector("main").prepend(field);
    document.querySelector("main").append(more);
    window.pressed = 0;
    document.querySelector("#before").addEventListener("click", () => window.pressed++);
    window.took = [];
    new PerformanceObserver((list) => list.getEntries().forEach(({ interactionId, duration, name }) => { if (interactionId) window.took.push([name, duration]); })).observe({ type: "event", durationThreshold: 16 });
  });
  return page;
}

const show = (page, layout) => page.evaluate(([message, now]) => window.show(message, now), [{ ...all[`${layout}-offer`], dismiss: { button: true } }, NOW]);
const remove = (page) => page.evaluate(() => window.shown.remove());
/** Once the browser has told of all interactions so far. */
const settled = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 60))));
const slowest = async (page) => {
  await settled(page);
  return page.evaluate(() => window.took.splice(0).toSorted((a, b) => b[1] - a[1])[0] ?? ["none", 0]);
};

/** `act` with a message in the middle of it; the slowest interaction of the quickest of some tries has to be good. */
async function quick(page, layout, act) {
  const seen = [];
  for (let round = 0; round < TRIES; round++) {
    await slowest(page);
    await act();
    const [name, duration] = await slowest(page);
    seen.push(`${name} ${duration} ms`);
    await remove(page);
    if (duration <= GOOD) return;
  }
  assert.fail(`${layout}: ${seen.join(", ")}`);
}

test("typing goes on where it was: no key is lost, the focus stays, and so does the place of the caret", async () => {
  const page = await open();
  for (const layout of BESIDE) {
    await quick(page, layout, async () => {
      await page.fill("#field", "");
      await page.focus("#field");
      await page.keyboard.type("울 co");
      await show(page, layout);
      await page.keyboard.type("at");
      await page.waitForTimeout(100);
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.type("-");
      const { value, focused, caret } = await page.evaluate(() => ({ value: document.querySelector("#field").value, focused: document.activeElement.id, caret: document.querySelector("#field").selectionStart }));
      assert.deepEqual([value, focused, caret], ["울 coa-t", "field", 6], layout);
    });
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a press on the page beside the message is the page's, also one that has begun before it came", async () => {
  const page = await open();
  for (const layout of BESIDE) {
    await quick(page, layout, async () => {
      await page.evaluate(() => { window.pressed = 0; });
      const { x, y, width, height } = await page.locator("#before").boundingBox();
      const [left, top] = [x + width / 2, y + height / 2];
      await page.mouse.move(left, top);
      await page.mouse.down();
      await show(page, layout);
      await settled(page);
      await page.mouse.up();
      await page.mouse.click(left, top);
      await page.waitForTimeout(100);
      await page.mouse.click(left, top);
      assert.equal(await page.evaluate(() => window.pressed), 3, layout);
    });
    // All of the screen that is not the card itself.
    await show(page, layout);
    const taken = await page.evaluate(() => {
      const box = document.querySelector("dangol-message").shadowRoot.querySelector("[part~=card]").getBoundingClientRect();
      const points = [];
      for (let x = 5; x < innerWidth; x += 40) for (let y = 5; y < innerHeight; y += 40) points.push([x, y]);
      return points.filter(([x, y]) => (x < box.left || x > box.right || y < box.top || y > box.bottom) && document.elementFromPoint(x, y)?.localName === "dangol-message");
    });
    assert.deepEqual(taken, [], layout);
    await remove(page);
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("the page stays where the visitor has scrolled it to, and scrolls on", async () => {
  for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
    const page = await open({ viewport });
    for (const layout of [...BESIDE, ...OVER]) {
      await quick(page, layout, async () => {
        await page.evaluate(() => window.scrollTo(0, 0));
        await page.mouse.move(viewport.width / 2, 20);
        await page.mouse.wheel(0, 700);
        await page.waitForFunction(() => window.scrollY >= 690);
        await settled(page);
        // Not `scrollY`: what comes in above the screen moves that, and the browser keeps what is seen in its place.
        const place = () => page.evaluate(() => document.querySelector("main").lastElementChild.getBoundingClientRect().top);
        const before = await place();
        await show(page, layout);
        await page.waitForTimeout(100);
        assert.ok(Math.abs((await place()) - before) < 1, `${layout}: shown`);
        if (BESIDE.includes(layout)) {
          // The pointer may well be over the message.
          await page.mouse.wheel(0, 300);
          await page.waitForFunction((before) => document.querySelector("main").lastElementChild.getBoundingClientRect().top <= before - 290, before, { timeout: 5_000 }).catch(() => assert.fail(`${layout}: the page does not scroll on`));
        }
        await settled(page);
        const now = await place();
        await remove(page);
        await settled(page);
        assert.ok(Math.abs((await place()) - now) < 1, `${layout}: removed`);
      });
    }
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  }
});

test("what lies over the page is closed without a trace: the page answers at once, and nothing of it stays shut", async () => {
  const page = await open();
  for (const layout of OVER) {
    await quick(page, layout, async () => {
      await page.focus("#field");
      await show(page, layout);
      await page.waitForFunction(() => document.body.inert);
      await remove(page);
      assert.deepEqual(await page.evaluate(() => [document.body.hasAttribute("inert"), document.activeElement.id]), [false, "field"], layout);
      await page.evaluate(() => { window.pressed = 0; });
      await page.click("#before");
      assert.equal(await page.evaluate(() => window.pressed), 1, layout);
    });
  }
  // Gone before the browser had time to shut the page: it is not shut afterwards.
  await show(page, "modal");
  await remove(page);
  await page.waitForTimeout(200);
  assert.equal(await page.evaluate(() => document.body.hasAttribute("inert")), false);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
