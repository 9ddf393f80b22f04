// What a page tells the engine by itself: what is watched for, the routes of a single-page shop, the way back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, OPTIONS, server, started } from "./host-lab.mjs";
import { open, until } from "./lab.mjs";

test("the page reports exactly what is watched for, each once", async () => {
  const { page, context } = await started([{ e: "watch", idle: [150], scroll: [50, 90], exit: true, visible: ["#far", "::bad::"], click: ["[data-help]"] }]);
  await until(() => page.evaluate(() => signals().includes("idle 150")), "idle");
  await page.mouse.move(100, 100);
  await page.mouse.wheel(0, 10_000);
  await until(() => page.evaluate(() => signals().includes("visible #far") && signals().includes("scroll 90")), "scroll and visible");
  await page.mouse.wheel(0, -300);
  await page.mouse.wheel(0, 300);
  await page.click("b");
  await page.evaluate(() => document.dispatchEvent(new MouseEvent("mouseout", { clientY: -1 })));
  const seen = await until(() => page.evaluate(() => signals().includes("exit") && signals()), "exit");
  const count = (name) => seen.filter((signal) => signal === name).length;
  assert.deepEqual(["scroll 50", "scroll 90", "visible #far", "click [data-help]", "exit"].map(count), [1, 1, 1, 1, 1], seen.join());
  await page.evaluate(() => {
    script = (input) => (input.name === "stop" ? [{ e: "watch" }, { e: "settle", ids: [input.id] }] : undefined);
    return dangol.track("stop");
  });
  const before = await page.evaluate(() => inputs.length);
  await page.click("b");
  await page.mouse.wheel(0, -5000);
  await page.waitForTimeout(200);
  assert.equal(await page.evaluate(() => inputs.length), before);
  await context.close();
});

test("a click is told once, also where a slot is told of while the page view still waits", async () => {
  const { page, context } = await started();
  await page.evaluate(() => {
    window.script = (input) => (input.name === "go" ? [{ e: "watch", slots: ["#far", "p"], click: ["[data-help]"] }] : undefined);
    void dangol.track("go");
    return dangol.page("next");
  });
  await page.click("b");
  assert.deepEqual(await page.evaluate(() => signals()), ["slot #far", "slot p", "slot #far", "click [data-help]"]);
  await context.close();
});

test("a click in a shadow root is one on its host, and one in a message is none on what the message lies in", async () => {
  const { page, context } = await started([{ e: "watch", click: ["help-button", "section", "#inner"] }]);
  const clicked = (host) => page.evaluate((host) => {
    const section = document.createElement("section");
    const element = document.createElement(host);
    element.attachShadow({ mode: "open" }).append(Object.assign(document.createElement("button"), { id: "inner" }));
    section.append(element);
    document.body.append(section);
    element.shadowRoot.querySelector("button").click();
    return signals().map((signal) => signal.replace(/^click /, ""));
  }, host);
  assert.deepEqual(await clicked("help-button"), ["help-button", "section", "#inner"]);
  assert.equal((await clicked("dangol-message")).length, 3);
  await context.close();
});

test("a phone's exit: the flick back up, a look elsewhere, the way back", async () => {
  const { page, context } = await started([{ e: "watch", exit: true }], OPTIONS, { hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } });
  const exits = () => page.evaluate(() => signals().filter((signal) => signal.startsWith("exit")));
  const look = (state) => page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
  const scroll = async (...places) => {
    for (const place of places) await page.evaluate((place) => new Promise((done) => { scrollTo(0, place); setTimeout(done, 40); }), place);
  };
  await scroll(400, 1200, 2000);
  await page.waitForTimeout(400);
  assert.deepEqual(await exits(), [], "down is no exit");
  await scroll(1900, 1800, 1300);
  assert.deepEqual(await exits(), ["exit"]);
  await page.waitForTimeout(1100);
  // A glance is no exit, whoever was away had left.
  await look("hidden");
  await look("visible");
  assert.equal((await exits()).length, 1);
  await look("hidden");
  await page.waitForTimeout(2100);
  await look("visible");
  assert.equal((await exits()).length, 2);
  // Forward is no way out; back is for the engine to judge.
  const rest = () => page.waitForTimeout(150);
  await page.evaluate(() => history.pushState({}, "", "/next"));
  await rest();
  assert.equal((await exits()).length, 2);
  await page.evaluate(() => history.back());
  await until(async () => (await exits()).length === 3, "back");
  assert.equal((await exits())[2], "exit back");
  await page.evaluate(() => history.pushState({}, "", "/next"));
  await rest();
  assert.equal((await exits()).length, 3);
  await context.close();
});

