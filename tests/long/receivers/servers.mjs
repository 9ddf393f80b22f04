// Receivers that others wrote, started for a test on free ports and stopped again. Each start gives `{url, …, close}`,
// or `{missing}` with what would have to be installed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer as listen } from "node:net";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const which = (command) => {
  const found = spawnSync("sh", ["-c", `command -v ${command}`], { encoding: "utf8", env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
  return found.status === 0 ? found.stdout.trim() : undefined;
};

/** A port that nobody has. */
const freePort = () => new Promise((resolve) => {
  const server = listen().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

async function until(probe, what, patience = 20_000) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await Promise.resolve().then(probe).catch(() => undefined);
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what} did not come up`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A child process with a folder of its own; `close` ends both. */
function run(command, args, folder, options = {}) {
  const child = spawn(command, args, { cwd: folder, stdio: "ignore", ...options });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  return async () => {
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(late);
    rmSync(folder, { recursive: true, force: true });
  };
}

const folderFor = (name) => mkdtempSync(join(tmpdir(), `dangol-${name}-`));
const CORS = 'add_header Access-Control-Allow-Origin $http_origin always; add_header Access-Control-Allow-Headers "authorization,content-type,content-encoding" always;';

async function startNginx(servers) {
  const nginx = which("nginx");
  if (!nginx) return { missing: "nginx (apt-get install nginx)" };
  const folder = folderFor("nginx");
  const port = await freePort();
  const [inner] = [await freePort()];
  for (const name of ["body", "proxy", "fastcgi", "uwsgi", "scgi"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "nginx.conf"), `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {}
http { ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name.replace("client_", "")};`).join(" ")}
  client_body_buffer_size 1m; client_max_body_size 1m; client_body_in_single_buffer on;
  log_format ev escape=json '{"method":"$request_method","uri":"$request_uri","type":"$http_content_type","encoding":"$http_content_encoding","body":"$request_body"}';
  limit_req_zone $binary_remote_addr zone=rl:1m rate=30r/m;
  ${servers({ port, inner, folder })} }`);
  const close = run(nginx, ["-c", join(folder, "nginx.conf"), "-p", folder], folder, { stdio: process.env.DEBUG ? "inherit" : "ignore" });
  await until(() => fetch(`http://127.0.0.1:${port}/healthy`), "nginx");
  return { url: `http://127.0.0.1:${port}`, folder, close };
}

/** nginx as a sink that keeps every body as it came. */
export async function sink() {
  const started = await startNginx(({ port, inner, folder }) => `
  server { listen 127.0.0.1:${port}; access_log ${folder}/events.ndjson ev; ${CORS}
    location = /healthy { access_log off; return 200; }
    location / { if ($request_method = OPTIONS) { return 204; } proxy_pass http://127.0.0.1:${inner}; }
    location /limited/ { if ($request_method = OPTIONS) { return 204; } limit_req zone=rl burst=1 nodelay; limit_req_status 429; proxy_pass http://127.0.0.1:${inner}; } }
  server { listen 127.0.0.1:${inner}; access_log off; location / { default_type application/json; return 200 '{"success":true}'; } }`);
  if (started.missing) return started;
  return {
    ...started,
    /** What was posted, oldest first. */
    requests: () => {
      const file = join(started.folder, "events.ndjson");
      const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").filter(Boolean) : [];
      return lines.map((line) => JSON.parse(line)).filter(({ method }) => method === "POST");
    },
  };
}

/** Datasette: SQLite behind a JSON API that wants `{"rows":[…]}`. */
export async function datasette() {
  const command = process.env.DATASETTE ?? which("datasette");
  if (!command) return { missing: "Datasette 1.0 (pip install --pre datasette; DATASETTE may name its command)" };
  const folder = folderFor("datasette");
  const port = await freePort();
  writeFileSync(join(folder, "conf.yaml"), "permissions:\n  create-table: {id: sdk}\n  insert-row: {id: sdk}\n");
  const token = spawnSync(command, ["create-token", "sdk", "--secret", "dangol"], { encoding: "utf8" }).stdout.trim();
  const close = run(command, ["serve", "events.db", "--create", "-p", String(port), "--cors", "--secret", "dangol", "-c", "conf.yaml"], folder);
  const url = `http://127.0.0.1:${port}`;
  await until(() => fetch(`${url}/-/versions.json`).then(({ ok }) => ok), "Datasette", 40_000);
  const columns = ["messageId", "type", "event", "name", "timestamp", "anonymousId", "userId", "properties", "traits", "context"].map((name) => ({ name, type: "text" }));
  const created = await fetch(`${url}/events/-/create`, {
    method: "POST", headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ table: "events", pk: "messageId", columns: [...columns, { name: "seq", type: "integer" }] }),
  });
  if (!created.ok) throw new Error(await created.text());
  return {
    url: `${url}/events/events/-/insert`, headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" }, close,
    rows: async () => (await (await fetch(`${url}/events/events.json?_shape=array&_size=max`)).json()),
  };
}

