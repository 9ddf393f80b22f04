/** @jest-environment node */
const { init } = require("dangol");
const { loadEngine } = require("dangol/engine");

test("on a server it is inert, and the engine judges", async () => {
  const dangol = init({ config: "/campaigns.json" });
  await dangol.track("Product Viewed");
  expect(await dangol.ready).toBe("collect");
  const engine = await loadEngine();
  expect(engine.evaluate({ "cart.value": { $gte: 50000 } }, { cart: { value: 60000 } })).toBe(true);
});
