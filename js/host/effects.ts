/** How each effect is performed. Nothing is decided here. */
import type { Link } from "../facade.ts";
import type { Event } from "../types.ts";
import { input, type Message, read, type Save, write } from "./boundary.ts";
import { copy } from "./clipboard.ts";
import { completeEngine } from "./engine-source.ts";
import { Messages } from "./messages.ts";
import { pause } from "./pause.ts";
import type { Performers, Runtime } from "./runtime.ts";
import type { Signals } from "./signals.ts";
import type { Store } from "./store.ts";
import type { Tabs } from "./tabs.ts";
import type { Timer } from "./timer.ts";
import type { Transport } from "./transport.ts";

/** What the effects are performed with. */
export interface Means {
  link: Link;
  store: Store;
  transport: Transport;
  tabs: Tabs;
  signals: Signals;
  timer: Timer;
  runtime: () => Runtime;
  /** The text of the configuration. */
  config: () => string | undefined;
  /** A claim's write has ended, or was refused, after which memory has it: what was recovered is in it, and is not handed on again. */
  taken: () => void;
  /** Whether the page is being left: then nothing new is decided, the next page does. */
  leaving: () => boolean;
}

/** The most of the outbox that is read at once, in characters; the engine asks again while it may not have been all. */
const MAX_PENDING = 1 << 18;
/** How long anything may hold up the effects behind it. */
const PATIENCE = 5000;

const patiently = (work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work, pause(PATIENCE)]);

/** The ways to perform every effect; messages on screen, how to take all of them off, and how to prepare for the first. */
export interface Hands {
  performers: Performers;
  messages: Messages;
  removeAll: () => void;
  prepare: () => void;
}

