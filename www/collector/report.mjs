/**
 * The report of the campaigns: as JSON, and as a page that draws it. The numbers are those of `npx dangol report`.
 */

import { readFile } from "node:fs/promises";
import { Refusal } from "./answer.mjs";
import { readQuery } from "./queries.mjs";

/** Nothing but this server's own files; no script of ours builds HTML from text. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const FILES = { "/report": ["index.html", "text/html"], "/report/page.js": ["page.js", "text/javascript"], "/report/charts.js": ["charts.js", "text/javascript"], "/report/words.js": ["words.js", "text/javascript"], "/report/page.css": ["page.css", "text/css"], "/report/icon.svg": ["icon.svg", "image/svg+xml"] };

/** The files of the page, each as a route's answer. */
export function createPage() {
  return Object.fromEntries(Object.entries(FILES).map(([path, [name, type]]) => [path, async () => ({
    status: 200,
    body: await readFile(new URL(`./report/${name}`, import.meta.url), "utf8"),
    headers: { "Content-Type": `${type}; charset=utf-8`, "Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer" },
  })]));
}

/** The configuration in a file, whether it was signed (then two lines stand before it) or not. */
async function readConfig(file) {
  const text = (await readFile(file, "utf8")).replace(/^\ufeff/, "");
  return JSON.parse(text.startsWith('{"dangol":"signed/1"') ? text.split("\n").slice(2).join("\n") : text);
}

/**
 * Fails where the report could not be made for want of a configuration that can be read.
 * @param {string} [configFile]
 */
export async function checkConfig(configFile) {
  if (!configFile) return;
  await readConfig(configFile).catch((error) => {
    throw new Error(`--config ${configFile}: ${error.message}`);
  });
}

/**
 * @param {ReturnType<typeof import("./database.mjs").openDatabase>} db
 * @param {string} [configFile] gives the names, and the shares that the sample ratio is checked against
 */
export function createReport(db, configFile) {
  return async (query) => {
    readQuery(query, []);
    const { Results, REPORT_EVENTS } = await import("../../pkg/report.js").catch(() => {
      throw new Refusal(503, "not_built", "The package is not built. Run `npm run build` first.");
    });
    const results = new Results();
    // Page by page, so that a large store is never in memory as a whole.
    const rows = db.prepare(`SELECT id, raw FROM events WHERE id > ? AND event IN (${REPORT_EVENTS.map(() => "?").join(", ")}) ORDER BY id LIMIT 5000`);
    for (let after = 0; ;) {
      const some = rows.all(after, ...REPORT_EVENTS);
      if (!some.length) break;
      for (const { raw } of some) results.add(JSON.parse(raw));
      after = some.at(-1).id;
    }
    const config = configFile ? await readConfig(configFile) : undefined;
    return { status: 200, body: results.finish(config) };
  };
}
