// The cookbook's text as an index of cards, and a page for each recipe.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup.mjs";
import { escape } from "./highlight.mjs";
import { live, markdown } from "./markdown.mjs";

const LINK = /^\[`([\w-]+)\.json`\]\(.*\)$/m;
/** Where a recipe's journey starts in the shop: its first page, at its first moment. */
function startOf(id) {
  const lines = readFileSync(join(root, "docs", "cookbook", "journeys", `${id}.shown.ndjson`), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const first = lines.find(({ type }) => type === "page");
  const { pathname, search } = new URL(first?.properties.url ?? "https://shop.example/");
  return `${pathname}${search}${search ? "&" : "?"}recipe=${id}&clock=${encodeURIComponent(lines[0].timestamp)}`;
}
const TRY = { en: "Try it in the shop", ko: "가게에서 해 보기" };

export function recipes(text, language, headings) {
  const [intro, ...groups] = text.split(/^## /m);
  const base = language === "ko" ? "/docs/ko/" : "/docs/";
  const each = [];
  const sections = groups.map((group, place) => {
    const [name, ...parts] = group.split(/^### /m);
    const cards = parts.map((part) => {
      const [title] = part.split("\n");
      const [, id] = LINK.exec(part);
      const prose = part.slice(title.length).replace(LINK, "");
      const { body } = markdown(`# ${title}\n${prose}`, { path: `cookbook/${id}`, language });
      const shop = `<p class="try"><a class="button" href="${escape(`${startOf(id)}&lang=${language}`)}">${TRY[language]}</a></p>\n`;
      each.push({ path: `cookbook/${id}`, title, headings: [], body: `<p class="crumb"><a href="${base}cookbook.html">${escape(name.trim())}</a></p>\n${body}${shop}${live(id)}`, recipe: id });
      const [, why] = /^\*\*[^*]+\*\*\s*(.*)$/m.exec(prose);
      return `<li><a href="${base}cookbook/${id}.html"><b>${escape(title)}</b><span>${escape(why)}</span></a></li>`;
    });
    return `<h2 id="${headings[place].id}">${escape(name.trim())}</h2>\n<ul class="cards">${cards.join("\n")}</ul>\n`;
  });
  return { index: markdown(intro, { path: "cookbook", language }).body + sections.join(""), each };
}
