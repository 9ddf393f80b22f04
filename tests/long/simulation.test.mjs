// Delivery over 100,000 seeded fault schedules, and a simulation that notices when the outbox is broken.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { root } from "../../xtask/setup.mjs";
import { hunt, MUTANTS } from "../simulation/mutants.mjs";

/** A seed that fails is in the output, with how to play it again. */
function cargo(name, env, more = []) {
  return new Promise((resolve) => {
    const child = spawn("cargo", ["test", "--release", "--quiet", "--test", name, "--", "--nocapture", ...more], { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part) => { text += part; process.stdout.write(part); });
    child.on("error", (error) => resolve({ code: -1, text: String(error) }));
    child.on("close", (code) => resolve({ code, text }));
  });
}

test("100,000 fault schedules lose, repeat and disorder nothing", { timeout: 3_600_000 }, async () => {
  const { code, text } = await cargo("simulation", { DANGOL_SIMULATION_SEEDS: "100000" });
  assert.equal(code, 0);
  assert.match(text, /100000 schedules: \d+ events/);
});

test("a day of an event a second stays within bounds", { timeout: 600_000 }, async () => {
  const { code, text } = await cargo("pages", {}, ["--ignored"]);
  assert.equal(code, 0);
  assert.match(text, /\d+ events made/);
});

for (const mutant of MUTANTS) {
  test(`an outbox that ${mutant[0]} is noticed`, { timeout: 600_000 }, async (t) => {
    const noticed = await hunt(mutant);
    assert.ok(noticed, "no schedule failed");
    t.diagnostic(noticed);
  });
}
