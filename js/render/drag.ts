/** Lets a finger pull a sheet down by its handle; far or fast enough closes it. */

import type { Listen } from "./types.ts";

const FAR = 0.3;
/** Pixels per millisecond. */
const FAST = 0.5;

export function draggable(frame: HTMLElement, cardOf: () => HTMLElement, close: () => void, listen: Listen): void {
  let from = 0;
  let since = 0;
  /** The pointer that holds the handle. */
  let held: number | undefined;
  const move = (by: number) => (cardOf().style.transform = by > 0 ? `translateY(${by}px)` : "");

  listen<PointerEvent>(frame, "pointerdown", (event) => {
    const handle = (event.target as Element).closest("[part=handle]");
    if (!handle || event.button || !event.isPrimary) return;
    handle.setPointerCapture((held = event.pointerId));
    from = event.clientY;
    since = event.timeStamp;
  });
  const release = (event: PointerEvent) => {
    if (event.pointerId !== held) return;
    held = undefined;
    const by = event.clientY - from;
    const isFar = by > cardOf().offsetHeight * FAR || (by > 24 && by / (event.timeStamp - since) > FAST);
    if (event.type === "pointerup" && isFar) close();
    else move(0);
  };
  listen<PointerEvent>(frame, "pointermove", (event) => {
    if (event.pointerId !== held) return;
    // Let go where nobody told of it, over a dialog of the browser's for instance.
    if (event.buttons) move(event.clientY - from);
    else release(event);
  });
  listen(frame, "pointerup", release);
  listen(frame, "pointercancel", release);
}
