// Keeps the mode of each box up to date as its conversation and its texts change. The rules are in modes.ts.

import { effect } from "@preact/signals";
import type { Row } from "../../../../widget/src/shared/frames";
import { rights } from "../desk/conversationActions";
import type { Desk } from "../desk/desk";
import { draftOf, MODES, type Mode } from "./drafts";
import { opened, readBack, rested, written } from "./modes";

const KEY = "console-modes";

/** Whether a box is shown: something can be written, or a text is still in it. */
export function hasBox(desk: Desk, row: Row): boolean {
  const may = rights(desk, row);
  return may.reply || may.note || MODES.some((mode) => draftOf(desk.drafts.value, row.id, mode) !== "");
}

/** Whether the box can be switched to `mode`: text in it can be sent, or there is a text already. */
export function mayTurn(desk: Desk, row: Row, mode: Mode): boolean {
  return rights(desk, row)[mode] || draftOf(desk.drafts.value, row.id, mode) !== "";
}

/**
 * Starts keeping the modes; it runs as long as the tab exists. `storage` is the tab's own: a reload must not change to
 * whom a box writes.
 */
export function syncModes(desk: Desk, storage: Storage = sessionStorage): void {
  desk.stances.value = readBack(storage.getItem(KEY));
  /** The conversation whose box has been on the screen since it was opened. */
  let onScreen: string | null = null;
  effect(() => {
    const id = desk.selected.value;
    if (id !== onScreen) onScreen = null;
    const row = id === null ? null : desk.row(id);
    if (row === null || !hasBox(desk, row)) return;
    settle(desk, row, onScreen === id);
    onScreen = id;
  });
  effect(() => storage.setItem(KEY, written(desk.stances.value)));
}

function settle(desk: Desk, row: Row, wasThere: boolean): void {
  const { id } = row;
  const drafts = desk.drafts.value;
  const mayReply = rights(desk, row).reply;
  const held = desk.stances.value.get(id);
  // A consultant who takes or joins a conversation wants to answer.
  const taken = mayReply && desk.taking.delete(id);
  const inside = desk.inBox.value === id;
  if (held !== undefined && inside) return;
  const anew = held === undefined || !wasThere || taken;
  const stance = anew ? opened(held, drafts, id, mayReply) : rested(held, drafts, id, mayReply);
  if (stance !== held) desk.stance(id, stance);
}
