/** Draws one message on the page and reports what the visitor does with it. It decides nothing. */

import css from "./style.css";
import { countdown } from "./countdown";
import { composes, isCovered, onEscape } from "./escape";
import { isLeaving } from "./leaving";
import { createTree } from "./tree";
import type { Environment, Happening, Listen, Message, Mounted, Node } from "./types";

export { copyByCommand } from "./copy";
export type { Environment, Happening, Message, Mounted, Node, Value } from "./types";

/** How long a message waits for a picture whose size it cannot know, so that nothing jumps when it comes. */
const WAIT_FOR_PICTURE = 800;
const WAIT_FOR_PAGE = 500;
const REMOUNTS_PER_MINUTE = 3;

const looks = new WeakMap<Document, [CSSStyleSheet, MediaQueryList]>();

/** One sheet per document, adopted: it works where a policy refuses `<style>` and `style=""`. And whether it is dark. */
export function lookOf(document: Document): [CSSStyleSheet, MediaQueryList] {
  let look = looks.get(document);
  if (!look) {
    const window = document.defaultView!;
    looks.set(document, (look = [new window.CSSStyleSheet(), window.matchMedia("(prefers-color-scheme: dark)")]));
    look[0].replaceSync(css);
  }
  return look;
}

const isFamily = (text: string): boolean => CSS.supports("font-family", text);

/** A family that no style sheet could name like that, with a digit first for instance, would cost the message all of its font: it is quoted. */
const families = (font: string): string =>
  isFamily(font) ? font : font.split(",").map((family) => family.trim()).filter(Boolean).map((family) => (isFamily(family) ? family : JSON.stringify(family))).join();

