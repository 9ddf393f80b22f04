// Markdown as this project writes it: links between .md files become links between pages, a link to a recipe that stands alone becomes a live example.
import { Marked } from "marked";
import { posix } from "node:path";
import { escape, highlight } from "./highlight.mjs";

const RECIPE = /^\[`?([\w-]+)\.json`?\]\([^)]*cookbook\/\1\.json\)$/;

export const slug = (text) => text.toLowerCase().replace(/<[^>]+>|`/g, "").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");

/** The place where site.js puts an editor; without scripts it is a link to the file. */
export const live = (recipe) => `<div class="live" data-recipe="${recipe}"><p><a href="/docs/cookbook/${recipe}.json">${recipe}.json</a></p></div>\n`;

/** A link of a page as the site has it. `path` is the page's own, such as `guides/new-member`. */
export function link(href, { path, language }) {
  if (/^[a-z]+:|^#|^\//.test(href)) return href;
  const [file, fragment] = href.split("#");
  let target = posix.normalize(posix.join(posix.dirname(path), file));
  // A Korean page lies one folder deeper than the page that it translates.
  if (target.startsWith("../")) target = target.slice(3);
  if (target.startsWith("docs/")) target = target.slice(5);
  if (/^(?:README(?:\.ko)?|CONTRIBUTING|CHANGELOG)\.md$/.test(target)) target = "index.md";
  const prefix = target.endsWith(".md") && language === "ko" ? "/docs/ko/" : "/docs/";
  return `${prefix}${target.replace(/\.md$/, ".html")}${fragment ? `#${fragment}` : ""}`;
}

/** `anchors`: those of the same page in another language, so that an address with a fragment holds in every language. */
export function markdown(text, { path, language, anchors = [] }) {
  let title = "";
  const headings = [];
  const ids = [];
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text: raw }) {
        const inner = this.parser.parseInline(tokens);
        if (depth === 1) {
          title = raw.replace(/`/g, "");
          return `<h1>${inner}</h1>\n`;
        }
        const id = anchors[ids.length] ?? slug(raw);
        ids.push(id);
        if (depth === 2) headings.push({ id, text: raw.replace(/`/g, "") });
        return `<h${depth} id="${id}"><a class="anchor" href="#${id}" aria-label="#"></a>${inner}</h${depth}>\n`;
      },
      paragraph({ tokens, raw }) {
        const [, recipe] = RECIPE.exec(raw.trim()) ?? [];
        return recipe ? live(recipe) : `<p>${this.parser.parseInline(tokens)}</p>\n`;
      },
      code: ({ text: code, lang }) => `<pre tabindex="0" class="code ${escape(lang ?? "")}"><code>${highlight(code, lang)}</code></pre>\n`,
      link({ href, tokens }) {
        return `<a href="${escape(link(href, { path, language }))}">${this.parser.parseInline(tokens)}</a>`;
      },
      // What is written is text: there is no HTML in these pages.
      html: ({ text: raw }) => escape(raw),
      // On a phone a row of three cells and more becomes a block, each cell after its column's name; figures stay in their columns and scroll.
      table({ header, rows }) {
        const kind = header.some(({ align }) => align === "right") ? " figures" : header.length > 2 ? " stack" : "";
        const inner = ({ tokens }) => this.parser.parseInline(tokens);
        const head = `<tr role="row">${header.map((cell) => (cell.text ? `<th role="columnheader">${inner(cell)}</th>` : `<td role="cell"></td>`)).join("")}</tr>`;
        const row = (cells) => `<tr role="row">${cells.map((cell, place) => `<td role="cell"${header[place].text ? ` data-label="${escape(header[place].text.replace(/`/g, ""))}"` : ""}>${inner(cell)}</td>`).join("")}</tr>`;
        return `<div class="table${kind}" tabindex="0"><table role="table">${header.some((cell) => cell.text) ? `<thead role="rowgroup">${head}</thead>` : ""}<tbody role="rowgroup">${rows.map(row).join("")}</tbody></table></div>\n`;
      },
    },
  });
  return { body: marked.parse(text), title, headings, anchors: ids };
}
