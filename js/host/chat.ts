/** Opens the chat that is on the page already; never loads one. */
import type { ChatAdapter, ChatRequest } from "../types.ts";

interface Chats {
  ChannelIO?: (command: string, ...args: unknown[]) => void;
  Intercom?: (command: string, ...args: unknown[]) => void;
  Kakao?: { Channel?: { chat?: (settings: { channelPublicId: string }) => void } };
}

/** Hands `request` over; false where there is no such chat. */
export function openChat(adapter: ChatAdapter | undefined, request: ChatRequest): boolean {
  const page = window as unknown as Chats;
  try {
    if (typeof adapter === "function") adapter(request);
    else if (adapter === "channelio" && page.ChannelIO) page.ChannelIO("openChat", undefined, request.message);
    else if (adapter === "intercom" && page.Intercom) page.Intercom("showNewMessage", request.message);
    else if (adapter === "kakao" && page.Kakao?.Channel?.chat) {
      // Kakao opens a channel, it takes no text. The channel's id stands on Kakao's own button.
      const button = document.querySelector("[data-channel-public-id]");
      const channelPublicId = button?.getAttribute("data-channel-public-id");
      if (!channelPublicId) return false;
      page.Kakao.Channel.chat({ channelPublicId });
    } else return false;
    return true;
  } catch {
    return false;
  }
}
