// The JavaScript of the package. Chunks that are loaded late are files of their own, named in the import as they lie: the
// ES modules in a folder whose name is the hash of all that lies in it, so that files of two releases never meet.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, chmodSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fail, root, run } from "./setup.mjs";
import { squeeze } from "./style.mjs";

const js = join(root, "js");
/** What is fetched late: source file and the name it gets. */
const LATE = { "host/page.ts": "page", "host/collect.ts": "collect", "render/chunk.ts": "render", "render/chat.ts": "chat", "render/why.ts": "why", "render/drag.ts": "drag", "render/form.ts": "form", "render/launcher.ts": "launcher", "sources/index.ts": "sources", "inline.ts": "inline", "engine.ts": "engine", "signature.ts": "signature", "index.ts": "index",
  "cmp/gcm.ts": "cmp-gcm", "cmp/tcf.ts": "cmp-tcf", "cmp/gpp.ts": "cmp-gpp" };
/** Of those, what no tag ever asks for, and what other entries are as well. */
const BESIDE = new Set(["inline.ts", "engine.ts", "index.ts"]);
/** What lies in the release's folder: it imports its like from beside itself, everything else imports it from there. */
const FOLDED = Object.keys(LATE).filter((source) => !BESIDE.has(source));

/** Has the browser compile all of a file beside the page instead of each function when it is first called (V8's explicit compile hints). What page.js starts with waits longer for that than it saves. */
const EAGER = { "render/chunk.ts": "//# allFunctionsCalledOnLoad" };

const INSTANTIATE = "\nexport const __instantiate = async (module) => { if (!wasm) __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module); };\n";

/** Marks an object as of its instance by assignment: a property cannot be defined where the page has given all objects a `get`. */
const plain = (glue) => glue.replace(/Object\.defineProperty\(this, '__wbg_inst', \{ value: (\w+), writable: true \}\);/g, "this.__wbg_inst = $1;");

/** The page frees its engines itself. A registry would call back once one was collected, and a page that runs script while it lies in the back-forward cache is thrown out of it. */
function unregistered(glue) {
  if (!/Finalization\.register\(/.test(glue)) throw new Error("the glue of the page registers no engine any more: xtask/bundle.mjs need not take that out");
  return glue.replace(/^const \w+Finalization = [^]*?;\n(?=\n)/gm, "").replace(/^\s*\w+Finalization\.(un)?register\(.*\);\n/gm, "");
}

/** Connects the sources to the engine's built files, and late chunks to each other. */
function connect({ page, tools, signature, extension, folder, esbuild, entry }) {
  return {
    name: "connect",
    setup(build) {
      const given = { "glue:page": page.glue, "glue:tools": tools.glue, "packed:page": page.packed, "packed:part": page.packedPart, "packed:tools": tools.packed,
        "glue:signature": signature.glue, "packed:signature": signature.packed };
      build.onResolve({ filter: /^(glue|packed):/ }, ({ path }) => ({ path: given[path], namespace: path === "glue:page" ? "glue" : path.startsWith("glue") ? "file" : "packed" }));
      // The page compiles its module itself (host/engine-source.ts): what the glue has for other ways falls away with its default export.
      build.onLoad({ filter: /\.js$/, namespace: "glue" }, ({ path }) => ({ contents: unregistered(plain(readFileSync(path, "utf8"))) + INSTANTIATE, resolveDir: dirname(path) }));
      build.onLoad({ filter: /.*/, namespace: "packed" }, ({ path }) => ({ contents: readFileSync(path, "utf8"), loader: "text" }));
      build.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir, kind }) => {
        const source = join(resolveDir, path).slice(js.length + 1);
        const late = LATE[source];
        // The command line and React share the package's other entries instead of carrying them again.
        const shared = late === "engine" || late === "index";
        if (late && (kind === "dynamic-import" || (shared && source !== entry))) return { path: `./${FOLDED.includes(source) && !FOLDED.includes(entry) ? folder : ""}${late}${extension}`, external: true };
        return undefined;
      });
      build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
        return { contents: await squeeze(readFileSync(path, "utf8"), esbuild), loader: "text" };
      });
    },
  };
}

