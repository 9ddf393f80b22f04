// Starts the demo: the reference collector as a process of its own, and the shop before it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createShop } from "./shop/server.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const COLLECTOR = join(HERE, "collector", "main.mjs");
const START_PATIENCE = 15_000;
const STOP_PATIENCE = 5_000;

function startCollector({ port, dataDir }) {
  const child = spawn(process.execPath, [COLLECTOR, "--port", String(port), "--data", dataDir, "--config", join(HERE, "campaigns.json")], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => { child.once("exit", resolve); });
  const close = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_PATIENCE);
    await exited;
    clearTimeout(timer);
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => { close(); reject(new Error("The collector did not start in time.")); }, START_PATIENCE);
    exited.then((code) => { clearTimeout(timer); reject(new Error(`The collector ended with code ${code}.`)); });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [, url] = /^listening (\S+)/.exec(line) ?? [];
      if (!url) return;
      clearTimeout(timer);
      resolve({ url, pid: child.pid, close });
    });
  });
}

export async function startDemo({ shopPort = 4173, collectorPort = 4174, dataDir = join(HERE, ".data") } = {}) {
  // The shop also runs alone, so that its pages can be worked on without the collector.
  const collector = existsSync(COLLECTOR) ? await startCollector({ port: collectorPort, dataDir }) : undefined;
  try {
    const shop = await createShop({ port: shopPort, collectorUrl: collector?.url, pkgDir: join(ROOT, "pkg"), dataDir });
    return {
      url: shop.url,
      collectorUrl: collector?.url,
      collectorPid: collector?.pid,
      close: async () => { await shop.close(); await collector?.close(); },
    };
  } catch (problem) {
    await collector?.close();
    throw problem;
  }
}

const guide = ({ url, collectorUrl }) => `
  느루 NEURU      ${url}
  문서 / docs     ${url}/docs/ko  ${url}/docs
  collector       ${collectorUrl ?? "(not there: the shop runs alone)"}

  왼쪽 아래 ‘Dangol’ 탭을 열면 단골이 보는 것이 그대로 보이고, 시간을 옮길 수 있습니다.
  The “Dangol” tab at the lower left shows what Dangol sees, and moves the clock.

  1. 보름 만에 다시 온 손님
     둘러본 뒤 패널에서 +15일. 이름을 부르는 세일 배너가 나옵니다. +3일이면 나오지 않습니다.
     Back after two weeks: look around, press +15 days; a banner greets you. After +3 days: none.
  2. 새 회원
     ${url}/signup 에서 가입하면 바로 무료 배송 쿠폰이, 주문 없이 +3일이면 다시 알려 드립니다.
     New member: sign up, get the coupon on the next page; without an order, +3 days reminds you.
  3. 장바구니 앞에서 망설일 때
     10만 원 넘게 담고 장바구니에서 20초. 채팅이 말을 걸고, 답하면 쿠폰이 나옵니다.
     Hesitating: a bag of ₩100,000 or more, 20 seconds in the bag; a chat offers a code.

  무엇이 보이고 얼마나 팔렸는지는 / What was shown, and what it sold: ${url}/report
  모든 레이아웃과 블록은 ${url}/gallery 에서 봅니다. / Every layout and block: ${url}/gallery

  Ctrl+C 로 끝냅니다. / Ctrl+C ends it.
`;

/** Runs the demo in a terminal: says where it is and what to try, and ends with the terminal's signal. */
export async function serve() {
  const demo = await startDemo();
  process.stdout.write(guide(demo));
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, async () => { await demo.close(); process.exit(0); });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve();