export function mount(
  message: Message,
  report: (happening: Happening) => void,
  environment: Environment = { document: globalThis.document },
): Mounted {
  const { document } = environment;
  const window = document.defaultView!;
  const now = environment.now ?? Date.now;
  const { layout, theme, modal } = message;
  const inline = layout === "inline";
  const owner = new window.AbortController();
  const { signal } = owner;
  const heard: (() => void)[] = [];
  /** A page that opens its document anew drops every listener, so all of them come back with the message. One that is still there stays one. */
  const listen: Listen = (target, type, callback, capture) => {
    const add = (): void => target.addEventListener(type, callback as EventListener, { signal, capture });
    add();
    heard.push(add);
  };

  // An unregistered name of a custom element may carry a shadow root, and takes no name from the shop's registry.
  const host = document.createElement("dangol-message");
  for (const name of ["campaign", "layout", "variant"] as const) if (message[name]) host.setAttribute(name, message[name]!);
  const shadow = host.attachShadow({ mode: "open" });
  const [sheet, dark] = lookOf(document);
  shadow.adoptedStyleSheets = [sheet];
  const frame = document.createElement("div");
  // A position is two words: where from top to bottom, where from side to side.
  frame.className = `frame ${layout} ${modal ? "over" : ""} ${(message.position || "").replace("-", " ")}`;
  for (const name of ["accent", "onAccent", "radius", "spacing", "font"] as const) {
    const value = theme?.[name];
    if (value) frame.style.setProperty("--dangol-" + name.replace("A", "-a").replace("spacing", "space"), name === "font" ? families(value) : value);
  }
  const paint = () => frame.classList.toggle("dark", theme?.scheme ? theme.scheme === "dark" : dark.matches);
  paint();
  listen(dark, "change", paint);
  const announcer = document.createElement("p");
  announcer.className = "announcer";
  announcer.role = "status";
  shadow.append(frame, announcer);

  const tree = createTree(document, frame);
  let card!: HTMLElement;
  const draw = (node: Node) => (card = tree.apply(node) as HTMLElement);
  draw(message.tree);
  const clock = countdown(tree.live, now, window);

  let gone = false;
  let dismissed = false;
  const dismiss = (reason: string) => {
    if (dismissed || gone) return;
    dismissed = true;
    report({ act: "dismiss", reason });
  };
  const escape = () => dismiss("escape");

  /** Looks at what a button sends, once the message asks for something. */
  let isValid: ((sender: Element) => boolean) | undefined;
  let asking: Promise<unknown> | undefined;
  const ask = (): Promise<unknown> | undefined =>
    (asking = asking || (card.querySelector("input") ? import("./form.ts").then(({ answering }) => (isValid = answering(shadow, tree, report, listen))) : undefined));

  // Activation and keys.
  let pressed: EventTarget | null = null;
  listen(shadow, "pointerdown", ({ target }) => (pressed = target));
  listen<MouseEvent>(shadow, "click", (event) => {
    const target = event.target as Element;
    const element = target.closest("button,a");
    // The second half of a double click says nothing new, and on a card that has shrunk under it, it means the card.
    if (event.detail > 1 && (element || target === frame)) return event.preventDefault();
    // What darkens the page is the frame's. A text that is selected up to there ends in a click on it, too.
    if (target === pressed && target === frame && modal && message.dismiss?.outside) return dismiss("outside");
    const node = tree.nodeOf(element);
    const part = " " + (node?.part ?? "") + " ";
    if (part.includes(" close ")) return dismiss("button");
    for (const act of ["today", "mute"] as const) if (part.includes(` ${act} `)) return report({ act });
    if (part.includes(" why ")) {
      tree.toggle();
      clock.start();
      explain();
      return see(".reason");
    }
    if (node?.action == null || element!.hasAttribute("disabled")) return;
    // A link opened beside the page with a modifier key is the browser's to follow: it counts, and does nothing more.
    if (element!.localName === "a" && (event.ctrlKey || event.metaKey || event.shiftKey)) return report({ act: "action" });
    event.preventDefault();
    if (element!.getAttribute("type") === "submit" && isValid?.(element!) === false) return;
    report({ act: "action", action: node.action, values: tree.values() });
  });
  listen<MouseEvent>(shadow, "auxclick", (event) => {
    if (event.button === 1 && tree.nodeOf((event.target as Element).closest("a"))) report({ act: "action" });
  });
  listen<KeyboardEvent>(shadow, "keydown", (event) => {
    if (composes(event)) return;
    // The focus does not leave for a page that is not shut yet.
    if (modal) shut();
    if (event.key !== "Escape") return;
    // The page may see that the key has been used; so may another message.
    event.preventDefault();
    escape();
  });
  // Why it is shown is looked up once the visitor asks; what always holds stays below it.
  let reason = "";
  const explain = () => {
    const place = shadow.querySelector(".because");
    if (!place) return;
    if (reason) place.textContent = reason + "\n" + (tree.nodeOf(place)?.text ?? "");
    else void environment.why?.(message).then((text) => {
      reason = text;
      if (text) explain();
      see(".reason");
    }, () => {});
  };
  /** On a low screen what was asked for would open below the edge. */
  const see = (part: string) => shadow.querySelector(part)?.scrollIntoView({ block: "nearest" });
  // A picture that does not load leaves no broken frame behind, but its room once it may have been seen; and none at all of a
  // message that was nothing else. Load errors do not bubble.
  const lose = (picture: Element) => {
    (picture.closest<HTMLElement>(".picture") ?? (picture as HTMLElement))[attached.length ? "inert" : "hidden"] = true;
    if (!shadow.querySelector(".content > :not([hidden],[inert],.caption)")) fail("failed");
  };
  listen(shadow, "error", ({ target }) => lose(target as Element), true);
  if (message.dismiss?.outside && !modal && !inline) {
    listen(document, "pointerdown", (event) => {
      if (host.isConnected && !event.composedPath().includes(host)) dismiss("outside");
    });
  }

  if (!inline) onEscape(host, window, escape, listen);

  // Closing gives the focus back to where the visitor came from.
  let from: EventTarget | null = null;
  listen<FocusEvent>(host, "focusin", ({ relatedTarget }) => (from = relatedTarget || from));

  // `showModal` would restyle all of the page before the first frame: it is made inert once the message is there.
  let closed: HTMLElement | undefined;
  const shut = () => {
    if (!gone && document.body?.inert === false) (closed = document.body).inert = true;
  };

  // In view: at least half of the card, or half of the screen, while the tab is visible.
  let overlaps = false;
  let inView = false;
  const look = () => {
    const sees = overlaps && !document.hidden;
    if (sees === inView) return;
    inView = sees;
    report({ act: sees ? "inview" : "outview" });
  };
  const viewer = new window.IntersectionObserver((entries) => {
    const { isIntersecting, intersectionRatio, intersectionRect } = entries.at(-1)!;
    overlaps = isIntersecting && (intersectionRatio >= 0.5 || intersectionRect.height >= window.innerHeight / 2);
    look();
  }, { threshold: [0, 0.25, 0.5, 0.75] });
  listen(document, "visibilitychange", look);

  // The engine takes away what leaves by itself, but not from under the pointer or the focus. A card that comes to lie under
  // a pointer at rest, or that was given the focus as a whole, is not held by anyone.
  if (message.dismiss?.after) {
    const holds = [false, false];
    let held = false;
    ["pointermove", "pointerout", "focusin", "focusout"].forEach((type, at) => listen<FocusEvent>(shadow, type, ({ target, relatedTarget }) => {
      const to = (at & 1 ? relatedTarget : target) as Element | null;
      holds[at >> 1] = card.contains(to) && (at < 2 || to !== card);
      // A move within the message is none.
      window.setTimeout(() => {
        const isHeld = holds.includes(true);
        if (isHeld !== held && !gone) report({ act: (held = isHeld) ? "hold" : "release" });
      });
    }));
  }

  let waiting = 0;
  let parent: Element | undefined;
  const keeper = new window.MutationObserver(() => {
    if (closed) shut();
    // Moved elsewhere it would be lost unseen; and moving has closed the popover.
    if (gone || (host.isConnected && host.parentNode === parent && card.parentNode === frame && frame.parentNode === shadow)) return;
    keeper.disconnect();
    attached = attached.filter((at) => at > now() - 60_000);
    if (attached.length > REMOUNTS_PER_MINUTE) fail("unmounted");
    else attach();
  });
  let attached: number[] = [];

  function fail(act: "failed" | "unmounted"): void {
    if (gone) return;
    stop();
    report({ act });
  }

  /** Waits for what a message cannot do without, and for pictures whose size it cannot know: lazily loaded, they would grow the card once they come. */
  function prepare(): void {
    const pictures = [...card.querySelectorAll<HTMLImageElement>(".image:not([width][height])")].map(async (image) => {
      image.loading = "eager";
      // It is told before the error is heard of.
      await image.decode().catch(() => image.complete && !image.naturalWidth && lose(image));
      const { naturalWidth, naturalHeight } = image;
      // What is drawn already keeps its room. A style outlives updates; an attribute that the tree does not name would not.
      if (naturalWidth && !attached.length) image.style.aspectRatio = naturalWidth + "/" + naturalHeight;
      image.loading = "lazy";
    });
    if (!ask() && !pictures.length) return attach();
    const late = new Promise((done) => (waiting = window.setTimeout(done, WAIT_FOR_PICTURE)));
    void Promise.all([asking, Promise.race([Promise.all(pictures), late])]).then(attach, () => fail("failed"));
  }

  function attach(): void {
    if (gone) return;
    const place = inline ? find(document, message.slot) : document.documentElement;
    // A page may draw the part anew in which the slot lies.
    if (!place) return parent ? keeper.observe(document, { childList: true, subtree: true }) : fail("failed");
    parent = place;
    // The shop's own dialog comes first. So does the next page.
    if (isLeaving() || (!inline && isCovered(window))) {
      waiting = window.setTimeout(attach, WAIT_FOR_PAGE);
      return;
    }
    try {
      attached.push(now());
      if (card.parentNode !== frame) frame.replaceChildren(card);
      if (frame.parentNode !== shadow) shadow.prepend(frame);
      parent.append(host);
      heard.forEach((add) => add());
      // With the slot goes whatever it lies in.
      for (const node of [parent, shadow, frame, document]) keeper.observe(node, { childList: true, subtree: inline });
      viewer.observe(card);
      if (modal || (!inline && theme?.zIndex == null)) {
        // The top layer lies above any z-index of the shop; older browsers, and pages that refuse it, fall back to the largest one.
        try {
          host.popover = "manual";
          host.showPopover();
        } catch {
          host.popover = null;
        }
      }
      // None at all is no number, and changes nothing.
      frame.style.zIndex = "" + theme?.zIndex;
      if (modal) {
        open();
        (window.requestIdleCallback || window.setTimeout)(shut);
      } else if (!inline && card.role !== "status") {
        // A live region speaks about changes only, so it has to be there before its text is.
        window.setTimeout(() => (announcer.textContent = card.ariaLabel ?? shadow.getElementById("title")?.textContent ?? ""), 150);
      }
    } catch {
      // Something of the page's own stands in the place of what is called here: no half of a message stays, watched or not.
      fail("failed");
    }
  }

  function open(): void {
    // A phone's back gesture closes what lies over the page.
    const Watcher = (window as unknown as { CloseWatcher?: new (options: object) => { onclose: () => void } }).CloseWatcher;
    if (Watcher) new Watcher({ signal }).onclose = escape;
    // The page sees of what lies in a shadow root the host alone, which takes no focus back.
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    card.focus({ preventScroll: true });
    if (active !== document.body) from = active;
  }

  function stop(): void {
    gone = true;
    owner.abort();
    keeper.disconnect();
    viewer.disconnect();
    clock.stop();
    window.clearTimeout(waiting);
    const focused = shadow.activeElement;
    // The page may have put a copy in its body's place, shut as that was, or nothing.
    if (closed) closed.inert = (document.body || closed).inert = false;
    host.remove();
    if (focused || modal) (from as HTMLElement | null)?.focus?.({ preventScroll: true });
  }

  // A launcher of a chat comes after the page, so what keeps clear of it may as well.
  if (!modal && !inline) void import("./launcher.ts").then(({ keepClear }) => gone || keepClear(frame, () => card, window, signal), () => {});
  // Few messages are sheets: what pulls them down is fetched with them, and without it they close in every other way.
  if (layout === "sheet") void import("./drag.ts").then(({ draggable }) => draggable(frame, () => card, () => dismiss("drag"), listen), () => {});
  prepare();

  return {
    update(next: Node) {
      if (gone) return;
      const focused = shadow.activeElement;
      const said = shadow.querySelectorAll(".line").length;
      keeper.takeRecords();
      draw(next);
      keeper.takeRecords();
      viewer.observe(card);
      ask()?.catch(() => {});
      clock.start();
      explain();
      if (shadow.querySelectorAll(".line").length > said) see(".line:last-child");
      // What could not be copied lies there selected, for the visitor's own hand.
      const code = shadow.querySelector("[data-state=uncopied] .code");
      if (code) document.getSelection()?.selectAllChildren(code);
      // What had the focus may be gone (a button that became a code): stay in the message.
      if (focused && !focused.isConnected) card.focus({ preventScroll: true });
    },
    remove: () => {
      if (!gone) stop();
    },
  };
}

export function find(document: Document, selector?: string | null): Element | null {
  try {
    // None at all is the name of no element.
    return document.querySelector(selector!);
  } catch {
    return null;
  }
}
