/** Keeps countdowns ticking, in step with the second at which each of them ends. */

export interface Countdown {
  start(): void;
  stop(): void;
}

export function countdown(live: Map<Element, number>, now: () => number, window: Window): Countdown {
  let timer = 0;
  const two = (value: number) => (value < 10 ? "0" : "") + value;

  function tick(): void {
    let next = 0;
    for (const [element, until] of live) {
      const rest = Math.max(0, until - now());
      const seconds = Math.ceil(rest / 1000);
      const days = Math.floor(seconds / 86400);
      const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
      const text = (days ? days + (element.getAttribute("data-days") ?? " ") : "") + clock;
      if (element.textContent !== text) element.textContent = text;
      if (rest) next = Math.min(next || 1000, rest % 1000 || 1000);
    }
    if (next) timer = window.setTimeout(tick, next);
  }

  function start(): void {
    window.clearTimeout(timer);
    tick();
  }

  start();
  return { start, stop: () => window.clearTimeout(timer) };
}
