// The README's and the site's first example, word for word: its files, its policy, a web server of the simplest kind, and the message.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { release, root } from "../../xtask/setup.mjs";
import { browser, visitor } from "./harness.mjs";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };
const READMES = { "README.md": "Nice to meet you!", "README.ko.md": "처음 오셨네요, 반가워요!", "docs/start.md": "Nice to meet you!", "docs/ko/start.md": "처음 오셨네요, 반가워요!" };

/** The code block that follows "`name`:". */
const file = (text, name) => new RegExp(`^\`${name.replace(".", "\\.")}\`:\\n+\`\`\`\\w+\\n([^]*?)^\`\`\``, "m").exec(text)?.[1];

let open;
before(async () => { open = await browser(); });
after(() => open?.close());

describe("the README's first example", () => {
  for (const [readme, words] of Object.entries(READMES)) {
    it(`shows its message (${readme})`, async () => {
      const text = readFileSync(join(root, readme), "utf8");
      const [, policy] = /^Content-Security-Policy: (.+)$/m.exec(text);
      const folder = mkdtempSync(join(tmpdir(), "dangol-readme-"));
      for (const name of ["campaigns.json", "index.html"]) writeFileSync(join(folder, name), file(text, name));
      for (const [, named] of text.matchAll(/`pkg\/([\w.-]+)`/g)) {
        // The folder by the beginning of its name: the rest is a hash.
        const name = named === "v-" ? release() : named;
        cpSync(join(root, "pkg", name), join(folder, name), { recursive: true });
      }
      const server = createServer((request, response) => {
        const path = new URL(request.url, "http://localhost").pathname;
        const name = path === "/" ? "/index.html" : path;
        try {
          const body = readFileSync(join(folder, name));
          response.writeHead(200, { "content-type": TYPES[extname(name)], "content-security-policy": policy }).end(body);
        } catch {
          response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
        }
      });
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { page, close } = await visitor(open);
      await page.goto(`http://127.0.0.1:${server.address().port}/`);
      const shown = page.locator("dangol-message").getByText(words);
      await shown.waitFor();
      const box = await shown.boundingBox();
      assert.ok(box.width > 0 && box.y >= 0 && box.y + box.height <= 800, "on screen");
      assert.equal(await page.evaluate(() => window.dangol.ready), "full");
      await close();
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    });
  }
});
