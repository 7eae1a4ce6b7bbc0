// Unsent texts, one per conversation and mode, and what the server keeps of each. A draft for one patient can never
// turn up at another, nor a note become a reply: the key holds both. Nothing of it goes into the browser's storage.
//
// A draft is one text for all windows of its writer. Where nothing has been written since it was kept, the newer one
// of another window is taken over; where something has, both stay, and the writer decides (`torn`).

import type { DraftShown, Entry, Draft as SavedDraft } from "../../../../widget/src/shared/frames";
import { asSent, onlyText } from "../../../../widget/src/shared/messageText";

export type Mode = "reply" | "note";

export const MODES: readonly Mode[] = ["reply", "note"];

export interface Draft {
  readonly conversation: string;
  readonly mode: Mode;
  readonly body: string;
  /** What the server has. */
  readonly saved: string;
  /** The server's name for `saved`; 0: nothing is kept, or an earlier server that names nothing. */
  readonly at: number;
  /** What `saved` will be once the server has answered; null: nothing is on its way. */
  readonly going: string | null;
  /** What the server would not keep, since the conversation is not its writer's any more: it stays in this window. */
  readonly unkept: string | null;
  /** When `body` was last what the server had. */
  readonly since: number;
  /** `saved` was written, sent or emptied in another window while `body` stood here: it is not replaced unasked. */
  readonly torn: boolean;
  /** How often another window has done so. */
  readonly changes: number;
}

export type Drafts = ReadonlyMap<string, Draft>;

export const NO_DRAFTS: Drafts = new Map();

const key = (conversation: string, mode: Mode) => `${conversation}/${mode}`;

export function heldDraft(drafts: Drafts, conversation: string, mode: Mode): Draft | null {
  return drafts.get(key(conversation, mode)) ?? null;
}

export function draftOf(drafts: Drafts, conversation: string, mode: Mode): string {
  return heldDraft(drafts, conversation, mode)?.body ?? "";
}

export function hasDraft(drafts: Drafts, conversation: string): boolean {
  return MODES.some((mode) => asSent(draftOf(drafts, conversation, mode)) !== "");
}

/** Only text from the start, so that what is pasted can be stored as a draft, too. */
export function typed(drafts: Drafts, conversation: string, mode: Mode, body: string): Drafts {
  return put(drafts, { ...at(drafts, conversation, mode), body: onlyText(body) });
}

/** Sent, or deleted by its writer. What another window has written meanwhile waits to be decided on. */
export function emptied(drafts: Drafts, conversation: string, mode: Mode): Drafts {
  return typed(drafts, conversation, mode, "");
}

/** Both texts as one, what is moved in front. */
export function joined(drafts: Drafts, conversation: string, from: Mode, to: Mode): string {
  const both = [draftOf(drafts, conversation, from), draftOf(drafts, conversation, to)];
  return both.filter((text) => text.trim() !== "").join("\n");
}

/** The text is moved into the other mode: a decision of its writer, who has it before the eyes. */
export function turned(drafts: Drafts, conversation: string, from: Mode, to: Mode): Drafts {
  const body = joined(drafts, conversation, from, to);
  return typed(typed(drafts, conversation, from, ""), conversation, to, body);
}

// With the server.

/** Whether a text stands in this window alone, because its writer has not decided yet. */
export function hasTorn(drafts: Drafts): boolean {
  return [...drafts.values()].some(({ torn }) => torn);
}

/**
 * What is to be kept: it is not yet, nothing is on its way, and it takes nothing away from another window. Words first:
 * if the page is left meanwhile, a text that was moved stands rather in both places than in none.
 */
export function unsaved(drafts: Drafts): Draft[] {
  const due = [...drafts.values()].filter(
    (draft) => !isKept(draft) && draft.going === null && !draft.torn && draft.body !== draft.unkept,
  );
  return [...due.filter(({ body }) => body !== ""), ...due.filter(({ body }) => body === "")];
}

/** `body` is on its way to be what the server has; sent words leave nothing behind. */
export function going(drafts: Drafts, conversation: string, mode: Mode, body: string): Drafts {
  return put(drafts, { ...at(drafts, conversation, mode), going: body });
}

/** It has arrived, and is named `as` now. Something else may be written meanwhile. */
export function saved(drafts: Drafts, conversation: string, mode: Mode, body: string, as: number): Drafts {
  return put(drafts, { ...at(drafts, conversation, mode), saved: body, at: as, going: null });
}

