// 身份: the hospital's own website has signed who its visitor is. The token waits here, in memory only, until there is a
// conversation for it. When somebody else begins, it is forgotten.

import { newRef } from "../../shared/link/ref";
import { isOpen } from "../chat/selectors";
import type { Door } from "../door/door";
import type { Host } from "../host";

let forget = () => {};

/** Gives the server the token, for the present conversation or the next one of the same person. */
export function identify(door: Pick<Door, "asks" | "chat" | "subscribe">, host: Host, token: unknown): void {
  forget();
  const { chat } = door;
  // While it asks who sits here, it is not known for whom the token is. Unless the page was reloaded, the chat of the
  // person before is still there.
  if (typeof token !== "string" || chat === null || door.asks) {
    host.identified(false);
    return;
  }
  const look = () => {
    const { conversation } = chat.state;
    const isTheirs = door.chat === chat;
    if (isTheirs && (conversation === null || !isOpen(chat.state))) return;
    forget();
    if (!isTheirs) return;
    const ref = newRef();
    // Not among the texts that the tab stores: a token never gets into a storage.
    chat.messages
      .request({ type: "visitor.identify", ref, conversation: conversation as string, token })
      .then(
        () => host.identified(true),
        () => host.identified(false),
      );
  };
  const ends = [chat.subscribe(look), door.subscribe(look)];
  forget = () => {
    for (const end of ends) end();
    forget = () => {};
  };
  look();
}
