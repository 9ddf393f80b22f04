/**
 * Segment's `window.analytics`: what it is told, Dangol is told. Its page views only where Dangol counts none itself.
 *
 * Who it knows is asked when it is found: somebody may have been identified before we came, on this page or an earlier one.
 */
import { type Follow, global, isObject, type Properties, text } from "./call.ts";

const EVERY = 500;

interface Payload {
  obj?: { type?: string; event?: unknown; name?: unknown; userId?: unknown; properties?: unknown; traits?: unknown };
}
interface User {
  id?: () => unknown;
  traits?: () => unknown;
}
type Listener = () => void;
interface Analytics {
  addSourceMiddleware?: (middleware: (given: { payload: Payload; next: (payload: Payload | null) => void }) => void) => unknown;
  on?: (event: string, listener: Listener) => unknown;
  off?: (event: string, listener: Listener) => unknown;
  ready?: (listener: Listener) => unknown;
  user?: () => User | Promise<User> | undefined;
}

const traitsOf = (given: unknown): Properties | undefined => (isObject(given) && Object.keys(given).length ? given : undefined);

export const followSegment = (pages: boolean): Follow => (ear, setting) => {
  const name = typeof setting === "string" ? setting : "analytics";
  const get = (): Analytics | undefined => global(name) as Analytics | undefined;
  let active = true;
  /** Who the visitor is was said while we listened, or has been asked. */
  let told = false;
  let stop = (): void => {};

  const take = ({ obj }: Payload): void => {
    if (!obj || !active) return;
    const properties = isObject(obj.properties) ? obj.properties : undefined;
    if (obj.type === "track" && typeof obj.event === "string") ear.tell(obj.event, properties || {});
    else if (obj.type === "page" && pages) ear.page(text(obj.name), properties);
    else if (obj.type === "identify") {
      const user = text(obj.userId);
      const traits = traitsOf(obj.traits);
      told = told || !!user;
      if (user) ear.identify(user, traits);
      else if (traits) ear.traits(traits);
    }
  };

  const look = (): void => {
    const analytics = get();
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
    const reset = (): void => {
      told = true;
      ear.reset();
    };
    analytics.on?.("reset", reset);
    // The library may not have come yet and its snippet answers nothing; or it answers by and by.
    const ask = async (): Promise<void> => {
      try {
        const user = await get()?.user?.();
        if (!active || told || !user) return;
        told = true;
        ear.member(text(user.id?.()), traitsOf(user.traits?.()));
      } catch {
        // It is not the library that we know.
      }
    };
    if (analytics.user) void ask();
    else analytics.ready?.(() => void ask());
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