/** ClickHouse, with nginx in front: alone it answers no preflight. */
export async function clickhouse() {
  const command = which("clickhouse-server") ?? which("clickhouse");
  if (!command) return { missing: "ClickHouse (apt-get install clickhouse-server)" };
  const folder = folderFor("clickhouse");
  const [http, tcp] = [await freePort(), await freePort()];
  writeFileSync(join(folder, "users.xml"), "<yandex><profiles><default/></profiles><users><default><password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users><quotas><default/></quotas></yandex>");
  writeFileSync(join(folder, "config.xml"), `<yandex><logger><level>warning</level><console>1</console></logger><http_port>${http}</http_port><tcp_port>${tcp}</tcp_port><listen_host>127.0.0.1</listen_host><path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path>
    <users_config>users.xml</users_config><mark_cache_size>5368709</mark_cache_size><default_profile>default</default_profile><default_database>default</default_database></yandex>`);
  const stop = run(command, [`--config-file=${join(folder, "config.xml")}`], folder);
  const direct = `http://127.0.0.1:${http}/`;
  const query = async (sql) => {
    const answer = await fetch(direct, { method: "POST", body: sql });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text.trim();
  };
  await until(() => query("SELECT 1"), "ClickHouse");
  await query("CREATE TABLE events (messageId String, type String, event String, timestamp String, anonymousId String, seq UInt64, day Date DEFAULT today()) ENGINE = ReplacingMergeTree() PARTITION BY toYYYYMM(day) ORDER BY (anonymousId, messageId)");
  const front = await startNginx(({ port }) => `
  server { listen 127.0.0.1:${port}; access_log off; ${CORS}
    location = /healthy { return 200; }
    location / { if ($request_method = OPTIONS) { return 204; } proxy_pass ${direct.slice(0, -1)}; } }`);
  if (front.missing) {
    await stop();
    return front;
  }
  return {
    url: `${front.url}/?query=${encodeURIComponent("INSERT INTO events FORMAT JSONEachRow")}&input_format_skip_unknown_fields=1`,
    query,
    async close() {
      await front.close();
      await stop();
    },
  };
}

/** NATS JetStream behind a few lines of HTTP that publish each event under its id. */
export async function jetstream() {
  const command = which("nats-server");
  if (!command) return { missing: "NATS (apt-get install nats-server)" };
  const folder = folderFor("nats");
  const port = await freePort();
  const stop = run(command, ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", folder], folder);
  const nats = await until(() => client(port), "NATS");
  await nats.ask("$JS.API.STREAM.CREATE.EVENTS", JSON.stringify({ name: "EVENTS", subjects: ["events"], storage: "file", duplicate_window: 120_000_000_000 }));
  const bridge = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    const { batch } = JSON.parse(text);
    const acks = await Promise.all(batch.map((event) => nats.ask("events", JSON.stringify(event), event.messageId)));
    const accepted = batch.filter((_, index) => acks[index].seq).map(({ messageId }) => messageId);
    response.writeHead(200, { "Access-Control-Allow-Origin": "*", "Content-Type": "application/json" }).end(JSON.stringify({ accepted }));
  });
  await new Promise((resolve) => bridge.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${bridge.address().port}/`,
    count: async () => (await nats.ask("$JS.API.STREAM.INFO.EVENTS", "")).state.messages,
    async close() {
      nats.close();
      await new Promise((resolve) => { bridge.closeAllConnections(); bridge.close(resolve); });
      await stop();
    },
  };
}

/** The little of NATS's protocol that asking needs: a request with an inbox, its answer as JSON. */
function client(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const waiting = new Map();
    let [received, number] = [Buffer.alloc(0), 0];
    socket.on("error", reject);
    socket.on("data", (part) => {
      received = Buffer.concat([received, part]);
      for (;;) {
        const end = received.indexOf("\r\n");
        if (end < 0) return;
        const words = received.subarray(0, end).toString().split(" ");
        if (words[0] === "MSG") {
          const length = Number(words.at(-1));
          if (received.length < end + 4 + length) return;
          const body = received.subarray(end + 2, end + 2 + length).toString();
          received = received.subarray(end + 4 + length);
          const id = words[1].split(".").at(-1);
          waiting.get(id)?.(JSON.parse(body));
          waiting.delete(id);
          continue;
        }
        received = received.subarray(end + 2);
        if (words[0] === "PING") socket.write("PONG\r\n");
        if (words[0] === "INFO") {
          socket.write('CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB _INBOX.* 1\r\n');
          resolve({
            ask: (subject, body, id) => new Promise((answer) => {
              const inbox = String(++number);
              waiting.set(inbox, answer);
              const header = id ? `NATS/1.0\r\nNats-Msg-Id: ${id}\r\n\r\n` : "";
              const size = Buffer.byteLength(body);
              socket.write(id ? `HPUB ${subject} _INBOX.${inbox} ${header.length} ${header.length + size}\r\n${header}${body}\r\n` : `PUB ${subject} _INBOX.${inbox} ${size}\r\n${body}\r\n`);
            }),
            close: () => socket.destroy(),
          });
        }
      }
    });
  });
}
