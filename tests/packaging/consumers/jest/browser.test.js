/** @jest-environment jsdom */
const { init } = require("dangol");

// Jest's jsdom has no DecompressionStream and forbids import(): a shop's own tests must not notice Dangol.
test("nothing is thrown, every promise settles or waits", async () => {
  const dangol = init({ config: { version: 1 }, consent: "granted", storage: "memory" });
  expect(dangol.segments()).toEqual([]);
  expect(dangol.stats().created).toBe(0);
  await dangol.destroy();
  await dangol.track("After");
  expect(await dangol.ready).toBe("collect");
});

test("the engine can be imported, and says what it lacks when it is used", async () => {
  const { loadEngine } = require("dangol/engine");
  await expect(loadEngine()).rejects.toThrow("TextDecoder");
});
