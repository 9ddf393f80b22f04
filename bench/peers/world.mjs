// The world that all SDKs see: one server on the loopback plays the shop and every backend, so nothing leaves the machine.
// Answers are small and valid: a real backend's configuration costs a peer more, so its numbers here are lower bounds.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createSecureServer } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const SEGMENT = { integrations: { "Segment.io": { apiKey: "bench", apiHost: "segment.test/v1", protocol: "https", versionSettings: { version: "4.4.7", componentTypes: ["browser"] } } }, plan: { track: { __default: { enabled: true, integrations: {} } } }, edgeFunction: {}, analyticsNextEnabled: true, middlewareSettings: {}, enabledMiddleware: {}, metrics: { sampleRate: 0 }, legacyVideoPluginsEnabled: false, remotePlugins: [] };
const RUDDERSTACK = { source: { id: "s", name: "bench", writeKey: "bench", enabled: true, workspaceId: "w", config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } }, destinations: [], connections: [], dataplanes: {} } };
const HACKLE = { workspace: { id: 1, environment: { id: 1 } }, experiments: [], featureFlags: [], buckets: [], events: [], segments: [], containers: [], parameterConfigurations: [], remoteConfigParameters: [], inAppMessages: [] };

/** By host and path: what is answered. The first that fits. */
const ANSWERS = [
  [/^cdn\.segment\.com\/v1\/projects/, SEGMENT],
  [/^rudderconfig\.test/, RUDDERSTACK],
  [/hackle\.io\/.*(config|workspaces)/, HACKLE],
  [/^braze\.test\/api\/v3\/data/, { config: { time: 1, events_blacklist: [], attributes_blacklist: [], purchases_blacklist: [], messaging_session_timeout: 1800 } }],
  [/^posthog\.test\/(array|flags|decide)/, { supportedCompression: ["gzip-js"], featureFlags: {}, featureFlagPayloads: {}, surveys: false, sessionRecording: false, toolbarParams: {}, hasFeatureFlags: false }],
  [/^posthog\.test/, { status: 1 }],
];
/** Which requests carry an event. */
export const EVENT = {
  blank: /^blank\.test\/event/, dangol: /^dangol\.test\/event/, segment: /^(segment\.test|api\.segment\.io)\/v1\/t$/, posthog: /^posthog\.test\/(e|i\/v0\/e|batch)\//, braze: /^braze\.test\/api\/v3\/data/,
  clevertap: /(wzrkt|clevertap).*\/a\b/, rudderstack: /^rudderstack\.test\/v1\/(track|batch)/, snowplow: /^snowplow\.test\/com\.snowplow/, hackle: /event-api\.hackle\.io/, growthbook: /^growthbook\.test\/track/,
};

export async function world(files) {
  const folder = mkdtempSync(join(tmpdir(), "dangol-world-"));
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem"), "-days", "2", "-subj", "/CN=bench"], { stdio: "ignore" });
  const packed = new Map([...files].map(([path, { type, body }]) => [path, { type, body: gzipSync(body, { level: 9 }) }]));
  let log = [];
  const server = createSecureServer({ key: readFileSync(join(folder, "key.pem")), cert: readFileSync(join(folder, "cert.pem")), allowHTTP1: true }, (request, response) => {
    const host = (request.headers[":authority"] ?? request.headers.host).split(":")[0];
    const [path] = request.url.split("?");
    const entry = { host, path, at: performance.now(), bytes: 0 };
    log.push(entry);
    const cors = { "access-control-allow-origin": request.headers.origin ?? "*", "access-control-allow-credentials": "true", "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*", "access-control-allow-methods": "*" };
    request.resume();
    request.on("error", () => {});
    response.on("error", () => {});
    request.on("end", () => {
      if (request.method === "OPTIONS") return response.writeHead(204, cors).end();
      const file = host === "shop.test" && packed.get(path);
      if (file) {
        entry.bytes = file.body.length;
        entry.type = file.type;
        return response.writeHead(200, { "content-type": file.type, "content-encoding": "gzip", "cache-control": "no-store" }).end(file.body);
      }
      if (host === "shop.test") return response.writeHead(404).end();
      const [, answer = {}] = ANSWERS.find(([pattern]) => pattern.test(host + path)) ?? [];
      const script = /\.js$/.test(path) || /clevertap|wzrkt/.test(host);
      return response.writeHead(200, { ...cors, "content-type": script ? "text/javascript" : "application/json" }).end(script ? "" : JSON.stringify(answer));
    });
  });
  server.on("sessionError", () => {});
  server.on("tlsClientError", () => {});
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: server.address().port,
    log: () => log,
    clear: () => { log = []; },
    close() {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
