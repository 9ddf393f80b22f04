// Hostile pages around messages: what is shown, tracked and sent under them, judged; the rows are those of docs/faults.md.
// How a message looks there is told by tests/render.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seen } from "../e2e/harness.mjs";
import { judged, until } from "./judge.mjs";
import { begin, idle, make, range, SCRIPT, stage, take } from "./stage.mjs";
import { ADDRESSES, LAYOUTS, OWN, PATCH, SHEET, SPOIL, VECTORS } from "./rendering.mjs";

const names = ["strict", "styles", "before", "frozen", "after", "taken", "moved", "replaced", "reopened", "modal", "storm", "markup", "addresses", "embedded", "printed"];
/** A page that is quick about it sends two or three times; one that fights, or is fought with, must not do more. */
const MOST_REQUESTS = 4;
const { open, server, judgeTasks } = await stage(Object.fromEntries(names.map((name) => [name, take])), {
  pages: { "/page": { head: SCRIPT }, "/around": { head: '<meta name="viewport" content="width=device-width">' } },
});

const liked = (layout, more = []) => ({ purpose: "service", trigger: { manual: true }, message: { layout, blocks: [{ text: "제목", as: "title" }, ...more, { button: "좋아요", action: { track: "Liked" } }, { button: "닫아요", action: { close: true } }] } });
const CAMPAIGNS = { offer: liked("slide"), window: liked("modal"), next: liked("banner") };

/** A visitor's page; `frame` puts the shop into another page. */
async function visit(name, { init, campaigns = CAMPAIGNS, context: options = {}, embed, ...more } = {}) {
  const context = await open.newContext({ locale: "ko-KR", reducedMotion: "reduce", ...options });
  if (init) await context.addInitScript(init);
  const tab = await context.newPage();
  const page = embed ? await embed(tab) : tab;
  // What the policy forbids would be the browser's own word, which the judge lets pass.
  await page.addInitScript?.(() => {
    window.forbidden = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => window.forbidden.push(`${violatedDirective} ${blockedURI}`));
  });
  const ears = await begin(page, `${server.origin}/page`, {
    config: { version: 1, timezone: "Asia/Seoul", locale: "ko", settings: { receipt: false, attention: { minGap: "0s", perSession: 99, perDay: 99 } }, campaigns },
    endpoint: { url: `${server.origin}/collect/${name}`, flushInterval: 60_000 }, ...more,
  });
  return { context, page, ears };
}

const message = (page, campaign) => page.locator(`dangol-message[campaign="${campaign}"]`);
async function show(page, campaign) {
  const { outcome, reason } = await page.evaluate(async (campaign) => {
    const { outcome, reason } = await window.dangol.show(campaign);
    return { outcome, reason };
  }, campaign);
  assert.equal(outcome, "shown", reason);
  await message(page, campaign).locator("[part~=card]").waitFor();
  return message(page, campaign);
}
/** Pressed by the keyboard, as far as a page may forbid the pointer. */
const press = (host, name) => host.getByRole("button", { name }).press("Enter");

/** The judge's word on a row whose page has made `last` events, and what the endpoint was told of the message `campaign`. */
async function whole(page, ears, name, last, campaign = "offer", told = ["Message Shown", "Liked"]) {
  await idle(page);
  const ledger = server.ledgerOf(name);
  await judged(page, ears, ledger, range(1, last));
  assert.ok([...ledger.stored.values()].every((times) => times === 1), "none twice");
  assert.ok(ledger.requests.length <= MOST_REQUESTS, `D: ${ledger.requests.length} requests`);
  const found = [...ledger.events.values()];
  for (const event of told) assert.equal(found.filter((one) => one.event === event && (event === "Liked" || one.properties.campaign === campaign)).length, 1, `${event} of ${campaign}, once`);
  assert.deepEqual(await page.evaluate(() => window.forbidden ?? []), [], "the policy had nothing to forbid");
}

