// Runs in the browser: the page's engine with a journey and live segments, texts in and out as on a shop's page.
import init, { Engine } from "../../target/package/page/dangol.js";
import { random } from "./generate.mjs";

const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 1);
const median = (list) => [...list].sort((left, right) => left - right)[Math.floor(list.length / 2)];
let ready;

/** An engine with a configuration and nothing else; it keeps everything in memory. */
function open(segments) {
  const config = { version: 1, timezone: "Asia/Seoul", settings: { retain: { events: 50_000, days: 400 } }, segments };
  const engine = new Engine();
  let calls = 0;
  let shared = null;
  const give = (now, input) => {
    const waiting = [input];
    while (waiting.length) {
      for (const effect of JSON.parse(engine.handle(now, JSON.stringify(waiting.shift())))) {
        if (effect.e === "claim") waiting.push({ in: "claimed", shared });
        if (effect.e === "save") {
          shared = effect.shared ?? shared;
          if (effect.save !== undefined) waiting.push({ in: "saved", save: effect.save, ok: true });
        }
        if (effect.e === "notify" && effect.type === "problem") throw new Error(JSON.stringify(effect));
      }
    }
  };
  const started = performance.now();
  give(START, { in: "start", entropy: "0".repeat(32), stream: "bench", config: JSON.stringify(config),
    options: { memory: true, consent: { analytics: true, personalization: true, marketing: true, marketingNight: true }, locale: "en" } });
  const took = performance.now() - started;
  const track = (at, name, data) => give(at, { in: "call", id: `id-${calls++}`, at, call: "track", name, data });
  const members = (now) => JSON.parse(engine.handle(now, JSON.stringify({ in: "query", what: "segments", id: "q" }))).find((effect) => effect.e === "result").value;
  return { track, members, took, free: () => engine.free() };
}

const CATEGORIES = Array.from({ length: 40 }, (_, index) => `c${index}`);
const NAMES = ["Product Viewed", "Product Added", "Products Searched", "Product Shared", "Coupon Entered", "Review Read", "Video Played", "Size Checked", "Banner Clicked", "Wish Added"];

/** A history that ends at `START + 30 days`, and the events of it. */
function history(shop, count, names = NAMES) {
  const next = random(11);
  const events = [];
  for (let index = 0; index < count; index++) {
    const event = { at: START + Math.floor((index + 1) / count * 30 * DAY), name: names[Math.floor(next() * names.length)], data: { category: CATEGORIES[Math.floor(next() * 40)], price: Math.floor(next() * 1e5) } };
    events.push(event);
    shop.track(event.at, event.name, event.data);
  }
  return events;
}

/** Microseconds of one tracked event in each shop, the median of many; the shops take turns, so all see the same noise. */
function costs(shops, name, data) {
  const times = shops.map(() => []);
  let at = START + 30 * DAY;
  for (let round = 0; round < 240; round++) {
    at += 1000;
    shops.forEach((shop, index) => {
      const started = performance.now();
      shop.track(at, name, data);
      if (round >= 40) times[index].push((performance.now() - started) * 1000);
    });
  }
  return times.map(median);
}

const within = (days, count, where) => ({ event: "Product Viewed", ...(where && { where }), within: `${days}d`, count: { $gte: count } });

/** Microseconds per windowed condition, against a scan of the events in JavaScript, by the number of events. */
export async function windows() {
  await (ready ??= init({ module_or_path: await WebAssembly.compileStreaming(fetch("/dangol.wasm")) }));
  const result = {};
  for (const count of [100, 1000, 10000]) {
    const segments = {};
    const asked = [];
    for (let index = 0; index < 1000; index++) {
      const [days, least] = [1 + index % 29, 1 + (index * 7) % Math.max(2, Math.floor(count / 12))];
      segments[`s${index}`] = { when: { $did: within(days, least) } };
      asked.push([days * DAY, least]);
    }
    const shop = open(segments);
    const bare = open({});
    const events = history(shop, count);
    history(bare, count);
    const now = START + 30 * DAY;
    const scan = () => asked.reduce((sum, [length, least]) => {
      let found = 0;
      for (const event of events) if (event.name === "Product Viewed" && event.at > now - length && event.at <= now) found++;
      return sum + (found >= least ? 1 : 0);
    }, 0);
    const differing = Math.abs(scan() - shop.members(now).length);
    const times = [];
    for (let round = 0; round < 5; round++) {
      const started = performance.now();
      scan();
      times.push((performance.now() - started) * 1000 / asked.length);
    }
    const data = { category: "c1", price: 1 };
    const [live, none] = costs([shop, bare], "Product Viewed", data);
    result[count] = { dangol: (live - none) / 1000, scan: median(times), differing };
    shop.free();
    bare.free();
  }
  return result;
}

/** Microseconds per event with live segments: of what the event touches, of more that it does not, of more history. */
export async function settle() {
  const live = (count, names) => {
    const segments = {};
    for (let index = 0; index < count; index++) {
      segments[`s${index}`] = { when: { $did: { ...within(1 + index % 29, 1 + index % 5, { category: CATEGORIES[index % 40] }), event: names[Math.floor(index / 40) % names.length] } } };
    }
    return segments;
  };
  const others = NAMES.slice(1);
  const cases = {
    "no segments, 2,000 events": [{}, 2000, NAMES],
    "1,000 segments, 2,000 events": [live(1000, NAMES), 2000, NAMES],
    "1,000 segments and 4,000 the event does not touch": [{ ...live(1000, NAMES), ...Object.fromEntries(Object.entries(live(4000, others)).map(([id, one]) => [`x${id}`, one])) }, 2000, NAMES],
    "1,000 segments, 8,000 more events of other names": [live(1000, NAMES), 2000, NAMES, 8000],
    "1,000 segments that the event all touches": [Object.fromEntries(Object.keys(live(1000, NAMES)).map((id, index) => [id, { when: { $did: within(1 + index % 29, 1 + index % 9) } }])), 2000, NAMES],
  };
  const shops = Object.values(cases).map(([segments, count, names, more]) => {
    const shop = open(segments);
    history(shop, count + (more ?? 0), more ? [...names, ...Array(names.length * 4).fill("Other")] : names);
    return shop;
  });
  const events = costs(shops, "Product Viewed", { category: "c3", price: 5 });
  const result = Object.fromEntries(Object.keys(cases).map((name, index) => [name, { event: events[index], start: shops[index].took }]));
  for (const shop of shops) shop.free();
  return result;
}
