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
  const lookout = lookoutOf(chat, department);
  const said = saidIn(chat);
  const decision = decisionOn(chat, "health");
  return isHeld({ text: asSent(chat.draft), said, decision, own: notice.health_words ?? [], lookout });
}

/** Whether a picture waits for the decision: it may show a report. Never in an emergency. */
export function holdsPicture(chat: Chat, department: string): boolean {
  if (chat.state.notice === null) return false;
  const decision = decisionOn(chat, "health");
  return isPictureHeld([chat.draft, ...saidIn(chat)], decision, lookoutOf(chat, department));
}

/** The same, for what was said, the decision, and the emergency words. */
export function isPictureHeld(said: string[], decision: Decision | null, lookout: Lookout): boolean {
  return decision !== "given" && lookout !== null && !said.some(lookout);
}

function lookoutOf(chat: Chat, department: string): Lookout {
  const found = fetchLookout.part;
  return found && ((text: string) => found.emergencyIn(chat, text, department) !== null);
}

function saidIn({ state: { entries, pending } }: Chat): string[] {
  const mine = entries.filter(({ kind, author }) => kind === "message" && author.kind === "visitor");
  return [...mine, ...pending].map(({ body }) => body ?? "");
}

/** Whether what is in the box stays there: the visitor has refused to have health information used, and it has some. */
export function stays(chat: Chat, department: string): boolean {
  return decisionOn(chat, "health") === "refused" && holds(chat, department);
}
