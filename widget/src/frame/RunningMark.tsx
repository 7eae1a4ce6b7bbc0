import { useEffect, useState } from "preact/hooks";
import type { Chat } from "./chat/chat";
import type { Host } from "./host";
import { Until } from "./openUntil";

/** Tells the page until when there is a conversation to return to. Draws nothing. */
export function RunningMark({ chat, host }: { chat: Chat; host: Host }) {
  const [until] = useState(() => new Until());
  useEffect(() => {
    // A chat that ends with this page has no other tab and no next page.
    if (!chat.lasts) return;
    const { state, draft, serverNow } = chat;
    const told = until.next({ state, draft, serverNow, now: Date.now() });
    if (told !== null) host.until(told);
  });
  return null;
}
