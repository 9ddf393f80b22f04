// The hand-over to a chat that is on the page: fixtures behave as the providers' documentation says. Dangol loads none.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../js/lab.mjs";
import { config, journey, open, show, told } from "./shop.mjs";

const TALK = { button: "상담하기", action: { chat: { message: "사이즈가 궁금해요" } } };
const CONFIG = config({
  ask: { layout: "slide", blocks: [{ text: "도와드릴까요?", as: "title" }, TALK] },
  modal: { layout: "modal", blocks: [{ text: "도와드릴까요?", as: "title" }, TALK] },
  inline: { layout: "inline", slot: "[data-dangol-slot=hero]", blocks: [TALK] },
  friend: { layout: "slide", blocks: [{ button: "채널 추가", action: { chat: { add: true } } }] },
  script: { layout: "bubble", blocks: [{ chat: { greeting: "안녕하세요!", replies: [
    { label: "배송은 언제 오나요?", answer: "내일 도착해요." },
    { label: "상담원과 이야기할래요", action: { chat: { message: "안녕하세요" } } },
  ] } }] },
});

let shop;
before(async () => { shop = await open(); });
after(() => shop?.end());

/** Channel Talk: the snippet's queue first; the plugin that loads later draws its root, takes the queue over, and has a launcher. */
function channelTalk(delay) {
  window.calls = [];
  const snippet = (...args) => snippet.q.push(args);
  snippet.q = [];
  window.ChannelIO = snippet;
  snippet("boot", { pluginKey: "key" });
  if (delay < 0) return;
  setTimeout(() => {
    const root = document.createElement("div");
    root.id = "ch-plugin";
    const launcher = document.createElement("button");
    launcher.textContent = "문의";
    Object.assign(launcher.style, { position: "fixed", right: "24px", bottom: "24px", width: "60px", height: "60px", zIndex: "10000000" });
    root.append(launcher);
    document.body.append(root);
    const badges = [];
    const plugin = (command, ...args) => {
      window.calls.push([command, ...args]);
      if (command === "onBadgeChanged") badges.push(args[0]);
    };
    window.badge = (count) => badges.forEach((tell) => tell(count, count));
    window.ChannelIO = plugin;
    snippet.q.splice(0).forEach((args) => plugin(...args));
  }, delay);
}

function intercom() {
  window.calls = [];
  window.Intercom = (...args) => window.calls.push(args);
}

function kakao() {
  window.calls = [];
  let ready = false;
  const note = (name) => function (settings) {
    if (this !== window.Kakao.Channel) throw new TypeError("a method of Kakao.Channel");
    window.calls.push([name, settings]);
  };
  window.Kakao = { init: () => (ready = true), isInitialized: () => ready, Channel: { chat: note("chat"), addChannel: note("addChannel") } };
}

/** A page with a provider on it. */
async function visit(chat, provider, ...args) {
  const opened = await shop.visit();
  if (provider) await opened.page.evaluate(`(${provider})(${JSON.stringify(args).slice(1, -1)})`);
  const scripts = await opened.page.evaluate(() => document.scripts.length);
  await opened.page.evaluate((chat) => { window.chat = chat === "function" ? (request) => window.calls.push(request) : chat; }, chat);
  if (chat === "function") await opened.page.evaluate(() => { window.calls = []; });
  // A function cannot be sent to the page, so the option is put in there.
  await opened.page.evaluate((config) => {
    window.told = [];
    window.dangol.init({ config, consent: "granted", chat: window.chat });
    for (const type of ["chat", "survey"]) window.dangol.on(type, (detail) => window.told.push([type, detail]));
    return window.dangol.ready;
  }, CONFIG);
  return { ...opened, scripts, calls: () => opened.page.evaluate(() => window.calls.filter(([command]) => !["boot", "onBadgeChanged", "onUnreadCountChange"].includes(command))) };
}

const talk = (message) => message.getByRole("button", { name: "상담하기" }).click();

for (const [name, delay] of [["that has booted", 0], ["that boots after the click", 700]]) {
  test(`Channel Talk ${name} opens with the message, and ours makes room`, async () => {
    const { page, context, said, calls, scripts } = await visit("channelio", channelTalk, delay);
    if (!delay) await page.locator("#ch-plugin").waitFor({ state: "attached" });
    const message = await show(page, "ask");
    await talk(message);
    await until(async () => (await calls()).length, "the chat");
    assert.deepEqual(await calls(), [["openChat", undefined, "사이즈가 궁금해요"]]);
    await message.waitFor({ state: "detached" });
    const [request] = await told(page, "chat");
    assert.deepEqual([request.message, request.campaign], ["사이즈가 궁금해요", "ask"]);
    const events = (await journey(page)).map(([event]) => event);
    assert.ok(events.includes("Chat Opened") && !events.includes("Message Dismissed"), events.join());
    assert.equal(await page.evaluate(() => document.scripts.length), scripts, "no script is injected");
    assert.deepEqual(said, []);
    await context.close();
  });
}

