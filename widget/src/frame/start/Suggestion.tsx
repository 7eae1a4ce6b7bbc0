// Suggests the department that the visitor's words are about, while none is chosen. One tap confirms it, and nothing is
// forced: who says no is not asked again in this conversation.

import { useState } from "preact/hooks";
import type { Chat } from "../chat/chat";
import { serviceOf, UNSURE } from "../chat/hours";
import { emergencies, isOpen } from "../chat/selectors";
import { useTexts } from "../texts";
import { siteWords } from "./siteWords";
import { suggested } from "./suggested";

interface SuggestionProps {
  chat: Chat;
  /** The department of the next first message. */
  chosen: string;
  onChoose(department: string): void;
}

/** The question with its two answers; nothing where no department is suggested. */
export function Suggestion({ chat, chosen, onChoose }: SuggestionProps) {
  const { t, named } = useTexts();
  const [, again] = useState(0);
  const { state, tabStorage } = chat;
  const id = suggestion(chat, chosen, () => again(Date.now()));
  const department = state.site?.departments.find((each) => each.id === id);
  if (!department) return null;
  const name = named(department);
  const confirm = () => {
    if (isOpen(state)) chat.messages.confirm(id);
    else onChoose(id);
  };
  const decline = () => {
    tabStorage.putAway = [...tabStorage.putAway, mark(chat, id)];
    again(Date.now());
  };
  return (
    <section class="suggestion">
      <p role="status">{t("suggest.ask", { department: name })}</p>
      <div class="suggestion-ways">
        <button type="button" class="button button-primary" onClick={confirm}>
          {t("suggest.yes", { department: name })}
        </button>
        <button type="button" class="button" onClick={decline}>
          {t("suggest.no")}
        </button>
      </div>
    </section>
  );
}

/** The mark of a suggestion that was declined, beside those of the banners that were closed. */
function mark({ state: { conversation } }: Chat, department: string): string {
  return `${conversation} no-${department}`;
}

/** The department to suggest now, or "". Not in an emergency, and none that nobody serves at this hour. */
function suggestion(chat: Chat, chosen: string, came: () => void): string {
  const { state, draft, tabStorage } = chat;
  const { site, standing, hours, entries, pending } = state;
  const known = isOpen(state) ? (standing?.department ?? "") : chosen;
  if (site === null || (known !== "" && known !== UNSURE) || emergencies(state).length > 0) return "";
  const { departments } = siteWords(site.id, came);
  const mine = isOpen(state) ? entries.filter(({ author }) => author.kind === "visitor") : [];
  const texts = [...mine.map(({ body }) => body ?? ""), ...pending.map(({ body }) => body), draft];
  const words = site.departments
    .filter(({ id }) => serviceOf(hours, id) !== "closed" && !tabStorage.putAway.includes(mark(chat, id)))
    .map(({ id }): [string, string[]] => [id, departments[id] ?? []]);
  return suggested(texts.join("\n"), words);
}
