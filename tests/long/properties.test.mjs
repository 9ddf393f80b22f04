// What the short tier tries on hundreds, on thousands: a month of ten thousand visitors over two hundred campaigns, and
// membership kept up against membership asked anew.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { root } from "../../xtask/setup.mjs";

function cargo(args, env) {
  return new Promise((resolve) => {
    const child = spawn("cargo", ["test", "--release", "--quiet", ...args, "--", "--nocapture"], { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part) => { text += part; process.stdout.write(part); });
    child.on("error", (error) => resolve({ code: -1, text: String(error) }));
    child.on("close", (code) => resolve({ code, text }));
  });
}

test("a month of ten thousand visitors ends without a cap broken", { timeout: 3_600_000 }, async () => {
  const { code, text } = await cargo(["--test", "month", "a_month"], { DANGOL_MONTH_VISITORS: "10000" });
  assert.equal(code, 0);
  // How often each reason fell, and the time for each event, stand in the output.
  assert.match(text, /10000 visitors, 200 campaigns/);
  assert.match(text, /µs of the engine for each event/);
  assert.match(text, /^ *\d+ +queued attention_budget$/m);
});

test("membership is the same incrementally, anew and after reloads, over many configurations", { timeout: 3_600_000 }, async () => {
  const { code } = await cargo(["--test", "incremental"], { DANGOL_CASES: "20000" });
  assert.equal(code, 0);
});
