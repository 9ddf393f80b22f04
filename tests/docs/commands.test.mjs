// What the documentation has one type is typed: its shell blocks run in a folder of their own, its texts are what the engine and the files say.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startCollector } from "../../www/collector/server.mjs";
import { root } from "../../xtask/setup.mjs";
import { blocks, name, of, on } from "./blocks.mjs";

let scratch;
let collector;
before(async () => {
  scratch = mkdtempSync(join(tmpdir(), "dangol-commands-"));
  collector = await startCollector({ port: 0, dataDir: join(scratch, "collector") });
  // `npx dangol` is the command line of this build.
  mkdirSync(join(scratch, "bin"));
  writeFileSync(join(scratch, "bin", "npx"), `#!/bin/sh\n[ "$1" = dangol ] || exit 127\nshift\nexec "${process.execPath}" "${join(root, "pkg", "cli.js")}" "$@"\n`);
  chmodSync(join(scratch, "bin", "npx"), 0o755);
});
after(async () => {
  await collector?.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** The folder in which the commands of a page are typed: the repository's docs, and the first example's configuration. */
function folderOf(file) {
  const folder = join(scratch, file.replaceAll("/", "-"));
  if (!existsSync(folder)) {
    mkdirSync(folder);
    symlinkSync(join(root, "docs"), join(folder, "docs"));
    writeFileSync(join(folder, "campaigns.json"), on("start", "json")[0].code);
  }
  return folder;
}

/** Runs a block as a shell does; the collector answers in this process, so nothing may block it. */
function shell(file, code) {
  return new Promise((resolve) => {
    const child = spawn("sh", ["-ec", code.replaceAll("https://collect.example.com/v1/batch", `${collector.url}/collect`)], {
      cwd: folderOf(file), env: { ...process.env, PATH: `${join(scratch, "bin")}${delimiter}${process.env.PATH}` },
    });
    let said = "";
    child.stdout.on("data", (data) => { said += data; });
    child.stderr.on("data", (data) => { said += data; });
    child.on("close", (code) => resolve({ code, said }));
  });
}

/** Not run here, for they are what runs this: they set up, build, serve and test. Their scripts are there. */
const WITHOUT_US = /^npm (?:start|test|run (\w+))$/;
const typed = new Set();

describe("commands in the documentation", () => {
  for (const block of of("sh")) {
    const lines = block.code.split("\n").map((line) => line.replace(/\s+#.*$/, "").trim()).filter(Boolean);
    if (lines.every((line) => WITHOUT_US.test(line))) {
      it(`${name(block)}: the script is there`, () => {
        const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
        for (const line of lines) assert.ok(scripts[WITHOUT_US.exec(line)[1] ?? line.split(" ")[1]], line);
      });
      continue;
    }
    // The Korean page has the same commands; those that leave nothing behind are typed once.
    const key = /campaigns\.|covered/.test(block.code) ? name(block) : block.code;
    if (typed.has(key)) continue;
    typed.add(key);
    const openssl = /\bopenssl\b/.test(block.code);
    it(name(block), { skip: openssl && spawnSync("openssl", ["version"]).status !== 0 && "there is no openssl here" }, async () => {
      if (openssl) {
        const { publicKey } = JSON.parse(readFileSync(join(folderOf(block.file), "dangol-key.json"), "utf8"));
        const key = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(publicKey, "base64").toString("base64url") } });
        writeFileSync(join(folderOf(block.file), "public.pem"), key.export({ type: "spki", format: "pem" }));
      }
      const { code, said } = await shell(block.file, block.code);
      assert.equal(code, 0, said);
      if (openssl) assert.match(said, /Verified Successfully/);
    });
  }
});

/** Who looks at the blocks that are no program. Each is looked at by somebody. */
const TEXTS = {
  "a policy, under which tests/e2e/readme.test.mjs opens the first example": ({ file, code }) => /^Content-Security-Policy: .+\n$/.test(code) && /^README(\.ko)?\.md$|(^|\/)start\.md$/.test(file),
  "an explanation, which tests/documentation.rs compares with the engine's": ({ file }) => /^docs\/(ko\/)?conditions\.md$/.test(file),
  "a drawing": ({ file }) => file === "docs/architecture.md",
  "an event, which tests/e2e/documentation.test.mjs compares with one that was sent": ({ code }) => code.startsWith('{ "type": "track"'),
  template: ({ code }) => code.startsWith("{{"),
  signed: ({ code }) => code.startsWith('{"dangol":"signed/1"'),
};
const texts = (kind) => of("text").filter(TEXTS[kind]);

describe("texts in the documentation", () => {
  it("are each looked at by some test", () => {
    assert.deepEqual(of("text").filter((block) => !Object.values(TEXTS).some((mine) => mine(block))).map(name), []);
    for (const [kind, mine] of Object.entries(TEXTS)) assert.ok(of("text").some(mine), kind);
    assert.ok(blocks.length > 100);
  });

  it("templates are filled", async () => {
    const engine = await (await import("../../pkg/engine.js")).loadEngine();
    for (const block of texts("template")) {
      const config = { version: 1, locale: "ko", campaigns: { x: { trigger: { manual: true }, message: { layout: "toast", blocks: [{ text: block.code.trim() }] } } } };
      assert.deepEqual(engine.validate(config), [], name(block));
      const drawn = JSON.stringify(engine.render(config, "x", { visits: { daysSincePrevious: 14 } }));
      assert.match(drawn, /단골손님이 안 오신 14일 사이/, name(block));
      assert.doesNotMatch(drawn, /\{\{/);
    }
  });

  it("the format of a signed file is that of a signed file", async () => {
    for (const block of texts("signed")) {
      const made = await shell(block.file, "npx dangol keygen --out format-key.json && npx dangol sign campaigns.json --key format-key.json --revision 42 --not-before 2026-11-01T00:00:00Z --expires 2026-12-31T15:00:00Z --out format.json");
      assert.equal(made.code, 0, made.said);
      const file = readFileSync(join(folderOf(block.file), "format.json"), "utf8").split("\n");
      const told = block.code.split("\n");
      assert.deepEqual(Object.keys(JSON.parse(told[0])), Object.keys(JSON.parse(file[0])), name(block));
      assert.equal(told[1], file[1], name(block));
      assert.equal(file.slice(2).join("\n"), readFileSync(join(folderOf(block.file), "campaigns.json"), "utf8"));
    }
  });
});

describe("servers in the documentation", () => {
  const servers = of("js").filter(({ code }) => /from "node:/.test(code));
  it("are the endpoint in a few lines, in both languages", () => assert.deepEqual(servers.map(({ file }) => file).sort(), ["docs/endpoint.md", "docs/ko/endpoint.md"]));

  for (const block of servers) {
    it(`${name(block)}: keeps every rule that must be kept, and stores each event once`, async () => {
      const folder = mkdtempSync(join(scratch, "server-"));
      const port = await new Promise((resolve) => {
        const free = createServer().listen(0, "127.0.0.1", () => { const { port } = free.address(); free.close(() => resolve(port)); });
      });
      writeFileSync(join(folder, "collect.mjs"), block.code.replace("8787", String(port)));
      const server = spawn(process.execPath, ["collect.mjs"], { cwd: folder, stdio: "inherit" });
      try {
        const address = `http://127.0.0.1:${port}`;
        for (let tries = 0; tries < 100 && !(await fetch(address, { method: "POST" }).catch(() => undefined)); tries++) await new Promise((resolve) => { setTimeout(resolve, 50); });
        const { code, said } = await shell(block.file, `npx dangol check-endpoint ${address} --origin https://shop.example.com --strict`);
        assert.equal(code, 0, said);
        for (const body of ["null", '{"batch":[null]}', '{"batch":{"length":1}}', ""]) assert.equal((await fetch(address, { method: "POST", body })).status, 400, body);
        const ids = readFileSync(join(folder, "events.ndjson"), "utf8").trim().split("\n").map((line) => JSON.parse(line).messageId);
        assert.ok(ids.length > 500);
        assert.equal(new Set(ids).size, ids.length);
      } finally {
        server.kill();
      }
    });
  }
});

describe("TypeScript in the documentation", () => {
  // The declarations of the reference are cut out of js/types.ts and js/tools.ts, which tests/docs/site.test.mjs compares.
  const own = of("ts").filter(({ file }) => !file.includes("/reference/"));
  it("fits the package's types", () => {
    assert.ok(own.length > 2);
    const files = own.map(({ code }, place) => {
      const path = join(scratch, `block-${place}.ts`);
      const imported = /\binit\(/.test(code) && !/^import /m.test(code) ? `import { init } from ${JSON.stringify(join(root, "pkg", "index.js"))};\n` : "";
      writeFileSync(path, `${imported}${code.replace(/^class /gm, "declare class ")}\nexport {};\n`);
      return path;
    });
    const { status, stdout } = spawnSync(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", ...files], { cwd: scratch, encoding: "utf8" });
    assert.equal(status, 0, stdout);
  });
});
