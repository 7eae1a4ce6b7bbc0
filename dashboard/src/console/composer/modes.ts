// To whom each box writes: to the visitor, or only to colleagues. The mode belongs to the conversation, and its writer
// can change it. Whatever happens to the conversation, a box with text or with the focus keeps its mode; and while a
// box is on the screen it never turns to the visitor by itself.

import { type Drafts, draftOf, MODES, type Mode } from "./drafts";

export interface Stance {
  readonly mode: Mode;
  /** The writer has switched to this mode: a note stays a note until they switch back, empty or not. */
  readonly chosen: boolean;
}

export type Stances = ReadonlyMap<string, Stance>;
const MOST_KEPT = 50;

/**
 * The mode of a box that is opened: the mode that has text, else the one in which it was left, else the one that is
 * useful.
 */
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

/** The mode while nobody is in the box: an empty reply to a visitor who cannot be answered is useless. */
export function rested(held: Stance, drafts: Drafts, conversation: string, mayReply: boolean): Stance {
  const ofNoUse = held.mode === "reply" && !mayReply && draftOf(drafts, conversation, "reply") === "";
  return ofNoUse ? { mode: "note", chosen: false } : held;
}

/** The modes as JSON: ids and modes, without any text. */
export function written(stances: Stances): string {
  return JSON.stringify([...stances].slice(-MOST_KEPT).map(([id, { mode, chosen }]) => [id, mode, chosen]));
}

/** Parses what `written` made; anything else gives no modes. */
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
