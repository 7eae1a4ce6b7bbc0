// A supervisor's actions on a waiting conversation: assign it manually, move it forward, mark it as a false alarm.

import type { Row } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { Refusal } from "../../shared/refusalText";
import { done, doneForAll } from "./commands";
import type { Desk } from "./desk";

/** 指派. Beyond the colleague's capacity it is refused with `no_room` until `above` confirms it. */
export function assign(desk: Desk, row: Row, consultant: string, above: boolean) {
  const { id: conversation, fence } = row;
  return done(desk, {
    type: "conversation.assign",
    ref: newRef(),
    conversation,
    fence,
    consultant,
    ...(above ? { above } : {}),
  });
}

/** 优先接待. */
export function forward(desk: Desk, row: Row): Promise<Refusal | null> {
  return done(desk, { type: "conversation.forward", ref: newRef(), conversation: row.id });
}

/**
 * Conversations that have not ended, whose emergency is one of many from the same address and was not marked as a false
 * alarm.
 */
export function crowded(desk: Desk): Row[] {
  return [...desk.state.value.rows.items.values()].filter(
    (row) => row.crowded && row.emergency && row.state !== "closed",
  );
}

/** 误报 for all of them. */
export function dismissAll(desk: Desk, rows: readonly Row[]): Promise<Refusal | null> {
  return doneForAll(rows, (row) => dismissEmergency(desk, row));
}

/** 误报. */
export function dismissEmergency(desk: Desk, row: Row): Promise<Refusal | null> {
  return done(desk, { type: "emergency.dismiss", ref: newRef(), conversation: row.id });
}
