/**
 * Answers and refusals: every answer is JSON, is never cached, and a refusal says
 * where the fault lies, what was found there and what to do.
 */

import { LIMITS } from "./limits.mjs";

/**
 * A request that is not carried out. Thrown anywhere below the router, which turns it into an answer.
 */
export class Refusal extends Error {
  /**
   * @param {number} status the HTTP status
   * @param {string} code a stable word for programs
   * @param {string} message a sentence for people, with the remedy
   * @param {{ path?: string, value?: unknown, limit?: number, retryAfter?: number, allow?: string }} [detail]
   */
  constructor(status, code, message, detail = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }

  /** The body of the answer. */
  toJSON() {
    const { path, value, limit, retryAfter } = this.detail;
    const error = { code: this.code, message: this.message };
    if (path !== undefined) error.path = path;
    if ("value" in this.detail) error.value = show(value);
    if (limit !== undefined) error.limit = limit;
    // The client reads `retryAfter` from the body too, because a proxy may hide the header from it.
    return retryAfter === undefined ? { error } : { error, retryAfter };
  }

  /** @returns {Record<string, string>} */
  headers() {
    const headers = {};
    if (this.detail.retryAfter !== undefined) headers["Retry-After"] = String(this.detail.retryAfter);
    if (this.detail.allow !== undefined) headers.Allow = this.detail.allow;
    return headers;
  }
}

/** Returns the refusal for a collector that cannot take more now. */
export function busy(message) {
  return new Refusal(503, "busy", message, { retryAfter: LIMITS.retryAfter });
}

/**
 * Returns a short text for a value of any kind, fit for an error body. Absent stays `null`.
 *
 * @param {unknown} value
 * @returns {string | null}
 */
export function show(value) {
  if (value === undefined || value === null) return null;
  let text;
  try {
    text = typeof value === "string" ? value : JSON.stringify(value);
  } catch {
    // JSON.stringify recurses, so a value nested some thousand levels deep exhausts the stack.
    text = "(nested too deeply to show)";
  }
  return text.length > LIMITS.shownChars ? `${text.slice(0, LIMITS.shownChars).toWellFormed()}…` : text.toWellFormed();
}

/**
 * Sends a JSON answer.
 *
 * @param {import("node:http").ServerResponse} response
 * @param {number} status
 * @param {unknown} body an object, or JSON text that is ready
 * @param {Record<string, string>} [headers]
 */
export function send(response, status, body, headers = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(text),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...headers,
  });
  response.end(text);
}
