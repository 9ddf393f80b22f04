/**
 * A message that nobody sees, drawn while the page is idle. A browser compiles a function when it is first called, reads a
 * sheet when it is first asked for, and looks for fonts when they are first written in: more than half of what a page's first
 * message would cost, and none of it is needed only then.
 */
import type { Message } from "./types.ts";

type Renderer = Pick<typeof import("./chunk.ts"), "mount">;

/**
 * What an engine is told: of a shop that has one campaign, with the blocks that most messages have. It stays below the top
 * layer: the page would hear of that, and its style sheet may lock the page for whatever lies there.
 */
const CONFIG = `{"version":1,"settings":{"theme":{"zIndex":0}},"coupons":{"a":{"name":"a","code":"a"}},"campaigns":{"a":{"purpose":"service","trigger":{"manual":true},"message":{"layout":"slide","blocks":[{"text":"{{ traits.a | default: 'a' }}","as":"title"},{"coupon":"a"},{"button":"a","action":{"open":"/"}}]}}}}`;
const INPUTS = [
  `{"in":"start","options":{"consent":"granted","memory":true,"locale":"ko"},"entropy":"00","stream":"a","page":{"url":"https://a.test/"},"config":${JSON.stringify(CONFIG)}}`,
  `{"in":"claimed"}`,
  `{"in":"part","ok":true}`,
  `{"in":"call","id":"a","at":0,"call":"show","name":"a"}`,
  `{"in":"claimed"}`,
];

const idle = (): Promise<unknown> => new Promise((resolve) => (window.requestIdleCallback || setTimeout)(resolve));

/**
 * `answer` has an engine that is asked nothing else answer these, and gives its last answer; `config` is the text of the shop's
 * configuration. Once `signal` says that all is over, nothing is done.
 */
export async function rehearse(answer: (inputs: string[]) => string, renderer: Renderer, signal: AbortSignal, config: string): Promise<void> {
  // Asking for a file in the task of a message costs it a millisecond at a laptop's speed. Only some messages ask for these; a word too many costs a fetch.
  if (config.includes('"sheet"')) void import("./drag.ts").catch(() => {});
  if (/"(rating|choice|input)"/.test(config)) void import("./form.ts").catch(() => {});
  await idle();
  if (signal.aborted) return;
  const effects: { e: string; message?: Message }[] = JSON.parse(answer(INPUTS));
  await idle();
  if (signal.aborted) return;
  lay(effects.find(({ e }) => e === "show")!.message!, renderer);
}

/** The weights that a message is written in, and the family that its sheet names first (style.css). */
const WEIGHTS = [400, 600, 700];
const FAMILY = "Pretendard";

/** Whether `text` can be written as a message is without a font being fetched. The page is asked: a browser fetches as soon as an element's style is. */
function isAtHand(text: string): boolean {
  const family = getComputedStyle(document.documentElement).getPropertyValue("--dangol-font") || FAMILY;
  try {
    return WEIGHTS.every((weight) => document.fonts.check(`${weight} 1px ${family},sans-serif`, text));
  } catch {
    return false;
  }
}

/** Puts it where messages are, lays it out, and takes it away again before the page is painted, whatever the page does about it. */
function lay(message: Message, { mount }: Renderer): void {
  const host = document.createElement("div");
  // What the page has named and not used is fetched by the page, or by a message that somebody sees.
  if (!isAtHand(JSON.stringify(message.tree))) host.style.setProperty("--dangol-font", "sans-serif");
  const mounted = mount(message, () => {}, { document, host });
  try {
    void host.offsetWidth;
  } finally {
    host.remove();
    mounted.remove();
  }
}
