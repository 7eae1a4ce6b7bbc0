// Values derived from a state: what is unread, who answers, what the next text does. Pure.

import type { Entry, Event, Person, Standing } from "../../shared/frames";
import type { State } from "./state";

/**
 * Whether this change marked answers as seen. Then the other tabs must be told, because they may still count them as
 * new.
 */
export function showsAnswers({ seen: before }: State, { entries, seen }: State): boolean {
  if (before === null || seen === null) return false;
  return entries.some((entry) => entry.seq > before && entry.seq <= seen && isAnswer(entry));
}

/** How many of the consultant's messages were not seen. */
export function unread({ entries, seen }: State): number {
  return seen === null ? 0 : entries.filter((entry) => entry.seq > seen && isAnswer(entry)).length;
}

/** Whether an entry is a message or a file from the hospital's side. */
export function isAnswer({ kind, author }: Entry): boolean {
  return kind !== "event" && author.kind === "consultant";
}

/** Whether a first message is under way: until it is accepted there is no conversation for a second one. */
export function isOpening({ pending }: State): boolean {
  return pending.some(
    ({ conversation, failure, accepted }) => conversation === null && !failure && !accepted,
  );
}

/** Whether the next text opens a new conversation, which needs a department. `now`: the server's clock, in ms. */
export function needsDepartment({ standing }: State, now: number): boolean {
  if (standing === null) return true;
  return standing.state === "closed" && now >= (standing.reopen_until ?? 0);
}

/** Whether a conversation is waiting or active. */
export function isOpen({ standing }: State): boolean {
  return standing !== null && standing.state !== "closed";
}

/** The owner from this event on; null for events that do not change it, such as a colleague who joins. */
export function givenTo(event: Event): Person | null {
  return event.name === "assigned" || event.name === "transferred" ? (event.consultant ?? null) : null;
}

/** Whether the visitor waits while nobody can read: nobody is online, or the hours are over. */
export function isAlone(standing: Standing | null): boolean {
  if (standing?.state !== "waiting") return false;
  return standing.service === "nobody" || standing.service === "closed" || standing.nobody === true;
}

/** Whether the visitor's words sounded like an emergency that has a banner, and nobody is there to read them. */
export function isAloneInAnEmergency(state: State): boolean {
  return isAlone(state.standing) && emergencies(state).some((kind) => kind !== "protect");
}

/** The kinds of emergency that were noticed in this conversation, the latest first. */
export function emergencies({ entries }: Pick<State, "entries">): string[] {
  const noticed = entries.flatMap(({ event }) =>
    event?.name === "emergency_noticed" ? [event.emergency ?? "body"] : [],
  );
  return [...new Set(noticed.reverse())];
}

/** The visitor's own words, to put into a 留言: whole messages, as many of the last ones as fit. */
export function ownWords({ entries, pending, limits }: State): string {
  const mine = entries.filter(({ kind, author }) => kind === "message" && author.kind === "visitor");
  let words = "";
  for (const body of [...mine.map(({ body }) => body ?? ""), ...pending.map(({ body }) => body)].reverse()) {
    const longer = words === "" ? body : `${body}\n${words}`;
    if (Array.from(longer).length > limits.message) break;
    words = longer;
  }
  return words;
}
