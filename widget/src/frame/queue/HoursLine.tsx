// When somebody serves, in words: the first line while nobody does, and the time at which a department closes.

import type { DepartmentHours, Standing } from "../../shared/frames";
import { Clauses } from "../Clauses";
import type { Chat } from "../chat/chat";
import { firstToOpen, hoursOf, UNSURE } from "../chat/hours";
import { Icon } from "../Icon";
import { beginning, ending } from "../moments";
import { type Texts, useTexts } from "../texts";

/** The line with the next opening time. */
export function HoursLine({ chat, department }: { chat: Chat; department: string }) {
  const texts = useTexts();
  const { hours } = chat.state;
  const closed = hoursOf(hours, department || UNSURE) ?? firstToOpen(hours);
  return (
    <p class="hours-line" role="status">
      <Icon name="clock" />
      <span>
        <Clauses text={closedUntil(closed, chat.serverNow, texts)} />
      </span>
    </p>
  );
}

/** The sentence that nobody serves now, and when somebody will, if that is known. */
export function closedUntil(hours: DepartmentHours | null, now: number, texts: Texts): string {
  if (!hours?.changes_at) return texts.t("hours.closedPlain");
  return texts.t("hours.closed", { when: beginning(hours.changes_at, now, texts) });
}

/** When the department of a chat closes, if that is soon; otherwise empty. */
export function closes(all: DepartmentHours[], standing: Standing, now: number, texts: Texts): string {
  const hours = hoursOf(all, standing.department);
  return hours?.closing && hours.changes_at ? ending(hours.changes_at, now, texts) : "";
}
