// An order that its page tells of is told once, and told: left at once, without a journey, without an engine.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../js/lab.mjs";
import { events, lab, page as file, tag, taken } from "./lab.mjs";

const html = (body, capture, more) => `<!doctype html><html lang="ko"><meta charset="utf-8"><title>shop</title><body>${body}${tag(capture, more)}`;
const ONLY = tag("page jsonLd").replace('data-consent="granted"', `data-consent='{"analytics":true,"personalization":false,"marketing":false}'`);
const BOTH = `<script>window.dataLayer = [{ event: "purchase", ecommerce: { transaction_id: "CB-1", value: 159000 } }]</script>`;

let shop;
before(async () => {
  shop = await lab({
    "/order": html(file("json-ld-order.html"), "page jsonLd"),
    "/order/order_result.html": html(file("cafe24-order.html"), "page cafe24"),
    "/both": html(BOTH + file("json-ld-order.html"), "page dataLayer jsonLd"),
    "/analytics": `<!doctype html><html lang="ko"><meta charset="utf-8"><title>shop</title><body>${file("json-ld-order.html")}${ONLY}`,
    "/memory": html(file("json-ld-order.html"), "page jsonLd", 'data-storage="memory"'),
    "/next": html("", "page jsonLd"),
  });
});
after(() => shop.close());

/** A page in which the engine is held up, or never comes. */
async function without(path, hold) {
  const context = await shop.browser.newContext();
  const page = await context.newPage();
  await page.route("**/dangol.wasm", hold);
  await page.goto(shop.server.origin + path);
  return { page, context };
}

for (const [path, order] of [["/order", "CB-1"], ["/order/order_result.html", "20261124-0000011"]]) {
  test(`an order whose page is left before the engine is there is told on the next one (${path})`, async () => {
    const { page, context } = await without(path, (route) => new Promise((resolve) => setTimeout(resolve, 20_000)).then(() => route.abort()).catch(() => {}));
    await until(() => page.evaluate(() => performance.getEntriesByType("resource").some(({ name, responseEnd }) => responseEnd && name.includes("sources.js"))), "the sources");
    await page.waitForTimeout(1500);
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.goto(shop.server.origin + "/next");
    assert.equal(await page.evaluate(() => dangol.ready), "full");
    assert.deepEqual((await events(page, 1)).map(([event, { order_id }]) => [event, order_id]), [["Order Completed", order]]);
    // Its page once more: it is known.
    await page.goto(shop.server.origin + path);
    await page.evaluate(() => dangol.ready);
    await page.waitForTimeout(500);
    assert.equal((await taken(page)).length, 1);
    await context.close();
  });
}

test("an order that another source has told of is not told again", async () => {
  const { page, context } = await shop.visit("/both");
  await events(page, 1);
  await page.waitForTimeout(500);
  assert.equal((await taken(page)).length, 1);
  await context.close();
});

for (const [path, mode] of [["/analytics", "full"], ["/memory", "full"], ["/order", "collect"]]) {
  test(`where no journey says that it was told, an order has the same messageId on every load (${path}, ${mode})`, async () => {
    shop.server.requests.length = 0;
    const { page, context } = mode === "full" ? await shop.visit(path) : await without(path, (route) => route.abort());
    const orders = () => shop.server.requests.filter(({ path }) => path === "/collect").flatMap(({ body }) => JSON.parse(body).batch).filter(({ event }) => event === "Order Completed");
    for (let loads = 1; loads <= 3; loads++) {
      if (loads > 1) await page.reload();
      assert.equal(await page.evaluate(() => dangol.ready), mode);
      await until(async () => {
        await page.evaluate(() => dangol.flush());
        return orders().length >= loads;
      }, `the order, ${loads} times`);
      const { created, acknowledged, pending, dropped } = await page.evaluate(() => dangol.stats());
      assert.equal(created, acknowledged + pending + Object.values(dropped).reduce((sum, count) => sum + count, 0));
    }
    const ids = new Set(orders().map(({ messageId }) => messageId));
    assert.equal(ids.size, 1, [...ids].join());
    assert.match([...ids][0], /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    await context.close();
  });
}