test("whoever presses again while a chat boots opens it once", async () => {
  const { page, context, calls } = await visit("channelio", channelTalk, 1200);
  const message = await show(page, "ask");
  for (let times = 0; times < 3; times++) await talk(message);
  await until(async () => (await calls()).length, "the chat");
  await page.waitForTimeout(300);
  assert.equal((await calls()).length, 1);
  await context.close();
});

test("a double click on what the built-in chat offers says it once", async () => {
  const { page, context } = await visit(undefined, null);
  const bubble = await show(page, "script");
  await bubble.getByRole("button", { name: "배송은 언제 오나요?" }).dblclick();
  await bubble.getByText("내일 도착해요.").waitFor();
  await page.waitForTimeout(200);
  assert.equal(await bubble.locator(".visitor").count(), 1);
  assert.equal((await journey(page)).filter(([event]) => event === "Chat Replied").length, 1);
  await context.close();
});

test("the badge of Channel Talk is told", async () => {
  const { page, context } = await visit("channelio", channelTalk, 0);
  await until(() => page.evaluate(() => window.calls.some(([command]) => command === "onBadgeChanged")), "the badge to be watched");
  await page.evaluate(() => window.badge(3));
  assert.deepEqual(await told(page, "chat"), [{ unread: 3 }]);
  await context.close();
});

test("a modal message does not lie over the chat it opened, an inline one stays", async () => {
  const { page, context } = await visit("channelio", channelTalk, 0);
  await page.locator("#ch-plugin").waitFor({ state: "attached" });
  const inline = await show(page, "inline");
  await talk(inline);
  const modal = await show(page, "modal");
  await talk(modal);
  await modal.waitFor({ state: "detached" });
  assert.equal(await inline.count(), 1);
  await context.close();
});

test("Intercom, a function, and both of KakaoTalk's ways", async () => {
  for (const [chat, provider, campaign, button, expected] of [
    ["intercom", intercom, "ask", "상담하기", ["showNewMessage", "사이즈가 궁금해요"]],
    [{ kakao: "_shop" }, kakao, "ask", "상담하기", ["chat", { channelPublicId: "_shop" }]],
    [{ kakao: "_shop" }, kakao, "friend", "채널 추가", ["addChannel", { channelPublicId: "_shop" }]],
  ]) {
    const { page, context, calls } = await visit(chat, provider);
    await page.evaluate(() => window.Kakao?.init("key"));
    const message = await show(page, campaign);
    await message.getByRole("button", { name: button }).click();
    await until(async () => (await calls()).length, "the chat");
    assert.deepEqual(await calls(), [expected]);
    await message.waitFor({ state: "detached" });
    await context.close();
  }
  const { page, context } = await visit("function");
  await talk(await show(page, "ask"));
  await until(() => page.evaluate(() => window.calls.length), "the function");
  const [request] = await page.evaluate(() => window.calls);
  assert.deepEqual([request.message, request.campaign], ["사이즈가 궁금해요", "ask"]);
  await context.close();
});

test("KakaoTalk's channel is also found on its own button", async () => {
  const { page, context, calls } = await visit("kakao", kakao);
  await page.evaluate(() => {
    window.Kakao.init("key");
    const button = document.createElement("div");
    button.dataset.channelPublicId = "_button";
    document.body.append(button);
  });
  await talk(await show(page, "ask"));
  await until(async () => (await calls()).length, "the chat");
  assert.deepEqual(await calls(), [["chat", { channelPublicId: "_button" }]]);
  await context.close();
});

for (const [why, chat, provider, ...args] of [
  ["there is no chat", undefined, null],
  ["the chat's script is blocked", "channelio", channelTalk, -1],
  ["KakaoTalk was never initialised", { kakao: "_shop" }, kakao],
]) {
  test(`where ${why}, the message goes on itself and takes a contact`, async () => {
    const { page, context, said } = await visit(chat, provider, ...args);
    const message = await show(page, "ask");
    await talk(message);
    await message.getByText("지금은 바로 답하기 어려워요").waitFor();
    assert.deepEqual(await message.locator("[part~=line]").allTextContents(), ["사이즈가 궁금해요", "지금은 바로 답하기 어려워요. 연락처를 남겨 주시면 다시 연락드릴게요."]);
    const field = message.getByLabel("전화번호 또는 이메일");
    await field.press("Enter");
    await message.getByText("입력한 내용을 확인해 주세요.").waitFor();
    await field.fill("010-1234-5678");
    await message.getByRole("button", { name: "보내기" }).click();
    await message.getByText("확인하고 곧 연락드릴게요").waitFor();
    assert.equal(await field.count(), 0);
    const answered = (await journey(page)).filter(([event]) => event === "Survey Answered");
    assert.deepEqual(answered.map(([, { answers, campaign }]) => [answers, campaign]), [[{ contact: "010-1234-5678" }, "ask"]]);
    assert.deepEqual((await told(page, "chat")).at(-1), { contact: "010-1234-5678", campaign: "ask" });
    assert.deepEqual(said, []);
    await context.close();
  });
}

