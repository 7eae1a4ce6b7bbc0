// 协助 and 三方会话: a colleague beside the owner, who reads along and writes notes, and whom, once joined, the visitor
// reads, too.

import type { ParticipantShown, Row } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { Refusal } from "../composer/outbox";
import { done } from "../desk/commands";
import type { Desk } from "../desk/desk";
import { isMine, partOf } from "../desk/state";

export type AskedFor = ParticipantShown["asked_for"];

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

export async function join(desk: Desk, row: Row): Promise<Refusal | null> {
  desk.taking.add(row.id);
  const refusal = await done(desk, { type: "colleague.join", ref: newRef(), conversation: row.id });
  if (refusal !== null) desk.taking.delete(row.id);
  return refusal;
}

/** 结束协助; with `consultant`, its owner lets them go. */
export function leave(desk: Desk, row: Row, consultant?: string): Promise<Refusal | null> {
  const whom = consultant === undefined ? {} : { consultant };
  return done(desk, { type: "colleague.leave", ref: newRef(), conversation: row.id, ...whom });
}

/** Who takes part beside me; what the strip over the lines shows. */
export function others(desk: Desk, row: Row): ParticipantShown[] {
  return (row.participants ?? []).filter(({ person }) => person.id !== desk.me.value?.id);
}

/** The owner's name for the composer of whoever has joined, or the joined ones' for the owner's. */
export function together(desk: Desk, row: Row): string[] {
  const me = desk.me.value;
  if (me === null) return [];
  const joined = others(desk, row)
    .filter((each) => each.joined)
    .map(({ person }) => person.name);
  if (isMine(row, me)) return joined;
  return partOf(row, me)?.joined && row.owner ? [row.owner.name, ...joined] : [];
}