export async function bundle({ pkg, page, tools, signature, facts }) {
  const load = createRequire(join(root, "package.json"));
  const [esbuild, { minify }] = [load("esbuild"), load("terser")];
  mkdirSync(pkg, { recursive: true });
  const define = { VERSION: JSON.stringify(facts.version) };
  const base = { bundle: true, minify: true, target: "es2022", charset: "utf8", legalComments: "none", logLevel: "warning", define };
  /** Bytes by source file, of each file: what xtask/grew.mjs compares. */
  const modules = {};
  const one = async (entry, out, format, { folder = "", ...more } = {}) => {
    const built = await make(entry, out, format, folder, more);
    const [{ inputs }] = Object.values(built.metafile.outputs);
    if (format !== "cjs") modules[out] = Object.fromEntries(Object.entries(inputs).map(([path, { bytesInOutput }]) => [path.replace(/^.*?(?=target\/package|js\/|node_modules)/, ""), bytesInOutput]));
    return built;
  };
  const make = async (entry, out, format, folder, { write = true, ...more }) => {
    const built = await esbuild.build({
      ...base, metafile: true, write: false, absWorkingDir: root, entryPoints: [join(js, entry)], outfile: join(pkg, out), format,
      plugins: [connect({ page, tools, signature, esbuild, entry, folder, extension: format === "cjs" ? ".cjs" : ".js" })],
      // CommonJS consumers get `require` for what is loaded late.
      ...(format === "cjs" && { supported: { "dynamic-import": false } }),
      ...more,
    });
    const [{ contents }] = built.outputFiles;
    // What is served as it lies is squeezed once more: 4 % less, which esbuild leaves for the sake of speed.
    // The directive that a module has is React's "use client", without which a server component cannot import it.
    const isModule = format === "esm";
    built.contents = format === "cjs" || more.platform === "node" ? contents : (await minify(Buffer.from(contents).toString(), { module: isModule, ecma: 2022, compress: { passes: 2, directives: !isModule }, format: { preamble: EAGER[entry] } })).code;
    if (write) writeFileSync(join(pkg, out), built.contents);
    return built;
  };
  // Who bundles CommonJS names files anew; only ES modules are served as they lie.
  const folded = await Promise.all(FOLDED.map(async (source) => {
    const [{ contents }] = await Promise.all([one(source, `${LATE[source]}.js`, "esm", { write: false }), one(source, `${LATE[source]}.cjs`, "cjs")]);
    return [`${LATE[source]}.js`, contents];
  }));
  folded.push(["dangol.wasm", readFileSync(page.wasm)]);
  const hash = createHash("sha256");
  for (const [name, contents] of folded) hash.update(name).update("\0").update(createHash("sha256").update(contents).digest());
  const folder = `v-${hash.digest("hex").slice(0, 8)}/`;
  mkdirSync(join(pkg, folder));
  for (const [name, contents] of folded) writeFileSync(join(pkg, folder, name), contents);
  // The engine's second place is for those who name it themselves (`dangol/slim`).
  copyFileSync(page.wasm, join(pkg, "dangol.wasm"));
  const both = (entry, name, more) => [one(entry, `${name}.js`, "esm", { folder, ...more }), one(entry, `${name}.cjs`, "cjs", more)];
  const integrity = (name) => JSON.stringify(`sha256-${createHash("sha256").update(readFileSync(join(pkg, folder, name))).digest("base64")}`);
  Object.assign(define, { FOLDER: JSON.stringify(folder), PAGE_INTEGRITY: integrity("page.js"), WASM_INTEGRITY: integrity("dangol.wasm") });
  await Promise.all([
    ...both("index.ts", "index"), ...both("slim.ts", "slim"), ...both("inline.ts", "inline"), ...both("engine.ts", "engine"), ...both("react.ts", "react", { external: ["react"] }),
    // What the command line and the reference collector report alike.
    one("report/index.ts", "report.js", "esm"),
    // Nothing in the two hangs on strict mode, which costs its directive's bytes ahead of the first paint.
    ...["stub", "global"].map((name) => one(`${name}.ts`, `${name.replace("global", "dangol")}.js`, "iife", { tsconfigRaw: { compilerOptions: { alwaysStrict: false } } })),
    ...(existsSync(join(js, "cli", "main.ts")) ? [one("cli/main.ts", "cli.js", "esm", { folder, platform: "node", target: "node18", banner: { js: "#!/usr/bin/env node" } })] : []),
  ]);
  writeFileSync(join(root, "target", "package", "modules.json"), JSON.stringify(Object.fromEntries(Object.entries(modules).sort(([a], [b]) => (a < b ? -1 : 1)))));
  // Scripts either way: under this name for who requires them, as the package's `.js` are modules.
  for (const name of ["dangol", "stub"]) copyFileSync(join(pkg, `${name}.js`), join(pkg, `${name}.cjs`));
  if (existsSync(join(pkg, "cli.js"))) chmodSync(join(pkg, "cli.js"), 0o755);
  // What would break a consumer's bundler or a strict policy must not slip in.
  for (const name of readdirSync(pkg, { recursive: true }).filter((name) => /\.c?js$/.test(name) && name !== "cli.js")) {
    const text = readFileSync(join(pkg, name), "utf8");
    const found = /import\.meta|\beval\(|new Function|innerHTML|node:|require\(["'](fs|path)/.exec(text);
    if (found) fail(`pkg/${name} contains ${found[0]}`);
  }
}

/** What the published types are made of. */
const PUBLISHED = ["types", "tools"];
/** The entries. */
const PUBLIC = ["index", "slim", "engine", "react"];

/** The public declarations: one file of types, and a thin one per entry for ESM and CommonJS each. */
export function types(pkg) {
  const folder = join(root, "target", "package", "types");
  rmSync(folder, { recursive: true, force: true });
  run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", root, "--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--rootDir", js, "--outDir", folder]);
  const clean = (text) => text.replace(/export type \{ EngineSource \};\n?/, "");
  const emit = (name, text) => {
    writeFileSync(join(pkg, `${name}.d.ts`), text.replace(/(["']\.\/[\w-]+)\.(?:ts|js)(["'])/g, "$1.js$2"));
    writeFileSync(join(pkg, `${name}.d.cts`), text.replace(/(["']\.\/[\w-]+)\.(?:ts|js)(["'])/g, "$1.cjs$2"));
  };
  // The types of the page and of the engine without one are published as one file.
  emit("types", PUBLISHED.map((name) => readFileSync(join(folder, `${name}.d.ts`), "utf8").replace(/^import .*\n+/m, "")).join(""));
  for (const name of PUBLIC) {
    let text = readFileSync(join(folder, `${name}.d.ts`), "utf8").replace(/export type \* from "\.\/tools.*\n/, "").replace('"./tools.ts"', '"./types.ts"');
    if (name === "slim") {
      // The one type from inside: spelled out, the inside stays private.
      text = clean(text).replace(/import type \{ EngineSource \}.*\n/,
        "type Given = string | URL | Response | BufferSource | (WebAssembly.Module & object);\n/** The engine's URL, Response, bytes or Module. */\nexport type EngineSource = Given | PromiseLike<Given>;\n");
    }
    emit(name, text);
  }
  emit("global", 'import type { Dangol, Options } from "./types.js";\n\ndeclare global {\n  interface Window {\n    dangol: Dangol & { init(options: Options): Dangol };\n  }\n}\n');
  // The stub puts down the same `window.dangol`, before the script that answers.
  emit("stub", 'import "./global.js";\n');
}
