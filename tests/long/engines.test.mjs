// The same suite in Chromium, Firefox ESR and WebKitGTK: stories, storage, tabs, layouts, consent, collect mode. docs/browsers.md tells what was run.
import assert from "node:assert/strict";
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { browsers, open } from "../engines/drive.mjs";
import { root } from "../../xtask/setup.mjs";
import { at, later, NOON, shop, until } from "../e2e/harness.mjs";

const there = browsers();
const wanted = (process.env.ENGINES ?? "chromium,firefox,webkit").split(",");
const LAYOUTS = ["banner", "modal", "slide", "sheet", "toast", "fullscreen", "bubble", "inline"];
const MODAL = ["modal", "sheet", "fullscreen"];
const CONFIG = {
  version: 1, timezone: "Asia/Seoul", locale: "ko",
  settings: { attention: { perSession: 100, perDay: 100, minGap: "0s" } },
  campaigns: {
    once: { purpose: "service", trigger: { event: "Once" }, limits: { total: 1 }, message: { layout: "toast", blocks: [{ text: "한 번만" }] } },
    ...Object.fromEntries(LAYOUTS.map((layout) => [layout, {
      purpose: "service", trigger: { manual: true },
      message: { layout, ...(layout === "inline" && { slot: "#slot" }), blocks: [{ text: "단골 메시지", as: "title" }, { button: "확인", action: { track: "Pressed", properties: { layout } } }] },
    }])),
  },
};
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
const STRICT = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'";
const WITHOUT_WASM = "default-src 'self'; script-src 'self'";

/** A bare page with the script tag; its query gives policy and consent. */
async function bare() {
  const events = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    if (request.method === "POST") {
      let body = "";
      for await (const part of request) body += part;
      events.push(...JSON.parse(body).batch);
      return response.writeHead(200, { "content-type": "application/json" }).end("{}");
    }
    if (pathname === "/config.json") return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(CONFIG));
    const file = join(root, "pkg", pathname);
    if (pathname !== "/" && existsSync(file)) return createReadStream(file).pipe(response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain" }));
    if (pathname !== "/") return response.writeHead(404).end();
    const consent = searchParams.get("consent");
    return response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": searchParams.has("collect") ? WITHOUT_WASM : STRICT }).end(`<!doctype html><html lang="ko"><title>가게</title><script src="stub.js"></script>
<script async src="dangol.js" data-config="config.json" data-endpoint="/collect"${consent ? ` data-consent="${consent}"` : ""}></script><h1>가게</h1><div id="slot"></div>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, events, close: () => { server.closeAllConnections(); server.close(); } };
}

const textOf = (campaign) => document.querySelector(`dangol-message[campaign="${campaign}"]`)?.shadowRoot.querySelector("[part~=card]")?.textContent ?? "";
const centre = (campaign, words) => {
  const found = [...document.querySelector(`dangol-message[campaign="${campaign}"]`).shadowRoot.querySelectorAll("button,a")].find((each) => each.textContent.includes(words));
  const { x, y, width, height } = found.getBoundingClientRect();
  return { x: x + width / 2, y: y + height / 2 };
};

