// The browser's own look for emergency words, for texts that the server has not answered: a chunk of its own, because
// the words are many. `words.ts` fetches it.

import type { Chat } from "../chat/chat";
import { UNSURE } from "../chat/hours";
import { isOpening } from "../chat/selectors";
import { siteWords } from "../start/siteWords";
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
  const own = site === null ? [] : siteWords(site.id).emergency;
  return find(text, { id, names: `${named?.zh ?? ""} ${named?.en ?? ""}` }, own);
}

/**
 * The kinds that alarm in the texts that are under way. While the first one waits for its answer, no further one can be
 * sent, so what stands in the box counts as well.
 */
export function unanswered(chat: Chat): Kind[] {
  const { site } = chat.state;
  if (site !== null) siteWords(site.id); // asked for as soon as this chunk is there, while there is a connection
  const { pending, standing } = chat.state;
  const frame = chat.offlineMessage.sent?.frame;
  const texts = pending.map(({ body, department }) => ({
    body,
    department: department || (standing?.department ?? ""),
  }));
  if (isOpening(chat.state)) texts.push({ body: chat.draft, department: standing?.department ?? "" });
  if (frame) texts.push({ body: frame.body, department: frame.department ?? "" });
  return texts.flatMap(({ body, department }) => {
    const found = emergencyIn(chat, body, department);
    return found?.level === "critical" ? found.kinds : [];
  });
}
