// What `track()` costs the shop in the call itself: the whole SDK on a page, the engine up.

const config = () => {
  const segments = {};
  const campaigns = {};
  for (let index = 0; index < 100; index++) {
    segments[`s${index}`] = { when: { $did: { event: index % 4 ? "Product Viewed" : "Product Added", within: `${1 + index % 28}d`, count: { $gte: 1 + index % 9 } } } };
    campaigns[`c${index}`] = {
      trigger: { event: "Order Completed" }, audience: { $segment: `s${index}`, "cart.value": { $gte: index * 1000 } },
      message: { layout: "modal", blocks: [{ text: "Hello", as: "title" }] },
    };
  }
  return { version: 1, revision: 1, timezone: "Asia/Seoul", segments, campaigns };
};

export async function trackCost(browser, origin) {
  const page = await browser.newPage();
  await page.goto(origin);
  const times = await page.evaluate(async ({ config }) => {
    const { default: dangol, init } = await import("/index.js");
    const sdk = (init ?? dangol.init)({ config, consent: "granted", crawlers: true });
    if (await sdk.ready !== "full") throw new Error("the engine did not start");
    const times = [];
    for (let round = 0; round < 300; round++) {
      const properties = { product_id: `p${round}`, name: "Wool coat", category: "outer", brand: "neuru", price: 89000, currency: "KRW", quantity: 1, position: round % 20 };
      const started = performance.now();
      const done = sdk.track("Product Viewed", properties);
      const took = (performance.now() - started) * 1000;
      if (round >= 50) times.push(took);
      await done;
    }
    return times.sort((left, right) => left - right);
  }, { config: config() });
  await page.close();
  return { median: times[Math.floor(times.length / 2)], p95: times[Math.floor(times.length * 0.95)] };
}
