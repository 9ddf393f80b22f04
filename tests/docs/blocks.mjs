// Every fenced block of the README, CONTRIBUTING.md and docs/, in both languages: `{ file, line, language, code }`.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "../../xtask/setup.mjs";

const list = (folder) => readdirSync(folder).flatMap((name) => (statSync(join(folder, name)).isDirectory() ? list(join(folder, name)) : [join(folder, name)]));
const files = [...["README.md", "README.ko.md", "CONTRIBUTING.md"].map((name) => join(root, name)), ...list(join(root, "docs")).filter((path) => path.endsWith(".md"))];

export const blocks = files.flatMap((file) => {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^```(\S*)\n([^]*?)^```$/gm)].map(({ 1: language, 2: code, index }) => ({
    file: relative(root, file), line: text.slice(0, index).split("\n").length, language, code,
  }));
});
export const of = (...languages) => blocks.filter(({ language }) => languages.includes(language));
export const name = ({ file, line, code }) => `${file}:${line} ${code.trim().split("\n")[0].slice(0, 60)}`;
/** Those of one page, in every language it is told in. */
export const on = (path, ...languages) => of(...languages).filter(({ file }) => file === `docs/${path}.md` || file === `docs/ko/${path}.md`);
