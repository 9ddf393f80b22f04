"use client";
/** `dangol/react`: Dangol for React 18 and later. Safe in server rendering and under strict mode. */
import { createContext, createElement, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { init } from "./index.ts";
import type { Dangol, IssuedCoupon, MessageNotice, Notices, Options } from "./types.ts";

/** Where the page keeps its one instance, see `facade.ts`. */
const KEY = Symbol.for("dangol/1");
const Context = createContext<Dangol | null>(null);
const Drawn = createContext<readonly MessageNotice[]>([]);

/** Starts Dangol once the page runs, with the options of the first render; or hands down a `client` made elsewhere. */
export function DangolProvider(props: { options?: Options; client?: Dangol; children?: ReactNode }): ReactNode {
  const [own, setOwn] = useState<Dangol | null>(null);
  const [messages, setMessages] = useState<readonly MessageNotice[]>([]);
  const dangol = props.client ?? own;
  useEffect(() => {
    // The page's one instance, whoever started it: strict mode mounts twice, and a shop may have two roots. It is not
    // destroyed on unmount: the visitor is still here.
    if (!props.client && props.options) setOwn((globalThis as { [KEY]?: Dangol })[KEY] ?? init(props.options));
  }, []);
  // Here and not in the hook: a message may come while nobody who draws it is mounted.
  useEffect(() => dangol?.on("message", ({ what, ...notice }) => {
    const { impression } = notice;
    if (!impression || (what && !/^(updated|removed)$/.test(what))) return;
    setMessages((all) => {
      const rest = all.filter((each) => each.impression !== impression);
      if (what === "removed") return rest;
      return rest.length < all.length ? all.map((each) => (each.impression === impression ? notice : each)) : [...all, notice];
    });
  }), [dangol]);
  return createElement(Context.Provider, { value: dangol }, createElement(Drawn.Provider, { value: messages }, props.children));
}

/** The handle; null on the server and before the first effect has run. */
export function useDangol(): Dangol | null {
  return useContext(Context);
}

/** Something that the handle knows, asked again with every notice of `type`; `none` on the server and before there is a handle. */
function useKnown<T>(type: keyof Notices, ask: (dangol: Dangol) => T, none: T): T {
  const dangol = useContext(Context);
  const [last] = useState(() => ({ text: "", value: none }));
  return useSyncExternalStore(
    (changed) => {
      if (!dangol) return () => {};
      void dangol.ready.then(changed);
      return dangol.on(type, changed);
    },
    () => {
      const value = dangol ? ask(dangol) : none;
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

const NONE: never[] = [];

/** The segments the visitor is in, kept up to date. */
export function useSegments(): string[] {
  return useKnown("segment", (dangol) => dangol.segments(), NONE as string[]);
}

/** Whether the visitor is in this segment, kept up to date; renders anew only when that changes. */
export function useSegment(id: string): boolean {
  return useKnown("segment", (dangol) => dangol.segments().includes(id), false);
}

/** The visitor's coupons, kept up to date. */
export function useCoupons(): IssuedCoupon[] {
  return useKnown("coupon", (dangol) => dangol.coupons(), NONE as IssuedCoupon[]);
}

/** The messages of layout `custom` that are to be on the screen, for the shop to draw. */
export function useMessages(): readonly MessageNotice[] {
  return useContext(Drawn);
}

/** Listens as `on` does, as long as the component is there; the listener may close over what it likes. */
export function useNotice<Type extends keyof Notices>(type: Type, listener: (detail: Notices[Type]) => void): void {
  const dangol = useContext(Context);
  const [latest] = useState({ listener });
  useEffect(() => {
    latest.listener = listener;
  });
  useEffect(() => dangol?.on(type, (detail) => latest.listener(detail)), [dangol, type]);
}

/** A place for inline messages: the configuration names it `[data-dangol-slot=name]`. */
export function DangolSlot(props: { name: string; className?: string; children?: ReactNode }): ReactNode {
  return createElement("div", { "data-dangol-slot": props.name, className: props.className, suppressHydrationWarning: true }, props.children);
}