for (const api of ["navigation", "history"]) {
  test(`each route of a single-page shop is one page view (${api})`, async () => {
    const { page, context } = await open(browser, server.origin, { init: api === "history" ? "delete window.navigation; Object.defineProperty(window, 'navigation', { value: undefined })" : "" });
    const views = await page.evaluate(async (options) => {
      const native = history.pushState;
      const dangol = init(options);
      await dangol.ready;
      const rest = () => new Promise((resolve) => setTimeout(resolve, 60));
      await rest();
      history.pushState({}, "", "/a");
      await rest();
      history.pushState({}, "", "/b");
      history.replaceState({}, "", "/c");
      await rest();
      history.replaceState({}, "", "/c?filter=red");
      history.pushState({}, "", "/c?filter=red#reviews");
      await rest();
      for (const _ of [1, 2]) {
        // The way back leads through the browser's own process.
        const back = new Promise((resolve) => addEventListener("popstate", resolve, { once: true }));
        history.back();
        await back;
        await rest();
      }
      const views = given("call").filter(({ call }) => call === "page").map(({ page }) => new URL(page.url).pathname);
      await dangol.destroy();
      history.pushState({}, "", "/z");
      return { views, restored: history.pushState === native, after: given("call").length };
    }, OPTIONS);
    assert.deepEqual(views.views, ["/", "/a", "/c", "/a"]);
    assert.equal(views.restored, true);
    assert.equal(views.after, 4);
    await context.close();
  });
}

for (const api of ["navigation", "history"]) {
  test(`a hash route is one whatever the queries beside and in it are (${api})`, async () => {
    const { page, context } = await open(browser, `${server.origin}/?utm_source=kakao#/home`, { init: api === "history" ? "delete window.navigation; Object.defineProperty(window, 'navigation', { value: undefined })" : "" });
    const views = await page.evaluate(async (options) => {
      await init(options).ready;
      for (const address of ["?utm_source=kakao#/cart", "?sort=new#/cart", "?sort=new#/cart?step=2", "?sort=new#/pay?step=2"]) {
        history.replaceState({}, "", address);
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      return given("call").filter(({ call }) => call === "page").map(({ page }) => new URL(page.url).hash);
    }, OPTIONS);
    assert.deepEqual(views, ["#/home", "#/cart", "#/pay?step=2"]);
    await context.close();
  });
}

test("a route of another query that is come to before the page module is a view; a rewritten query is none", async () => {
  for (const [method, expected] of [["pushState", ["?p=1", "?p=2"]], ["replaceState", ["?p=1"]]]) {
    const { page, context } = await open(browser, `${server.origin}/?p=1`);
    const views = await page.evaluate(async ([options, method]) => {
      window.module = new Promise((resolve) => setTimeout(resolve, 100));
      const { ready } = init(options);
      history[method]({}, "", "?p=2");
      await ready;
      await new Promise((resolve) => setTimeout(resolve, 60));
      return given("call").filter(({ call }) => call === "page").map(({ page }) => new URL(page.url).search);
    }, [OPTIONS, method]);
    assert.deepEqual(views, expected);
    await context.close();
  }
});

test("routes that are come to while the configuration is on its way are each a view", async () => {
  const { page, context } = await open(browser, server.origin);
  const views = await page.evaluate(async () => {
    const { ready } = init({ config: "/late.json", consent: "granted" });
    for (const address of ["/a", "/b", "/c"]) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      history.pushState({}, "", address);
    }
    await ready;
    await new Promise((resolve) => setTimeout(resolve, 60));
    return given("call").filter(({ call }) => call === "page").map(({ page }) => new URL(page.url).pathname);
  });
  assert.deepEqual(views, ["/", "/a", "/b", "/c"]);
  await context.close();
});

test("back from the back-forward cache the page is counted and its timer looked after", async () => {
  const { page, context } = await started();
  await page.evaluate(() => dangol.track("x"));
  await page.evaluate(() => { setTimeout(() => { location.href = "/next"; }); });
  await page.waitForURL("**/next");
  await page.evaluate(() => { setTimeout(() => history.back(), 0); });
  await until(async () => new URL(page.url()).pathname === "/", "the way back");
  const seen = await until(() => page.evaluate(() => window.signals?.().includes("pageshow") && signals()), "pageshow");
  assert.ok(seen.includes("pagehide"));
  assert.equal(await page.evaluate(() => given("call").filter(({ call }) => call === "page").length), 2);
  await context.close();
});
