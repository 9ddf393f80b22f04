// The style sheet of messages as it ships: minified, and with its own custom properties named so that no shop's do the same.

/** Shortens `--name` to `--_a`, except what a shop sets (`--dangol-*`) and what a script does (`--_*`). */
export async function squeeze(css, esbuild) {
  const { code } = await esbuild.transform(css, { loader: "css", minify: true });
  const names = [...new Set(code.match(/--(?!dangol-|_)[a-z][\w-]*/g))];
  if (names.length > 26) throw new Error("more custom properties than letters");
  return code
    .trim()
    // What is left of spaces in custom properties, whose values a minifier does not touch.
    .replace(/(?<=[:,]) /g, "")
    .replace(/--(?!dangol-|_)[a-z][\w-]*/g, (name) => `--_${String.fromCharCode(97 + names.indexOf(name))}`);
}
