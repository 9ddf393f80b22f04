/**
 * Reads a request's body as text: bounded as sent, bounded after inflation, strict about UTF-8.
 *
 * The Content-Type is not looked at. A browser may send JSON as `text/plain` to another origin without
 * a preflight, so the label says nothing about the content.
 */

import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { busy, Refusal } from "./answer.mjs";

const inflate = promisify(gunzip);
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The sender went away before its body was complete. There is nobody to answer. */
export class Gone extends Error {}

/** Counts the bytes that wait in memory over all connections. */
export class ByteBudget {
  /** @param {number} max */
  constructor(max) {
    this.max = max;
    this.used = 0;
  }

  /** Takes `count` bytes, or returns false where they do not fit. */
  take(count) {
    if (this.used + count > this.max) return false;
    this.used += count;
    return true;
  }

  release(count) {
    this.used -= count;
  }
}

/**
 * Returns the body as text.
 *
 * @param {import("node:http").IncomingMessage} request
 * @param {{ maxBytes: number, budget: ByteBudget }} bounds
 * @returns {Promise<string>}
 */
export async function readText(request, { maxBytes, budget }) {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (!["identity", "gzip", "x-gzip"].includes(encoding)) {
    throw new Refusal(415, "unsupported_encoding", "The Content-Encoding is not known. Send the body as it is, or with gzip.", {
      path: "Content-Encoding",
      value: encoding,
    });
  }
  const bytes = await readBytes(request, maxBytes, budget);
  // Content-Encoding makes a browser ask for leave first (a preflight), so compressed bodies may also come without it.
  const isGzip = bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (encoding !== "identity" && !isGzip) {
    throw new Refusal(400, "bad_gzip", "The body is announced as gzip but does not begin like it. Compress it, or leave out the header.", {
      path: "Content-Encoding",
      value: encoding,
    });
  }
  const plain = isGzip ? await inflateBounded(bytes, maxBytes) : bytes;
  try {
    return utf8.decode(plain);
  } catch {
    throw new Refusal(400, "invalid_utf8", "The body is not valid UTF-8. Encode the JSON text as UTF-8.");
  }
}

/** @returns {Refusal} */
function tooLarge(what, maxBytes, value) {
  return new Refusal(413, "body_too_large", `${what} is larger than ${maxBytes} bytes. Send fewer events in one request.`, {
    limit: maxBytes,
    ...(value === undefined ? {} : { path: "Content-Length", value }),
  });
}

async function inflateBounded(bytes, maxBytes) {
  try {
    // Inflation stops at the limit, so a few kilobytes of input never become gigabytes of memory.
    return await inflate(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error.code === "ERR_BUFFER_TOO_LARGE") throw tooLarge("The inflated body", maxBytes);
    throw new Refusal(400, "bad_gzip", "The gzip body is damaged or cut short. Compress the whole body anew.");
  }
}

/**
 * Collects the bytes with listeners. Leaving a `for await` loop early would destroy the socket, and with it
 * the answer that tells the sender what was wrong.
 */
function readBytes(request, maxBytes, budget) {
  return new Promise((resolve, reject) => {
    const declared = Number(request.headers["content-length"] ?? 0);
    if (declared > maxBytes) {
      reject(tooLarge("The body", maxBytes, request.headers["content-length"]));
      return;
    }
    /** @type {Buffer[]} */
    const chunks = [];
    let size = 0;
    const settle = (outcome, value) => {
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      budget.release(size);
      outcome(value);
    };
    const onData = (chunk) => {
      if (size + chunk.length > maxBytes) settle(reject, tooLarge("The body", maxBytes));
      else if (!budget.take(chunk.length)) settle(reject, busy("Too many bodies are under way. Send this batch again later."));
      else {
        size += chunk.length;
        chunks.push(chunk);
      }
    };
    const onEnd = () => settle(resolve, Buffer.concat(chunks));
    const onClose = () => settle(reject, new Gone("the connection closed before the body was complete"));
    request.on("data", onData).on("end", onEnd).on("close", onClose);
    // A reset arrives as an error first, and always as a close; without a listener it would end the process.
    request.on("error", () => {});
  });
}
