// The browser's own look for emergency words, for texts that the server has not answered: a chunk of its own, because
// the words are many. `words.ts` fetches it.

import type { Chat } from "../chat/chat";
import { UNSURE } from "../chat/hours";
import { type Finding, finder, type Kind } from "./recognise";

const find = finder();

/**
 * The emergency that a text speaks of in this department (empty: none chosen), as the server will find it; null if it
 * speaks of none.
 */
export function emergencyIn(
  { state: { site } }: Pick<Chat, "state">,
  text: string,
  department: string,
): Finding | null {
  const id = department || UNSURE;
  const named = site?.departments.find((each) => each.id === id);
  return find(text, { id, names: `${named?.zh ?? ""} ${named?.en ?? ""}` });
}

/** The kinds that alarm in the texts that are under way. */
export function unanswered(chat: Chat): Kind[] {
  const { pending, standing } = chat.state;
  const frame = chat.offlineMessage.sent?.frame;
  const texts = pending.map(({ body, department }) => ({
    body,
    department: department || (standing?.department ?? ""),
  }));
  if (frame) texts.push({ body: frame.body, department: frame.department ?? "" });
  return texts.flatMap(({ body, department }) => {
    const found = emergencyIn(chat, body, department);
    return found?.level === "critical" ? found.kinds : [];
  });
}
