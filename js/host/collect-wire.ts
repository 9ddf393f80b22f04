/** How collect mode writes events and requests: the engine's format, as far as there is something to say. */
import type { Endpoint, Json } from "../types.ts";
import { type Pair, read, type Send, write } from "./boundary.ts";
import type { Privacy } from "./collect-privacy.ts";
import { timezone } from "./timezone.ts";

const LIBRARY = { name: "dangol", version: VERSION };

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
  locale?: string | undefined;
}

/** A call's event. */
export function eventOf(id: string, { call, name, at, data, page }: Call, privacy: Privacy, { anonymousId, userId, streamId, seq, locale }: Origin): { [key: string]: unknown } {
  const url = privacy.trim(page?.url || location.href);
  const clean = privacy.clean(call === "identify" ? "traits" : "properties", data || {});
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
      page: { url: url.href, path: url.pathname, search: url.search, title: page?.title, referrer: page?.referrer && privacy.trim(page.referrer).href },
      streamId,
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

/** A request with these events, in the endpoint's format. */
export function requestOf({ url, format = "segment", headers, writeKey, compress }: Endpoint, events: Pair[], exit: boolean, auth: boolean): Send {
  const texts = events.map(([, text]) => text);
  const list = "[" + texts.join(",") + "]";
  const body = format === "ndjson" ? texts.join("\n") + "\n"
    : format === "cloudevents" ? write(texts.map(cloud))
    : typeof format === "object" ? `{${write(format.envelope)}:${list}}`
    : `{"batch":${list},"sentAt":${write(new Date().toISOString())}${writeKey ? `,"writeKey":${write(writeKey)}` : ""}}`;
  return { batch: 0, url, headers, body, exit, compress, auth };
}

function cloud(text: string): object {
  const event = read<{ type: string; messageId: string; timestamp: string }>(text);
  return {
    specversion: "1.0", id: event?.messageId, source: location.origin, type: "dangol." + event?.type, time: event?.timestamp,
    datacontenttype: "application/json", data: event,
  };
}
