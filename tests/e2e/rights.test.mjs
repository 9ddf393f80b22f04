// The visitor's rights: to know what is kept, to have it erased everywhere, to be somebody else; and that what is meant
// to stay on the device stays there, byte for byte.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stage, until } from "./harness.mjs";
import { call, enter, idOf as id, kept, keysBesideRecord, privateShop, REFUSED, refuseEngine, start, visitor, wait } from "./privacy.mjs";

const CONFIGS = {
  "/shop.json": {
    segments: { fan: { when: { $did: "Go" } } },
    campaigns: { help: { name: "도움", purpose: "service", trigger: { event: "Go" }, message: { layout: "slide", blocks: [{ text: "도와드릴까요?" }] } } },
    settings: { attention: { minGap: "0s" }, localOnly: ["traits.birthday", "traits.address.street", "properties.secret", "properties.items.note"], urlQuery: ["utm_source"] },
  },
  "/plain.json": { campaigns: { help: { purpose: "service", trigger: { event: "Go" }, message: { layout: "slide", blocks: [{ text: "도와드릴까요?" }] } } }, settings: { receipt: false } },
};

const [shop, open] = await stage(privateShop(CONFIGS));

const { arrived } = shop;

describe("the visitor's rights", () => {
  it("all that is kept is in the export", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/shop.json", consent: "granted" });
    await call(page, "identify", "member-1", { name: "지은", birthday: "1990-05-05" });
    await call(page, "track", "Go", { color: "빨강" });
    await until(() => page.locator("dangol-message").count(), "the message");
    await wait(1_300);
    const data = await call(page, "exportData");
    assert.equal(data.userId, "member-1");
    assert.deepEqual(data.segments, ["fan"]);
    assert.equal(data.document.traits.birthday, "1990-05-05");
    assert.ok(data.messages.some(({ campaign }) => campaign === "help"));
    // Every event and every id that lies on the disk is in it.
    const { databases } = await kept(page);
    for (const key of Object.keys(databases)) {
      const [, store, name] = key.split("/");
      if (store === "journey") assert.ok(data.journey.some(({ messageId }) => messageId === name), key);
      if (store === "events") assert.ok(data.outbox.some(({ messageId }) => messageId === name), key);
    }
    const shared = JSON.parse(databases["dangol/state/shared"]);
    for (const known of [shared.anonymousId, shared.assignmentId, shared.userId]) assert.ok(JSON.stringify(data).includes(known), known);
    await close();
  });

  it("forget() leaves nothing in any tab, tells the backend once, and no later request knows the former visitor", async () => {
    const { page, context, close } = await visitor(open);
    const tabs = [page, await context.newPage(), await context.newPage()];
    for (const tab of tabs) await enter(tab, shop, { config: "/shop.json", consent: "granted" });
    await call(tabs[0], "identify", "member-1", { name: "지은" });
    for (const tab of tabs) await call(tab, "track", "Go", {});
    await arrived("identify");
    await wait(500);
    const old = await until(async () => {
      const ids = await Promise.all(tabs.map(id));
      return ids.every((one) => one === ids[0]) && ids[0];
    }, "one identity");
    shop.clear();
    // While another tab is in the middle of writing.
    await Promise.all([call(tabs[0], "forget"), call(tabs[1], "track", "Meanwhile", {})]);
    await wait(1_500);
    const last = shop.events().filter(({ event }) => event === "Visitor Forgotten");
    assert.deepEqual(last.map(({ anonymousId, userId }) => [anonymousId, userId]), [[old, "member-1"]], "told once");
    const left = (await Promise.all(tabs.map(kept))).map((all) => JSON.stringify(all));
    for (const text of left) assert.ok(!text.includes(old) && !text.includes("member-1") && !text.includes("지은"), text);
    shop.clear();
    for (const tab of tabs) {
      await call(tab, "track", "Afterwards", {});
      await call(tab, "flush");
    }
    await arrived("Afterwards");
    for (const tab of tabs) await enter(tab, shop, { config: "/shop.json", consent: "granted" });
    await wait(1_500);
    assert.ok(!shop.bytes().includes(old) && !shop.bytes().includes("member-1"), "nothing of the former visitor on the wire");
    assert.notEqual(await id(page), old);
    await close();
  });

  it("forget() empties every store in every tab, whatever lay there", async () => {
    const { page, context, close } = await visitor(open, { allowed: /status of 503/ });
    const { answer } = shop;
    shop.answer = (request, response) => response.writeHead(503).end();
    const tabs = [page, await context.newPage()];
    for (const tab of tabs) await enter(tab, shop, { config: "/shop.json", consent: "granted" });
    for (const tab of tabs) await call(tab, "track", "Go", {});
    await wait(1_300);
    const stores = new Set(Object.keys((await kept(page)).databases).map((key) => key.split("/")[1]));
    assert.deepEqual([...stores].sort(), ["events", "journey", "state"], "something lay in each");
    await call(tabs[1], "forget");
    for (const tab of tabs) await until(async () => !keysBesideRecord(await kept(tab)).length, "the store to be empty", 1_000);
    await wait(700);
    for (const tab of tabs) assert.deepEqual(keysBesideRecord(await kept(tab)), [], "and nothing is written again");
    shop.answer = answer;
    await close();
  });

  it("forget() is done although the page is left at once, in whatever tab the visitor comes back", async () => {
    for (let turn = 0; turn < 6; turn++) {
      const { page, context, close } = await visitor(open);
      await enter(page, shop, { config: "/shop.json", consent: "granted" });
      await call(page, "track", "Go", {});
      const old = await id(page);
      shop.clear();
      const leave = () => {
        dangol.identify("m1", { name: "지은" });
        dangol.track("Secret");
        dangol.forget();
        location.href = "/next";
      };
      await page.evaluate(leave).catch(() => {});
      const next = turn % 2 ? page : await context.newPage();
      if (turn % 2) await page.waitForURL("**/next");
      else {
        await page.close();
        await next.goto(`${shop.url}/next`);
      }
      await start(next, { config: "/shop.json", consent: "granted" });
      await call(next, "track", "After", {});
      await arrived("After");
      const { anonymousId, userId, document, journey } = await call(next, "exportData");
      assert.notEqual(anonymousId, old);
      assert.deepEqual([userId ?? null, document.user.id ?? null, document.traits.name ?? null], [null, null, null], `turn ${turn}`);
      assert.ok(journey.every(({ event }) => event !== "Secret"));
      const names = shop.names();
      assert.ok(names.filter((name) => name === "Visitor Forgotten").length <= 1, names.join());
      assert.ok(!names.slice(names.indexOf("Visitor Forgotten")).some((name) => /identify|Secret/.test(name)), names.join());
      await close();
    }
  });

  it("forget() before a decision empties what waits in memory", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/shop.json" });
    await call(page, "track", "Secret", {});
    await call(page, "forget");
    await call(page, "consent", { analytics: true, personalization: true });
    await call(page, "track", "Open", {});
    await arrived("Open");
    assert.ok(!shop.bytes().includes("Secret"));
    await close();
  });

  it("another member on the same device inherits nothing", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/shop.json", consent: "granted" });
    await call(page, "track", "Go", {});
    const anonymous = await id(page);
    await call(page, "identify", "member-1", { name: "지은" });
    assert.equal(await id(page), anonymous, "the first member takes the anonymous history over");
    assert.ok((await call(page, "exportData")).journey.some(({ event }) => event === "Go"));
    await call(page, "identify", "member-2", {});
    const second = await call(page, "exportData");
    assert.notEqual(second.anonymousId, anonymous);
    assert.deepEqual([second.journey.map(({ event }) => event), second.document.traits.name], [["Identified"], undefined]);
    shop.clear();
    await call(page, "track", "Mine", {});
    await arrived("Mine");
    const mine = shop.events().filter(({ event }) => event === "Mine");
    assert.ok(!JSON.stringify(mine).includes(anonymous) && !JSON.stringify(mine).includes("member-1"), "not even the session's name");
    await close();
  });

  it("what the shop's server knows is merged by id, is not sent, and fires no trigger", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/shop.json", consent: "granted" });
    const history = [{ type: "track", event: "Go", messageId: "order-1", timestamp: "2026-01-01T00:00:00Z", properties: { from: "another device" } }];
    await call(page, "identify", "member-1", {}, { history, coupons: [{ coupon: "welcome", code: "W1", status: "issued" }] });
    await call(page, "identify", "member-1", {}, { history });
    await call(page, "track", "Now", {});
    await arrived("Now");
    const data = await call(page, "exportData");
    assert.equal(data.journey.filter(({ messageId }) => messageId === "order-1").length, 1);
    assert.ok((await call(page, "segments")).includes("fan"), "rules see it");
    assert.equal(await page.locator("dangol-message").count(), 0);
    assert.ok(!shop.bytes().includes("another device"));
    await close();
  });

  it("the receipt says why, shows what is kept and erases it; a shop can leave it out", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/shop.json", consent: "granted" });
    await call(page, "track", "Go", {});
    const message = page.locator("dangol-message");
    await message.getByText("왜 이 메시지가 보이나요?").click();
    await message.getByText("이 기기에 있는 내 정보").click();
    await message.getByText(/^활동 기록: \d+$/).waitFor();
    await message.getByText(`아이디: ${await id(page)}`).waitFor();
    await message.getByText("이 기기에서 내 정보 지우기").click();
    await until(async () => !(await message.count()), "the message to go");
    await until(async () => !keysBesideRecord(await kept(page)).length, "the store to be empty", 3_000);
    await enter(page, shop, { config: "/plain.json", consent: "granted" });
    await call(page, "track", "Go", {});
    await until(() => message.count(), "the message");
    assert.equal(await message.locator("[part~=why]").count(), 0);
    await close();
  });
});

