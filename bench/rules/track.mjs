// What `track()` costs the shop in the call itself: the whole SDK on a page, the engine up.
//
// Twice, because the two differ: one call at a time, each awaited until it is on the disk, finds the code and the processor
// cold, as a shop's page does; a burst of 2,000, as `bench/peers.mjs` makes it for every SDK, finds both warm.

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
  const { alone, bursts } = await page.evaluate(async ({ config }) => {
    const { default: dangol, init } = await import("/index.js");
    const sdk = (init ?? dangol.init)({ config, consent: "granted", crawlers: true });
    if (await sdk.ready !== "full") throw new Error("the engine did not start");
    const properties = (round) => ({ product_id: `p${round}`, name: "Wool coat", category: "outer", brand: "neuru", price: 89000, currency: "KRW", quantity: 1, position: round % 20 });
    const alone = [];
    for (let round = 0; round < 300; round++) {
      const data = properties(round);
      const started = performance.now();
      const done = sdk.track("Product Viewed", data);
      const took = (performance.now() - started) * 1000;
      if (round >= 50) alone.push(took);
      await done;
    }
    const bursts = [];
    for (let round = 0; round < 5; round++) {
      const all = Array.from({ length: 2000 }, (_, index) => properties(index));
      const started = performance.now();
      const done = all.map((data) => sdk.track("Product Viewed", data));
      bursts.push((performance.now() - started) * 1000 / all.length);
      await Promise.all(done);
    }
    return { alone, bursts };
  }, { config: config() });
  await page.close();
  const at = (times, share) => times.sort((left, right) => left - right)[Math.floor(times.length * share)];
  return { median: at(alone, 0.5), p95: at(alone, 0.95), burst: at(bursts, 0.5) };
}