/** A row whose fault comes while a message is on the screen: five events before it, five behind it, and the message's own. */
async function under(name, fault, options = {}) {
  const { context, page, ears } = await visit(name, options);
  await make(page, 1, 5);
  const host = await show(page, "offer");
  await fault?.(page, host, ears);
  await make(page, 6, 10);
  await seen(page, "offer");
  await press(host, "좋아요");
  await until(async () => (await page.evaluate(async () => (await window.dangol.exportData()).journey.some(({ event }) => event === "Liked"))), "what was pressed");
  await whole(page, ears, name, 10);
  await context.close();
}

describe("a message on a strict or hostile page", { concurrency: 3 }, () => {
  it("F41 under the strictest policy: every layout is shown, nothing is forbidden, nothing is said", async () => {
    const campaigns = Object.fromEntries(LAYOUTS.map((layout) => [layout, liked(layout, OWN)]));
    const { context, page, ears } = await visit("strict", { campaigns });
    await page.evaluate(() => document.body.append(Object.assign(document.createElement("div"), { id: "slot" })));
    await make(page, 1, 5);
    for (const layout of LAYOUTS) {
      const host = await show(page, layout);
      if (layout === "modal") {
        await seen(page, layout);
        await press(host, "좋아요");
      }
      await page.evaluate(() => window.dangol.dismiss());
      await host.waitFor({ state: "detached" });
    }
    await make(page, 6, 10);
    await whole(page, ears, "strict", 10, "modal");
    await context.close();
  });

  it("F42 under a style sheet that hides, moves and disables everything", () => under("styles", (page) => page.evaluate((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [sheet];
  }, SHEET)));

  it("F43 behind scripts that have spoilt arrays, objects, promises, JSON, elements, chance and fetch", () => under("before", async (page) => {
    assert.ok(await page.evaluate(() => [].toJSON && {}.spoiled && window.spoils), "they have");
  }, { init: SPOIL }));

  it("F43 behind a script that has frozen what all objects inherit", () => under("frozen", async (page) => {
    assert.ok(await page.evaluate(() => Object.isFrozen(Object.prototype) && Object.isFrozen(Array.prototype)));
  }, { init: () => [Object, Array].forEach(({ prototype }) => Object.freeze(prototype)) }));

  it("F44 ahead of scripts that wrap our global and patch what we call", () => under("after", (page) => page.evaluate(PATCH)));
});

