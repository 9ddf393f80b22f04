/**
 * How many events the reference collector takes, and how long an answer takes:
 *
 *     node bench/collector.mjs [--seconds 5] [--batch 20] [--connections 16] [--rate 2000]
 *
 * A second process sends the load: first as fast as answers come, then at a fixed rate, which is what a shop sees.
 * In the second part a latency counts from when the batch was due, so that a stall is not hidden by sending less.
 * Each part lasts `--seconds`.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    batch: { type: "string", default: "20" },
    connections: { type: "string", default: "16" },
    rate: { type: "string", default: "2000" },
    load: { type: "string" },
  },
});
const [seconds, batchSize, connections, rate] = [values.seconds, values.batch, values.connections, values.rate].map(Number);

let made = 0;

if (values.load) await sendLoad(values.load);
else await measure();

async function measure() {
  const dir = mkdtempSync(join(tmpdir(), "collector-bench-"));
  const main = fileURLToPath(new URL("../www/collector/main.mjs", import.meta.url));
  const collector = spawn(process.execPath, [main, "--port", "0", "--data", dir], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: collector.stdout }), "line");
  const url = line.replace("listening ", "");
  const load = spawn(process.execPath, [fileURLToPath(import.meta.url), "--load", url, ...process.argv.slice(2)], { stdio: "inherit" });
  const [code] = await once(load, "exit");
  process.exitCode = code ?? 1;
  const { events } = await (await fetch(`${url}/api/stats`)).json();
  process.stdout.write(`stored: ${events} events; ${cpus().length} cores, Node ${process.versions.node}\n`);
  collector.kill("SIGTERM");
  await once(collector, "exit");
  rmSync(dir, { recursive: true });
}

async function sendLoad(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  await unpaced(url, agent, 0.5); // The first requests meet cold code and an empty file.
  report("as fast as answers come", await unpaced(url, agent, seconds), seconds);
  report(`at ${rate} events/s`, await paced(url, agent), seconds);
  agent.destroy();
}

async function unpaced(url, agent, duration) {
  const latencies = [];
  const end = performance.now() + duration * 1000;
  const lane = async () => {
    while (performance.now() < end) {
      const began = performance.now();
      await post(url, agent, makeBatch());
      latencies.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  return latencies;
}

async function paced(url, agent) {
  const latencies = [];
  const began = performance.now();
  const gap = (batchSize / rate) * 1000;
  const total = Math.floor((seconds * 1000) / gap);
  const sent = [];
  for (let index = 0; index < total; index += 1) {
    const due = began + index * gap;
    const early = due - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    sent.push(post(url, agent, makeBatch()).then(() => latencies.push(performance.now() - due)));
  }
  await Promise.all(sent);
  return latencies;
}

/** Events of the size that the SDK sends, about 700 bytes. */
function makeBatch() {
  const batch = Array.from({ length: batchSize }, () => {
    made += 1;
    const visitor = `visitor-${made % 500}`;
    return {
      type: "track",
      event: "Product Viewed",
      properties: { product_id: `p${made % 200}`, name: "오버핏 리넨 셔츠", category: "shirts", brand: "Dangol", price: 59_000, currency: "KRW", url: "https://shop.example/products/linen-shirt" },
      messageId: `0190b5e2-7a3c-7${process.pid.toString(16)}-${made.toString(16).padStart(16, "0")}`,
      timestamp: new Date().toISOString(),
      anonymousId: visitor,
      seq: Math.ceil(made / 500),
      context: { library: { name: "dangol", version: "0.1.0" }, locale: "ko-KR", timezone: "Asia/Seoul", page: { path: "/products/linen-shirt", url: "https://shop.example/products/linen-shirt", title: "오버핏 리넨 셔츠" }, streamId: `stream-${visitor}`, sessionId: `session-${visitor}`, consent: { analytics: true, personalization: true } },
    };
  });
  return JSON.stringify({ batch, sentAt: new Date().toISOString() });
}

function post(url, agent, body) {
  return new Promise((resolve, reject) => {
    const sending = request(`${url}/collect`, { agent, method: "POST", headers: { "Content-Type": "text/plain", "Content-Length": Buffer.byteLength(body) } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk)).on("end", () => {
        if (response.statusCode === 200 && JSON.parse(text).accepted.length === batchSize) resolve();
        else reject(new Error(`answer ${response.statusCode}: ${text.slice(0, 300)}`));
      });
    });
    sending.on("error", reject).end(body);
  });
}

function report(name, latencies, duration) {
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))].toFixed(1);
  const perSecond = Math.round((latencies.length * batchSize) / duration);
  process.stdout.write(`${name}: ${perSecond} events/s acknowledged (batches of ${batchSize}), median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms\n`);
}
