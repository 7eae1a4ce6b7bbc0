// What to do in an emergency, shown when the visitor's words sounded like one. It is shown once for each kind, can be
// closed, and never blocks writing. It replaces the permanent emergency line, because two similar bars leave no room for
// the text on a phone.
//
// The server says what was recognised. For texts that it has not answered, the browser looks for the same words itself.

import { useEffect, useState } from "preact/hooks";
import type { Chat } from "../chat/chat";
import { emergencies, isAlone } from "../chat/selectors";
import { Safety } from "../header/Header";
import { Banner } from "./Banner";
import { SHOWN } from "./kinds";
import type { Lookout } from "./words";

interface EmergencyProps {
  chat: Chat;
  /** The browser's own look for the words; null until it is fetched. */
  lookout: Lookout | null;
}

/** The banners of the emergencies in this chat. Self-harm that was done is of both kinds and shows both texts. */
export function Emergency({ chat, lookout }: EmergencyProps) {
  const { state, tabStorage, offlineMessage, connection } = chat;
  const [closed, setClosed] = useState(() => tabStorage.putAway);
  const mark = (kind: string) => `${state.conversation} ${kind}`;
  const left = offlineMessage.left?.emergency ?? null;
  const own = lookout?.unanswered(chat) ?? [];
  const noticed = [...(left === null ? [] : [left]), ...emergencies(state), ...own];
  const kinds = SHOWN.filter((kind) => noticed.includes(kind) && !closed.includes(mark(kind)));
  const putAway = (next: string[]) => {
    tabStorage.putAway = next;
    setClosed(next);
  };
  // What was closed before the first message had a conversation stays closed in it.
  useEffect(() => {
    if (state.conversation !== null)
      putAway(tabStorage.putAway.map((each) => each.replace(/^null(?= )/, `${state.conversation}`)));
  }, [state.conversation]);
  if (kinds.length === 0) return <Safety />;
  const close = () => putAway([...tabStorage.putAway, ...kinds.map(mark)]);
  const unsent = own.length > 0 && connection.state !== "live";
  const alone = left !== null || isAlone(state.standing);
  return <Banner kinds={kinds} alone={alone} unsent={unsent} state={state} onClose={close} />;
}
