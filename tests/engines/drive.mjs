// One small page interface over three browsers: Chromium and Firefox ESR through Playwright, WebKitGTK through WebDriver.
//   goto(url)  address()  run(function, ...values)  click({ x, y })  tab()  quit()
// A function given to `run` runs in the page and may be asynchronous.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromium, firefox } from "playwright-core";
import { chromium as findChromium, root, run as command } from "../../xtask/setup.mjs";

const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
const MINIBROWSER = process.env.MINIBROWSER ?? "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
const has = (name) => spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;
const SIZE = { width: 1100, height: 800 };

/** Installs what is missing, where apt-get may be used; says which browsers there are. */
export function browsers() {
  const wanted = [!existsSync(FIREFOX) && "firefox-esr", !(has("WebKitWebDriver") && existsSync(MINIBROWSER)) && "webkit2gtk-driver", !has("Xvfb") && "xvfb"].filter(Boolean);
  if (wanted.length && has("apt-get") && process.getuid?.() === 0) {
    const quiet = { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
    spawnSync("apt-get", ["update", "-qq"], quiet);
    spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...wanted], quiet);
  }
  const folder = join(root, "tests", "engines");
  if (!existsSync(join(folder, "node_modules", "selenium-webdriver"))) command("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: folder });
  return { chromium: Boolean(findChromium()), firefox: existsSync(FIREFOX), webkit: has("WebKitWebDriver") && has("Xvfb") && existsSync(MINIBROWSER) };
}

class Played {
  constructor(context, page, browser) { Object.assign(this, { context, page, browser }); }
  static async open(name) {
    const browser = name === "chromium"
      ? await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"] })
      : await firefox.launch({ channel: "moz-firefox", executablePath: FIREFOX });
    const context = await browser.newContext({ viewport: SIZE });
    const made = new Played(context, await context.newPage(), browser);
    return made;
  }
  version() { return this.browser.version(); }
  goto(url) { return this.page.goto(url, { waitUntil: "load" }); }
  async address() { return this.page.url(); }
  run(does, ...values) { return this.page.evaluate(`(async () => (${does})(...${JSON.stringify(values)}))()`); }
  click({ x, y }) { return this.page.mouse.click(x, y); }
  async tab() { return new Played(this.context, await this.context.newPage(), this.browser); }
  close() { return this.page.close(); }
  quit() { return this.browser.close(); }
}

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** A screen of our own: Xvfb picks a free one and writes its number to the fourth descriptor. */
const screen = () => new Promise((resolve, reject) => {
  const child = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  child.once("error", reject);
  child.stdio[3].once("data", (data) => resolve({ child, display: `:${String(data).trim()}` }));
});

class Driven {
  constructor(parts) { Object.assign(this, parts); }
  static async open() {
    const { Builder, Capabilities } = createRequire(join(root, "tests", "engines", "package.json"))("selenium-webdriver");
    const { child, display } = await screen();
    const port = await freePort();
    const driver = spawn("WebKitWebDriver", [`--port=${port}`], { stdio: "ignore", env: { ...process.env, DISPLAY: display, LIBGL_ALWAYS_SOFTWARE: "1" } });
    const children = [child, driver];
    try {
      const url = `http://127.0.0.1:${port}`;
      for (let time = 0; !(await fetch(`${url}/status`).then(({ ok }) => ok, () => false)); time++) {
        if (time > 300) throw new Error("WebKitWebDriver does not answer");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const capabilities = new Capabilities().set("browserName", "MiniBrowser").set("webkitgtk:browserOptions", { binary: MINIBROWSER, args: ["--automation"] });
      const web = await new Builder().usingServer(url).disableEnvironmentOverrides().withCapabilities(capabilities).build();
      await web.manage().setTimeouts({ script: 8_000, pageLoad: 60_000 });
      await web.manage().window().setRect(SIZE);
      return new Driven({ web, children, handle: await web.getWindowHandle() });
    } catch (error) {
      for (const each of children) each.kill();
      throw error;
    }
  }
  /** WebDriver knows one current tab. */
  here() { return this.web.switchTo().window(this.handle); }
  async version() { return (await this.web.getCapabilities()).get("browserVersion"); }
  async goto(url) { await this.here(); await this.web.get(url); }
  /** Asked of the driver: a script in a page that is being replaced is never answered, nor is any after it until the next `goto`. */
  async address() { await this.here(); return this.web.getCurrentUrl(); }
  async run(does, ...values) {
    await this.here();
    const answer = await this.web.executeAsyncScript(`const done = arguments[arguments.length - 1]; (async () => (${does})(...arguments[0]))().then((value) => done({ value }), (error) => done({ error: String(error) }));`.replace("(async () =>", "(async (given) =>").replace("arguments[0]", "given").replace("))().then", "))(arguments[0]).then"), values);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value ?? undefined;
  }
  // By the pointer: `element.click()` of WebDriver is "intercepted" for everything in a shadow root.
  async click({ x, y }) {
    await this.here();
    await this.web.actions().move({ x: Math.round(x), y: Math.round(y) }).click().perform();
  }
  async tab() {
    await this.here();
    await this.web.switchTo().newWindow("tab");
    return new Driven({ web: this.web, children: [], handle: await this.web.getWindowHandle() });
  }
  async close() { await this.here(); await this.web.close(); }
  async quit() {
    try {
      await this.web.quit();
    } finally {
      for (const child of this.children.reverse()) child.kill();
    }
  }
}

export const open = (name) => (name === "webkit" ? Driven.open() : Played.open(name));
