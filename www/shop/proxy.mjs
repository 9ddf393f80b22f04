// Hands the collector's paths on, so that the page talks to its own origin only.
import { request as open } from "node:http";
import { SECURITY_HEADERS, sendJson } from "./http.mjs";

const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-authenticate", "te", "trailer"]);
const endToEnd = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));

export function forward(request, response, collectorUrl) {
  const unavailable = () => {
    request.resume();
    if (response.headersSent) response.destroy();
    else sendJson(response, 502, { error: "collector_unavailable", message: "The collector does not answer." });
  };
  if (!collectorUrl) return unavailable();
  const target = new URL(request.url, collectorUrl);
  const headers = { ...endToEnd(request.headers), host: target.host, "x-forwarded-for": request.socket.remoteAddress ?? "" };
  const upstream = open(target, { method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, { ...endToEnd(answer.headers), ...SECURITY_HEADERS });
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  upstream.on("error", unavailable);
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}