export function makePerformers(means: Means): Hands {
  const { link, store, transport, tabs, signals, timer } = means;
  const messages = new Messages(({ campaign, locale }) => import("../render/why.ts").then(({ why }) => why(means.config() || "", campaign, locale || "")));
  /** Messages that the shop draws itself. */
  const custom = new Map<string, object>();
  const give = (text: string): void => means.runtime().give(text);
  const { chat } = link.options;
  if (chat) void import("../render/chat.ts").then(({ watchBadge }) => watchBadge(chat, (unread) => link.emit("chat", { unread })), () => {});

  const settle = (ids: string[] | undefined, value?: unknown): void => {
    for (const id of ids || []) link.calls.get(id)?.settle(value);
  };

  const saved = (save: Save, ok: boolean): void => {
    settle(save.settle);
    give(input("saved", { save: save.save, ok }));
  };

  const claim = async (): Promise<void> => {
    let save: Save | undefined;
    const ok = await store.claim((shared) => {
      if (means.leaving()) return undefined;
      // What was to be written before is older, and must not be outlived by what is decided now.
      means.runtime().save();
      const rest = means.runtime().ask(input("claimed", { shared }));
      const index = rest.findIndex(({ e }) => e === "save");
      if (index >= 0) save = rest.splice(index, 1)[0] as unknown as Save;
      means.runtime().first(rest);
      return save;
    });
    means.runtime().release();
    if (!save) return;
    means.taken();
    saved(save, ok);
  };

  /** Adds what draws messages to the engine, and tells it in the same breath: after a crash it would be another engine. */
  const complete = async (): Promise<void> => {
    completeEngine(await messages.part());
    give(input("part", { ok: true }));
  };
  /** The same before anyone waits for it. Where it fails, a message that is wanted tries again. */
  const prepare = (): void => void complete().catch(() => {});

  /**
   * The latest of what was asked about each message, and how it looks by that. What a claim decides is performed before
   * what was asked while it waited: the older of two must not undo the newer.
   */
  const latest = new Map<string, { n: number; tree?: unknown }>();
  const isLate = (impression: string, n = 0, tree?: unknown): boolean => {
    if (n < (latest.get(impression)?.n ?? 0)) return true;
    latest.set(impression, { n, tree });
    return false;
  };

  const show = (message: Message, n?: number): void => {
    const { impression } = message;
    if (isLate(impression, n, message.tree)) {
      const { tree } = latest.get(impression)!;
      if (!tree) return;
      message = { ...message, tree } as Message;
    }
    const ui = (happening: object): void => give(input("ui", { impression, ...happening }));
    if (message.layout === "custom") {
      // The shop draws it; these are its ways to say what the visitor did.
      const notice = {
        ...message,
        shown: () => ui({ act: "inview" }),
        clicked: (action?: number, values?: object) => ui({ act: "action", action: action ?? null, values }),
        dismissed: () => ui({ act: "dismiss" }),
      };
      custom.set(impression, notice);
      link.emit("message", notice);
      return;
    }
    messages.show(message as unknown as Parameters<Messages["show"]>[0], ui);
  };

  const remove = (impression: string): void => {
    messages.remove(impression);
    const notice = custom.get(impression);
    if (notice && custom.delete(impression)) link.emit("message", { ...notice, what: "removed" });
  };

  /**
   * Only where a link may lead; the engine has checked, this is the last door. It leads where the message's own link does, by
   * the page's `<base>`; but to a part of this page from any.
   */
  const go = (url: string, newTab?: unknown): void => {
    const { href } = new URL(url, url[0] === "#" ? location.href : document.baseURI);
    if (!/^(https?|mailto|tel):/.test(href)) return;
    if (newTab) window.open(href, "_blank", "noopener");
    else location.assign(href);
  };

  const filter = (messageId: string, text: string): string | null => {
    const event = read<Event>(text);
    const seq = event?.seq;
    try {
      const kept = event && link.options.beforeSend ? link.options.beforeSend(event) : event;
      // A promise, or anything else that is no event, is no permission. The id stays: by it an answer is matched; and the
      // number by which a receiver sees what is missing.
      return typeof kept?.type === "string" ? write({ ...kept, messageId, seq }) : null;
    } catch {
      // What should have been cleaned and was not does not leave.
      return null;
    }
  };

  const performers: Performers = {
    save: (save) => void store.save(save).then((ok) => saved(save, ok)),
    settle: ({ ids }) => settle(ids),
    keep: ({ id }) => link.calls.get(id)?.resolve(),
    claim: () => patiently(claim()),
    wipe: ({ settle: ids }) => {
      // Whatever was called before is erased with it: the next page is not to do it again.
      for (const [id, call] of link.calls) {
        if (!ids?.length || ids.includes(id)) break;
        call.settle();
      }
      return patiently(store.wipe()).then(() => settle(ids));
    },
    allow: ({ store: allowed }) => patiently(store.allow(allowed)),
    wake: ({ at }) => timer.set(at),
    lock: () => tabs.lock(() => void store.pending(MAX_PENDING).then((pending) => give(input("locked", { pending, memory: !store.lasting })))),
    unlock: () => tabs.unlock(),
    send: (send) => void transport.send(send).then(give),
    issue: ({ key, url, body, timeout }) =>
      void transport.post(url, { "Content-Type": "application/json", "Idempotency-Key": key }, body, timeout)
        .then(({ status, body }) => {
          const tell = () => give(input("issued", { key, status, body }));
          // WebKit fails what is under way as soon as its page begins to leave: after a second the page is either staying or gone,
          // and then the next one asks again by the same key.
          status ? tell() : setTimeout(tell, 1000);
        }),
    // It did not arrive, or is of another build: the engine records that nothing could be shown.
    part: () => void complete().catch(() => give(input("part", { ok: false }))),
    show: ({ message, n }) => show(message, n),
    hold: ({ impression, slot, n }) => {
      if (!isLate(impression, n)) messages.show({ impression, slot } as Parameters<Messages["show"]>[0], ({ act }) => give(input("ui", { impression, act })));
    },
    update: ({ impression, tree, n }) => {
      if (isLate(impression, n, tree)) return;
      messages.update(impression, tree as never);
      const notice = custom.get(impression);
      if (notice) link.emit("message", { ...notice, what: "updated", tree });
    },
    remove: ({ impression, n }) => {
      if (!isLate(impression, n)) remove(impression);
    },
    watch: (watch) => signals.watch(watch),
    filter: ({ events }) => give(input("filtered", { events: events.map(([id, text]) => [id, filter(id, text)]) })),
    notify: ({ type, detail }) => link.emit(type, detail),
    result: ({ id, value }) => settle([id], value),
    open: ({ url, new_tab }) => go(url, new_tab),
    redirect: ({ url }) => patiently(store.settled()).then(() => go(url)),
    copy: ({ impression, coupon, text }) =>
      void copy(text).then((done) => give(input("ui", { impression, act: done ? "copied" : "uncopied", coupon }))),
    chat: ({ impression, request }) => void (chat ? import("../render/chat.ts").then(({ openChat }) => openChat(chat, request)) : Promise.resolve(false)).catch(() => false)
      .then((taken) => give(input("ui", { impression, act: taken ? "chatting" : "nobody" }))),
    broadcast: ({ data }) => tabs.tell(data),
  };

  const removeAll = (): void => {
    messages.removeAll();
    custom.forEach((_, impression) => remove(impression));
  };
  return { performers, messages, removeAll, prepare };
}
