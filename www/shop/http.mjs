// The few things of HTTP that the pages need: cookies, form bodies, answers.

const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
  "base-uri 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const SECURITY_HEADERS = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
};

const LARGEST_FORM = 64 * 1024;
const YEAR = 365 * 24 * 60 * 60;

export function cookiesOf(request) {
  const pairs = (request.headers.cookie ?? "").split(/;\s*/).filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
}

export const cookie = (name, value, { script = false } = {}) =>
  `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${script ? "" : "; HttpOnly"}`;

export async function readForm(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_FORM) throw Object.assign(new Error("The form is too large."), { status: 413 });
    chunks.push(chunk);
  }
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
}

/** For a page that another page of the shop may show in a frame. */
export const FRAMED = { ...SECURITY_HEADERS, "content-security-policy": POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'") };

export function send(response, status, type, body, headers = {}) {
  response.writeHead(status, { ...SECURITY_HEADERS, "content-type": type, "content-length": Buffer.byteLength(body), ...headers });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
export const sendPage = (response, page, { status = 200, cookies = [] } = {}) =>
  send(response, status, "text/html; charset=utf-8", `<!doctype html>${page}`, { "cache-control": "no-store", ...(cookies.length ? { "set-cookie": cookies } : {}) });
export const sendJson = (response, status, value) =>
  send(response, status, "application/json; charset=utf-8", JSON.stringify(value), { "cache-control": "no-store" });

/** 303 makes the browser follow a POST with a GET, so that a reload never repeats the order. */
export function redirect(response, location, { cookies = [] } = {}) {
  response.writeHead(303, { ...SECURITY_HEADERS, location, "cache-control": "no-store", ...(cookies.length ? { "set-cookie": cookies } : {}) });
  response.end();
}

/** Only paths of this shop are followed; anything else would make an open redirect. */
export const localPath = (path, otherwise = "/") => (/^\/(?![/\\])/.test(path ?? "") ? path : otherwise);
