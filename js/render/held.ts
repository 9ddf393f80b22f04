/** Watches whether a message that is held out would be seen, as one that is shown reports whether it is. */
import { isCovered } from "./escape.ts";
import { find } from "./index.ts";
import type { Happening, Message, Mounted } from "./types.ts";

const EVERY = 250;

export function watch({ slot }: Message, report: (happening: Happening) => void): Mounted {
  let target: Element | null | undefined;
  let overlaps = false;
  let inView = false;
  const viewer = new IntersectionObserver((entries) => {
    const { intersectionRatio, intersectionRect } = entries.at(-1)!;
    overlaps = intersectionRatio >= 0.5 || intersectionRect.height >= innerHeight / 2;
  }, { threshold: [0, 0.25, 0.5, 0.75] });
  const look = () => {
    if (slot) {
      let place = find(document, slot);
      // A slot that takes no room while it is empty would be somewhere in its parent.
      while (place && !place.getClientRects().length) place = place.parentElement;
      if (place !== target) {
        viewer.disconnect();
        overlaps = false;
        if ((target = place)) viewer.observe(place);
      }
    } else overlaps = overlaps || !isCovered(window);
    const sees = overlaps && !document.hidden;
    if (sees !== inView) report({ act: (inView = sees) ? "inview" : "outview" });
  };
  const timer = setInterval(look, EVERY);
  look();
  return {
    update() {},
    remove() {
      clearInterval(timer);
      viewer.disconnect();
    },
  };
}
