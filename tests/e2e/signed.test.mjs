// Signed configurations on real pages: only what a pinned key signed is used, and the last good one is kept.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { chromium } from "playwright-core";
import { chromium as executable, root } from "../../xtask/setup.mjs";
import { dangol } from "../cli/run.mjs";
import { FOLDER, html, serve, until } from "../js/lab.mjs";

const folder = mkdtempSync(join(tmpdir(), "dangol-signed-"));
const keys = {};
/** How long the configuration takes to come, in milliseconds. */
let late = 0;
let browser, server, served, origin;

/** A configuration that says its name: everyone is in the segment. */
const config = (name, revision, more) => JSON.stringify({ version: 1, revision, timezone: "Asia/Seoul", segments: { [name]: { name: "단골", when: {} } }, ...more });

/** What `dangol sign` makes of it. */
async function signed(name, revision, key, ...rest) {
  const more = typeof rest[0] === "object" ? rest.shift() : {};
  const path = join(folder, `${name}.json`);
  writeFileSync(path, config(name, revision, more));
  const { code, stdout, stderr } = await dangol(["sign", path, "--key", join(folder, `${key}.json`), ...rest]);
  assert.equal(code, 0, stderr);
  return stdout;
}

before(async () => {
  for (const id of ["old", "new", "stranger"]) {
    await dangol(["keygen", "--id", id, "--out", join(folder, `${id}.json`)]);
    keys[id] = JSON.parse(readFileSync(join(folder, `${id}.json`), "utf8")).publicKey;
  }
  const page = html('<script type="module" src="/shop.js"></script>');
  const shop = `import { init } from "/pkg/index.js";
    window.problems = [];
    window.begin = async (publicKeys, config = "/config.json", more) => {
      window.dangol = init({ config, publicKeys, consent: "granted", ...more });
      dangol.on("problem", (problem) => problems.push(problem));
      await dangol.ready;
      await dangol.track("Looked");
    };`;
  server = await serve({
    "/": page, "/shop.js": shop,
    "/config.json": (request, response) => void setTimeout(() => response.writeHead(served ? 200 : 503, { "Content-Type": "application/json" }).end(served), late),
    "/collect": (request, response) => response.writeHead(200).end(),
  });
  origin = server.origin;
  const args = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP shop.test 127.0.0.1"];
  browser = await chromium.launch({ executablePath: executable(), args });
});
after(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A visitor; `visit` loads the page anew and says which configuration is in force and what was told. */
async function visitor(at = origin) {
  const context = await browser.newContext();
  const said = [];
  const page = await context.newPage();
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  return {
    page, said,
    close: () => context.close(),
    async visit(publicKeys, config, more, path = "") {
      await page.goto(at + path);
      await page.waitForFunction(() => typeof window.begin === "function");
      await page.evaluate(([publicKeys, config, more]) => window.begin(publicKeys, config ?? undefined, more), [publicKeys, config, more]);
      // What was fetched may come after the start; it has been judged once the page is at rest.
      await page.waitForLoadState("networkidle");
      await page.waitForTimeout(100);
      return page.evaluate(() => ({ segments: dangol.segments(), codes: problems.map(({ code }) => code) }));
    },
  };
}

const pinned = () => ({ old: keys.old, new: keys.new });

describe("signed configurations", () => {
  it("uses what a pinned key signed, keeps it, and takes nothing else for it", async () => {
    const { page, visit, close, said } = await visitor();
    served = await signed("first", 5, "old");
    assert.deepEqual(await visit(pinned()), { segments: ["first"], codes: [] });

    const tampered = (await signed("second", 6, "old")).replace('"second"', '"secon2"');
    const longAgo = "2026-01-01T00:00:00Z";
    const cases = {
      "config-signature-wrong": tampered,
      "config-rolled-back": await signed("older", 4, "old"),
      "config-key-unknown": await signed("foreign", 9, "stranger"),
      "config-unsigned": config("bare", 9),
      "config-too-early": await signed("early", 9, "old", "--not-before", "30d"),
      "config-expired": expire(await signed("late", 9, "old", "--expires", "30d"), longAgo),
      "config-signature-unreadable": served.slice(0, 80),
    };
    for (const [code, text] of Object.entries(cases)) {
      served = text;
      const { segments, codes } = await visit(pinned());
      assert.deepEqual([segments, codes], [["first"], [code === "config-expired" ? "config-signature-wrong" : code]], code);
    }
    // Nothing of what was refused has been kept.
    served = "";
    const { segments, codes } = await visit(pinned());
    assert.deepEqual([segments, codes], [["first"], ["config-unreachable"]]);
    const problem = await page.evaluate(() => problems[0]);
    assert.equal(typeof problem.message, "string");
    assert.deepEqual(said.filter((line) => !/status of 503/.test(line)), []);
    await close();
  });

  it("goes without any when none was ever good, and collects all the same", async () => {
    const { visit, page, close } = await visitor();
    served = config("bare", 1);
    assert.deepEqual(await visit(pinned()), { segments: [], codes: ["config-unsigned"] });
    assert.equal(await page.evaluate(() => dangol.ready), "full");
    assert.equal(await page.evaluate(() => dangol.stats().local), 2);
    assert.deepEqual((await visit(pinned(), { version: 1, segments: { inline: { when: {} } } })).segments, []);
    assert.deepEqual((await visit({ old: "no key" })).segments, []);
    // What is there is meant, even with nothing in it; only what is left out is not.
    for (const keys of [{}, null, "", 0, false]) {
      const { segments, codes } = await visit(keys);
      assert.deepEqual([segments, codes], [[], [keys === "" ? "signature_unavailable" : "config-unsigned"]], JSON.stringify(keys));
    }
    assert.deepEqual(await visit(undefined), { segments: ["bare"], codes: [] });
    await close();
  });

  it("takes a configuration that has expired out of use, and never a lower revision again", async () => {
    const { visit, page, close } = await visitor();
    served = await signed("short", 7, "old", "--expires", "30d");
    assert.deepEqual((await visit(pinned())).segments, ["short"]);
    await page.clock.install({ time: Date.now() + 31 * 86_400_000 });
    assert.deepEqual(await visit(pinned()), { segments: [], codes: ["config-expired", "config-expired"] });
    served = await signed("back", 6, "old");
    assert.deepEqual(await visit(pinned()), { segments: [], codes: ["config-expired", "config-rolled-back"] });
    served = await signed("forth", 8, "old");
    assert.deepEqual(await visit(pinned()), { segments: ["forth"], codes: ["config-expired"] });
    await close();
  });

  it("lets a key be exchanged without a gap", async () => {
    const { visit, close } = await visitor();
    served = await signed("one", 1, "old");
    assert.deepEqual(await visit({ old: keys.old }), { segments: ["one"], codes: [] });
    assert.deepEqual(await visit(pinned()), { segments: ["one"], codes: [] });
    served = await signed("two", 2, "new");
    assert.deepEqual(await visit(pinned()), { segments: ["two"], codes: [] });
    // The old key is given up; what it signed no longer counts.
    assert.deepEqual(await visit({ new: keys.new }), { segments: ["two"], codes: [] });
    served = await signed("three", 3, "old");
    assert.deepEqual(await visit({ new: keys.new }), { segments: ["two"], codes: ["config-key-unknown"] });
    await close();
  });

  it("does not believe what lies in storage either", async () => {
    const { visit, page, close } = await visitor();
    served = await signed("true", 1, "old");
    assert.deepEqual((await visit(pinned())).segments, ["true"]);
    const forged = JSON.stringify({ text: served.replace("true", "fake"), etag: "" });
    await page.evaluate((record) => new Promise((resolve, reject) => {
      const open = indexedDB.open("dangol");
      open.onsuccess = () => {
        const write = open.result.transaction("state", "readwrite");
        write.objectStore("state").put(record, "config");
        write.oncomplete = () => { open.result.close(); resolve(); };
        write.onerror = reject;
      };
    }), forged);
    served = "";
    assert.deepEqual((await visit(pinned())).segments, []);
    // Without pinned keys it is an ordinary configuration, so that signing can begin before every page knows the key.
    served = await signed("open", 2, "old");
    assert.deepEqual((await visit(undefined)).segments, ["open"]);
    await close();
  });

  it("never goes back behind what another tab has accepted", async () => {
    const { page, visit, close } = await visitor();
    served = await signed("five", 5, "old");
    assert.deepEqual((await visit(pinned())).segments, ["five"]);
    const other = await page.context().newPage();
    served = await signed("seven", 7, "old");
    await other.goto(origin);
    await other.waitForFunction(() => typeof window.begin === "function");
    await other.evaluate((keys) => window.begin(keys), pinned());
    await until(() => other.evaluate(() => dangol.segments().includes("seven")), "the other tab's");
    served = await signed("six", 6, "old");
    // The first tab looks again, as it does when it is looked at after a while.
    await page.evaluate(() => {
      const { now } = Date;
      Date.now = () => now() + 20_000;
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await until(() => page.evaluate(() => problems.some(({ code }) => code === "config-rolled-back")), "the refusal");
    assert.deepEqual(await page.evaluate(() => dangol.segments()), ["five"]);
    served = "";
    assert.deepEqual((await visit(pinned())).segments, ["seven"], "what is kept is the highest");
    await close();
  });

  it("takes pinned keys from the script tag, and from a script that starts it by hand", async () => {
    served = await signed("tagged", 1, "old");
    const keysText = JSON.stringify(pinned()).replaceAll('"', "&quot;");
    server.routes["/tag"] = html(`<script src="/pkg/dangol.js" data-config="/config.json" data-consent="granted" data-public-keys="${keysText}"></script>`);
    server.routes["/by-hand"] = html('<script src="/pkg/dangol.js"></script><script src="/start.js"></script>');
    server.routes["/start.js"] = `dangol.init({ config: "/config.json", consent: "granted", publicKeys: ${JSON.stringify(pinned())} });`;
    for (const path of ["/tag", "/by-hand"]) {
      const { page, close } = await visitor();
      const look = async () => {
        await page.goto(origin + path);
        await page.waitForFunction(() => window.dangol?.ready);
        await page.evaluate(() => dangol.ready.then(() => dangol.track("Looked")));
        await page.waitForLoadState("networkidle");
        await page.waitForTimeout(100);
        return page.evaluate(() => dangol.segments());
      };
      served = config("bare", 9);
      assert.deepEqual(await look(), [], path);
      served = await signed("tagged", 1, "old");
      assert.deepEqual(await look(), ["tagged"], path);
      served = served.replace('"tagged"', '"forged"');
      assert.deepEqual(await look(), ["tagged"], path);
      if (path === "/tag") {
        // Keys that cannot be read are no reason to go without.
        server.routes["/tag"] = server.routes["/tag"].replace("{&quot;old", "{old");
        served = config("bare", 9);
        assert.deepEqual(await look(), []);
        server.routes["/tag"] = server.routes["/tag"].replace(/data-public-keys="[^"]*"/, 'data-public-keys=""');
        assert.deepEqual(await look(), []);
      }
      await close();
    }
  });

  it("checks on http too, where there is no crypto.subtle", async () => {
    const { visit, page, close } = await visitor(origin.replace("127.0.0.1", "shop.test"));
    served = await signed("plain", 1, "old");
    assert.deepEqual(await visit(pinned()), { segments: ["plain"], codes: [] });
    assert.equal(await page.evaluate(() => isSecureContext || !!crypto.subtle), false);
    served = served.replace("plain", "plaim");
    assert.deepEqual(await visit(pinned()), { segments: ["plain"], codes: ["config-signature-wrong"] });
    await close();
  });

  it("shows what may show before consent, a preview of it too, and says why", async () => {
    const message = { layout: "toast", blocks: [{ text: "도와드릴까요?" }] };
    served = await signed("early", 1, "old", {
      campaigns: {
        help: { purpose: "service", beforeConsent: true, trigger: { event: "Looked" }, message },
        offer: { trigger: { event: "Order Completed" }, message },
      },
      settings: { receipt: true },
    });
    const { page, visit, close } = await visitor();
    await visit(pinned(), undefined, { consent: "pending" }, "/?dangol-preview=offer");
    await page.locator("dangol-message[campaign=offer]").waitFor();
    await visit(pinned(), undefined, { consent: "pending" });
    const help = page.locator("dangol-message[campaign=help]");
    await help.getByText("왜 이 메시지가 보이나요?").click();
    await help.locator("[part~=because]").getByText("방금 한 일").waitFor();
    await close();
  });

  it("keeps on the device what one says is to stay that comes late and is refused", async () => {
    served = (await signed("late", 1, "old", { settings: { localOnly: ["properties.secret"] } })).replace('"late"', '"hate"');
    late = 4000;
    const { page, visit, close } = await visitor();
    await visit(pinned(), undefined, { endpoint: "/collect" });
    await until(() => page.evaluate(() => problems.some(({ code }) => code === "config-signature-wrong")), "the refusal");
    late = 0;
    await page.evaluate(() => dangol.track("Told", { secret: "hidden", open: "seen" }).then(() => dangol.flush()));
    const told = () => server.requests.flatMap(({ body }) => JSON.parse(body).batch).find(({ event }) => event === "Told");
    await until(told, "the event");
    assert.deepEqual(told().properties, { open: "seen" });
    await close();
  });

  it("loads the check only where keys are pinned", async () => {
    const asked = [];
    const { visit, page, close } = await visitor();
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    served = config("bare", 1);
    assert.deepEqual((await visit(undefined)).segments, ["bare"]);
    assert.ok(!asked.includes(`/pkg/${FOLDER}signature.js`));
    await visit(pinned());
    await until(() => asked.includes(`/pkg/${FOLDER}signature.js`));
    for (const file of [`${FOLDER}page.js`, "index.js", "dangol.js"]) assert.doesNotMatch(readFileSync(join(root, "pkg", file), "utf8"), /config-rolled-back/);
    await close();
  });
});

/** Writes another end into the terms: the signature is then no longer true, which is noticed before the time is. */
const expire = (text, moment) => text.replace(/"expires":"[^"]*"/, `"expires":"${moment}"`);
