/**
 * The public contract of Dangol, as types. Hand-written: what the build generates stays private.
 *
 * Times are ISO 8601, money is ISO 4217, event names are those of Segment's e-commerce spec.
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Properties or traits: a plain object; a list, a date or a function is none. */
export type Properties = { readonly [key: string]: unknown } | (object & { readonly [Symbol.iterator]?: never; readonly [Symbol.toPrimitive]?: never; readonly bind?: never });

/** What is switched on once the engine is up: `"collect"` when only events are collected. */
export type Mode = "full" | "collect";

/** What the visitor allowed. `marketingNight` always needs its own `true`. */
export interface Consent {
  /** Events may be sent to the shop's endpoint. */
  analytics: boolean;
  /** Keeping a journey, segments, and all messages. */
  personalization: boolean;
  /** Campaigns of marketing purpose. */
  marketing: boolean;
  /** Those campaigns inside the quiet hours. */
  marketingNight: boolean;
}

/** Where events go, and how. */
export interface Endpoint {
  /** The address that takes a POST. */
  url: string;
  /** Default `"segment"`: `{"batch":[…],"sentAt":…}` as `text/plain`, which needs no preflight. */
  format?: "segment" | "cloudevents" | "ndjson" | { envelope: string };
  /** Stands in the body as `writeKey`. */
  writeKey?: string;
  /** Further headers; across origins they make the browser ask first. */
  headers?: Record<string, string>;
  /** Events that make a batch leave at once. Default 20. */
  flushAt?: number;
  /** Milliseconds after which a batch leaves anyway. Default 10,000. */
  flushInterval?: number;
  /** Only `{"accepted":[messageId…]}` acknowledges. Default false. */
  strictAck?: boolean;
  /** Bodies are sent with `Content-Encoding: gzip`, where the browser can. Default false. */
  compress?: boolean;
}

/** One event in Segment's shape, as it is stored and sent. */
export interface Event {
  /** What kind of call it was. */
  type: "track" | "page" | "identify";
  /** The name of a track. */
  event?: string;
  /** The name of a page. */
  name?: string;
  /** Of a track or a page. */
  properties?: { [key: string]: Json };
  /** Of an identify. */
  traits?: { [key: string]: Json };
  /** The same on every retry. */
  messageId: string;
  /** When it happened, by the device's clock. */
  timestamp: string;
  /** The id of this browser. */
  anonymousId: string;
  /** The member's id, if somebody was signed in. */
  userId?: string;
  /** Page, session, campaign parameters, consent and more. */
  context?: { [key: string]: Json };
  /** Its place in the stream of its page load (`context.streamId`), from 1; a receiver sees gaps by it. */
  seq?: number;
}

/** An event as the shop's server knows it; whose it is, `identify` says. */
export type KnownEvent = Omit<Event, "anonymousId" | "properties" | "traits" | "context"> & {
  anonymousId?: string; properties?: Properties; traits?: Properties; context?: Properties;
};

/** What the visitor wants to say. `add`: to add the shop's channel as a friend, where the chat knows such a thing. */
export type ChatRequest = { message: string; campaign?: string; user?: string | null; add?: boolean; [key: string]: Json | undefined };
/**
 * A chat that is already on the page, or a function that opens one. `"kakao"` takes the channel's id from Kakao's own
 * button (`data-channel-public-id`), `{ kakao: "_id" }` names it.
 */
export type ChatAdapter = "channelio" | "kakao" | "intercom" | { kakao: string } | ((request: ChatRequest) => void);

/** Follows the shop's consent banner; returns how to stop following. */
export type ConsentSource = (update: (consent: Partial<Consent>) => void) => () => void;

