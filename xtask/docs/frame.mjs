// The frame of every page of the site.
import { escape } from "./highlight.mjs";
import { NAVIGATION, SHORT } from "./navigation.mjs";

const WORDS = {
  en: { site: "Dangol documentation", skip: "Skip to content", contents: "Contents", shop: "Demo shop", other: "한국어", previous: "Previous", next: "Next", page: "On this page", around: "Previous and next page", only: "" },
  ko: { site: "단골 문서", skip: "본문으로 건너뛰기", contents: "차례", shop: "데모 쇼핑몰", other: "English", previous: "이전", next: "다음", page: "이 글에서", around: "이전 글과 다음 글", only: "이 글은 아직 영어로만 있습니다." },
};
const address = (path, language) => `/docs/${language === "ko" ? "ko/" : ""}${path}.html`;

export function frame(page, all) {
  const { path, language, title, body, headings, written } = page;
  const words = WORDS[language];
  const other = language === "ko" ? "en" : "ko";
  const mine = all.filter((each) => each.language === language);
  const nameOf = (each) => escape(SHORT[each]?.[language] ?? mine.find((one) => one.path === each).title);
  const current = path.startsWith("cookbook/") ? "cookbook" : path;
  const contents = NAVIGATION.map(({ title: name, pages }) => `<h2>${name[language]}</h2><ul>${pages.map((each) => `<li><a href="${address(each, language)}"${each === current ? ' aria-current="page"' : ""}>${nameOf(each)}</a></li>`).join("")}</ul>`).join("");
  const order = mine.map((one) => one.path);
  const step = (offset, label, rel) => {
    const to = mine[order.indexOf(path) + offset];
    return to ? `<a rel="${rel}" href="${address(to.path, language)}"><small>${label}</small>${escape(to.title)}</a>` : "<span></span>";
  };
  const onPage = headings.length > 2 ? `<nav class="toc" aria-label="${words.page}"><h2>${words.page}</h2><ul>${headings.map(({ id, text }) => `<li><a href="#${id}">${escape(text)}</a></li>`).join("")}</ul></nav>` : "";
  return `<!doctype html>
<html lang="${language}"><head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · ${words.site}</title>
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/assets/site.css">
<link rel="alternate" hreflang="${other}" href="${address(path, other)}">
<script type="module" src="/docs/assets/site.js"></script>
</head><body class="${page.recipe ? "wide" : path === "index" ? "home" : "text"}">
<a class="skip" href="#main">${words.skip}</a>
<header class="head"><a class="logo" href="${address("index", language)}"><b>단골</b> Dangol</a>
<nav aria-label="${words.site}"><a href="/">${words.shop}</a><a href="${address(path, other)}" lang="${other}" hreflang="${other}" data-language>${words.other}</a></nav></header>
<div class="columns">
<details class="contents"><summary>${words.contents}</summary><nav aria-label="${words.contents}">${contents}</nav></details>
<main id="main" tabindex="-1">
<article${written === language ? "" : ` lang="${written}"`}>${written === language ? "" : `<p class="note" lang="${language}">${words.only}</p>`}
${body}</article>
<nav class="steps" aria-label="${words.around}">${step(-1, words.previous, "prev")}${step(1, words.next, "next")}</nav>
</main>
${onPage}
</div>
</body></html>
`;
}