describe("a message that the page does something to", { concurrency: 3 }, () => {
  it("F45 taken away and emptied: back three times a minute, then the page has its way", async () => {
    const { context, page, ears } = await visit("taken");
    await make(page, 1, 5);
    const host = await show(page, "offer");
    await seen(page, "offer");
    await press(host, "좋아요");
    const there = await page.evaluate(async () => {
      const there = [];
      for (const act of [(host) => host.remove(), (host) => host.shadowRoot.replaceChildren(), (host) => host.remove(), (host) => host.remove()]) {
        act(document.querySelector("dangol-message"));
        await new Promise((resolve) => setTimeout(resolve, 100));
        there.push(document.querySelectorAll("dangol-message").length);
      }
      return there;
    });
    assert.deepEqual(there, [1, 1, 1, 0]);
    await make(page, 6, 10);
    await whole(page, ears, "taken", 10);
    assert.equal([...server.ledgerOf("taken").events.values()].filter(({ event }) => event === "Message Dismissed").length, 0, "to take it away is no dismissal");
    await context.close();
  });

  it("F45 moved and copied: it comes back to its place, also from where it would be taken away; the copy is an empty shell", () => under("moved", async (page, host) => {
    assert.ok(await host.evaluate(async (host) => {
      document.body.append(host);
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (host.parentNode !== document.documentElement || !host.matches(":popover-open")) return false;
      const copy = host.cloneNode(true);
      copy.removeAttribute("campaign");
      document.body.append(copy);
      return host.shadowRoot && !copy.shadowRoot;
    }));
  }));

  it("F45 a single-page shop replaces its body and its head", () => under("replaced", (page) => page.evaluate(() => {
    document.body.replaceWith(document.createElement("body"));
    document.head.replaceChildren();
    history.pushState(null, "", "/page?next");
  })));

  it("F45 the document is opened anew, which drops every listener: what comes next is shown, pressed and sent", async () => {
    const { context, page, ears } = await visit("reopened");
    await make(page, 1, 5);
    await show(page, "offer");
    await seen(page, "offer");
    await page.evaluate(() => {
      document.open();
      document.close();
      document.body.append("새 문서");
    });
    await message(page, "offer").locator("[part~=card]").waitFor();
    await make(page, 6, 10);
    await page.evaluate(() => window.dangol.dismiss());
    const host = await show(page, "window");
    await seen(page, "window");
    await press(host, "좋아요");
    await whole(page, ears, "reopened", 10, "window");
    assert.equal([...server.ledgerOf("reopened").events.values()].filter(({ event, properties }) => event === "Message Shown" && properties.campaign === "offer").length, 1, "what comes back is not counted anew");
    await context.close();
  });

  it("F45 the page's own modal comes first, with the scrolling locked: what waits for it comes behind it", async () => {
    const { context, page, ears } = await visit("modal");
    await make(page, 1, 5);
    await page.evaluate(() => {
      const dialog = document.createElement("dialog");
      dialog.append(Object.assign(document.createElement("button"), { textContent: "확인" }));
      document.body.append(dialog);
      document.documentElement.style.overflow = document.body.style.overflow = "hidden";
      document.body.style.position = "fixed";
      dialog.showModal();
      void window.dangol.show("window");
    });
    await make(page, 6, 8);
    await page.waitForTimeout(300);
    assert.equal(await message(page, "window").count(), 0, "not over the page's own");
    await page.evaluate(() => document.querySelector("dialog").close());
    const host = message(page, "window");
    await host.locator("[part~=card]").waitFor();
    await seen(page, "window");
    await press(host, "좋아요");
    await press(host, "닫아요");
    await host.waitFor({ state: "detached" });
    assert.deepEqual(await page.evaluate(() => [document.body.inert, document.body.style.position, document.body.style.overflow]), [false, "fixed", "hidden"], "the page is as it was");
    await make(page, 9, 10);
    await whole(page, ears, "modal", 10, "window");
    await context.close();
  });

  it("F46 a hundred thousand changes of the page in one task", () => under("storm", (page) => page.evaluate(async () => {
    performance.mark("theirs");
    for (let index = 0; index < 50_000; index++) {
      const child = document.createElement("i");
      document.documentElement.append(child);
      child.remove();
    }
  })));
});

