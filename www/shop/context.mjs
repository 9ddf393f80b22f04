// What a page knows about the request: language, time, session, member.
import { CLOCK_COOKIE, offsetOf, offsetTo } from "./clock.mjs";
import { cookie, cookiesOf, redirect, sendPage } from "./http.mjs";

const SESSION_COOKIE = "sid";
const LANGUAGE_COOKIE = "lang";
const LANGUAGES = ["ko", "en"];
/** Which recipe of the cookbook runs here instead of the shop's own campaigns, and which run of it: `welcome.k3x9`. */
const RECIPE_COOKIE = "recipe";
const RECIPE = /^[a-z-]+$/;

export function createContext(request, response, { store, collectorUrl }) {
  const url = new URL(request.url, `http://${request.headers.host ?? "localhost"}`);
  const incoming = cookiesOf(request);
  const outgoing = [];

  const asked = url.searchParams.get("lang");
  const lang = [asked, incoming[LANGUAGE_COOKIE]].find((each) => LANGUAGES.includes(each)) ?? LANGUAGES[0];
  if (lang === asked && asked !== incoming[LANGUAGE_COOKIE]) outgoing.push(cookie(LANGUAGE_COOKIE, lang, { script: true }));

  let offset = offsetOf(incoming);
  const clock = url.searchParams.get("clock");
  const moved = clock === null ? undefined : offsetTo(clock);
  if (moved !== undefined) {
    offset = moved;
    outgoing.push(cookie(CLOCK_COOKIE, offset, { script: true }));
  }

  const wanted = url.searchParams.get("recipe");
  let recipe = /^[a-z-]+\.\w+$/.test(incoming[RECIPE_COOKIE] ?? "") ? incoming[RECIPE_COOKIE] : undefined;
  if (wanted !== null && RECIPE.test(wanted)) {
    // Every run has storage of its own, so that a recipe always starts with a stranger.
    recipe = wanted === "none" ? undefined : `${wanted}.${Date.now().toString(36)}`;
    outgoing.push(cookie(RECIPE_COOKIE, recipe ?? "none", { script: true }));
  }

  const context = {
    recipe: recipe && { id: recipe.split(".")[0], run: recipe },
    request, response, path: decodeURI(url.pathname), origin: url.origin, query: Object.fromEntries(url.searchParams),
    lang, t: (ko, en) => (lang === "en" ? en : ko), now: Date.now() + offset, store, collectorUrl,
    /** Without the clock or the recipe in the address, a reload or a saved link does not set them again. */
    cleanAddress: () => {
      if (moved === undefined && wanted === null) return undefined;
      const rest = new URLSearchParams(url.searchParams);
      rest.delete("clock");
      rest.delete("recipe");
      return rest.size ? `${url.pathname}?${rest}` : url.pathname;
    },
    useSession(session) {
      context.session = session;
      context.member = store.memberOf(session);
      outgoing.push(cookie(SESSION_COOKIE, session.id));
    },
    /** An event that the next page hands to the SDK. */
    flash(event) {
      context.session.flash.push(event);
      store.touch();
    },
    takeFlash() {
      const events = context.session.flash;
      context.session.flash = [];
      if (events.length) store.touch();
      return events;
    },
    takeIdentify() {
      const { identify } = context.session;
      delete context.session.identify;
      return identify;
    },
    redirect: (location) => { redirect(response, location, { cookies: outgoing }); return true; },
    page: (markup, status = 200) => { sendPage(response, markup, { status, cookies: outgoing }); return true; },
  };
  const known = store.openSession(incoming[SESSION_COOKIE]);
  if (known) Object.assign(context, { session: known, member: store.memberOf(known) });
  else context.useSession(store.startSession());
  return context;
}
