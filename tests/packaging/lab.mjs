// The package as others get it: packed, installed into a small project of its own, built there, and opened.
//
// Projects lie in consumers/, each with its lock file; they are installed on demand into .cache/packaging.
// DANGOL_TARBALL=<file> tests another tarball than the one of this checkout: a broken one must fail.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { root } from "../../xtask/setup.mjs";
import { POLICY } from "../js/lab.mjs";

const CACHE = join(root, ".cache", "packaging");
const CONSUMERS = join(root, "tests", "packaging", "consumers");

/** Runs a command and gives what it said; throws with that when it fails. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: "utf8", timeout: 280_000, ...options });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${done.error ?? `status ${done.status}`}\n${done.stdout}\n${done.stderr}`);
  return done.stdout;
}

let packed;
/** The tarball that would be published. */
export function tarball() {
  if (process.env.DANGOL_TARBALL) return process.env.DANGOL_TARBALL;
  if (packed) return packed;
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, "pack-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const [{ filename }] = JSON.parse(run("npm", ["pack", "--json", "--silent", "--pack-destination", folder], { cwd: root }));
  return (packed = join(folder, filename));
}

/** Installs a consumer's own packages once, then the tarball, and copies its files beside them. Gives its folder. */
export function consumer(name) {
  const source = join(CONSUMERS, name);
  const folder = join(CACHE, name);
  const lock = join(source, "package-lock.json");
  const mark = join(folder, "installed.lock");
  mkdirSync(folder, { recursive: true });
  if (existsSync(lock) && !(existsSync(mark) && readFileSync(mark, "utf8") === readFileSync(lock, "utf8"))) {
    rmSync(mark, { force: true });
    for (const file of ["package.json", "package-lock.json"]) cpSync(join(source, file), join(folder, file));
    run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], { cwd: folder });
    cpSync(lock, mark);
  }
  cpSync(source, folder, { recursive: true });
  // What Vite made of the tarball before this one.
  rmSync(join(folder, "node_modules", ".vite"), { recursive: true, force: true });
  // What npm does with a tarball that has no dependencies and no scripts.
  const place = join(folder, "node_modules", "dangol");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  run("tar", ["-xzf", tarball(), "--strip-components=1", "-C", place]);
  return folder;
}

/** A consumer that installs the tarball with npm itself, with nothing else in it. */
export function installed(name) {
  const folder = join(CACHE, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(CONSUMERS, name), folder, { recursive: true });
  if (!existsSync(join(folder, "package.json"))) writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--no-save", tarball()], { cwd: folder });
  return folder;
}

const TYPES = { ".html": "text/html;charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".json": "application/json", ".wasm": "application/wasm" };

/** Serves a folder as a static host does, under the strict policy. */
export async function host(folder, policy = POLICY) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://x");
    try {
      const file = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
      const body = readFileSync(join(folder, file));
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { "Content-Type": type, ...(type.startsWith("text/html") && { "Content-Security-Policy": policy }) }).end(body);
    } catch {
      response.writeHead(pathname === "/favicon.ico" ? 204 : 404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

/** Starts a server of the consumer's own and waits until it says where it is. */
export async function started(command, args, options, pattern) {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let said = "";
  const origin = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${args.join(" ")} did not start:\n${said}`)), 90_000);
    const hear = (data) => {
      // The address may be written in bold.
      said += String(data).replace(/\u001b\[[0-9;]*m/g, "");
      const found = pattern.exec(said);
      if (found) {
        clearTimeout(timer);
        resolve(found[1].replace("localhost", "127.0.0.1").replace(/\/$/, ""));
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => reject(new Error(`${args.join(" ")} ended with ${code}:\n${said}`)));
  });
  return {
    origin,
    close: () => new Promise((resolve) => {
      child.removeAllListeners("exit");
      child.once("exit", resolve);
      try {
        process.kill(-child.pid, "SIGTERM");
      } catch {
        resolve();
      }
    }),
  };
}
