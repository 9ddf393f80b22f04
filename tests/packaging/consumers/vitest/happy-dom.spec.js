// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { init } from "dangol";

test("the engine runs in a test of the shop's own", async () => {
  const dangol = init({
    config: { version: 1, segments: { viewer: { when: { $did: "Product Viewed" } } } },
    consent: "granted", storage: "memory", capture: { page: false },
  });
  const problems = [];
  dangol.on("problem", (problem) => problems.push(problem));
  await dangol.track("Product Viewed", { product_id: "p1" });
  expect(await dangol.ready).toBe("full");
  expect(dangol.segments()).toEqual(["viewer"]);
  expect(problems).toEqual([]);
  await dangol.destroy();
});