describe("what stays on the device", () => {
  const betray = /1990-05-05|세종대로|비밀번호|남몰래|token=|4111|5f2cafe/;
  async function live(page) {
    await call(page, "identify", "member-1", { name: "지은", birthday: "1990-05-05", address: { street: "세종대로", city: "서울" }, memberHash: "5f2cafe", $setOnce: { birthday: "1990-05-05" } });
    await call(page, "track", "Go", { secret: "비밀번호", items: [{ note: "남몰래", sku: "a" }], color: "빨강" });
    await page.fill("#card", "4111 1111 1111 1111");
    await page.locator("#card").press("Enter").catch(() => {});
  }

  it("never leaves it: not a byte on the wire, through all that sends", async () => {
    const { page, close } = await visitor(open);
    await enter(page, shop, { config: "/shop.json", consent: "granted" }, "/?utm_source=mail");
    await page.evaluate(() => history.replaceState(null, "", "/?utm_source=mail&token=abc#access_token=abc"));
    await call(page, "page");
    await page.evaluate(() => document.querySelector("form").addEventListener("submit", (event) => event.preventDefault()));
    await live(page);
    await arrived("Go");
    assert.equal((await call(page, "exportData")).document.traits.birthday, "1990-05-05", "rules may use it");
    // Long enough to have been read: `Page Left` names the address too.
    await wait(1_100);
    await page.evaluate(() => window.dangol.track("Leaving", { secret: "비밀번호" }));
    await page.evaluate(() => history.replaceState(null, "", "/"));
    await enter(page, shop, { config: "/shop.json", consent: "granted" });
    await arrived("Leaving");
    await arrived("Page Left");
    const found = betray.exec(shop.posts.map(({ body, headers }) => JSON.stringify(headers) + body).join("\n"));
    assert.equal(found?.[0], undefined);
    assert.ok(!betray.test(shop.bytes().replace(/^(GET|Referer).*$/gim, "")), "nor below HTTP");
    assert.ok(shop.bytes().includes("빨강") && shop.bytes().includes("utm_source=mail"), "all else does");
    await close();
  });

  it("holds where the engine cannot run", async () => {
    const { page, context, close } = await visitor(open, { allowed: REFUSED });
    await refuseEngine(context);
    assert.equal(await enter(page, shop, { config: "/shop.json", consent: "granted" }, "/?utm_source=mail&ref=token=1"), "collect");
    await page.evaluate(() => document.querySelector("form").addEventListener("submit", (event) => event.preventDefault()));
    await live(page);
    await wait(1_100);
    await page.evaluate(() => history.pushState(null, "", "/next"));
    await call(page, "flush");
    await arrived("Go");
    await until(async () => {
      await call(page, "flush");
      return shop.names().includes("Page Left");
    }, "the page to be left");
    const bodies = shop.posts.map(({ body }) => body).join("\n");
    assert.ok(!betray.test(bodies), betray.exec(bodies)?.[0]);
    assert.ok(bodies.includes("빨강") && bodies.includes("utm_source=mail") && bodies.includes("서울"));
    await close();
  });
});

