/** Requests as a browser's page makes them, for the conformance kit. */
import { webcrypto } from "node:crypto";
import { uuid } from "../../uuid.ts";

// Node 18 has it, but not where pages have it.
(globalThis as { crypto?: unknown }).crypto ??= webcrypto;

export interface Target {
  url: string;
  /** `segment`, `ndjson`, `cloudevents`, or `{envelope}` as in the endpoint's options. */
  format: "segment" | "ndjson" | "cloudevents" | { envelope: string };
  writeKey?: string;
  headers: { [name: string]: string };
  /** The origin of the shop that will send. */
  origin: string;
  /** Where what was stored under an id can be asked: an address with `{messageId}`. */
  lookup?: string;
  timeout: number;
}

export interface Answer {
  /** 0: none. */
  status: number;
  headers: { get(name: string): string | null };
  body: string;
  /** What the endpoint said, where its body is an object. */
  said: { [key: string]: unknown };
  ms: number;
  /** Why there was no answer. */
  failure?: string;
}

export interface TestEvent {
  type: string;
  messageId: string;
  [key: string]: unknown;
}

let seq = 0;
const run = uuid(Date.now());

/** An event as a page sends it, marked so that its owner can find and delete it. */
export function makeEvent(properties: object = {}): TestEvent {
  const now = Date.now();
  return {
    type: "track", event: "Dangol Endpoint Check", messageId: uuid(now), timestamp: new Date(now).toISOString(), anonymousId: run, seq: ++seq,
    properties: { check: true, ...properties },
    context: { library: { name: "dangol", version: VERSION }, locale: "ko-KR", timezone: "Asia/Seoul", page: { path: "/", referrer: "", search: "", title: "단골", url: "https://shop.example/" }, streamId: run },
  };
}

/** The body and type of a batch, as `src/domain/wire/format.rs` writes them. */
export function bodyOf(target: Target, events: object[]): { body: string; type: string } {
  const texts = events.map((event) => JSON.stringify(event));
  const list = `[${texts.join(",")}]`;
  switch (target.format) {
    case "segment": {
      const key = target.writeKey === undefined ? "" : `,"writeKey":${JSON.stringify(target.writeKey)}`;
      return { type: "text/plain;charset=UTF-8", body: `{"batch":${list},"sentAt":"${new Date().toISOString()}"${key}}` };
    }
    case "ndjson":
      return { type: "text/plain;charset=UTF-8", body: texts.map((text) => text + "\n").join("") };
    case "cloudevents": {
      const cloud = (events as TestEvent[]).map((event) => ({
        specversion: "1.0", id: event.messageId ?? "", source: target.origin, type: `dangol.${event.type}`, time: event["timestamp"], datacontenttype: "application/json", data: event,
      }));
      return { type: "application/cloudevents-batch+json", body: JSON.stringify(cloud) };
    }
    default:
      return { type: "text/plain;charset=UTF-8", body: `{${JSON.stringify(target.format.envelope)}:${list}}` };
  }
}

/** One request; never rejects. */
export async function ask(target: Target, body: string | Uint8Array, headers: { [name: string]: string }, method = "POST"): Promise<Answer> {
  const started = Date.now();
  const none = { get: () => null };
  try {
    const response = await fetch(target.url, {
      method, headers: { Origin: target.origin, ...headers }, redirect: "manual", signal: AbortSignal.timeout(target.timeout),
      ...(method === "POST" && { body: body as BodyInit }),
    });
    const text = await response.text().catch(() => "");
    let said: unknown;
    try {
      said = JSON.parse(text);
    } catch {
      // Most endpoints answer with a word or with nothing.
    }
    const isObject = typeof said === "object" && said !== null && !Array.isArray(said);
    return { status: response.status, headers: response.headers, body: text, said: isObject ? (said as { [key: string]: unknown }) : {}, ms: Date.now() - started };
  } catch (error) {
    const { cause, name, message } = error as Error & { cause?: { code?: string; message?: string } };
    const failure = name === "TimeoutError" ? `no answer within ${target.timeout / 1000} s` : cause?.code || cause?.message || message;
    return { status: 0, headers: none, body: "", said: {}, ms: Date.now() - started, failure };
  }
}

/** Sends a batch as a page does. */
export function send(target: Target, events: object[], headers: { [name: string]: string } = {}): Promise<Answer> {
  const { body, type } = bodyOf(target, events);
  return ask(target, body, { "Content-Type": type, ...target.headers, ...headers });
}

/** How often an id lies in what the endpoint has stored; undefined where nobody said how to ask. */
export async function stored(target: Target, messageId: string): Promise<number | undefined> {
  if (!target.lookup) return undefined;
  try {
    const response = await fetch(target.lookup.replaceAll("{messageId}", messageId), { signal: AbortSignal.timeout(target.timeout) });
    const text = await response.text();
    if (!response.ok) return undefined;
    return text.split(`"messageId":"${messageId}"`).length - 1 || text.replaceAll(" ", "").split(`"messageId":"${messageId}"`).length - 1;
  } catch {
    return undefined;
  }
}
