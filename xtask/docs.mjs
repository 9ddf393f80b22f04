// The documentation site: docs/*.md as pages in www/docs, served by the demo shop under /docs. `node xtask/docs.mjs` builds it alone.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { NAVIGATION } from "./docs/navigation.mjs";
import { frame } from "./docs/frame.mjs";
import { markdown } from "./docs/markdown.mjs";
import { recipes } from "./docs/recipes.mjs";
import { root } from "./setup.mjs";

export const LANGUAGES = ["en", "ko"];
const SOURCE = join(root, "docs");
const SITE = join(root, "www", "site");

/** The Markdown of a page in a language, and the language that it really is in: some pages are there in English only. */
function source(path, language) {
  const own = language === "ko" ? join(SOURCE, "ko", `${path}.md`) : join(SOURCE, `${path}.md`);
  if (existsSync(own)) return { text: readFileSync(own, "utf8"), language };
  return { text: readFileSync(join(SOURCE, `${path}.md`), "utf8"), language: "en" };
}

/** All pages of the site: `{ path, language, title, body, written }`; `path` without language and ending. */
export function pages() {
  return LANGUAGES.flatMap((language) => {
    const listed = NAVIGATION.flatMap(({ pages: paths }) => paths).map((path) => {
      const { text, language: written } = source(path, language);
      const { anchors } = written === "en" ? {} : markdown(source(path, "en").text, { path, language: "en" });
      return { path, language, written, ...markdown(text, { path, language, anchors }) };
    });
    const book = listed.find(({ path }) => path === "cookbook");
    const { index, each } = recipes(source("cookbook", language).text, language, book.headings);
    book.body = index;
    return [...listed, ...each.map((recipe) => ({ ...recipe, language, written: language }))];
  });
}

export const addressOf = ({ path, language }) => `/docs/${language === "ko" ? "ko/" : ""}${path}.html`;

export async function buildDocs({ out = join(root, "www", "docs") } = {}) {
  const esbuild = createRequire(join(root, "package.json"))("esbuild");
  rmSync(out, { recursive: true, force: true });
  const all = pages();
  for (const page of all) {
    const file = join(out, addressOf(page).slice("/docs/".length));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, frame(page, all));
  }
  cpSync(join(SOURCE, "cookbook"), join(out, "cookbook"), { recursive: true });
  cpSync(join(SOURCE, "schema.json"), join(out, "schema.json"));
  cpSync(join(SITE, "site.css"), join(out, "assets", "site.css"));
  await esbuild.build({
    entryPoints: [join(SITE, "site.js")], outfile: join(out, "assets", "site.js"), bundle: true, minify: true, format: "esm", target: "es2022",
    logLevel: "warning", charset: "utf8", loader: { ".css": "text" }, external: ["/dangol/engine.js"],
  });
  return all;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const built = await buildDocs();
  console.log(`${built.length} pages in www/docs`);
}
