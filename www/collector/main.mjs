/**
 * The collector as a program:
 *
 *     node www/collector/main.mjs --port 4174 --data DIR [--pool coupon=N]… [--expires coupon=7d]… [--config FILE]
 *
 * It prints `listening http://127.0.0.1:N` once it can be used, and ends in order on SIGTERM and SIGINT.
 */

import { parseArgs } from "node:util";
import { startCollector } from "./server.mjs";

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "4174" },
      data: { type: "string" },
      pool: { type: "string", multiple: true, default: [] },
      config: { type: "string" },
      expires: { type: "string", multiple: true, default: [] },
      "request-timeout": { type: "string" },
      "max-buffered": { type: "string" },
    },
  });
  if (!values.data) throw new Error("--data DIR is needed: the folder that holds the database");
  const couponTerms = {};
  for (const given of values.pool) {
    const [coupon, size] = readPair("--pool", given);
    couponTerms[coupon] = { ...couponTerms[coupon], pool: readNumber("--pool", size, 0) };
  }
  for (const given of values.expires) {
    const [coupon, duration] = readPair("--expires", given);
    const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(duration) ?? fail(`--expires ${given}: the duration is written like 90s, 30m, 12h, 7d or 2w`);
    couponTerms[coupon] = { ...couponTerms[coupon], expiresMs: Number(count) * UNITS[unit] };
  }
  return {
    port: readNumber("--port", values.port, 0, 65_535),
    dataDir: values.data,
    couponTerms,
    config: values.config,
    ...(values["request-timeout"] && { requestTimeout: readNumber("--request-timeout", values["request-timeout"], 100) }),
    ...(values["max-buffered"] && { bufferedBytes: readNumber("--max-buffered", values["max-buffered"], 0) }),
  };
}

function readPair(option, given) {
  const at = given.lastIndexOf("=");
  if (at < 1) fail(`${option} ${given}: write it as coupon=value`);
  return [given.slice(0, at), given.slice(at + 1)];
}

function readNumber(option, text, min, max = Number.MAX_SAFE_INTEGER) {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < min || number > max) fail(`${option} ${text}: a whole number from ${min} to ${max} is needed`);
  return number;
}

function fail(message) {
  throw new Error(message);
}

try {
  const collector = await startCollector(readOptions());
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await collector.close();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.stdout.write(`listening ${collector.url}\n`);
} catch (error) {
  process.stderr.write(`collector: ${error.message}\n`);
  process.exit(1);
}
