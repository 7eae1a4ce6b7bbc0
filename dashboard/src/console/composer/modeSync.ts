// Keeps to whom each box writes, as its conversation and its texts change. The rules are in modes.ts.

import { effect } from "@preact/signals";
import type { Row } from "../../../../widget/src/shared/frames";
import { rights } from "../desk/conversationActions";
import type { Desk } from "../desk/desk";
import { draftOf, MODES, type Mode } from "./drafts";
import { opened, readBack, rested, written } from "./modes";

const KEY = "console-modes";

/** Whether there is a box at all: something can be written, or something that was written still stands there. */
export function hasBox(desk: Desk, row: Row): boolean {
  const may = rights(desk, row);
  return may.reply || may.note || MODES.some((mode) => draftOf(desk.drafts.value, row.id, mode) !== "");
}

/** Whether the box can be switched to `mode`: it can be sent there, or a text waits there. */
export function mayTurn(desk: Desk, row: Row, mode: Mode): boolean {
  return rights(desk, row)[mode] || draftOf(desk.drafts.value, row.id, mode) !== "";
}

/** Runs for the life of the tab, whose own `storage` it is: a reload must not change to whom a box writes. */
export function syncModes(desk: Desk, storage: Storage = sessionStorage): void {
  desk.stances.value = readBack(storage.getItem(KEY));
  /** Whose box has been on the screen since it was opened. */
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
  // Whoever takes a conversation, or joins, does so to answer.
  const taken = mayReply && desk.taking.delete(id);
  const inside = desk.inBox.value === id;
  if (held !== undefined && inside) return;
  const anew = held === undefined || !wasThere || taken;
  const stance = anew ? opened(held, drafts, id, mayReply) : rested(held, drafts, id, mayReply);
  if (stance !== held) desk.stance(id, stance);
}