describe("a message with hostile content", { concurrency: 3 }, () => {
  it("F47 markup, scripts and templates in every field stay text, and go over the wire as they are", async () => {
    const evil = (vector, layout) => ({ ...liked(layout), message: { layout, blocks: [{ text: vector, as: "title" }, { text: { ko: vector } }, { choice: [vector, "b"], name: vector }, { button: vector, action: { track: "Liked" } }] } });
    const campaigns = Object.fromEntries(VECTORS.map((vector, index) => [`v${index}`, evil(vector, index % 2 ? "modal" : "slide")]));
    const { context, page, ears } = await visit("markup", { campaigns });
    await make(page, 1, 5);
    await page.evaluate((vectors) => window.dangol.identify("u", { evil: vectors[0], list: vectors }), VECTORS);
    for (const [index, vector] of VECTORS.entries()) {
      const host = await show(page, `v${index}`);
      await page.evaluate((vector) => window.dangol.track("Made", { n: vector.n, vector: vector.text, [vector.text]: 1 }), { n: 6 + index, text: vector });
      if (index === 0) {
        await seen(page, "v0");
        await host.locator("button").filter({ hasText: "img" }).last().press("Enter");
      }
      assert.deepEqual(await host.evaluate(({ shadowRoot }) => [...shadowRoot.querySelectorAll("script, iframe, svg, math, img, [onerror], [onload]")].length), 0, vector);
      await page.evaluate(() => window.dangol.dismiss());
      await host.waitFor({ state: "detached" });
    }
    assert.equal(await page.evaluate(() => window.hurt), undefined);
    await whole(page, ears, "markup", 5 + VECTORS.length, "v0");
    const sent = [...server.ledgerOf("markup").events.values()].filter(({ event, properties }) => event === "Made" && properties.n > 5);
    assert.deepEqual(sent.map(({ properties }) => properties.vector), VECTORS);
    await context.close();
  });

  it("F48 addresses that lead elsewhere are not followed, and what was tracked stays", async () => {
    const campaigns = Object.fromEntries(ADDRESSES.map((open, index) => [`a${index}`, { ...liked("slide"), message: { layout: "slide", blocks: [{ text: "제목", as: "title" }, { button: "가기", action: { open } }] } }]));
    const { context, page, ears } = await visit("addresses", { campaigns: { ...campaigns, offer: CAMPAIGNS.offer } });
    await make(page, 1, 5);
    const left = [];
    page.on("framenavigated", (frame) => left.push(frame.url()));
    context.on("page", (opened) => left.push(opened.url()));
    for (const index of ADDRESSES.keys()) {
      const { outcome } = await page.evaluate(async (campaign) => {
        const { outcome } = await window.dangol.show(campaign);
        return { outcome };
      }, `a${index}`);
      if (outcome !== "shown") continue;
      const host = message(page, `a${index}`);
      await host.locator("[part~=card]").waitFor();
      const found = await host.evaluate(({ shadowRoot }) => [...shadowRoot.querySelectorAll("[href]")].map(({ href }) => href));
      assert.deepEqual(found, [], ADDRESSES[index]);
      for (const button of await host.getByText("가기").all()) await button.dispatchEvent("click");
      await page.evaluate(() => window.dangol.dismiss());
      await host.waitFor({ state: "detached" });
    }
    const host = await show(page, "offer");
    await make(page, 6, 10);
    await seen(page, "offer");
    await press(host, "좋아요");
    assert.deepEqual(left, []);
    assert.equal(await page.evaluate(() => window.hurt), undefined);
    await whole(page, ears, "addresses", 10);
    await context.close();
  });
});

describe("a page in unusual surroundings", { concurrency: 3 }, () => {
  it("F57 a shop that is embedded in another page, from right to left", () => under("embedded", async (page) => {
    assert.ok(await page.evaluate(() => window.top !== window), "it is embedded");
    await page.evaluate(() => { document.documentElement.dir = "rtl"; });
  }, {
    embed: async (tab) => {
      await tab.goto(`${server.origin}/around`);
      const element = await tab.evaluateHandle(() => {
        const frame = document.createElement("iframe");
        frame.width = frame.height = "600";
        document.body.append(frame);
        return frame;
      });
      const frame = await element.contentFrame();
      // The judge listens to the tab and asks the frame.
      return new Proxy(frame, { get: (target, key) => {
        const owner = ["on", "once", "waitForTimeout"].includes(key) ? tab : target;
        return typeof owner[key] === "function" ? owner[key].bind(owner) : owner[key];
      } });
    },
  }));

  it("F57 a page that is printed under a message, with motion", () => under("printed", async (page) => {
    // To lay a page out for paper is the browser's task.
    await page.evaluate(() => ["beforeprint", "afterprint"].forEach((type) => addEventListener(type, () => performance.mark("theirs"))));
    await page.emulateMedia({ media: "print" });
    await page.pdf();
    await page.emulateMedia({ media: "screen" });
  }, { context: { reducedMotion: "no-preference", colorScheme: "dark" } }));
});

judgeTasks();
