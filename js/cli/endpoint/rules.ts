/** The rules of delivery that an endpoint must keep, each as a question to it (CONTRACT §5 is what pages rely on). */
import { gzip as gzipBytes } from "node:zlib";
import { type Answer, ask, bodyOf, makeEvent, send, stored, type Target } from "./probe.ts";

/** `must`: events are lost, doubled or held back otherwise. `should`: delivery is slower or blinder. `may`: an option stays off. */
export type Level = "must" | "should" | "may";
export interface Finding {
  kept: boolean | undefined;
  /** What was seen. */
  seen: string;
}
export interface Rule {
  id: string;
  level: Level;
  /** The rule in one sentence. */
  rule: string;
  /** What to do where it is not kept. */
  remedy: string;
  check(target: Target, first: Answer): Promise<Finding>;
}

const ok = ({ status }: Answer): boolean => status >= 200 && status < 300;
const refused = ({ status }: Answer): boolean => status === 400 || status === 422;
/** Whether a page sends the same events again in halves. A refusal that names events is of those alone. */
const halves = (answer: Answer): boolean => answer.status === 413 || (refused(answer) && !Array.isArray(answer.said["rejected"]));
const said = (answer: Answer): string => (answer.status ? `${answer.status}` : answer.failure || "no answer");
const names = (list: unknown, id: string): boolean =>
  Array.isArray(list) && list.some((item) => item === id || (typeof item === "object" && item !== null && ((item as { messageId?: unknown }).messageId === id || (item as { id?: unknown }).id === id)));