test("the built-in chat answers by its script, and hands over or takes a contact", async () => {
  const { page, context } = await visit(undefined, null);
  const bubble = await show(page, "script");
  await bubble.getByRole("button", { name: "배송은 언제 오나요?" }).click();
  await bubble.getByText("내일 도착해요.").waitFor();
  assert.equal(await bubble.getByRole("log").count(), 1);
  await bubble.getByRole("button", { name: "상담원과 이야기할래요" }).click();
  await bubble.getByLabel("전화번호 또는 이메일").fill("minji@shop.example");
  await bubble.getByLabel("전화번호 또는 이메일").press("Enter");
  await bubble.getByText("확인하고 곧 연락드릴게요").waitFor();
  assert.deepEqual((await journey(page)).map(([event]) => event).filter((event) => /Chat|Survey/.test(event)), ["Chat Replied", "Chat Replied", "Chat Opened", "Survey Answered"]);
  await context.close();
});

test("an answer stays to be read whatever its action, and what it shows comes once the chat is closed", async () => {
  const { page, context, said } = await shop.visit();
  const reply = (label, action) => ({ label, answer: `${label}: 답이에요`, action });
  await page.evaluate((config) => {
    window.dangol.init({ config, consent: "granted" });
    return window.dangol.ready;
  }, config({
    talk: { layout: "bubble", dismiss: { button: true }, blocks: [{ chat: { greeting: "안녕하세요!", replies: [
      reply("쿠폰", [{ show: "gift" }, { close: true }]), reply("안내", { show: "note" }), reply("그만", { mute: "7d" }),
    ] } }] },
    gift: { layout: "modal", blocks: [{ text: "10% 쿠폰", as: "title" }] },
    note: { layout: "inline", slot: "[data-dangol-slot=hero]", blocks: [{ text: "안내 말씀" }] },
  }));
  const chat = await show(page, "talk");
  const [gift, note] = ["gift", "note"].map((id) => page.locator(`dangol-message[campaign=${id}]`));
  for (const label of ["쿠폰", "안내", "그만"]) {
    await chat.getByRole("button", { name: label, exact: true }).click();
    await chat.getByText(`${label}: 답이에요`).waitFor();
  }
  await note.getByText("안내 말씀").waitFor();
  await page.waitForTimeout(300);
  assert.equal(await chat.getByText("쿠폰: 답이에요").count(), 1, "all of it is still there");
  assert.equal(await gift.count(), 0);
  await chat.getByRole("button", { name: "닫기" }).click();
  await gift.getByText("10% 쿠폰").waitFor();
  assert.equal(await chat.count(), 0);
  const replied = (await journey(page)).filter(([event]) => event === "Chat Replied").map(([, { reply, muted_until }]) => [reply, Boolean(muted_until)]);
  assert.deepEqual(replied, [["쿠폰", false], ["안내", false], ["그만", true]]);
  assert.deepEqual(await page.evaluate(async () => { const { outcome, reason } = await window.dangol.show("talk"); return [outcome, reason]; }), ["suppressed", "muted"]);
  assert.deepEqual(said, []);
  await context.close();
});

test("a message keeps clear of a launcher, whenever it comes and wherever it stands", async () => {
  for (const [width, height] of [[390, 844], [1280, 800]]) {
    const { page, context } = await visit("channelio", channelTalk, 300);
    await page.setViewportSize({ width, height });
    const message = await show(page, "ask");
    const card = message.locator("[part~=card]");
    const launcher = page.locator("#ch-plugin button");
    await launcher.waitFor();
    await until(async () => {
      const [ours, theirs] = [await card.boundingBox(), await launcher.boundingBox()];
      return ours.y + ours.height <= theirs.y && ours.y >= 0;
    }, `the message above the launcher at ${width}`);
    await context.close();
  }
});

test("a message does not move away for a launcher while it is pressed", async () => {
  const { page, context, calls } = await visit("channelio", channelTalk, -1);
  const message = await show(page, "ask");
  const button = await message.getByRole("button", { name: "상담하기" }).boundingBox();
  await page.mouse.move(button.x + button.width / 2, button.y + button.height / 2);
  await page.mouse.down();
  await page.evaluate(`(${channelTalk})(0)`);
  await page.locator("#ch-plugin button").waitFor();
  // A page that is resized has the message look for launchers at once: this one would lift it.
  await page.evaluate(() => dispatchEvent(new Event("resize")));
  await page.waitForTimeout(100);
  await page.mouse.up();
  await until(async () => (await calls()).length, "the chat");
  await context.close();
});
