// The style sheets of messages as they ship: minified, and with their own custom properties named so that no shop's do the same.
import { readFileSync } from "node:fs";

/** Declares every custom property; the others only use them. */
const FRAME = new URL("../js/render/style.css", import.meta.url);
const NAMES = /--(?!dangol-|_)[a-z][\w-]*/g;

/** Shortens `--name` to `--_a`, except what a shop sets (`--dangol-*`) and what a script does (`--_*`). */
export async function squeeze(css, esbuild) {
  const minify = async (css) => (await esbuild.transform(css, { loader: "css", minify: true })).code;
  const code = await minify(css);
  const names = [...new Set((await minify(readFileSync(FRAME, "utf8"))).match(NAMES))];
  if (names.length > 26) throw new Error("more custom properties than letters");
  const unknown = code.match(NAMES)?.find((name) => !names.includes(name));
  if (unknown) throw new Error(`${unknown} is not declared in style.css`);
  return code
    .trim()
    // What is left of spaces in custom properties, whose values a minifier does not touch.
    .replace(/(?<=[:,]) /g, "")
    .replace(NAMES, (name) => `--_${String.fromCharCode(97 + names.indexOf(name))}`);
}
