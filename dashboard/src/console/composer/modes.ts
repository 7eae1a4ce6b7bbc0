// To whom each box writes: to the visitor, or to colleagues alone. The mode belongs to the conversation and is its
// writer's to change. Whatever becomes of the conversation meanwhile, a box with a text in it, or with somebody in it,
// stays what it is; and while it is on the screen, a box never turns to the visitor by itself.

import { type Drafts, draftOf, MODES, type Mode } from "./drafts";

export interface Stance {
  readonly mode: Mode;
  /** Its writer has switched to it: a note stays one until it is switched back, empty or not. */
  readonly chosen: boolean;
}

export type Stances = ReadonlyMap<string, Stance>;
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
