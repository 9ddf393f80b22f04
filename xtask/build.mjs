// Builds the package into pkg/: the engine's two modules, their bindings, the JavaScript around them, types, sizes.
// A step whose inputs have not changed since its last run is skipped; the fingerprints lie in target/.
import { createHash } from "node:crypto";
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { root, run } from "./setup.mjs";
import { bundle } from "./bundle.mjs";
import { compile, QUICK } from "./compile.mjs";
import { notices } from "./notices.mjs";
import { note } from "./grew.mjs";
import { named, WAYS } from "./order.mjs";
import { measure } from "./sizes.mjs";

const at = (...parts) => join(root, ...parts);
const built = at("target", "package");

// Expressions are taken apart, repeated ones shared, and the control flow drawn anew before the usual passes run:
// 3 % less than -Oz alone. The first kilobyte of memory is the far end of the stack, so no pointer lies in it. A function with one
// caller stays a function unless it is tiny: inlining saves raw bytes, but 4 % more are left once they are compressed, and a browser
// that compiles functions as they are first called would compile what a start never comes to. The tiny ones cost it more to be
// functions than to be compiled again where they are called: a start calls a tenth fewer, and 0.3 % of the bytes go. Data is left
// whole: zeros between constants compress better than the numbers that say where each stretch of them lies.
const SHRINK = ["--skip-pass=memory-packing", "--low-memory-unused", "--flatten", "--local-cse", "--rereloop", "-Oz", "--always-inline-max-function-size=4", "--one-caller-inline-max-function-size=10", "--strip-debug", "--strip-producers"];

// Once more: 0.5 % of the module that every page loads, but nothing of the small one that comes with a message.
const AGAIN = ["--flatten", "--local-cse", "--rereloop", "-Oz", "-Oz"];

// Nothing but the order, see order.mjs. Reading the module anew undoes what the passes above end with, so that is done again.
const ORDER = ["--reorder-functions-by-name", "--generate-stack-ir", "--optimize-stack-ir", "--strip-debug"];

function files(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).sort().filter((name) => name !== "target" && name !== "node_modules").flatMap((name) => files(join(path, name)));
}

const digest = (paths, extra = "") => {
  const hash = createHash("sha256").update(extra);
  for (const path of paths.flatMap((path) => files(at(path)))) hash.update(relative(root, path)).update(readFileSync(path));
  return hash.digest("hex");
};

