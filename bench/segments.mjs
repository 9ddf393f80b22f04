// How long `dangol segments` takes for a million events of many visitors, and how much memory: the export is larger than
// what is held at once, and the events of a visitor lie all over it. `node bench/segments.mjs [events] [config]`.
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../xtask/setup.mjs";

const events = Number(process.argv[2] ?? 1_000_000);
const config = process.argv[3] ?? join(root, "www", "campaigns.json");
const visitors = Math.ceil(events / 20);
const names = ["Product Viewed", "Product Viewed", "Product Viewed", "Product Added", "Products Searched", "Cart Viewed", "Order Completed"];
const start = Date.parse("2026-10-01T00:00:00Z");

let state = 1;
const random = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296);

const folder = mkdtempSync(join(tmpdir(), "dangol-bench-"));
const path = join(folder, "events.ndjson");
const file = openSync(path, "w");
let text = "";
for (let index = 0; index < events; index++) {
  const event = names[Math.floor(random() * names.length)];
  const price = 1000 * Math.ceil(random() * 90);
  const line = {
    type: "track", event, messageId: `m${index}`, anonymousId: `visitor-${Math.floor(random() * visitors)}`, timestamp: new Date(start + Math.floor((index / events) * 2_592_000_000)).toISOString(),
    properties: { product_id: `p${Math.floor(random() * 500)}`, category: `c${Math.floor(random() * 20)}`, price, quantity: 1, ...(event === "Order Completed" && { order_id: `o${index}`, revenue: price }) },
  };
  text += JSON.stringify(line) + "\n";
  if (text.length > 1 << 20) {
    writeSync(file, text);
    text = "";
  }
}
writeSync(file, text);
closeSync(file);

const began = performance.now();
const child = spawn(process.execPath, [join(root, "pkg", "cli.js"), "segments", config, path, "--at", "2026-11-01T00:00:00Z"], { stdio: ["ignore", "pipe", "inherit"] });
let [lines, peak] = [0, 0];
child.stdout.on("data", (part) => { for (const byte of part) if (byte === 10) lines++; });
const watch = setInterval(() => {
  try {
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0));
  } catch {
    // It has ended, or there is no /proc here.
  }
}, 100);
const code = await new Promise((resolve) => child.on("close", resolve));
clearInterval(watch);
const seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify({ events, visitors: lines, megabytes: Math.round(statSync(path).size / 1e6), cores: cpus().length, seconds: +seconds.toFixed(1), eventsPerSecond: Math.round(events / seconds), peakMegabytes: Math.round(peak / 1024) }));
rmSync(folder, { recursive: true, force: true });
process.exitCode = code;
