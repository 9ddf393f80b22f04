// Every layout with every block by keyboard alone, as assistive technology gets it from the browser, under a finger,
// at 200 % and 400 %, and without motion. One page draws all messages of a test.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { messages, NOW, start } from "./harness.mjs";

const MODAL = ["modal", "sheet", "fullscreen"];
/** What the card of a layout is to assistive technology. */
const ROLES = { banner: "region", modal: "dialog", slide: "dialog", sheet: "dialog", toast: "status", fullscreen: "dialog", bubble: "dialog", inline: "region" };
/** What is in each message of the gallery: role and name, in the order in which they are read. */
const BLOCKS = {
  offer: ["heading 민지님, 다시 오셨네요", "link 세일 보러 가기", "button 나중에"],
  image: ["image 가을 코트를 입은 모델", "heading 새로 들어온 울 코트", "link 구경하기"],
  coupon: ["heading 가입을 축하해요", "group 첫 주문 무료배송", "timer ", "button 복사", "status ", "button 쿠폰 적용하기"],
  countdown: ["heading 타임세일", "timer "],
  products: ["heading 보고 있던 상품이에요", "list ", "listitem ", /^link .*핸드메이드 울 코트.*189,000원/, "listitem ", /^link .*캐시미어 머플러/],
  nps: ["heading 친구에게 추천하고 싶으신가요?", "group 친구에게 추천하고 싶으신가요?", "radio 0", "radio 10"],
  stars: ["heading 이번 쇼핑은 어떠셨어요?", "group 이번 쇼핑은 어떠셨어요?", /^radio 1/, /^radio 5/],
  survey: ["heading 무엇이 망설여지세요?", "group 무엇이 망설여지세요?", "checkbox 가격", /^textbox 이메일/, /^checkbox 혜택과 소식/, "button 보내기"],
  choice: ["heading 어떤 스타일을 찾으세요?", "group 어떤 스타일을 찾으세요?", "radio 캐주얼"],
  progress: [/^progressbar 18,000원만 더 담으면/],
  chat: ["log 대화", "button 사이즈가 고민돼요"],
  line: [/^(link|button) 보기/],
  wallet: ["heading 내 쿠폰함", "list ", "listitem ", "group 첫 주문 무료배송", "button 복사"],
};

/** What is looked for on the page, by name: these run there. */
const LOOKS = {
  small: (shadow) => [...shadow.querySelectorAll("a,button,input")].filter((element) => element.checkVisibility()).flatMap((element) => {
    const { width, height } = (element.closest("label:not([part=label])") ?? element).getBoundingClientRect();
    // Numbers and stars share a row; what counts there is WCAG's least size, elsewhere what a thumb needs.
    const least = element.closest("[part~=point]") ? 24 : 44;
    return Math.min(width, height) < least ? [`${element.part.value || element.localName} ${element.textContent} ${width}×${height}`] : [];
  }),
  lost: (shadow) => [...shadow.querySelectorAll("a,button,input,h2,p")].filter((element) => element.checkVisibility() && element.textContent + element.localName !== "p").flatMap((element) => {
    element.scrollIntoView({ block: "nearest" });
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
    // What only assistive technology reads has no place on the screen.
    if (width <= 1) return [];
    const found = shadow.elementFromPoint((left + right) / 2, (Math.max(0, top) + Math.min(innerHeight, bottom)) / 2);
    const seen = found && (element.contains(found) || found.contains(element)) && found.part.value !== "card";
    const fits = left >= -0.5 && right <= innerWidth + 0.5 && (height > innerHeight || (top >= -0.5 && bottom <= innerHeight + 0.5));
    return seen && fits ? [] : [`${element.part.value} ${element.textContent.slice(0, 12)} ${[left, top, right, bottom].map(Math.round)} under ${found?.part.value}`];
  }),
};

let shop;
let all;
before(async () => { shop = await start(); all = Object.values(messages()); });
after(() => shop?.close());

/** Draws a message and waits until its card is there. */
async function show(page, message) {
  message.dismiss.after = null;
  await page.evaluate(([message, now]) => { window.reports.length = 0; window.show(message, now); }, [message, NOW]);
  await page.locator("dangol-message [part=card]").waitFor();
}
const remove = (page) => page.evaluate(() => window.shown.remove());

