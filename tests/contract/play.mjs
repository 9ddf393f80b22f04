// Journeys in a few words, for the tests of what a configuration leads to.
import { join } from "node:path";
import { root } from "../../xtask/setup.mjs";

const { loadEngine } = await import(join(root, "pkg", "engine.js"));
export const engine = await loadEngine();

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Monday, 2 November 2026, 10:00 in Seoul. */
export const START = Date.parse("2026-11-02T01:00:00Z");

const UNITS = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };
/** Milliseconds after the start: `90s`, `7d+1ms`, `2d-1ms`. */
export const ms = (text) => typeof text === "number" ? text : [...text.matchAll(/([+-]?)(\d+)(ms|[smhd])/g)].reduce((sum, [, sign, count, unit]) => sum + (sign === "-" ? -1 : 1) * count * UNITS[unit], 0);
export const iso = (text) => new Date(START + ms(text)).toISOString();

let number = 0;
const line = (at, rest) => ({ messageId: `m${++number}`, anonymousId: "v1", timestamp: iso(at), ...rest });
export const track = (at, event, properties = {}, more = {}) => line(at, { type: "track", event, properties, ...more });
export const page = (at, path = "/", more = {}) => line(at, { type: "page", properties: { url: `https://shop.test${path}`, path: path.split("?")[0] }, ...more });
export const identify = (at, userId, traits = {}) => line(at, { type: "identify", userId, traits });
export const tick = (at) => ({ type: "tick", timestamp: iso(at) });
export const signal = (at, name, value) => ({ type: "signal", signal: name, value, timestamp: iso(at) });

const since = (timestamp) => Date.parse(timestamp) - START;
/** Changes of one segment as `["enter", ms after the start]`. */
export function segment(when, journey, { options = {}, ...config } = {}) {
  const replay = engine.replay({ version: 1, timezone: "Asia/Seoul", ...config, segments: { ...config.segments, it: { name: "it", when } } }, journey, options);
  return replay.segments.it.map(([at, what]) => `${what} ${since(at)}`);
}
/** Whether a condition holds at the end of a journey. */
export function holds(when, journey, config) {
  return segment(when, journey, config).at(-1)?.startsWith("enter") ?? false;
}

export const FREE = { attention: { perSession: 1000, perDay: 1000, minGap: "0s" } };
export const toast = (rest = {}) => ({ message: { layout: "toast", blocks: [{ text: "hi" }], dismiss: { after: "2s" } }, ...rest });
export const modal = (rest = {}) => ({ message: { layout: "modal", blocks: [{ text: "hi" }] }, ...rest });
export const inline = (slot, rest = {}) => ({ message: { layout: "inline", slot, blocks: [{ text: "hi" }] }, ...rest });

/** Decisions as `campaign/step#variant outcome reason to other @ms`. */
export function decide(campaigns, journey, { settings = FREE, options = {}, ...config } = {}) {
  return engine.replay({ version: 1, timezone: "Asia/Seoul", settings, ...config, campaigns }, journey, options).decisions.map(({ campaign, step, variant, outcome, reason, lostTo, timestamp }) =>
    `${campaign}${step ? `/${step}` : ""}${variant ? `#${variant}` : ""} ${outcome}${reason && reason !== outcome ? ` ${reason}` : ""}${lostTo ? ` to ${lostTo}` : ""} @${since(timestamp)}`);
}
