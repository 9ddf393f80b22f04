// `npm start`: sets up, builds, and serves the demo shop with its collector.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fail, root, setup } from "./setup.mjs";

setup();
const { build } = await import("./build.mjs");
await build();
const { buildDocs } = await import("./docs.mjs");
await buildDocs();
const demo = join(root, "www", "start.mjs");
if (!existsSync(demo)) fail("www/start.mjs is missing: there is no demo shop in this checkout");
const { serve } = await import(pathToFileURL(demo).href);
await serve();
