/** How collect mode writes events and requests: the engine's format, as far as there is something to say. */
import type { Consent, Endpoint, Json } from "../types.ts";
import { type Pair, read, type Send, write } from "./boundary.ts";
import type { Drops } from "./collect-ledger.ts";
import type { Privacy } from "./collect-privacy.ts";
import { timezone } from "./timezone.ts";

const LIBRARY = { name: "dangol", version: VERSION };
/** How long a request may take. */
const TIMEOUT = 15_000;

/** A call of the shop, as the facade wrote it down. */
export interface Call {
  id: string;
  at: number;
  call: string;
  name?: string;
  user?: string;
  data?: { [key: string]: Json };
  page?: { url: string; title: string; referrer: string } | undefined;
  invalid?: boolean;
  /** Of a decision: who made it. */
  source?: string;
}

/** Whom an event is about, and its place in the page load's stream. */
export interface Origin {
  anonymousId: string;
  userId: string | undefined;
  streamId: string;
  seq: number;
}

/** What else the context of an event says. */
export interface Circumstances {
  locale?: string | undefined;
  consent: Partial<Consent>;
  /** What was dropped since the last report, by reason. */
  dropped: Drops | undefined;
}

/** The campaign in a query: `utm_source` is `source`, `utm_campaign` is `name`, as in Segment's spec. */
function campaignOf(query: URLSearchParams): { [key: string]: string } | undefined {
  const campaign: { [key: string]: string } = {};
  query.forEach((value, key) => {
    const name = /^utm_(.+)/.exec(key)?.[1];
    if (name && value && Object.keys(campaign).length < 16) campaign[name === "campaign" ? "name" : name] = value;
  });
  return Object.keys(campaign).length ? campaign : undefined;
}

/** A call's event. There are no sessions without an engine, so it names none. */
export function eventOf(id: string, { call, name, at, data, page }: Call, privacy: Privacy, { anonymousId, userId, streamId, seq }: Origin, { locale, consent, dropped }: Circumstances): { [key: string]: unknown } {
  const url = privacy.trim(page?.url || location.href);
  const referrer = page?.referrer && privacy.trim(page.referrer).href;
  // As the engine writes them: what a page view says of its page stands among its properties.
  const view = call === "page" && { url: url.href, path: url.pathname, search: url.search, title: page?.title, referrer, ...data, ...(name && { name }) };
  const clean = privacy.clean(call === "identify" ? "traits" : "properties", (view as Call["data"]) || data || {});
  return {
    type: call,
    ...(call === "track" ? { event: name, properties: clean } : call === "page" ? { name, properties: clean } : { traits: clean }),
    messageId: id,
    timestamp: new Date(at || Date.now()).toISOString(),
    anonymousId,
    userId,
    context: {
      library: LIBRARY,
      locale: locale || document.documentElement.lang || navigator.language,
      timezone: timezone(),
      userAgent: navigator.userAgent,
      page: { url: url.href, path: url.pathname, search: url.search, title: page?.title, referrer },
      campaign: campaignOf(url.searchParams),
      consent,
      streamId,
      dropped,
      mode: "collect",
    },
    seq,
  };
}

/** The last event about a visitor who asked to be forgotten: nothing but who they were. */
export const farewellOf = (id: string, { anonymousId, userId, streamId, seq }: Origin): object => ({
  type: "track", event: "Visitor Forgotten", properties: {}, messageId: id, timestamp: new Date().toISOString(), anonymousId, userId,
  context: { library: LIBRARY, streamId, mode: "collect" }, seq,
});

const encoder = new TextEncoder();
export const bytesOf = (text: string): number => encoder.encode(text).length;

/** The bytes that an event needs in a batch besides its own, at most. */
export const costOf = ({ format }: Endpoint): number => (format === "cloudevents" ? 512 + location.origin.length : 1);

/** A request with these events, in the endpoint's format. */
export function requestOf({ url, format = "segment", headers, writeKey, compress }: Endpoint, events: Pair[], exit: boolean, auth: boolean): Send {
  const texts = events.map(([, text]) => text);
  const list = "[" + texts.join(",") + "]";
  const body = format === "ndjson" ? texts.join("\n") + "\n"
    : format === "cloudevents" ? write(texts.map(cloud))
    : typeof format === "object" ? `{${write(format.envelope)}:${list}}`
    : `{"batch":${list},"sentAt":${write(new Date().toISOString())}${writeKey ? `,"writeKey":${write(writeKey)}` : ""}}`;
  // Without a preflight, which is what lets the last events of a page arrive; a batch of CloudEvents is known by its type alone.
  const type = format === "cloudevents" ? "application/cloudevents-batch+json" : "text/plain";
  return { batch: 0, url, headers: { "Content-Type": type, ...headers }, body, timeout: TIMEOUT, exit, compress, auth };
}

function cloud(text: string): object {
  const event = read<{ type: string; event?: string; name?: string; messageId: string; timestamp: string }>(text);
  return {
    specversion: "1.0", id: event?.messageId, source: location.origin, type: "dangol." + event?.type, subject: event?.event || event?.name, time: event?.timestamp,
    datacontenttype: "application/json", data: event,
  };
}