/** It has not arrived: the server has what it had, or (`changed`) what another window has made of it. */
export function notSaved(drafts: Drafts, conversation: string, mode: Mode, changed = false): Drafts {
  const held = at(drafts, conversation, mode);
  const changes = held.changes + (changed ? 1 : 0);
  return put(drafts, { ...held, going: null, torn: held.torn || changed, changes });
}

/** By which name the server knows the draft that is being sent; null when it does not know this one. */
export function claimed(draft: Draft | null): number | null {
  return draft === null || draft.torn || draft.at === 0 ? null : draft.at;
}

/** The server would not keep this text, and asking again is of no use. */
export function unkept(drafts: Drafts, conversation: string, mode: Mode, body: string): Drafts {
  return put(drafts, { ...at(drafts, conversation, mode), going: null, unkept: body });
}

/**
 * What the server keeps, at the first welcome and at every later one. A text that stands here and is not there any more
 * may have been sent or emptied while this window was away, or be lost: it stays, and its writer is told.
 */
export function restored(drafts: Drafts, kept: readonly SavedDraft[]): Drafts {
  let next: Drafts = new Map([...drafts].map(([place, draft]) => [place, { ...draft, unkept: null }]));
  const there = new Map(kept.map((each) => [key(each.conversation, each.mode), each]));
  for (const each of kept) next = told(next, each);
  for (const [place, held] of [...next]) if (!there.has(place)) next = put(next, reconciled(held, "", 0));
  return next;
}

/** Another window has kept, sent or emptied it. */
export function told(drafts: Drafts, kept: SavedDraft | DraftShown): Drafts {
  const { conversation, mode, body } = kept;
  const held = at(drafts, conversation, mode);
  const untouched = isKept(held) && held.going === null;
  return put(drafts, reconciled(untouched ? { ...held, body } : held, body, kept.at ?? 0));
}

/** An own entry that was sent from another window: where the same text still stands, it has been sent. */
export function sentElsewhere(drafts: Drafts, entry: Entry): Drafts {
  const mode = entry.kind === "note" ? "note" : "reply";
  const held = heldDraft(drafts, entry.conversation, mode);
  if (held === null || !(isKept(held) || held.torn) || entry.at < held.since) return drafts;
  return isSame(held.body, entry.body ?? "") ? put(drafts, { ...held, body: "" }) : drafts;
}

/** The writer has decided: what stands here is the draft. */
export function keptMine(drafts: Drafts, conversation: string, mode: Mode): Drafts {
  return put(drafts, { ...at(drafts, conversation, mode), torn: false });
}

/** The writer has decided: what stands in the other window is the draft. */
export function tookOther(drafts: Drafts, conversation: string, mode: Mode): Drafts {
  const held = at(drafts, conversation, mode);
  return put(drafts, { ...held, body: held.saved });
}

/** Whether two texts would be the same message: blanks at the ends and kinds of line breaks make none other. */
export function isSame(one: string, other: string): boolean {
  const plain = (text: string) => text.replace(/\s+/g, " ").trim();
  return plain(one) === plain(other);
}

/** A draft that stands here, and what the server is known to have now. */
function reconciled(held: Draft, body: string, as: number): Draft {
  // An earlier server names no states: what stands here is kept again, as it always was.
  const changedThere = as !== held.at && body !== held.going;
  const changes = held.changes + (changedThere ? 1 : 0);
  return { ...held, saved: body, at: as, torn: held.torn || changedThere, changes };
}

function isKept(draft: Draft): boolean {
  return draft.body === draft.saved;
}

function at(drafts: Drafts, conversation: string, mode: Mode): Draft {
  return heldDraft(drafts, conversation, mode) ?? fresh({ conversation, mode }, "", 0);
}

function fresh(place: Pick<Draft, "conversation" | "mode">, body: string, as: number): Draft {
  const { conversation, mode } = place;
  return {
    conversation,
    mode,
    body,
    saved: body,
    at: as,
    going: null,
    unkept: null,
    since: as,
    torn: false,
    changes: 0,
  };
}

function put(drafts: Drafts, draft: Draft): Drafts {
  return tidied(new Map(drafts).set(key(draft.conversation, draft.mode), draft));
}

/** What is the same here and there is not torn; what is empty here and there is none. */
function tidied(drafts: Map<string, Draft>): Drafts {
  for (const [place, draft] of drafts) {
    if (!isKept(draft)) continue;
    if (draft.body === "" && draft.going === null) drafts.delete(place);
    else if (draft.torn || draft.since !== draft.at)
      drafts.set(place, { ...draft, torn: false, since: draft.at });
  }
  return drafts;
}
