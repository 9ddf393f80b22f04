// Breaks delivery on purpose, one way at a time, in a copy of the source, and says whether the simulation of delivery, or
// that of pages that end at any moment, notices: `node tests/simulation/mutants.mjs [name]`. A mutant that survives is a hole in the simulation.
import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../../xtask/setup.mjs";

/** What the bound of requests in vain by the hour says: other tests of backoff must not hide that it is too loose. */
const BOUND = /\d+ requests in vain in hour \d+, where \d+ are allowed/;

/** The name of each, the file, what stands there, what is put in its place, the simulation if it is not that of delivery, by what it must be noticed, if it matters, and in how many schedules, if it shows in few. */
export const MUTANTS = [
  ["acknowledges by count", "outbox/mod.rs",
    "let gone = self.queue.remove(|item| ids.binary_search(&item.id).is_ok());\n        self.stats.acknowledged += gone.len() as u64;",
    "let mut left = ids.len();\n        let gone = self.queue.remove(|_| { let goes = left > 0; left -= usize::from(goes); goes });\n        self.stats.acknowledged += gone.len() as u64;"],
  ["forgets to persist", "engine/delivery.rs", "if kept {", "if kept && id.is_empty() {", "pages"],
  ["forgets what lies in the store", "outbox/flow.rs", "outcome = self.learn(pending, !found.memory, now);", "outcome = self.learn(&pending[..0], !found.memory, now);"],
  ["overtakes its own last request when the page goes on", "outbox/flow.rs", "if !self.flights.is_empty() {\n            // The page did not end",
    "if self.flights.iter().any(|flight| !flight.exit) {\n            // The page did not end"],
  ["lets what fits overtake what does not", "outbox/flow.rs", "if size > left {\n                    break;", "if size > left {\n                    continue;"],
  ["waits without jitter", "outbox/gate.rs", "None => random.jitter(ceiling),", "None => ceiling,"],
  ["forgets to grow the backoff", "outbox/gate.rs", "self.failures = (self.failures + 1).clamp(", "self.failures = 1.clamp(", "simulation", BOUND],
  ["waits a minute at the most", "outbox/gate.rs", "const LONGEST_WAIT: Millis = 15 * MINUTE;", "const LONGEST_WAIT: Millis = MINUTE;", "simulation", BOUND],
  ["starts the backoff anew at any answer", "outbox/gate.rs", "    pub(super) fn heard(&mut self) {\n", "    pub(super) fn heard(&mut self) {\n        self.failures = 0;\n", "simulation", BOUND, 20_000],
  ["waits in the tab alone that failed", "outbox/gate.rs", "if turn <= self.turn {", "if turn <= self.turn || turn > 0 {", "simulation", BOUND],
];

function cargo(cwd, test, seeds) {
  return new Promise((resolve) => {
    const env = { ...process.env, DANGOL_SIMULATION_SEEDS: String(seeds), CARGO_TARGET_DIR: join(root, "target/mutants") };
    const child = spawn("cargo", ["test", "--quiet", "--test", test], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
    child.on("error", (error) => resolve({ code: -1, text: String(error) }));
    child.on("close", (code) => resolve({ code, text }));
  });
}

/** The file of a mutant in a folder with the source, and its text with the defect. */
export async function mutated(folder, [name, file, there, instead]) {
  const path = join(folder, "src/domain", file);
  const parts = (await readFile(path, "utf8")).split(there);
  if (parts.length !== 2) throw new Error(`${name}: ${file} has changed, ${JSON.stringify(there)} stands there ${parts.length - 1} times`);
  return [path, parts.join(instead)];
}

/** Runs the simulation with one defect; how it was noticed, or null where it was not. */
export async function hunt(mutant) {
  const [name, , , , test = "simulation", by, seeds = 2_000] = mutant;
  const folder = await mkdtemp(join(tmpdir(), "dangol-mutant-"));
  try {
    for (const part of ["src", "tests/simulation", "tests/simulation.rs", "tests/pages", "tests/pages.rs", "xtask/Cargo.toml", "xtask/src", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml"]) {
      await cp(join(root, part), join(folder, part), { recursive: true });
    }
    await writeFile(...(await mutated(folder, mutant)));
    const { code, text } = await cargo(folder, test, seeds);
    if (/^error(\[|:)(?!.*test failed)/m.test(text) && !/panicked at/.test(text)) throw new Error(`${name}: does not compile\n${text}`);
    if (code !== 0 && by) return by.exec(text)?.[0] ?? null;
    return code === 0 ? null : (/(\d+ schedules failed; replay with DANGOL_SEED=\d+: \[\s*.*)|panicked at .*\n.*/.exec(text)?.[0] ?? text.slice(-500)).replace(/\s+/g, " ");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const mutant of MUTANTS.filter(([name]) => name.includes(process.argv[2] ?? ""))) {
    const noticed = await hunt(mutant);
    console.log(`${noticed ? "noticed " : "SURVIVED"}  ${mutant[0]}${noticed ? `: ${noticed}` : ""}`);
    if (!noticed) process.exitCode = 1;
  }
}
