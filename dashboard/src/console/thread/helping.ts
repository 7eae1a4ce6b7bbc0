// 协助 and 三方会话: a colleague beside the owner. He reads along and writes notes; once he has joined, the visitor
// reads him, too.

import type { ParticipantShown, Row } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/link";
import type { Refusal } from "../composer/outbox";
import { done } from "../desk/commands";
import type { Console } from "../desk/console";
import { isMine, partOf } from "../desk/desk";

export type AskedFor = ParticipantShown["asked_for"];

export function ask(
  console: Console,
  row: Row,
  consultant: string,
  asked_for: AskedFor,
  note: string,
): Promise<Refusal | null> {
  return done(console, {
    type: "colleague.ask",
    ref: newRef(),
    conversation: row.id,
    consultant,
    asked_for,
    note,
  });
}

export async function join(console: Console, row: Row): Promise<Refusal | null> {
  console.taking.add(row.id);
  const refusal = await done(console, { type: "colleague.join", ref: newRef(), conversation: row.id });
  if (refusal !== null) console.taking.delete(row.id);
  return refusal;
}

/** 结束协助; with `consultant`, its owner lets him go. */
export function leave(console: Console, row: Row, consultant?: string): Promise<Refusal | null> {
  const whom = consultant === undefined ? {} : { consultant };
  return done(console, { type: "colleague.leave", ref: newRef(), conversation: row.id, ...whom });
}

/** Who takes part beside me; what the strip over the lines shows. */
export function others(console: Console, row: Row): ParticipantShown[] {
  return (row.participants ?? []).filter(({ person }) => person.id !== console.me.value?.id);
}

/** The owner's name for the composer of whoever has joined, or the joined ones' for the owner's. */
export function together(console: Console, row: Row): string[] {
  const me = console.me.value;
  if (me === null) return [];
  const joined = others(console, row)
    .filter((each) => each.joined)
    .map(({ person }) => person.name);
  if (isMine(row, me)) return joined;
  return partOf(row, me)?.joined && row.owner ? [row.owner.name, ...joined] : [];
}
