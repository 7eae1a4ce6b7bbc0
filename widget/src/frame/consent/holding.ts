// Whether a text is held in the browser until the visitor has decided on health data. What cannot be judged here is
// sent: the server never waits for consent.

import { asSent } from "../../shared/messageText";
import type { Chat } from "../chat/chat";
import { fetchLookout } from "../emergency/words";
import { type Decision, decisionOn } from "./decided";
import { speaksOfHealth } from "./health";

/** Looks for an emergency in a text; null while the words are not there yet. */
export type Lookout = ((text: string) => boolean) | null;

export interface Held {
  text: string;
  /** What the visitor said before in this conversation. */
  said: string[];
  decision: Decision | null;
  own: string[];
  lookout: Lookout;
}

/** Whether this text waits for the visitor's decision. Emergency words never do, and neither does what follows them. */
export function isHeld({ text, said, decision, own, lookout }: Held): boolean {
  if (decision === "given" || lookout === null || !speaksOfHealth(text, own)) return false;
  return ![text, ...said].some(lookout);
}

/** The same for what is in the box. */
export function holds(chat: Chat, department: string): boolean {
  const { notice } = chat.state;
  // An earlier server does not know consent.
  if (notice === null) return false;
  const found = fetchLookout.part;
  const lookout = found && ((text: string) => found.emergencyIn(chat, text, department) !== null);
  const { entries, pending } = chat.state;
  const mine = entries.filter(({ kind, author }) => kind === "message" && author.kind === "visitor");
  const said = [...mine, ...pending].map(({ body }) => body ?? "");
  const decision = decisionOn(chat, "health");
  return isHeld({ text: asSent(chat.draft), said, decision, own: notice.health_words ?? [], lookout });
}

/** Whether what is in the box stays there: the visitor has refused to have health information used, and it has some. */
export function stays(chat: Chat, department: string): boolean {
  return decisionOn(chat, "health") === "refused" && holds(chat, department);
}
