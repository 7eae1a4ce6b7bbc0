// To whom each box writes: to the visitor, or to colleagues alone. The mode belongs to the conversation and is its
// writer's to change. Whatever becomes of the conversation meanwhile, a box with a text in it, or with somebody in it,
// stays what it is; and while it is on the screen, a box never turns to the visitor by itself.

import { effect } from "@preact/signals";
import type { Row } from "../../../../widget/src/shared/frames";
import { rights } from "../desk/conversationActions";
import type { Desk } from "../desk/desk";
import { type Drafts, draftOf, MODES, type Mode } from "./drafts";

export interface Stance {
  readonly mode: Mode;
  /** Its writer has switched to it: a note stays one until it is switched back, empty or not. */
  readonly chosen: boolean;
}

export type Stances = ReadonlyMap<string, Stance>;

const KEY = "console-modes";
const MOST_KEPT = 50;

/** How a box stands that comes onto the screen: where its text is, else where it was left, else where it is of use. */
export function opened(
  held: Stance | undefined,
  drafts: Drafts,
  conversation: string,
  mayReply: boolean,
): Stance {
  const holds = (mode: Mode) => draftOf(drafts, conversation, mode) !== "";
  if (held !== undefined && (holds(held.mode) || (held.chosen && (held.mode === "note" || mayReply))))
    return held;
  if (holds("note")) return { mode: "note", chosen: false };
  return { mode: mayReply || holds("reply") ? "reply" : "note", chosen: false };
}

/** How it stands when nobody is in it: an empty reply to somebody who cannot be answered is of no use. */
export function rested(held: Stance, drafts: Drafts, conversation: string, mayReply: boolean): Stance {
  const ofNoUse = held.mode === "reply" && !mayReply && draftOf(drafts, conversation, "reply") === "";
  return ofNoUse ? { mode: "note", chosen: false } : held;
}

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
export function keepModes(desk: Desk, storage: Storage = sessionStorage): void {
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

/** Ids and modes, nothing of what was written. */
export function written(stances: Stances): string {
  return JSON.stringify([...stances].slice(-MOST_KEPT).map(([id, { mode, chosen }]) => [id, mode, chosen]));
}

export function readBack(text: string | null): Stances {
  try {
    const all: unknown = JSON.parse(text ?? "[]");
    return new Map(
      Array.isArray(all) ? all.filter(isTold).map(([id, mode, chosen]) => [id, { mode, chosen }]) : [],
    );
  } catch {
    return new Map();
  }
}

function isTold(told: unknown): told is [string, Mode, boolean] {
  return (
    Array.isArray(told) &&
    typeof told[0] === "string" &&
    MODES.some((mode) => mode === told[1]) &&
    typeof told[2] === "boolean"
  );
}