/** The browser's own accessibility tree of the card: its role, name and properties, and `role name` of what is in it. */
async function accessible(session) {
  const { root } = await session.send("DOM.getDocument", { depth: 0 });
  const { nodeId } = await session.send("DOM.querySelector", { nodeId: root.nodeId, selector: "dangol-message" });
  const { node } = await session.send("DOM.describeNode", { nodeId, depth: -1, pierce: true });
  const inside = [];
  const walk = (node) => { inside.push(node.backendNodeId); [...(node.shadowRoots ?? []), ...(node.children ?? [])].forEach(walk); };
  walk(node);
  // The host itself: a browser makes a group of what lies in the top layer.
  inside.shift();
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const own = nodes.filter(({ ignored, backendDOMNodeId, role }) => !ignored && inside.includes(backendDOMNodeId) && !/^(StaticText|InlineTextBox|generic|none|paragraph|LabelText|strong|deletion|ListMarker|term|LineBreak)$/i.test(role.value));
  const order = new Map(inside.map((id, index) => [id, index]));
  own.sort((a, b) => order.get(a.backendDOMNodeId) - order.get(b.backendDOMNodeId));
  const told = own.map(({ role, name, properties }) => ({ role: role.value, name: name?.value ?? "", ...Object.fromEntries((properties ?? []).map(({ name, value }) => [name, value.value])) }));
  return told;
}