for (const name of wanted) {
  describe(name, { skip: there[name] ? false : `${name} is not installed`, timeout: 900_000 }, () => {
    let demo;
    let page;
    let plain;
    before(async () => {
      [demo, plain, page] = await Promise.all([shop(), bare(), open(name)]);
      console.log(`# ${name} ${await page.version()}`);
    });
    after(async () => {
      await page?.quit();
      plain?.close();
      await demo?.close();
    });
    // WebDriver never answers a script whose page is just being replaced, nor any after it until the page is opened anew.
    // The others only lose that one script, and what the page showed meanwhile would go with it.
    const ready = (tab = page) => until(() => tab.run(() => window.dangol?.ready).catch(async () => {
      if (name === "webkit") await tab.goto(await tab.address());
      return undefined;
    }), "the engine", 60_000).catch(async (error) => {
      assert.fail(`${error.message}; at ${await tab.address()}: ${await tab.run(() => `${typeof window.dangol} ${document.body.textContent.slice(0, 200)}`).catch(String)}`);
    });
    const sees = async (campaign, words, tab = page) => {
      await until(async () => String(await tab.run(textOf, campaign)).includes(words), `${campaign}: ${words}`, 30_000).catch(async (error) => {
        const there = await tab.run((id) => JSON.stringify([location.href, [...document.querySelectorAll("dangol-message")].map((each) => each.getAttribute("campaign")), window.dangol.explain(id)[0]]), campaign);
        assert.fail(`${error.message}; the page says ${there}`);
      });
    };
    const fresh = async () => {
      await page.run(() => window.dangol?.forget?.());
    };
    /** Waits for the next page by asking the driver, and gives it a moment to be the only one. */
    const arrived = async (is) => {
      await until(async () => is(new URL(await page.address())), "the next page", 60_000);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    };
    const navigate = async (does, path) => {
      // The page goes a moment later: WebDriver waits for ever for a script whose page has gone.
      await page.run(`(LEAVE) => (${does})()`, 300);
      await arrived((url) => url.pathname.startsWith(path));
      await ready();
    };
    const signUp = async () => {
      await page.goto(`${demo.url}/signup`);
      await ready();
      await navigate(() => {
        const form = document.querySelector("[data-testid=signup-form]");
        for (const [field, value] of Object.entries({ name: "지은", email: `m${Math.random().toString(36).slice(2)}@shop.test`, password: "correct horse" })) form.elements[field].value = value;
        form.elements.terms.checked = true;
        setTimeout(() => form.requestSubmit(), LEAVE);
      }, "/my");
    };

    it("greets who comes back after two weeks, by name", async () => {
      await page.goto(at(demo.url, "/", NOON));
      assert.equal(await ready(), "full");
      await signUp();
      await page.goto(at(demo.url, "/", later(15)));
      await sees("welcome-back", "지은이 안 오신 사이");
      await fresh();
    });

    it("gives a new member the coupon after the redirect, and reminds on day 2", async () => {
      await page.goto(at(demo.url, "/", later(20)));
      await navigate(() => { setTimeout(() => fetch("/logout", { method: "POST" }).then(() => window.dangol.reset()).then(() => (location.href = "/help")), LEAVE); }, "/help");
      await signUp();
      await sees("new-member", "환영해요");
      await until(async () => /^[A-Z0-9-]{6,}$/.test(await page.run(() => document.querySelector("dangol-message[campaign=new-member]")?.shadowRoot.querySelector("[part~=code]")?.textContent ?? "")), "the code", 20_000);
      await new Promise((resolve) => setTimeout(resolve, 1_300));
      await page.goto(at(demo.url, "/c/new", later(22, "12:30:00")));
      await sees("new-member", "쿠폰이 기다리고 있어요");
    });

    it("offers a chat to who hesitates over the bag, and a code in it", async () => {
      await page.goto(at(demo.url, "/p/haneul-coat", later(30)));
      await ready();
      await navigate(() => { setTimeout(() => document.querySelector("form[action='/cart/add']").requestSubmit(), LEAVE); }, "/cart");
      await sees("cart-chat", "망설여지는 점이 있으세요");
      await new Promise((resolve) => setTimeout(resolve, 1_300));
      await page.click(await page.run(centre, "cart-chat", "가격이 조금 부담돼요"));
      await until(async () => /[A-Z0-9-]{6,}/.test(await page.run(() => document.querySelector("dangol-message[campaign=cart-coupon]")?.shadowRoot.querySelector("[part~=code]")?.textContent ?? "")), "the code", 20_000);
    });

    it("keeps what was tracked over a reload, and delivers it once", async () => {
      await page.goto(`${plain.url}?consent=granted`);
      assert.equal(await ready(), "full");
      await page.run(async () => { for (let n = 0; n < 25; n++) await window.dangol.track("Kept", { n }); });
      await page.goto(`${plain.url}?consent=granted`);
      await ready();
      const journey = await page.run(async () => (await window.dangol.exportData()).journey.filter(({ event }) => event === "Kept").length);
      assert.equal(journey, 25);
      await page.run(() => window.dangol.flush());
      await until(() => plain.events.filter(({ event }) => event === "Kept").length >= 25, "delivery");
      const ids = plain.events.filter(({ event }) => event === "Kept").map(({ messageId }) => messageId);
      assert.equal(new Set(ids).size, 25);
    });

    it("loses nothing that was tracked just before leaving", async () => {
      await page.goto(`${plain.url}?consent=granted`);
      await ready();
      await page.run(() => { setTimeout(() => { for (let n = 0; n < 5; n++) void window.dangol.track("Leaving", { n }); location.href = "?consent=granted&next"; }, 200); });
      await arrived((url) => url.searchParams.has("next"));
      await ready();
      await until(async () => {
        await page.run(() => window.dangol.flush());
        return new Set(plain.events.filter(({ event }) => event === "Leaving").map(({ properties }) => properties.n)).size === 5;
      }, "all five");
    });

    it("shows a once-only message in one of two tabs, which share one journey", async () => {
      const other = await page.tab();
      await other.goto(`${plain.url}?consent=granted`);
      await page.goto(`${plain.url}?consent=granted`);
      await Promise.all([await ready(), await ready(other)]);
      await Promise.all([page.run(() => void window.dangol.track("Once")), other.run(() => void window.dangol.track("Once"))]);
      const seen = async (tab) => (await tab.run(() => document.querySelectorAll("dangol-message[campaign=once]").length));
      await until(async () => (await seen(page)) + (await seen(other)) > 0, "the message");
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      assert.equal((await seen(page)) + (await seen(other)), 1);
      await other.run(() => window.dangol.track("From the other tab"));
      await until(() => page.run(async () => JSON.stringify((await window.dangol.exportData()).journey).includes("From the other tab")), "the other tab's event");
      await other.run(() => window.dangol.forget());
      await until(() => page.run(async () => !JSON.stringify((await window.dangol.exportData()).journey).includes("From the other tab")), "forgetting in every tab");
      await other.close();
    });

    for (const layout of LAYOUTS) {
      it(`draws ${layout} inside the screen, and hears the press`, async () => {
        await page.goto(`${plain.url}?consent=granted`);
        await ready();
        const decision = await page.run((id) => window.dangol.show(id), layout);
        assert.equal(decision.outcome, "shown");
        await sees(layout, "단골 메시지");
        await new Promise((resolve) => setTimeout(resolve, 600));
        const box = await page.run((id) => {
          const { x, y, right, bottom, width, height } = document.querySelector(`dangol-message[campaign="${id}"]`).shadowRoot.querySelector("[part~=card]").getBoundingClientRect();
          return { x, y, right, bottom, width, height, inner: [innerWidth, innerHeight] };
        }, layout);
        assert.ok(box.width > 80 && box.height > 30 && box.x >= -1 && box.y >= -1 && box.right <= box.inner[0] + 1 && box.bottom <= box.inner[1] + 1, JSON.stringify(box));
        // A modal is none by `showModal`: the page behind is inert until it goes, and the focus is in the message.
        if (MODAL.includes(layout)) {
          await until(() => page.run((id) => document.body.inert && document.activeElement === document.querySelector(`dangol-message[campaign="${id}"]`), layout), "a page shut behind the message");
          assert.equal(await page.run(() => document.elementFromPoint(8, 8)?.localName), "dangol-message", "what is pressed beside the card");
        } else assert.equal(await page.run(() => document.body.inert), false);
        const pressed = page.run(() => new Promise((resolve) => { const end = Date.now() + 8_000; (async function look() { const found = JSON.stringify((await window.dangol.exportData()).journey).includes('"Pressed"'); if (found || Date.now() > end) resolve(found); else setTimeout(look, 100); })(); }));
        const place = await page.run(centre, layout, "확인");
        await page.click(place);
        assert.equal(await pressed, true);
        await page.run(() => window.dangol.forget());
        await until(() => page.run(() => !document.body.inert), "a page that is open again");
      });
    }

    it("stores, sends and shows nothing before consent, and everything after", async () => {
      await page.goto(`${plain.url}?consent=granted`);
      await ready();
      await page.run(() => window.dangol.forget());
      await page.run(() => window.dangol.destroy());
      await page.goto(plain.url);
      await ready();
      const before = plain.events.length;
      await page.run(() => window.dangol.track("Before consent"));
      await page.run(() => window.dangol.flush());
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(plain.events.length, before);
      await page.run(() => window.dangol.consent({ analytics: true, personalization: true }));
      await page.run(() => window.dangol.flush());
      await until(() => plain.events.some(({ event }) => event === "Before consent"), "what waited");
    });

    it("collects where WebAssembly is refused", async () => {
      await page.goto(`${plain.url}?consent=granted&collect`);
      assert.equal(await ready(), "collect");
      await page.run(() => window.dangol.track("Collected"));
      await page.run(() => window.dangol.flush());
      await until(() => plain.events.some(({ event }) => event === "Collected"), "the event");
    });
  });
}
