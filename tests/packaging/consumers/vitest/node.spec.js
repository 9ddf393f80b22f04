import { expect, test } from "vitest";
import { init } from "dangol";
import { loadEngine } from "dangol/engine";

test("without a page it is inert, and the engine judges", async () => {
  const dangol = init({ config: "/campaigns.json" });
  await dangol.track("Product Viewed");
  expect(await dangol.ready).toBe("collect");
  const engine = await loadEngine();
  expect(engine.evaluate({ "cart.value": { $gte: 50000 } }, { cart: { value: 60000 } })).toBe(true);
});
