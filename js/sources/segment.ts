/** Segment's `window.analytics`: what it is told, Dangol is told. Its page views only where Dangol counts none itself. */
import { type Follow, isObject, type Properties, text } from "./call.ts";

const EVERY = 500;

interface Payload {
  obj?: { type?: string; event?: unknown; name?: unknown; userId?: unknown; properties?: unknown; traits?: unknown };
}
interface Analytics {
  addSourceMiddleware?: (middleware: (given: { payload: Payload; next: (payload: Payload | null) => void }) => void) => unknown;
  on?: (event: string, listener: () => void) => unknown;
  off?: (event: string, listener: () => void) => unknown;
}

export const followSegment = (pages: boolean): Follow => (ear, setting) => {
  const name = typeof setting === "string" ? setting : "analytics";
  let active = true;
  let stop = (): void => {};

  const take = ({ obj }: Payload): void => {
    if (!obj || !active) return;
    const properties = isObject(obj.properties) ? obj.properties : undefined;
    if (obj.type === "track" && typeof obj.event === "string") ear.tell(obj.event, properties || {});
    else if (obj.type === "page" && pages) ear.page(text(obj.name), properties);
    else if (obj.type === "identify" && text(obj.userId)) ear.identify(text(obj.userId)!, isObject(obj.traits) ? obj.traits as Properties : undefined);
  };

  const look = (): void => {
    const analytics = (window as unknown as { [name: string]: Analytics | undefined })[name];
    if (!analytics?.addSourceMiddleware) return;
    clearInterval(timer);
    // Segment has no way to take a middleware off again; ours lets everything through and hears nothing after the end.
    analytics.addSourceMiddleware(({ payload, next }) => {
      try {
        take(payload);
      } finally {
        next(payload);
      }
    });
    const reset = (): void => ear.reset();
    analytics.on?.("reset", reset);
    stop = () => analytics.off?.("reset", reset);
  };
  const timer = setInterval(look, EVERY);
  look();
  return () => {
    active = false;
    clearInterval(timer);
    stop();
  };
};
