/** Keeps a message off the launchers of chats, which stand in the same corner. */

const LAUNCHERS = "#ch-plugin,#intercom-container,[class*=intercom-l],[data-channel-public-id],[data-dangol-avoid]";
/** What is larger is no launcher but an open chat, or a wrapper; what is smaller cannot be seen. */
const SMALLEST = 16;
const LARGEST = 160;
/** Parts that are looked at: a launcher consists of few. */
const PARTS = 100;
/** A provider draws its launcher some time after the page has come. None is looked for before the message's first frame. */
const LOOKS = [50, 500, 2000, 5000];

export function keepClear(frame: HTMLElement, cardOf: () => HTMLElement, window: Window, signal: AbortSignal): void {
  const { document } = window;
  const look = (): void => {
    if (signal.aborted) return;
    // Not from under a finger: what is released elsewhere is no click.
    if (frame.matches(":active")) return void window.setTimeout(look, 500);
    frame.style.removeProperty("--_clear");
    const roots = document.querySelectorAll(LAUNCHERS);
    // Few pages have a launcher, and measuring lays the page out.
    if (!roots.length) return;
    const card = cardOf().getBoundingClientRect();
    let edge = window.innerHeight;
    for (const root of roots) {
      for (const part of [root, ...root.querySelectorAll("*")].slice(0, PARTS)) {
        const { left, right, top, bottom, width, height } = part.getBoundingClientRect();
        const fits = Math.min(width, height) >= SMALLEST && Math.max(width, height) <= LARGEST;
        if (fits && left < card.right && right > card.left && top < card.bottom && bottom > card.top) edge = Math.min(edge, top);
      }
    }
    // Only what stands at the lower edge can be lifted.
    if (edge > window.innerHeight / 2) frame.style.setProperty("--_clear", window.innerHeight - edge + "px");
  };
  for (const after of LOOKS) window.setTimeout(look, after);
  window.addEventListener("resize", look, { signal });
}
