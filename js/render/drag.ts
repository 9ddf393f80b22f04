/** Lets a finger pull a sheet down by its handle; far or fast enough closes it. */

import type { Listen } from "./types.ts";

const FAR = 0.3;
/** Pixels per millisecond. */
const FAST = 0.5;

export function draggable(frame: HTMLElement, cardOf: () => HTMLElement, close: () => void, listen: Listen): void {
  let from = 0;
  let since = 0;
  let held = false;
  const move = (by: number) => (cardOf().style.transform = by > 0 ? `translateY(${by}px)` : "");

  listen<PointerEvent>(frame, "pointerdown", (event) => {
    const handle = (event.target as Element).closest("[part=handle]");
    if (!handle || event.button) return;
    handle.setPointerCapture(event.pointerId);
    held = true;
    from = event.clientY;
    since = event.timeStamp;
  });
  listen<PointerEvent>(frame, "pointermove", (event) => {
    if (held) move(event.clientY - from);
  });
  const release = (event: PointerEvent) => {
    if (!held) return;
    held = false;
    const by = event.clientY - from;
    const isFar = by > cardOf().offsetHeight * FAR || (by > 24 && by / (event.timeStamp - since) > FAST);
    if (event.type === "pointerup" && isFar) close();
    else move(0);
  };
  listen(frame, "pointerup", release);
  listen(frame, "pointercancel", release);
}
