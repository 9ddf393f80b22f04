"use client";
/** `dangol/react`: Dangol for React 18 and later. Safe in server rendering and under strict mode. */
import { createContext, createElement, type ReactElement, type ReactNode, useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { init } from "./index.ts";
import type { Dangol, IssuedCoupon, MessageNotice, Notices, Options } from "./types.ts";

/** Where the page keeps its one instance, see `facade.ts`. */
const KEY = Symbol.for("dangol/1");
const NONE: never[] = [];

/** What is followed of a handle for as long as that lives: a message may come while no provider is mounted, or while one is hidden. */
interface Followed {
  messages: readonly MessageNotice[];
  /** The providers that hand the handle down. */
  boxes: Set<Box>;
}

/**
 * What a provider hands down, always the same object: a context that changed while a part of the page is not hydrated
 * yet would make React throw that part away and render it anew.
 */
interface Box {
  /** Given by the shop; the only one that a server may know. */
  client: Dangol | null;
  dangol: Dangol | null;
  /** What the options said when it was started. */
  said?: string;
  listeners: Set<() => void>;
  subscribe(changed: () => void): () => void;
}

function makeBox(client: Dangol | null): Box {
  const listeners: Box["listeners"] = new Set();
  return {
    client, dangol: client, listeners,
    subscribe(changed) {
      listeners.add(changed);
      return () => { listeners.delete(changed); };
    },
  };
}

const Context = createContext<Box>(makeBox(null));

/** By handle: it outlives every provider of it. */
const handles = new WeakMap<Dangol, Followed>();

const tell = (box: Box): void => box.listeners.forEach((listener) => listener());

function followed(dangol: Dangol): Followed {
  const known = handles.get(dangol);
  if (known) return known;
  const state: Followed = { messages: NONE, boxes: new Set() };
  handles.set(dangol, state);
  const changed = (): void => state.boxes.forEach(tell);
  dangol.on("message", ({ what, ...notice }) => {
    const { impression } = notice;
    if (impression && (!what || /^(updated|removed)$/.test(what))) {
      const rest = state.messages.filter((each) => each.impression !== impression);
      if (what === "removed") state.messages = rest;
      else if (rest.length < state.messages.length) state.messages = state.messages.map((each) => (each.impression === impression ? notice : each));
      else state.messages = [...rest, notice];
    }
    changed();
  });
  // Another tab's calls change things too, and only the next notice tells.
  for (const type of ["segment", "coupon", "sync"] as const) dangol.on(type, changed);
  const { destroy } = dangol;
  // Of its end no notice tells. A frozen handle stays as it is.
  Reflect.set(dangol, "destroy", () => {
    const done = destroy?.call(dangol);
    state.messages = NONE;
    void Promise.resolve(done).then(changed);
    return done;
  });
  // A stand-in in a shop's tests may have none.
  void (dangol.ready as Dangol["ready"] | undefined)?.then(changed);
  return state;
}

/** Keeps a box told of what becomes of its handle; gives how to stop. */
function follow(box: Box, dangol: Dangol): () => void {
  const { boxes } = followed(dangol);
  boxes.add(box);
  tell(box);
  return () => { boxes.delete(box); };
}

/** What an option says that can be compared at every render; configurations and functions are not. */
const saidBy = (options: Options): string => JSON.stringify(Object.entries(options).filter(([, value]) => typeof value !== "object" && typeof value !== "function"));

/**
 * Starts Dangol once the page runs, with the first options that there are; or hands down a `client` made elsewhere.
 * Options that change later change nothing.
 */
export function DangolProvider(props: { options?: Options; client?: Dangol; children?: ReactNode }): ReactElement {
  const { client = null, options } = props;
  const box = useMemo(() => makeBox(client), [client]);
  useEffect(() => {
    const { [KEY]: running } = globalThis as { [KEY]?: Dangol };
    if (options && !client && (!box.dangol || box.dangol !== running)) {
      // The page's one instance, whoever started it: strict mode mounts twice, and a shop may have two roots. It is not
      // destroyed on unmount: the visitor is still here. Where the shop has destroyed it, there is a new one.
      box.dangol = running ?? init(options);
      box.said = saidBy(options);
    }
    return box.dangol ? follow(box, box.dangol) : undefined;
  }, [box, !options]);
  useEffect(() => {
    if (!options || box.said === undefined || box.said === saidBy(options)) return;
    console.warn("dangol: DangolProvider takes options once; what has changed since is ignored");
    delete box.said;
  });
  return createElement(Context.Provider, { value: box }, props.children);
}

/** The handle; null on the server and before the first effect has run. */
export function useDangol(): Dangol | null {
  const box = useContext(Context);
  return useSyncExternalStore(box.subscribe, () => box.dangol, () => box.client);
}

/** Something that the handle knows, asked again whenever it may have changed; `none` on the server and before there is a handle. */
function useKnown<T>(ask: (dangol: Dangol) => T, none: T): T {
  const box = useContext(Context);
  const [last] = useState(() => ({ text: "", value: none }));
  return useSyncExternalStore(
    box.subscribe,
    () => {
      const value = box.dangol ? ask(box.dangol) : none;
      const text = JSON.stringify(value);
      // React asks for the same value as long as nothing has changed.
      if (text !== last.text) {
        last.text = text;
        last.value = value;
      }
      return last.value;
    },
    () => none,
  );
}

/** The segments the visitor is in, kept up to date. */
export function useSegments(): string[] {
  return useKnown((dangol) => dangol.segments(), NONE as string[]);
}

/** Whether the visitor is in this segment, kept up to date; renders anew only when that changes. */
export function useSegment(id: string): boolean {
  return useKnown((dangol) => dangol.segments().includes(id), false);
}

/** The visitor's coupons, kept up to date. */
export function useCoupons(): IssuedCoupon[] {
  return useKnown((dangol) => dangol.coupons(), NONE as IssuedCoupon[]);
}

/** The messages of layout `custom` that are to be on the screen, for the shop to draw. */
export function useMessages(): readonly MessageNotice[] {
  const box = useContext(Context);
  return useSyncExternalStore(box.subscribe, () => (box.dangol && handles.get(box.dangol)?.messages) ?? NONE, () => NONE as readonly MessageNotice[]);
}

/** Listens as `on` does, as long as the component is there; the listener may close over what it likes. */
export function useNotice<Type extends keyof Notices>(type: Type, listener: (detail: Notices[Type]) => void): void {
  const dangol = useDangol();
  const [latest] = useState({ listener });
  useEffect(() => {
    latest.listener = listener;
  });
  useEffect(() => dangol?.on(type, (detail) => latest.listener(detail)), [dangol, type]);
}

/** Slots that went with a message in them, by name. */
const left = new Map<string, Element>();

/**
 * A place for inline messages: the configuration names it `[data-dangol-slot=name]`. Its message comes back when it is
 * mounted anew.
 */
export function DangolSlot(props: { name: string; className?: string; children?: ReactNode }): ReactElement {
  const { name, className, children = null } = props;
  const place = useRef<Element | null>(null);
  // A message may be in the slot before React takes the server's markup over. To an empty text React compares what a
  // message has outside its shadow root, nothing; children it would compare one by one, so such a slot opens afterwards.
  const empty = children === null;
  const [hydrated, setHydrated] = useState(false);
  const open = empty || hydrated;
  useEffect(() => {
    setHydrated(true);
    const slot = place.current;
    if (!slot || !open) return undefined;
    // Slots are looked for when something was added to the page.
    if (!empty) slot.append("");
    // What was drawn into the former one looks for its place when something changes there.
    const former = left.get(name);
    if (former && former !== slot) {
      left.delete(name);
      former.append("");
    }
    return () => {
      if (slot.querySelector("dangol-message")) left.set(name, slot);
    };
  }, [name, open]);
  // Another name is another place: what lies in this one stays with it.
  return createElement("div", { key: name, ref: place, "data-dangol-slot": open ? name : undefined, className, suppressHydrationWarning: true }, empty ? "" : children);
}