/** Runs `work` unless it was run with the same inputs and its outputs are still there. */
async function step(name, inputs, outputs, work, extra) {
  const mark = join(built, `${name}.hash`);
  const hash = digest(inputs, extra);
  if (outputs.every((path) => existsSync(path)) && existsSync(mark) && readFileSync(mark, "utf8") === hash) return false;
  const started = Date.now();
  rmSync(mark, { force: true });
  await work();
  writeFileSync(mark, hash);
  console.log(`${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return true;
}

/**
 * What a browser loads, made of what the compiler made: bound, optimised, packed. `split`: cut into what a page starts with
 * and what comes with a message. Tells where each file lies.
 */
export function refine(compiled, folder, { shrink = SHRINK, bind = [], split = false } = {}) {
  mkdirSync(folder, { recursive: true });
  const output = filesOf(folder, split);
  const ranges = join(folder, "late.txt");
  if (split) run("cargo", ["run", "--quiet", "-p", "xtask", "--", "late", compiled, ranges]);
  run("cargo", ["run", "--quiet", "-p", "xtask", "--", "bindgen", compiled, folder, ...(QUICK ? ["--keep-panics"] : bind)]);
  const finish = (bound, made, packed, again = []) => {
    if (QUICK) copyFileSync(bound, made);
    // wasm-opt reads the module's own list of features; naming all of them makes modules that no browser loads.
    else {
      const optimise = (from, ...passes) => run(process.execPath, [at("node_modules", "binaryen", "bin", "wasm-opt"), ...passes, from, "-o", made]);
      optimise(bound, ...shrink, ...again);
      if (shrink === SHRINK) {
        const [ordered, unordered] = [join(folder, "ordered.wasm"), readFileSync(made)];
        const sizeBy = (way) => {
          writeFileSync(ordered, named(unordered, way));
          optimise(ordered, ...ORDER);
          return gzipSync(readFileSync(made), { level: 9 }).length;
        };
        // What every page loads is worth the time.
        const sizes = (again.length ? WAYS : WAYS.slice(0, 1)).map(sizeBy);
        sizeBy(WAYS[sizes.indexOf(Math.min(...sizes))]);
      }
    }
    writeFileSync(packed, gzip(made).toString("base64"));
  };
  const gzip = (made) => {
    if (QUICK) return gzipSync(readFileSync(made), { level: 1 });
    const whole = `${made}.gz`;
    run("cargo", ["run", "--quiet", "-p", "xtask", "--", "pack", made, whole]);
    return readFileSync(whole);
  };
  let bound = join(folder, "dangol_bg.wasm");
  // The glue knows the instance; whoever adds the second module to it needs it too.
  appendFileSync(output.glue, "\nexport const __exports = () => wasm;\n");
  if (split) {
    const [first, second] = ["first.wasm", "second.wasm"].map((file) => join(folder, file));
    run("cargo", ["run", "--quiet", "-p", "xtask", "--", "split", bound, ranges, first, second, join(folder, "split.txt")]);
    finish(second, output.part, output.packedPart);
    bound = first;
  }
  finish(bound, output.wasm, output.packed, split ? AGAIN : []);
  return output;
}

const filesOf = (folder, split) => ({
  glue: join(folder, "dangol.js"), wasm: join(folder, "dangol.wasm"), packed: join(folder, "packed.txt"),
  ...(split && { part: join(folder, "part.wasm"), packedPart: join(folder, "packed-part.txt") }),
});

/** One of the engine's modules, compiled and refined. */
async function wasm(name, features, { level, split, ...more } = {}) {
  const folder = join(built, name);
  const output = filesOf(folder, split);
  const inputs = ["src", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "xtask/src", "xtask/Cargo.toml", "xtask/build.mjs", "xtask/compile.mjs", "xtask/order.mjs", "package-lock.json"];
  await step(`wasm-${name}`, inputs, Object.values(output), () => refine(compile(name, features, { level, split }), folder, { split, ...more }), QUICK ? "quick" : "");
  return output;
}

export async function build({ allowOversize = false } = {}) {
  mkdirSync(built, { recursive: true });
  const page = await wasm("page", [], { split: true });
  // No visitor downloads the tools: they are built for speed, the page's engine for bytes.
  const tools = await wasm("tools", ["--features", "tools"], { level: "3", shrink: ["-O3", "--strip-debug", "--strip-producers"], bind: ["--keep-panics"] });
  const signature = await wasm("signature", ["--features", "signature"]);
  const pkg = at("pkg");
  const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  const source = readFileSync(page.wasm);
  const facts = {
    version,
    build: digest(["js"], createHash("sha256").update(source).update(readFileSync(page.part)).update(readFileSync(tools.wasm)).update(readFileSync(signature.wasm)).digest("hex")).slice(0, 10),
  };
  await step("bundle", ["js", "xtask/bundle.mjs", "xtask/style.mjs", "xtask/notices.mjs", "LICENSE", "Cargo.lock", "package-lock.json", "docs/schema.json"], [join(pkg, "index.js"), join(pkg, "dangol.js"), join(pkg, "THIRD-PARTY.txt"), join(built, "modules.json")], async () => {
    for (const name of existsSync(pkg) ? readdirSync(pkg) : []) if (name !== "README.md") rmSync(join(pkg, name), { recursive: true });
    await bundle({ pkg, page, tools, signature, facts });
    writeFileSync(join(pkg, "THIRD-PARTY.txt"), notices());
    if (existsSync(at("docs", "schema.json"))) copyFileSync(at("docs", "schema.json"), join(pkg, "schema.json"));
  }, JSON.stringify(facts) + readFileSync(tools.packed) + readFileSync(signature.packed));
  await step("types", ["js", "tsconfig.json", "xtask/bundle.mjs"], [join(pkg, "index.d.ts")], async () => {
    const { types } = await import("./bundle.mjs");
    types(pkg);
  }, facts.build);
  if (!QUICK) note(JSON.parse(readFileSync(join(built, "modules.json"), "utf8")));
  // A quick build says nothing about sizes.
  const small = measure({ pkg, out: QUICK ? join(built, "sizes.json") : at("bench", "sizes.json"), build: facts });
  if (!small && !QUICK && !allowOversize) throw new Error("over budget (see above); --allow-oversize builds all the same");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { setup } = await import("./setup.mjs");
  setup();
  await build({ allowOversize: process.argv.includes("--allow-oversize") }).catch((error) => {
    console.error(`build: ${error.message}`);
    process.exit(1);
  });
}