describe("while no configuration may be used", () => {
  const KEYS = { publicKeys: { a: "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" } };
  for (const [mode, prepared] of [["full", undefined], ["collect", refuseEngine]]) {
    it(`events go, and what may be meant to stay stays (${mode})`, async () => {
      const { page, context, close } = await visitor(open, { allowed: REFUSED });
      await prepared?.(context);
      const visit = async (name, options, wanted = mode) => {
        shop.clear();
        assert.equal(await enter(page, shop, { consent: "granted", ...options }, "/?utm_source=mail&ref=friend"), wanted);
        await call(page, "identify", "member-1", { name: "지은", birthday: "1990-05-05" });
        await call(page, "track", name, { secret: "비밀", who: "minji@example.com", color: "빨강" });
        await call(page, "flush");
        await arrived(name);
        return shop.posts.map(({ body }) => body).join("\n");
      };
      const judge = (body, stays, leaves) => {
        for (const word of stays) assert.ok(!body.includes(word), `${word} in ${body}`);
        for (const word of [...leaves, "member-1", "빨강", "utm_source=mail"]) assert.ok(body.includes(word), `no ${word} in ${body}`);
      };
      // A page instead of the file, then one that nobody has signed.
      judge(await visit("First", { config: "/gone" }), ["지은", "1990-05-05", "minji@", "ref=friend"], ["비밀"]);
      judge(await visit("Second", { config: "/shop.json", ...KEYS }), ["지은", "1990-05-05", "minji@", "ref=friend", "비밀"], []);
      if (mode === "collect") return close();
      // The last good one is remembered, also where it may not be used any more, and where the engine cannot run.
      judge(await visit("Third", { config: "/shop.json" }), ["1990-05-05", "비밀", "ref=friend"], ["지은", "minji@"]);
      judge(await visit("Fourth", { config: "/shop.json", ...KEYS }), ["1990-05-05", "비밀", "ref=friend"], ["지은", "minji@"]);
      assert.deepEqual(await call(page, "segments"), []);
      await refuseEngine(page);
      judge(await visit("Fifth", { config: "/shop.json", ...KEYS }, "collect"), ["1990-05-05", "비밀", "ref=friend"], ["지은", "minji@"]);
      await close();
    });
  }
});

