/** Opens the chat that is on the page already; never loads one. */
import type { ChatAdapter, ChatRequest } from "../types.ts";

/** A provider's one function; its loading snippet keeps calls in `q` until the real one has come. */
type Provider = ((command: string, ...args: unknown[]) => void) & { q?: unknown };
type Ask = (settings: { channelPublicId: string }) => unknown;

interface Chats {
  ChannelIO?: Provider;
  Intercom?: Provider;
  Kakao?: { isInitialized?: () => boolean; Channel?: { chat?: Ask; addChannel?: Ask } };
}

/** How a provider is called, and what it draws once it has booted. */
const PROVIDERS = {
  channelio: { name: "ChannelIO", drawn: "#ch-plugin", badge: "onBadgeChanged" },
  intercom: { name: "Intercom", drawn: "#intercom-container,.intercom-lightweight-app", badge: "onUnreadCountChange" },
} as const;
/** How long a visitor waits for it, and how often one looks, in milliseconds. */
const PATIENCE = 3000;
const LOOK = 100;

const chats = (): Chats => window as unknown as Chats;

/** The provider once it has booted; nothing where its snippet waits in vain, behind a blocker for instance. */
async function booted(which: keyof typeof PROVIDERS, pause = LOOK, tries = PATIENCE / LOOK): Promise<Provider | undefined> {
  const { name, drawn } = PROVIDERS[which];
  for (; tries >= 0; tries--) {
    const provider = chats()[name];
    if (typeof provider === "function" && (!provider.q || document.querySelector(drawn))) return provider;
    // Where not even the snippet is, a visitor need not wait for it.
    if (!provider && pause === LOOK) return undefined;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return undefined;
}

/** What is being handed over. */
const opening = new Set<string>();

/** Hands `request` over; false where there is no such chat. Who presses again meanwhile has asked already: nothing comes of it. */
export async function openChat(adapter: ChatAdapter | undefined, request: ChatRequest): Promise<boolean> {
  const key = JSON.stringify(request);
  if (opening.has(key)) return new Promise(() => {});
  opening.add(key);
  const taken = await handOver(adapter, request);
  opening.delete(key);
  return taken;
}

async function handOver(adapter: ChatAdapter | undefined, request: ChatRequest): Promise<boolean> {
  try {
    if (typeof adapter === "function") {
      // It may say later that it could not; one that waits for the chat's end is not waited for.
      await Promise.race([adapter(request), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
      return true;
    }
    const channelPublicId = typeof adapter === "object" ? adapter.kakao
      // The channel's id stands on Kakao's own button, where there is one.
      : adapter === "kakao" && document.querySelector("[data-channel-public-id]")?.getAttribute("data-channel-public-id");
    if (channelPublicId) {
      const { isInitialized, Channel } = chats().Kakao ?? {};
      // Kakao opens a channel; it takes no text.
      const ask = request.add ? Channel?.addChannel : Channel?.chat;
      if (!ask || isInitialized?.() === false) return false;
      ask.call(Channel, { channelPublicId });
      return true;
    }
    if (adapter === "channelio") {
      const open = await booted(adapter);
      open?.("openChat", undefined, request.message);
      return !!open;
    }
    if (adapter === "intercom") {
      const open = await booted(adapter);
      if (request["memberHash"]) open?.("update", { user_id: request["user"], user_hash: request["memberHash"] });
      open?.("showNewMessage", request.message);
      return !!open;
    }
  } catch {
    // A broken chat is no chat.
  }
  return false;
}

/** Tells how many answers of the shop wait unread, as the provider's badge does. */
export async function watchBadge(adapter: ChatAdapter | undefined, tell: (unread: number) => void): Promise<void> {
  if (adapter !== "channelio" && adapter !== "intercom") return;
  try {
    (await booted(adapter, 1000, 30))?.(PROVIDERS[adapter].badge, (unread: unknown) => tell(Number(unread) || 0));
  } catch {
    // Nothing to tell then.
  }
}