/** What is tracked without a call. All but `page` and `engagement` is off unless switched on, and loaded only then. */
export interface Capture {
  /** Page views, SPA routes included. Default true. */
  page?: boolean;
  /** Scroll depth and time on the page, as `Page Left` when a page is left. Default true. */
  engagement?: boolean;
  /** GA4 e-commerce pushes become Segment's events; a string names another array than `dataLayer`. */
  dataLayer?: boolean | string;
  /** What Segment's `window.analytics` is told; a string names another global. */
  segment?: boolean | string;
  /** Elements with `data-dangol-track`. */
  html?: boolean;
  /** JSON-LD on the page: a `Product` is viewed, an `Order` completed. */
  jsonLd?: boolean;
  /** A Cafe24 storefront; a string is the client id of the app that may ask who is signed in. */
  cafe24?: boolean | string;
  /** A Shopify storefront, together with the web pixel in `integrations/shopify`. */
  shopify?: boolean;
}

export interface Options {
  /** A URL (cached, revalidated, the last good one kept) or the configuration itself. */
  config: string | Config;
  /** Absent: nothing leaves the browser. */
  endpoint?: string | Endpoint;
  /** The starting value; a decision made through `consent()` wins over it. Default `"pending"`. */
  consent?: "granted" | "denied" | "pending" | Partial<Consent>;
  /** Default `"persistent"` (IndexedDB). */
  storage?: "persistent" | "memory";
  /** Namespace of all storage. Default `"dangol"`. */
  name?: string;
  /** Default: `<html lang>`, then `navigator.language`. */
  locale?: string;
  /** What is tracked without a call. */
  capture?: Capture;
  /** The chat that messages hand over to. */
  chat?: ChatAdapter;
  /** The shop's consent banner: Google Consent Mode, IAB TCF or GPP, or a function that tells of its decisions. */
  cmp?: "gcm" | "tcf" | "gpp" | ConsentSource;
  /** JWT of the signed-in member, asked again after a 401. */
  auth?: () => Promise<string>;
  /** Ed25519 keys by id. Present: only signed configurations are accepted. */
  publicKeys?: { [keyId: string]: string };
  /** Default false: known crawlers are not tracked. */
  crawlers?: boolean;
  /** Sees every event that is to be sent, before it is stored for that; `null` keeps it back, counted as `before_send`. Rules see it as it was tracked. */
  beforeSend?: (event: Event) => Event | null;
  /** The script tag's: where the folder of the release (`v-…`) lies when it is not beside the script. */
  baseUrl?: string;
  /** Writes what the engine is told and answers to the console. Default false. */
  debug?: boolean;
}

/** The configuration document; `schema.json` describes it in full. */
export interface Config {
  /** The format's version, 1. A number to the compiler, since that is what it makes of an imported JSON file. */
  version: number;
  /** Grows with every change that is published. */
  revision?: number;
  /** The shop's IANA time zone. */
  timezone?: string;
  /** The shop's language. */
  locale?: string;
  /** ISO 4217. */
  currency?: string;
  /** Lists of values, for `$inGroup`. */
  groups?: { readonly [id: string]: readonly unknown[] };
  /** Names for conditions. */
  segments?: { [id: string]: { name?: string; when: Condition } };
  /** Coupons by id. */
  coupons?: { readonly [id: string]: Properties };
  /** Campaigns by id. */
  campaigns?: { readonly [id: string]: Properties };
  /** What holds for all. */
  settings?: object;
}

/** A condition: GrowthBook's attribute language and Dangol's behaviour clauses; its keys are ANDed. */
export type Condition = { [key: string]: unknown };

/** Why a campaign was not shown, or not yet. */
export type Reason =
  | "paused" | "outside_schedule" | "no_consent" | "not_in_audience" | "held_out" | "frequency_capped" | "muted"
  | "quiet_hours" | "attention_budget" | "outranked" | "goal_reached" | "page_left" | "invalid" | "slot_missing"
  | "not_triggered" | "waiting";

