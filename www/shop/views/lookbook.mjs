// The lookbook: rendered here, and walked through without page loads by public/lookbook.js.
import { STORIES } from "../data/stories.mjs";
import { listViewed } from "../events.mjs";
import { html, raw } from "../html.mjs";
import { page } from "./layout.mjs";
import { grid, icon } from "./parts.mjs";

const script = raw('<script type="module" src="/lookbook.js"></script>');

export function lookbook(context) {
  const { t, lang } = context;
  return page(context, {
    title: t("룩북", "Lookbook"), kind: "lookbook",
    main: html`<div data-spa-view><div class="section"><div class="list-head"><h1 tabindex="-1">${t("룩북", "Lookbook")}</h1><p>${t("걷고, 보고, 입은 것들", "What we walked, saw and wore")}</p></div>
    <ul class="stories">${STORIES.map((story) => html`<li><a href="/lookbook/${story.slug}" data-spa data-testid="story-${story.slug}"><span class="story-picture"><img src="/scene/${story.scene}.svg" width="1600" height="1000" alt=""></span><span class="story-name">${story.name[lang]}</span><span class="story-lead">${story.lead[lang]}</span></a></li>`)}</ul></div></div>${script}`,
  });
}

export function storyPage(context, story, products) {
  const { t, lang } = context;
  const next = STORIES[(STORIES.indexOf(story) + 1) % STORIES.length];
  return page(context, {
    title: story.name[lang], kind: "lookbook",
    events: [listViewed(context, `lookbook-${story.slug}`, products)],
    main: html`<div data-spa-view><article><div class="story-hero"><img src="/scene/${story.scene}.svg" width="1600" height="1000" alt=""></div>
    <div class="section narrow prose"><nav class="crumbs" aria-label="${t("현재 위치", "Breadcrumb")}"><a href="/lookbook" data-spa data-testid="story-back">${t("룩북", "Lookbook")}</a></nav><h1 tabindex="-1" data-testid="story-title">${story.name[lang]}</h1><p class="lead">${story.lead[lang]}</p>${story.text[lang].map((text) => html`<p>${text}</p>`)}</div></article>
    <section class="section"><div class="section-head"><h2>${t("이야기 속의 옷", "Worn in this story")}</h2></div>${grid(context, products, `lookbook-${story.slug}`)}
    <p class="center"><a class="link" href="/lookbook/${next.slug}" data-spa data-testid="story-next">${t("다음 이야기", "Next story")}: ${next.name[lang]} ${icon("arrow")}</a></p></section></div>${script}`,
  });
}
