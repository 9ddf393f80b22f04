// The command line as a child process, over files of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../../xtask/setup.mjs";

/** Runs `dangol …` in English and gives what it said. */
export function dangol(args, { input, cwd = root, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "pkg", "cli.js"), ...args], { cwd, env: { ...process.env, LC_ALL: "C", ...env }, stdio: ["pipe", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (part) => { stdout += part; });
    child.stderr.setEncoding("utf8").on("data", (part) => { stderr += part; });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr, lines: stdout.trimEnd().split("\n").filter(Boolean) }));
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
  });
}

/** A folder with these files, removed when the test ends. */
export function folder(context, files) {
  const path = mkdtempSync(join(tmpdir(), "dangol-cli-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return path;
}

export const ndjson = (events) => events.map((event) => JSON.stringify(event)).join("\n") + "\n";