/** What was decided about a campaign at a moment. */
export interface Decision {
  /** Its id. */
  campaign: string;
  /** The step, of a campaign with several. */
  step?: string;
  /** When it was decided. */
  timestamp: string;
  /** `queued` waits for its turn, `suppressed` is not shown for the `reason`. */
  outcome: "shown" | "held_out" | "queued" | "suppressed";
  /** The variant that the visitor has. */
  variant?: string;
  /** Why not, or not yet. */
  reason?: Reason;
  /** The campaign that came first. */
  lostTo?: string;
}

/** A condition with what was found; `describe` says it in words. */
export interface Trace {
  /** What was checked. */
  condition: Condition;
  /** Whether it holds. */
  passed: boolean;
  /** What was found. */
  actual?: Json;
  /** What was asked for. */
  expected?: Json;
  /** The messageIds that counted. */
  events?: string[];
  /** When time alone changes it. */
  changesAt?: string;
  /** Its parts. */
  children?: Trace[];
}

/** Every check of a campaign, passed or not. */
export interface Explanation {
  /** Its id. */
  campaign: string;
  /** What stands, or was decided last. */
  outcome: Decision["outcome"];
  /** The first check that fails, or what it waits for. */
  reason?: Reason;
  /** The checks, each named after the reason that it would give. */
  checks: { check: string; passed: boolean; detail: Trace }[];
}

/** A coupon in the visitor's wallet. */
export interface IssuedCoupon {
  /** Its id in the configuration. */
  coupon: string;
  /** What the visitor enters. */
  code: string;
  /** Default `"issued"`, where the shop gives what it knows. */
  state?: "issued" | "copied" | "applied" | "redeemed" | "expired";
  /** When it was given. */
  issuedAt?: string;
  /** Until when it can be used. */
  expiresAt?: string;
  /** Its name, plain or by language. */
  name?: Json;
  /** The campaign that gave it. */
  campaign?: string;
  /** The variant that gave it. */
  variant?: string;
  /** What else the issuer said. */
  [key: string]: Json | undefined;
}

/** A coupon as the shop's server knows it. */
export type KnownCoupon = IssuedCoupon | (Pick<IssuedCoupon, "coupon" | "code" | "state" | "issuedAt" | "expiresAt" | "campaign" | "variant"> & { name?: unknown });

/** `created = acknowledged + pending + dropped`, by id; `local` events were never destined for sending. */
export interface Stats {
  /** Events made for sending. */
  created: number;
  /** Those that the backend has taken. */
  acknowledged: number;
  /** Those that are stored and wait. */
  pending: number;
  /** Those given up, by reason. */
  dropped: { [reason: string]: number };
  /** Events kept on the device alone. */
  local: number;
}

/** Everything that this device holds about the visitor, by kind. */
export interface ExportedData { [key: string]: Json }

/**
 * What `on("message")` receives: what became of a message, and for the `custom` layout, where nothing is drawn, the
 * message itself with the functions to call. A custom message comes without `what` when it is to be drawn, as
 * `"updated"` with a new tree, and as `"removed"` when it is to go.
 */
export interface MessageNotice {
  /** What became of it. */
  what?: "decision" | "shown" | "clicked" | "dismissed" | "updated" | "removed";
  /** The campaign's id. */
  campaign: string;
  /** The variant that the visitor has. */
  variant?: string;
  /** The step, of a campaign with several. */
  step?: string;
  /** Of a message that is to be drawn. */
  impression?: string;
  /** With `"shown"`, `"clicked"` and `"dismissed"`: the same as in the event of that name. */
  impression_id?: string;
  /** How it is laid out. */
  layout?: string;
  /** What to draw, of a custom message. */
  tree?: Node;
  /** With `what: "decision"`. */
  decision?: Decision;
  /** The visitor sees it. */
  shown?: () => void;
  /** The visitor activated the node with this `action`; `values` are those of its inputs, by name. */
  clicked?: (action?: number, values?: { [name: string]: Json }) => void;
  /** The visitor closed it. */
  dismissed?: () => void;
  /** What later versions add. */
  [key: string]: unknown;
}

