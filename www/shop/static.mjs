// Files from a folder: the shop's own scripts and styles, and the SDK's built package.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { SECURITY_HEADERS, send } from "./http.mjs";

const TYPES = {
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".svg": "image/svg+xml; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".ndjson": "application/x-ndjson; charset=utf-8",
  ".wasm": "application/wasm",
  ".map": "application/json; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

// What readFile says of a path that is no file here, one with a NUL character included.
const ABSENT = ["ENOENT", "EISDIR", "ENOTDIR", "ERR_INVALID_ARG_VALUE"];

/** Answers with the file, or returns false when the folder has none of that name. */
export async function sendFile(response, folder, path, security = SECURITY_HEADERS) {
  const inside = normalize(path);
  const type = TYPES[extname(inside)];
  if (!type || inside.split(/[/\\]/).includes("..")) return false;
  try {
    const body = await readFile(join(folder, inside));
    const headers = { ...security, "cache-control": "no-cache", etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"` };
    if (response.req.headers["if-none-match"] === headers.etag) {
      response.writeHead(304, headers);
      response.end();
    } else send(response, 200, type, body, headers);
    return true;
  } catch (problem) {
    if (ABSENT.includes(problem.code)) return false;
    throw problem;
  }
}
