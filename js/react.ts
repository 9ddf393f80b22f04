"use client";
/** `dangol/react`: Dangol for React 18 and later. Safe in server rendering and under strict mode. */
import { createContext, createElement, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { init } from "./index.ts";
import type { Dangol, Options } from "./types.ts";

/** Where the page keeps its one instance, see `facade.ts`. */
const KEY = Symbol.for("dangol/1");
const Context = createContext<Dangol | null>(null);

/** Starts Dangol once the page runs, with the options of the first render; or hands down a `client` made elsewhere. */
export function DangolProvider(props: { options?: Options; client?: Dangol; children?: ReactNode }): ReactNode {
  const [dangol, setDangol] = useState<Dangol | null>(props.client ?? null);
  useEffect(() => {
    // The page's one instance, whoever started it: strict mode mounts twice, and a shop may have two roots. It is not
    // destroyed on unmount: the visitor is still here.
    if (!props.client && props.options) setDangol((globalThis as { [KEY]?: Dangol })[KEY] ?? init(props.options));
  }, []);
  return createElement(Context.Provider, { value: props.client ?? dangol }, props.children);
}

/** The handle; null on the server and before the first effect has run. */
export function useDangol(): Dangol | null {
  return useContext(Context);
}

const NONE: string[] = [];

/** The segments the visitor is in, kept up to date. */
export function useSegments(): string[] {
  const dangol = useContext(Context);
  const [store] = useState(() => ({ text: "", list: NONE }));
  return useSyncExternalStore(
    (changed) => {
      if (!dangol) return () => {};
      void dangol.ready.then(changed);
      return dangol.on("segment", changed);
    },
    () => {
      const list = dangol ? dangol.segments() : NONE;
      const text = list.join("\n");
      // React asks for the same array as long as nothing has changed.
      if (text !== store.text) {
        store.text = text;
        store.list = list;
      }
      return store.list;
    },
    () => NONE,
  );
}

/** A place for inline messages: the configuration names it `[data-dangol-slot=name]`. */
export function DangolSlot(props: { name: string; className?: string; children?: ReactNode }): ReactNode {
  return createElement("div", { "data-dangol-slot": props.name, className: props.className, suppressHydrationWarning: true }, props.children);
}