export interface Notices {
  /** A segment was entered or left. */
  segment: { segment: string; on: "enter" | "leave"; [key: string]: unknown };
  /** A decision, a display, a click, a dismissal, or a message to draw. */
  message: MessageNotice;
  /** The wallet has changed. */
  coupon: { coupons: IssuedCoupon[] };
  /** A request to talk, a contact that was left because nobody was there, or the provider's count of unread answers. */
  chat: Partial<ChatRequest> & { contact?: string; unread?: number };
  /** Answers that were given in a message. */
  survey: { campaign: string; answers: { [name: string]: Json } };
  /** Delivery: `what` is `acknowledged`, `dropped` or `resumed`. */
  sync: { [key: string]: unknown };
  /** Something is wrong; docs/problems.md has the codes. */
  problem: { code: string; message?: string; [key: string]: unknown };
}

/** The handle on the engine. Usable at once: calls made before the engine is up are queued in order. */
export interface Dangol {
  /** Never rejects. */
  readonly ready: Promise<Mode>;
  /** Resolves once the event is durable. Never throws, never rejects. */
  track(event: string, properties?: Properties): Promise<void>;
  /** A page view; needed only where `capture.page` is off. */
  page(name?: string, properties?: Properties): Promise<void>;
  /** The visitor signed in; `known` is what the shop's server knows from other devices. */
  identify(userId: string, traits?: Properties, known?: { history?: readonly KnownEvent[]; coupons?: readonly KnownCoupon[] }): Promise<void>;
  /** Traits of whoever is there. */
  identify(traits: Properties): Promise<void>;
  /** Log-out on a shared device: new anonymous id, profile and journey gone. */
  reset(): Promise<void>;
  /** The visitor's decision, kept for later pages; what it does not name stays as it was. */
  consent(update: Partial<Consent>): Promise<void>;
  /** The segments that the visitor is in now. */
  segments(): string[];
  /** Listens; call what it returns to stop. */
  on<Type extends keyof Notices>(type: Type, listener: (detail: Notices[Type]) => void): () => void;
  /** Shows a campaign by hand. With `force` it is a preview: shown whatever its checks say, and nothing of it is counted. */
  show(campaignId: string, options?: { force?: boolean }): Promise<Decision>;
  /** Closes the message on the screen. */
  dismiss(): void;
  /** Why a campaign is shown or not, now; without an id, all of them. */
  explain(campaignId?: string): Explanation[];
  /** The visitor's coupons. */
  coupons(): IssuedCoupon[];
  /** Sends what waits, without waiting for a full batch. Resolves once the endpoint has answered, at once while it cannot be asked, and after half a minute where another tab keeps the turn. */
  flush(): Promise<void>;
  /** How many events were made, delivered and dropped. */
  stats(): Stats;
  /** All that this device holds about the visitor. */
  exportData(): Promise<ExportedData>;
  /** Erases it, in every tab. */
  forget(): Promise<void>;
  /** Removes listeners and nodes; the page is as before. */
  destroy(): Promise<void>;
}

/** A piece of a message, as the engine lays it out. Tags and attributes come from closed lists. */
export interface Node {
  /** The element. */
  tag: string;
  /** Its `part`, for the shop's own styles. */
  part?: string;
  /** Its class, for Dangol's own styles. */
  class?: string;
  /** Its attributes, from a closed list. */
  attrs?: [name: string, value: string][];
  /** Its text. */
  text?: string;
  /** What lies in it. */
  children?: Node[];
  /** The number of what an activation does; given to `clicked`. */
  action?: number | null;
  /** The field that it is. */
  input?: { name: string; type: string; required?: boolean } | null;
  /** What changes by itself. */
  live?: "countdown" | null;
  /** The end of a countdown, in milliseconds since 1970. */
  until?: number | null;
}
