import { cpSync } from "node:fs";
import { build } from "esbuild";

// React's development build: its strict mode mounts twice.
await build({ entryPoints: ["main.js"], bundle: true, splitting: true, format: "esm", outdir: "dist", define: { "process.env.NODE_ENV": '"development"' } });
cpSync("index.html", "dist/index.html");
