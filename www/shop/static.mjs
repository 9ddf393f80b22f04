// Files from a folder: the shop's own scripts and styles, and the SDK's built package.
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { send } from "./http.mjs";

const TYPES = {
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".svg": "image/svg+xml; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".wasm": "application/wasm",
  ".map": "application/json; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

/** Answers with the file, or returns false when the folder has none of that name. */
export async function sendFile(response, folder, path) {
  const inside = normalize(decodeURIComponent(path));
  const type = TYPES[extname(inside)];
  if (!type || inside.split(/[/\\]/).includes("..")) return false;
  try {
    send(response, 200, type, await readFile(join(folder, inside)), { "cache-control": "no-cache" });
    return true;
  } catch (problem) {
    if (["ENOENT", "EISDIR", "ENOTDIR"].includes(problem.code)) return false;
    throw problem;
  }
}
