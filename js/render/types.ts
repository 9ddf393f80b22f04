/** What the engine hands over for one message and what the page reports back; see docs/boundary.md. */

export interface Node {
  tag: string;
  part?: string;
  attrs?: [string, string][];
  text?: string;
  children?: Node[];
  /** An index that the engine understands, reported when the element is activated. */
  action?: number | null;
  input?: { name: string; type: string; required?: boolean } | null;
  live?: "countdown" | null;
  /** The instant at which a live node ends, in milliseconds since 1970. */
  until?: number | null;
}

export interface Message {
  impression: string;
  campaign: string;
  step?: string | null;
  variant?: string | null;
  layout: string;
  position?: string | null;
  slot?: string | null;
  theme?: {
    accent?: string;
    onAccent?: string;
    radius?: string;
    spacing?: string;
    font?: string;
    scheme?: string;
    zIndex?: number;
  } | null;
  locale?: string;
  dir?: string;
  modal?: boolean;
  /** `after` is in milliseconds. */
  dismiss?: { button?: boolean; outside?: boolean; after?: number | null; today?: boolean };
  tree: Node;
  preview?: boolean;
}

export type Value = string | number | boolean | string[];

/** One thing that happened to the message on screen. */
export interface Happening {
  act: "inview" | "outview" | "action" | "answer" | "dismiss" | "today" | "mute" | "hold" | "release" | "unmounted" | "failed";
  /** Absent where the browser follows a link itself: a click to count, with nothing to do. */
  action?: number;
  values?: Record<string, Value>;
  /** How a dismissal came about: "button", "escape", "outside" or "drag". */
  reason?: string;
}

/** What the renderer needs from the page. Tests pass a clock of their own. */
export interface Environment {
  document: Document;
  now?: () => number;
  /** Why a message is shown, in the visitor's words. */
  why?: (message: Message) => Promise<string>;
}

export interface Mounted {
  update(tree: Node): void;
  remove(): void;
}

/** Listens for as long as the message is there. */
export type Listen = <E extends Event = Event>(target: EventTarget, type: string, callback: (event: E) => void, capture?: boolean) => void;