describe("while pinned keys cannot be asked", () => {
  const cases = {
    "the check does not come": { keys: { a: "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" }, isCut: true, stays: ["빨강"], leaves: [] },
    "they cannot be read": { keys: '{"a', isCut: false, stays: [], leaves: ["빨강", "utm_source=mail"] },
  };
  for (const [name, { keys, isCut, stays, leaves }] of Object.entries(cases)) {
    it(`because ${name}, what the configuration says is to stay stays`, async () => {
      const { page, context, close } = await visitor(open, { allowed: /ERR_FAILED/ });
      if (isCut) await context.route("**/signature.js", (route) => route.abort());
      // First without anything kept, then where a good one of the time before the keys is.
      for (const before of [false, true]) {
        if (before) await enter(page, shop, { config: "/shop.json", consent: "granted" });
        shop.clear();
        assert.equal(await enter(page, shop, { config: "/shop.json", consent: "granted", publicKeys: keys }, "/?utm_source=mail&ref=friend"), "full");
        await call(page, "identify", "member-1", { birthday: "1990-05-05" });
        await call(page, "track", "Go", { secret: "비밀", color: "빨강", items: [{ note: "남몰래" }] });
        await call(page, "flush");
        await arrived("Go");
        const body = shop.posts.map(({ body }) => body).join("\n");
        for (const word of ["1990-05-05", "비밀", "남몰래", "ref=friend", ...stays]) assert.ok(!body.includes(word), `${before}: ${word} in ${body}`);
        for (const word of ["member-1", ...leaves]) assert.ok(body.includes(word), `${before}: no ${word} in ${body}`);
        assert.deepEqual(await page.evaluate(() => [...new Set(problems.map(({ code }) => code))]), ["signature_unavailable"]);
        assert.equal(await page.locator("dangol-message").count(), 0, "and nothing of it is shown");
      }
      await close();
    });
  }
});

describe("the token of a signed-in member", () => {
  it("goes along as a bearer, is asked again after a 401, and is left out where nobody is signed in", async () => {
    const { page, close } = await visitor(open, { allowed: /status of 401/ });
    const { answer } = shop;
    shop.answer = (request, response) => response.writeHead(request.headers.authorization === "Bearer old" ? 401 : 200).end("{}");
    await page.goto(shop.url);
    await page.evaluate(() => {
      window.asked = 0;
      window.token = "";
      window.dangol.init({ config: "/shop.json", consent: "granted", endpoint: { url: "/collect", flushInterval: 100 }, auth: async () => {
        window.asked += 1;
        const { token } = window;
        if (token === "old") window.token = "new";
        return token;
      } });
      return window.dangol.ready;
    });
    await call(page, "track", "Nobody", {});
    await arrived("Nobody");
    assert.equal(shop.posts.find(({ body }) => body.includes("Nobody")).headers.authorization, undefined);
    await page.evaluate(() => { window.token = "old"; });
    await call(page, "identify", "member-1", {});
    await until(() => shop.posts.some(({ headers }) => headers.authorization === "Bearer new"), "the new token");
    assert.deepEqual(shop.posts.map(({ headers }) => headers.authorization).filter(Boolean).slice(0, 2), ["Bearer old", "Bearer new"]);
    await call(page, "flush");
    await until(async () => (await call(page, "stats")).pending === 0, "all to be acknowledged");
    shop.answer = answer;
    await close();
  });
});
