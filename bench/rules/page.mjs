// Runs in the browser: every engine over the same rules and documents, one after the other in each round.
import { loadEngine } from "../../pkg/engine.js";
import { engines } from "./engines.mjs";
import { documents, rules } from "./generate.mjs";
import { settle, windows } from "./live.mjs";

export const median = (list) => [...list].sort((left, right) => left - right)[Math.floor(list.length / 2)];

/** Lets the engine work for at least `least` ms; gives nanoseconds per document. */
async function sample(engine, list, least) {
  let count = 0;
  const started = performance.now();
  let took = 0;
  do {
    const document = list[count++ % list.length];
    if (engine.slow) await engine.run(document);
    else engine.run(document);
    took = performance.now() - started;
  } while (took < least);
  return took * 1e6 / count;
}

async function check(all, list, size) {
  const [first, ...others] = all;
  let matching = 0;
  for (const document of list) {
    const of = async ({ run, index = Number }) => String([...await run(document)].map(index).sort((left, right) => left - right));
    const expected = await of(first);
    matching += expected ? expected.split(",").length : 0;
    for (const other of others) {
      if (other.slow && size >= 1000 && list.indexOf(document) > 1) continue;
      if (await of(other) !== expected) throw new Error(`${other.name} disagrees with ${first.name} at ${size} rules`);
    }
  }
  return matching / list.length / size;
}

/** Nanoseconds per rule, and milliseconds to compile, by engine and number of rules. */
async function evaluate({ sizes, rounds, least }) {
  const known = engines(await loadEngine());
  const list = documents(64);
  const fresh = documents(6000, 3, true);
  const table = {};
  const compile = {};
  const share = {};
  for (const size of sizes) {
    const neutral = rules(size);
    const all = [];
    for (const [name, { words, make, ...rest }] of Object.entries(known)) {
      const own = words(neutral);
      const times = [];
      let run;
      for (let round = 0; round < (size > 1000 ? 1 : 5); round++) {
        const started = performance.now();
        run = make(own);
        times.push(performance.now() - started);
      }
      (compile[name] ??= {})[size] = median(times);
      all.push({ name, run, ...rest });
    }
    share[size] = await check(all, list, size);
    const measured = all.map((engine) => ({ engine, list, times: [] }));
    measured.push({ engine: { ...all[0], name: "dangol, every path and title new" }, list: fresh, times: [] });
    for (const { engine, list } of measured) await sample(engine, list, engine.slow ? 1 : least * 3);
    for (let round = 0; round < rounds; round++) {
      for (let at = 0; at < measured.length; at++) {
        const { engine, list, times } = measured[(at + round) % measured.length];
        if (engine.slow && round > 2) continue;
        times.push(await sample(engine, list, least) / size);
      }
    }
    for (const { engine, times } of measured) (table[engine.name] ??= {})[size] = median(times);
  }
  return { table, compile, share };
}

globalThis.measure = async (options) => ({ ...await evaluate(options), windows: await windows(), settle: await settle() });
