import { cpSync } from "node:fs";
import { build } from "esbuild";

const { warnings } = await build({
  entryPoints: ["main.js", "slim.js"], bundle: true, splitting: true, minify: true, format: "esm", outdir: "dist", loader: { ".wasm": "binary" },
});
if (warnings.length) process.exit(1);
for (const page of ["index.html", "slim.html"]) cpSync(page, `dist/${page}`);