test("a screen reader gets every layout and block with its role and name, in order", async () => {
  const page = await shop.open();
  const session = await page.context().newCDPSession(page);
  await session.send("DOM.enable");
  await session.send("Accessibility.enable");
  const wrong = [];
  let looked = 0;
  for (const message of all) {
    await show(page, message);
    const [card, ...rest] = await accessible(session);
    const { impression, layout } = message;
    const name = impression.slice(layout.length + 1);
    if (card?.role !== ROLES[layout] || !card.name) wrong.push(`${impression}: the card is ${card?.role} "${card?.name}"`);
    if (MODAL.includes(layout) !== !!card?.modal) wrong.push(`${impression}: modal is ${card?.modal}`);
    for (const { role, name } of rest) {
      if (/button|link|radio|checkbox|textbox|image|heading|progressbar|log|Disclosure/i.test(role) && !name.trim()) wrong.push(`${impression}: a ${role} without a name`);
    }
    const progress = rest.find(({ role }) => role === "progressbar");
    if (progress && !(progress.valuemax > 0)) wrong.push(`${impression}: progress of ${JSON.stringify(progress)}`);
    const lines = rest.map(({ role, name }) => `${role} ${/^(list|listitem|timer|status)$/.test(role) ? "" : name}`);
    let at = 0;
    for (const wanted of impression === `${layout}-${name}` ? BLOCKS[name] ?? [] : []) {
      const found = lines.findIndex((line, index) => index >= at && (typeof wanted === "string" ? line === wanted : wanted.test(line)));
      if (found < 0) { wrong.push(`${impression}: no "${wanted}" after ${at} in ${JSON.stringify(lines)}`); break; }
      at = found + 1;
      looked++;
    }
    await remove(page);
  }
  assert.deepEqual(wrong, []);
  assert.ok(looked > 300, `${looked} pieces were looked for`);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("while a message lies over the page, nothing of the page is there for a screen reader, and then all of it again", async () => {
  const page = await shop.open();
  const session = await page.context().newCDPSession(page);
  await session.send("Accessibility.enable");
  const isThere = async () => (await session.send("Accessibility.getFullAXTree")).nodes.some(({ ignored, name }) => !ignored && name?.value === "앞 버튼");
  for (const message of all.filter(({ impression }) => /^(modal|sheet|fullscreen|slide)-offer$/.test(impression))) {
    assert.equal(await isThere(), true);
    await show(page, message);
    const isOver = MODAL.includes(message.layout);
    if (isOver) await page.waitForFunction(() => document.body.inert);
    assert.equal(await isThere(), !isOver, message.layout);
    if (isOver) {
      // A page that replaces its body does not come back by that.
      await page.evaluate(() => document.body.replaceWith(document.body.cloneNode(true)));
      await page.evaluate(() => { document.body.inert = false; document.documentElement.append(document.createElement("i")); });
      await page.waitForFunction(() => document.body.inert);
      await page.evaluate(() => document.querySelector("html > i").remove());
    }
    await remove(page);
    assert.equal(await page.evaluate(() => document.body.hasAttribute("inert")), false, message.layout);
    assert.equal(await isThere(), true, `${message.layout} removed`);
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("what a device has to go back with closes a message over the page", async () => {
  const page = await shop.open();
  const session = await page.context().newCDPSession(page);
  for (const message of all.filter(({ impression }) => /^(modal|sheet|fullscreen|slide)-offer$/.test(impression))) {
    await show(page, message);
    // A held key counts for no listener of ours; the browser takes it for a request to close, as it does a phone's back gesture.
    await page.evaluate(() => document.querySelector("dangol-message").shadowRoot.activeElement?.blur());
    await session.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Escape", code: "Escape", windowsVirtualKeyCode: 27, autoRepeat: true });
    await page.waitForTimeout(100);
    const reports = await page.evaluate(() => window.reports.filter(({ act }) => act === "dismiss"));
    assert.deepEqual(reports, MODAL.includes(message.layout) ? [{ act: "dismiss", reason: "escape" }] : [], message.layout);
    await remove(page);
  }
  await page.context().close();
});

test("by keyboard alone every control is reached in reading order, a modal keeps the focus, Escape closes, the focus returns", async () => {
  const page = await shop.open();
  const wrong = [];
  let steps = 0;
  for (const message of all.filter(({ layout, impression }) => new RegExp(`^(${layout}|receipt|away|talk|coupon)-`).test(impression))) {
    const { impression, layout } = message;
    await page.focus("#before");
    await show(page, message);
    const modal = MODAL.includes(layout);
    // What a keyboard should reach, read from the document: one stop for each group of radio buttons.
    const expected = await page.evaluate(() => {
      const shadow = document.querySelector("dangol-message").shadowRoot;
      const groups = new Set();
      window.stops = [...shadow.querySelectorAll('a[href],button:not(:disabled),input:not(:disabled),[tabindex="0"]')].filter((element) => {
        if (!element.checkVisibility()) return false;
        if (element.type !== "radio") return true;
        return !groups.has(element.name) && groups.add(element.name);
      });
      window.stop = () => {
        const active = document.activeElement?.shadowRoot?.activeElement;
        return active ? window.stops.indexOf(active) : document.activeElement?.id === "before" ? "page" : "nothing";
      };
      return window.stops.length;
    });
    if (modal && (await page.evaluate(() => document.querySelector("dangol-message").shadowRoot.activeElement?.part.value)) !== "card") wrong.push(`${impression}: the focus did not go into the dialog`);
    if (!modal && (await page.evaluate(() => window.stop())) !== "page") wrong.push(`${impression}: it took the focus from the page`);
    // An inline message stands behind the button in the page, the others behind the page.
    const seen = [];
    for (let step = 0; step < expected; step++) {
      await page.keyboard.press("Tab");
      seen.push(await page.evaluate(() => window.stop()));
      steps++;
    }
    if (seen.some((stop, index) => stop !== index)) wrong.push(`${impression}: ${seen} of ${expected}`);
    if (modal) {
      for (let step = 0; step < 2; step++) {
        await page.keyboard.press("Tab");
        if ((await page.evaluate(() => window.stop())) === "page") wrong.push(`${impression}: the focus left the dialog`);
      }
    }
    const visible = await page.evaluate(() => {
      const active = document.activeElement?.shadowRoot?.activeElement;
      if (!active) return true;
      const { outlineStyle, opacity } = getComputedStyle(active);
      const face = opacity === "0" ? getComputedStyle(active.nextElementSibling) : { outlineStyle };
      return face.outlineStyle !== "none" || active.part.value === "card";
    });
    if (!visible) wrong.push(`${impression}: the focus cannot be seen`);
    // A part of the page with nothing in it to reach is not left either; what lies over the page always is.
    if (layout === "inline" && !expected) { await remove(page); continue; }
    await page.keyboard.press("Escape");
    const [dismissal] = await page.evaluate(() => new Promise((resolve) => setTimeout(() => resolve(window.reports.filter(({ act }) => act === "dismiss")))));
    if (dismissal?.reason !== "escape") wrong.push(`${impression}: Escape gave ${JSON.stringify(dismissal)}`);
    await remove(page);
    const back = await page.evaluate(() => document.activeElement?.id);
    if (back !== "before") wrong.push(`${impression}: the focus went to "${back}"`);
  }
  assert.deepEqual(wrong, []);
  assert.ok(steps > 300, `${steps} steps`);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("Enter, the space bar and arrows do what a pointer does", async () => {
  const page = await shop.open();
  const reports = () => page.evaluate(() => window.reports.splice(0).filter(({ act }) => !act.endsWith("view")));
  const by = (name) => all.find(({ impression }) => impression === name);
  await show(page, by("modal-offer"));
  for (const key of ["Tab", "Tab", "Tab", "Enter"]) await page.keyboard.press(key);
  assert.equal((await reports())[0].act, "action");
  await remove(page);
  await show(page, by("receipt-modal"));
  await page.getByText("왜 이 메시지가 보이나요?").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.deepEqual(await reports(), [{ act: "mute" }]);
  await remove(page);
  await show(page, by("modal-choice"));
  await page.getByRole("radio").first().focus();
  for (const key of ["Space", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  assert.deepEqual((await reports()).map(({ values }) => Object.values(values)[0]), ["캐주얼", "포멀"]);
  await remove(page);
  await show(page, by("modal-survey"));
  await page.getByRole("checkbox", { name: "가격" }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("checkbox", { name: /혜택/ }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("textbox").focus();
  await page.keyboard.type("minji@shop.example");
  await page.keyboard.press("Enter");
  assert.deepEqual((await reports()).at(-1).values, { why: ["가격"], email: "minji@shop.example", "consent.marketing": true });
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("what is wrong in a form is marked, the focus goes to the first of it, and typing takes the mark away", async () => {
  const page = await shop.open();
  const message = structuredClone(all.find(({ impression }) => impression === "modal-survey"));
  // A second field below the first.
  const double = (node) => {
    const at = node.children?.findIndex(({ part }) => part === "field") ?? -1;
    if (at < 0) return node.children?.forEach(double);
    const text = JSON.stringify(node.children[at]).replaceAll("이메일", "다른 메일");
    const second = JSON.parse(text, (key, value) => (key === "input" && value ? { ...value, name: `${value.name}2` } : Array.isArray(value) && /^(id|for|aria-errormessage)$/.test(value[0]) ? [value[0], `${value[1]}2`] : value));
    node.children.splice(at + 1, 0, second);
  };
  double(message.tree);
  await page.evaluate(([message, now]) => window.show(message, now), [message, NOW]);
  const [first, second, send] = [page.getByLabel("이메일"), page.getByLabel("다른 메일"), page.getByRole("button", { name: "보내기" })];
  const marks = () => Promise.all([first, second].map((field) => field.getAttribute("aria-invalid")));
  const focused = (field) => field.evaluate((field) => field.getRootNode().activeElement === field);
  await page.getByLabel("사이즈").check();
  await first.fill("minji");
  await second.fill("minji");
  await send.click();
  assert.deepEqual([await marks(), await focused(first)], [["true", "true"], true]);
  // The mark has a text to it that can be read.
  assert.ok(await first.evaluate((field) => field.getRootNode().getElementById(field.getAttribute("aria-errormessage")).getClientRects().length > 0));
  await page.keyboard.type("@shop.example");
  assert.deepEqual(await marks(), [null, "true"]);
  await send.click();
  assert.deepEqual([await marks(), await focused(second)], [[null, "true"], true]);
  const sent = () => page.evaluate(() => window.reports.filter(({ act }) => act === "action"));
  assert.deepEqual(await sent(), []);
  await page.keyboard.type("@shop.example");
  // The tick was left alone: it holds nothing back, and is told as it is.
  await send.click();
  const [{ values }] = await sent();
  assert.deepEqual([values.email, values["consent.marketing"]], ["minji@shop.example", false]);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("what comes by itself is said in a live region that was there before", async () => {
  const page = await shop.open();
  for (const layout of ["banner", "slide", "bubble"]) {
    await page.evaluate(([message, now]) => {
      window.show(message, now);
      const said = document.querySelector("dangol-message").shadowRoot.querySelector(".announcer");
      window.heard = [said.getAttribute("role"), said.textContent];
    }, [all.find(({ impression }) => impression === `${layout}-offer`), NOW]);
    assert.deepEqual(await page.evaluate(() => window.heard), ["status", ""], layout);
    await page.waitForFunction(() => document.querySelector("dangol-message").shadowRoot.querySelector(".announcer").textContent === "민지님, 다시 오셨네요");
    await remove(page);
  }
  // A coupon's status region stays the same element while its text changes, else nothing would be said.
  const [issued, copied] = ["modal-coupon", "coupon-copied"].map((name) => all.find(({ impression }) => impression === name));
  await show(page, { ...issued, tree: all.find(({ impression }) => impression === "coupon-issuing").tree });
  assert.equal(await page.evaluate((tree) => {
    const status = () => document.querySelector("dangol-message").shadowRoot.querySelector("[part=status]");
    const before = status();
    window.shown.update(tree);
    return before === status() && status().textContent;
  }, copied.tree), "복사됨");
  await page.context().close();
});

/** Draws one message after another on a page of this size and gives what `look`, which runs there, finds wrong with any. */
async function inspect(viewport, chosen, look) {
  const page = await shop.open({ viewport });
  chosen = chosen.map((message) => ({ ...message, dismiss: { ...message.dismiss, after: null } }));
  const wrong = await page.evaluate(`const looks = {${Object.entries(LOOKS).map(([name, look]) => `${name}: ${look}`)}};(${async ([chosen, now, look]) => {
    const wrong = [];
    for (const message of chosen) {
      window.show(message, now);
      // What asks something fetches what hears the answer first.
      while (!document.querySelector("dangol-message")) await null;
      const { shadowRoot: shadow } = document.querySelector("dangol-message");
      shadow.querySelector("[part=why]")?.click();
      const found = looks[look](shadow);
      window.shown.remove();
      wrong.push(...found.map((what) => `${message.impression} at ${innerWidth}×${innerHeight}: ${what}`));
    }
    return wrong;
  }})(${JSON.stringify([chosen, NOW, look])})`);
  await page.context().close();
  return wrong;
}

test("every control is large enough for a finger", async () => {
  const wrong = [];
  for (const width of [320, 390]) wrong.push(...(await inspect({ width, height: 844 }, all, "small")));
  assert.deepEqual(wrong, []);
});

test("at 200 % and at 400 % all of it can be read and used", async () => {
  const chosen = all.filter(({ impression }) => /^receipt|-(survey|coupon|products|chat|image)$/.test(impression));
  const wrong = [];
  // A window of 1280 × 1024, or of 720 lines, shows as many pixels of the page.
  for (const [width, height] of [[640, 512], [640, 360], [320, 256]]) wrong.push(...(await inspect({ width, height }, chosen, "lost")));
  assert.deepEqual(wrong, []);
});

test("nothing moves where the visitor asked for less motion", async () => {
  for (const reducedMotion of ["no-preference", "reduce"]) {
    const page = await shop.open({ reducedMotion });
    let moving = 0;
    for (const message of all.filter(({ impression }) => /-(offer|progress|issuing)$/.test(impression))) {
      message.dismiss.after = null;
      moving += await page.evaluate(([message, now]) => {
        window.show(message, now);
        const shadow = document.querySelector("dangol-message").shadowRoot;
        const faces = [...shadow.querySelectorAll("*")].filter((element) => getComputedStyle(element).transitionDuration !== "0s").length;
        const count = shadow.getAnimations().length + faces;
        window.shown.remove();
        return count;
      }, [message, NOW]);
    }
    assert.ok(reducedMotion === "reduce" ? moving === 0 : moving > 20, `${reducedMotion}: ${moving}`);
    await page.context().close();
  }
});