/** On the shop's own origin browsers neither ask first nor hide an answer. */
const isOwn = ({ url, origin }: Target): boolean => new URL(url).origin === origin;
const readable = (target: Target, answer: Answer): boolean => {
  const allowed = answer.headers.get("access-control-allow-origin");
  return isOwn(target) || allowed === "*" || allowed === target.origin;
};
const NOT_ASKED: Finding = { kept: undefined, seen: "on the shop's own origin browsers do not ask for it" };
/** The headers about which a browser asks first before it lets a page with these options send. */
export function preflightHeaders(target: Target): string[] {
  if (isOwn(target)) return [];
  const headers = Object.entries({ "Content-Type": bodyOf(target, []).type, ...target.headers }).map(([name, value]) => [name.toLowerCase(), value] as const);
  const isSimple = ([name, value]: readonly [string, string]): boolean =>
    name === "content-type" ? /^(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(value) : /^(accept|accept-language|content-language)$/.test(name);
  return [...new Set(headers.filter((header) => !isSimple(header)).map(([name]) => name))].sort();
}
const local = (url: string): boolean => /^https?:\/\/(localhost|127\.|\[::1\])/.test(url);

/** The largest body and the most events a page sends at once, see `src/domain/outbox/types.rs`. */
const MAX_BODY = 256 * 1024;
const MAX_BATCH = 500;

export const RULES: Rule[] = [
  {
    id: "https", level: "must", rule: "The address is https: pages on https may send nowhere else.",
    remedy: "Serve the endpoint over https.",
    check: async ({ url }) => ({ kept: url.startsWith("https:") || local(url), seen: url.startsWith("https:") ? "https" : local(url) ? "http on this machine" : "http" }),
  },
  {
    id: "accepts", level: "must", rule: "A batch is answered with a 2xx, without a redirect.",
    remedy: "Answer 200 or 204 once the events are stored. A redirect, 401, 403 or 404 makes pages keep the events and ask hourly.",
    check: async (_, first) => ({ kept: ok(first), seen: said(first) }),
  },
  {
    id: "simple-request", level: "must", rule: "The body is taken as text/plain: another type costs a preflight, and a preflight at the page's end loses the event.",
    remedy: "Parse the body whatever its Content-Type, or set endpoint.headers to the type it takes and live with the loss at the page's end.",
    async check(target, first) {
      if (target.format === "cloudevents") return { kept: undefined, seen: "CloudEvents have a type of their own and always cost a preflight" };
      if (target.headers["Content-Type"] || target.headers["content-type"]) return { kept: undefined, seen: "another type was asked for" };
      if (ok(first)) return { kept: true, seen: said(first) };
      const other = await send(target, [makeEvent()], { "Content-Type": "application/json" });
      return { kept: ok(other) ? false : undefined, seen: ok(other) ? `${said(first)} for text/plain, ${said(other)} for application/json` : `${said(other)} for application/json too` };
    },
  },
  {
    id: "cors", level: "must", rule: "Answers carry Access-Control-Allow-Origin: a page cannot see the acknowledgement otherwise.",
    remedy: "Send Access-Control-Allow-Origin with * or the shop's origin.",
    check: async (target, first) => isOwn(target) ? NOT_ASKED : ({ kept: first.status ? readable(target, first) : undefined, seen: first.headers.get("access-control-allow-origin") ?? "absent" }),
  },
  {
    id: "batch", level: "must", rule: `A full batch of ${MAX_BATCH} events is taken, or answered with 413, 400 or 422 and then taken in parts.`,
    remedy: "Answer 413 for what is too much; pages halve the batch until it fits.",
    async check(target) {
      const events = Array.from({ length: MAX_BATCH }, (_, n) => makeEvent({ n }));
      const whole = await send(target, events);
      const before = `${said(whole)} for ${events.length} events`;
      if (ok(whole) || !halves(whole)) return { kept: ok(whole), seen: before };
      for (let size = events.length >> 1; size >= 1; size >>= 1) {
        const part = await send(target, events.slice(0, size));
        if (ok(part)) return { kept: true, seen: `${before}, ${said(part)} for ${size}` };
        if (!halves(part)) return { kept: false, seen: `${before}, then ${said(part)} for ${size}` };
      }
      return { kept: false, seen: `${said(whole)} down to a single event` };
    },
  },
  {
    id: "size", level: "must", rule: "A body of 256 KiB is taken or answered with 413, 400 or 422, never cut off without an answer.",
    remedy: "Raise the limit of the proxy in front to at least 256 KiB (nginx: client_max_body_size), or let it answer 413 with the CORS headers.",
    async check(target) {
      const words = "단골".repeat(1_500);
      const events = [makeEvent({ words })];
      while (bodyOf(target, [...events, makeEvent({ words })]).body.length < MAX_BODY / 1.6) events.push(makeEvent({ words }));
      const answer = await send(target, events);
      return { kept: ok(answer) || halves(answer), seen: said(answer) };
    },
  },
  {
    id: "too-large", level: "should", rule: "What is far too large is answered with 413, which pages can read.",
    remedy: "Answer 413 with Access-Control-Allow-Origin. Cutting the connection looks like an ad blocker, and pages then ask hourly.",
    async check(target) {
      const answer = await send(target, [makeEvent({ words: "x".repeat(4 << 20) })]);
      const kept = ok(answer) || ((answer.status === 413 || refused(answer)) && readable(target, answer));
      return { kept, seen: said(answer) + (answer.status && !readable(target, answer) ? " without Access-Control-Allow-Origin" : "") };
    },
  },
  {
    id: "again", level: "must", rule: "The same batch is acknowledged again: the first answer may have been lost.",
    remedy: "Answer 2xx for events that are stored already.",
    async check(target) {
      const events = [makeEvent(), makeEvent()];
      const [first, second] = [await send(target, events), await send(target, events)];
      return { kept: ok(first) && ok(second), seen: `${said(first)}, then ${said(second)}` };
    },
  },
  {
    id: "once", level: "must", rule: "Events are stored once by messageId, also when two copies arrive at once.",
    remedy: "Make messageId the primary key, and ignore what is there already.",
    async check(target) {
      if (!target.lookup) return { kept: undefined, seen: "cannot be seen from here; --lookup with an address that shows an event makes it seen" };
      const event = makeEvent();
      await Promise.all([send(target, [event]), send(target, [event])]);
      await send(target, [event]);
      let times: number | undefined;
      for (let tries = 0; tries < 10 && !times; tries++) {
        if (tries) await new Promise((resolve) => setTimeout(resolve, 300));
        times = await stored(target, event.messageId);
      }
      return { kept: times === undefined ? undefined : times === 1, seen: times === undefined ? "the lookup gave no answer" : `found ${times} times after three copies` };
    },
  },
  {
    id: "unreadable", level: "must", rule: "What cannot be read is answered with 400 or 422: a 2xx would lose it unseen, a 5xx would bring it back for ever.",
    remedy: "Answer 400 for a body that is no JSON.",
    async check(target) {
      const broken = target.format === "ndjson" ? '{"type":"track"\n' : '{"batch":[{"type":"track",';
      const answer = await ask(target, broken, { "Content-Type": bodyOf(target, []).type, ...target.headers });
      return { kept: refused(answer), seen: said(answer) };
    },
  },
  {
    id: "poison", level: "must", rule: "One event that is refused does not keep the others out.",
    remedy: 'Store the good ones and answer 400 or 422 with {"rejected":[messageId…]}; without the list pages halve the batch until the bad one is alone.',
    async check(target) {
      const good = [makeEvent(), makeEvent()];
      // An event without a name, type or visitor.
      const bad = { messageId: makeEvent().messageId, type: "dangol-endpoint-check", timestamp: "not a time" };
      const answer = await send(target, [good[0]!, bad, good[1]!]);
      if (ok(answer)) return { kept: true, seen: `${said(answer)}: it takes any event` };
      if (!refused(answer)) return { kept: false, seen: said(answer) };
      const { rejected } = answer.said;
      const rest = await send(target, good);
      if (!ok(rest)) return { kept: false, seen: `${said(answer)}, then ${said(rest)} for the good ones alone` };
      const wrong = good.filter(({ messageId }) => names(rejected, messageId));
      if (wrong.length) return { kept: false, seen: `${said(answer)} with good events in "rejected"` };
      return { kept: true, seen: `${said(answer)}, ${names(rejected, bad.messageId) ? "the bad one named" : "without naming it"}` };
    },
  },
  {
    id: "names-rejected", level: "should", rule: 'A refusal names the events: {"rejected":[messageId…]}.',
    remedy: "Name them; otherwise finding one bad event among 500 costs a page nine requests.",
    async check(target) {
      const [good, bad] = [makeEvent(), { messageId: makeEvent().messageId, type: "dangol-endpoint-check", timestamp: "not a time" }];
      const answer = await send(target, [good, bad]);
      if (ok(answer)) return { kept: undefined, seen: "it takes any event" };
      return { kept: refused(answer) && names(answer.said["rejected"], bad.messageId) && !names(answer.said["rejected"], good.messageId), seen: said(answer) };
    },
  },
  {
    id: "cors-on-errors", level: "should", rule: "Refusals carry Access-Control-Allow-Origin too: without it a page sees no answer at all.",
    remedy: "Send the header with every status (nginx: add_header … always).",
    async check(target) {
      const answer = await ask(target, "{", { "Content-Type": bodyOf(target, []).type, ...target.headers });
      if (ok(answer) || !answer.status) return { kept: undefined, seen: said(answer) };
      if (isOwn(target)) return NOT_ASKED;
      return { kept: readable(target, answer), seen: `${said(answer)}, ${answer.headers.get("access-control-allow-origin") ?? "absent"}` };
    },
  },
  {
    id: "retry-after", level: "should", rule: "Retry-After can be read across origins: exposed, or as retryAfter in the body.",
    remedy: "Send Access-Control-Expose-Headers: Retry-After, Date. Pages then also learn how far the device's clock is off.",
    async check(target, first) {
      if (isOwn(target)) return NOT_ASKED;
      const exposed = first.headers.get("access-control-expose-headers") ?? "";
      return { kept: exposed === "*" || /\bretry-after\b/i.test(exposed), seen: exposed || "absent" };
    },
  },
  {
    id: "strict-ack", level: "may", rule: 'The answer lists what was stored: {"accepted":[messageId…]}; strictAck: true needs it.',
    remedy: "Answer with the list; a proxy's or captive portal's 200 is then no acknowledgement.",
    async check(target) {
      const events = [makeEvent(), makeEvent()];
      const answer = await send(target, events);
      return { kept: ok(answer) && events.every(({ messageId }) => names(answer.said["accepted"], messageId)), seen: ok(answer) ? (answer.body.slice(0, 60) || "an empty body") : said(answer) };
    },
  },
  {
    id: "text", level: "must", rule: "Text of any language is taken as it is: Hangul, emoji, quotes, line breaks.",
    remedy: "Read the body as UTF-8.",
    async check(target) {
      const answer = await send(target, [makeEvent({ text: "단골 \"손님\"\n\u2028☕\u0000한국어" })]);
      return { kept: ok(answer), seen: said(answer) };
    },
  },
  {
    id: "preflight", level: "may", rule: "A preflight is answered: endpoint.headers, auth, compress and cloudevents need it.",
    remedy: "Answer OPTIONS with 204, Access-Control-Allow-Origin, -Methods: POST, -Headers: content-type, content-encoding, authorization, and -Max-Age.",
    async check(target) {
      if (isOwn(target)) return NOT_ASKED;
      // Without headers of its own a page needs it only for options that this cannot know of.
      const own = preflightHeaders(target);
      const names = own.length ? own : ["authorization", "content-encoding", "content-type"];
      const answer = await ask(target, "", { "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": names.join(",") }, "OPTIONS");
      const allowed = (answer.headers.get("access-control-allow-headers") ?? "").toLowerCase();
      const list = allowed.split(",").map((name) => name.trim());
      const all = names.every((name) => list.includes(name) || (list.includes("*") && name !== "authorization"));
      return { kept: ok(answer) && readable(target, answer) && all, seen: ok(answer) ? `${said(answer)}, headers: ${allowed || "none"}` : said(answer) };
    },
  },
  {
    id: "gzip", level: "may", rule: "Bodies with Content-Encoding: gzip are taken; compress: true needs it.",
    remedy: "Inflate them, with a limit on what comes out.",
    async check(target) {
      const { body, type } = bodyOf(target, [makeEvent()]);
      const packed = await new Promise<Uint8Array>((resolve, reject) => gzipBytes(body, (error, bytes) => (error ? reject(error) : resolve(bytes))));
      const answer = await ask(target, packed, { "Content-Type": type, ...target.headers, "Content-Encoding": "gzip" });
      return { kept: ok(answer), seen: said(answer) };
    },
  },
  {
    id: "speed", level: "should", rule: "A batch is answered within 2 s; after 15 s a page takes it for lost.",
    remedy: "Answer once the events are durable, and process them later.",
    async check(target) {
      const answer = await send(target, Array.from({ length: 20 }, () => makeEvent()));
      return { kept: answer.status ? answer.ms < 2_000 : false, seen: `${answer.ms} ms` };
    },
  },
];
