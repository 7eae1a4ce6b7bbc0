// 协助 and 三方会话: a colleague beside the owner who reads along and writes notes. After joining, the visitor sees what they
// write, too.

import type { ParticipantShown, Row } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { Refusal } from "../../shared/refusalText";
import { done } from "../desk/commands";
import type { Desk } from "../desk/desk";
import { isMine, partOf } from "../desk/state";

export type AskedFor = ParticipantShown["asked_for"];

/** Asks a colleague for help, or to join. */
export function ask(
  desk: Desk,
  row: Row,
  consultant: string,
  asked_for: AskedFor,
  note: string,
): Promise<Refusal | null> {
  return done(desk, {
    type: "colleague.ask",
    ref: newRef(),
    conversation: row.id,
    consultant,
    asked_for,
    note,
  });
}

/** Joins a conversation; resolves with the refusal, or null. */
export async function join(desk: Desk, row: Row): Promise<Refusal | null> {
  desk.taking.add(row.id);
  const refusal = await done(desk, { type: "colleague.join", ref: newRef(), conversation: row.id });
  if (refusal !== null) desk.taking.delete(row.id);
  return refusal;
}

/** 结束协助. With `consultant`, the owner ends that colleague's part. */
export function leave(desk: Desk, row: Row, consultant?: string): Promise<Refusal | null> {
  const whom = consultant === undefined ? {} : { consultant };
  return done(desk, { type: "colleague.leave", ref: newRef(), conversation: row.id, ...whom });
}

/** The other people who take part, as the line above the thread shows them. */
export function others(desk: Desk, row: Row): ParticipantShown[] {
  return (row.participants ?? []).filter(({ person }) => person.id !== desk.me.value?.id);
}

/**
 * The people who answer together with me: for the owner the joined colleagues, for a joined colleague the owner and the
 * others.
 */
export function together(desk: Desk, row: Row): string[] {
  const me = desk.me.value;
  if (me === null) return [];
  const joined = others(desk, row)
    .filter((each) => each.joined)
    .map(({ person }) => person.name);
  if (isMine(row, me)) return joined;
  return partOf(row, me)?.joined && row.owner ? [row.owner.name, ...joined] : [];
}
