// Unsent texts, one per conversation and mode, and what the server has saved of each. The key contains both, so that a
// draft for one patient never appears for another one, and a note never becomes a reply. Nothing is stored in the
// browser.
//
// A draft is one text for all windows of its writer. When a window has not changed it since it was saved, the newer
// text of another window replaces it; when it has, both texts stay, and the writer decides (`torn`).

import type { DraftShown, Entry, Draft as SavedDraft } from "../../../../widget/src/shared/frames";
import { asSent, onlyText } from "../../../../widget/src/shared/messageText";

export type Mode = "reply" | "note";

export const MODES: readonly Mode[] = ["reply", "note"];

export interface Draft {
  readonly conversation: string;
  readonly mode: Mode;
  readonly body: string;
  /** The text that the server has. */
  readonly saved: string;
  /** The server's version of `saved`; 0: nothing is saved, or the server is older and has no versions. */
  readonly at: number;
  /** What `saved` will be once the server has answered; null: no request is under way. */
  readonly going: string | null;
  /**
   * A text that the server refused to save, because the conversation no longer belongs to its writer; it stays in this
   * window.
   */
  readonly unkept: string | null;
  /** When `body` was last equal to the server's text. */
  readonly since: number;
  /**
   * Another window saved, sent or emptied the draft while `body` was different here; `body` is not replaced without
   * asking.
   */
  readonly torn: boolean;
  /** How often another window has done so. */
  readonly changes: number;
}

export type Drafts = ReadonlyMap<string, Draft>;

export const NO_DRAFTS: Drafts = new Map();

const key = (conversation: string, mode: Mode) => `${conversation}/${mode}`;

/** The draft of a conversation in a mode, or null. */
export function heldDraft(drafts: Drafts, conversation: string, mode: Mode): Draft | null {
  return drafts.get(key(conversation, mode)) ?? null;
}

/** The text of a draft; empty when there is none. */
export function draftOf(drafts: Drafts, conversation: string, mode: Mode): string {
  return heldDraft(drafts, conversation, mode)?.body ?? "";
}

/** Whether a conversation has a draft in either mode. */
export function hasDraft(drafts: Drafts, conversation: string): boolean {
  return MODES.some((mode) => asSent(draftOf(drafts, conversation, mode)) !== "");
}

/**
 * The drafts after typing. Characters that the server refuses are removed at once, so that pasted text can be saved.
 */
export function typed(drafts: Drafts, conversation: string, mode: Mode, body: string): Drafts {
  return put(drafts, { ...at(drafts, conversation, mode), body: onlyText(body) });
}

/** The drafts after the text was sent or deleted. A text of another window still waits for the writer's decision. */
export function emptied(drafts: Drafts, conversation: string, mode: Mode): Drafts {
  return typed(drafts, conversation, mode, "");
}

/** Both texts as one, with the moved text first. */
export function joined(drafts: Drafts, conversation: string, from: Mode, to: Mode): string {
  const both = [draftOf(drafts, conversation, from), draftOf(drafts, conversation, to)];
  return both.filter((text) => text.trim() !== "").join("\n");
}

/** Moves the text to the other mode, which the writer decided with the text on the screen. */
export function turned(drafts: Drafts, conversation: string, from: Mode, to: Mode): Drafts {
  const body = joined(drafts, conversation, from, to);
  return typed(typed(drafts, conversation, from, ""), conversation, to, body);
}

// Together with the server.

/** Whether a text exists only in this window because its writer has not decided yet. */
export function hasTorn(drafts: Drafts): boolean {
  return [...drafts.values()].some(({ torn }) => torn);
}

/**
 * The drafts to save: not saved yet, no request under way, and no conflict with another window. Drafts with text come
 * first: if the page is left before all are saved, a moved text is in both modes, not in neither.
 */
export function unsaved(drafts: Drafts): Draft[] {
  const due = [...drafts.values()].filter(
    (draft) => !isKept(draft) && draft.going === null && !draft.torn && draft.body !== draft.unkept,
  );
  return [...due.filter(({ body }) => body !== ""), ...due.filter(({ body }) => body === "")];
}

/** The texts that would be lost with this window, whether or not a request with them is under way. */
export function lastTexts(drafts: Drafts): Draft[] {
  return [...drafts.values()].filter(
    (draft) => !isKept(draft) && !draft.torn && draft.body !== "" && draft.body !== draft.unkept,
  );
}

/** `body` is under way to the server; an empty `body` removes the saved draft, as sending does. */
export function going(drafts: Drafts, conversation: string, mode: Mode, body: string): Drafts {
  return put(drafts, { ...at(drafts, conversation, mode), going: body });
}

/** The server has saved `body` as version `as`. The text here may have changed meanwhile. */
export function saved(drafts: Drafts, conversation: string, mode: Mode, body: string, as: number): Drafts {
  return put(drafts, { ...at(drafts, conversation, mode), saved: body, at: as, going: null });
}

/** The server has not saved it: it keeps the earlier text, or (`changed`) the one of another window. */
export function notSaved(drafts: Drafts, conversation: string, mode: Mode, changed = false): Drafts {
  const held = at(drafts, conversation, mode);
  const changes = held.changes + (changed ? 1 : 0);
  return put(drafts, { ...held, going: null, torn: held.torn || changed, changes });
}

/** The server's version of the draft that is being sent; null when the server does not know this text. */
export function claimed(draft: Draft | null): number | null {
  return draft === null || draft.torn || draft.at === 0 ? null : draft.at;
}

/** The server refused to save this text, and asking again is useless. */
export function unkept(drafts: Drafts, conversation: string, mode: Mode, body: string): Drafts {
  return put(drafts, { ...at(drafts, conversation, mode), going: null, unkept: body });
}

/**
 * Takes the drafts that the server has saved, at the first and every later welcome. A text that exists here and is gone
 * there may have been sent, emptied or lost while this window was offline: it stays, and its writer is told.
 */
export function restored(drafts: Drafts, kept: readonly SavedDraft[]): Drafts {
  let next: Drafts = new Map([...drafts].map(([place, draft]) => [place, { ...draft, unkept: null }]));
  const there = new Map(kept.map((each) => [key(each.conversation, each.mode), each]));
  for (const each of kept) next = told(next, each);
  for (const [place, held] of [...next]) if (!there.has(place)) next = put(next, reconciled(held, "", 0));
  return next;
}

/** Another window has saved, sent or emptied the draft. */
export function told(drafts: Drafts, kept: SavedDraft | DraftShown): Drafts {
  const { conversation, mode, body } = kept;
  const held = at(drafts, conversation, mode);
  const untouched = isKept(held) && held.going === null;
  return put(drafts, reconciled(untouched ? { ...held, body } : held, body, kept.at ?? 0));
}

/** Takes one's own entry that was sent from another window: where the same text is still in the box, it was sent. */
export function sentElsewhere(drafts: Drafts, entry: Entry): Drafts {
  const mode = entry.kind === "note" ? "note" : "reply";
  const held = heldDraft(drafts, entry.conversation, mode);
  if (held === null || !(isKept(held) || held.torn) || entry.at < held.since) return drafts;
  return isSame(held.body, entry.body ?? "") ? put(drafts, { ...held, body: "" }) : drafts;
}

/** The writer has decided that the text of this window is the draft. */
export function keptMine(drafts: Drafts, conversation: string, mode: Mode): Drafts {
  return put(drafts, { ...at(drafts, conversation, mode), torn: false });
}

/** The writer has decided that the text of the other window is the draft. */
export function tookOther(drafts: Drafts, conversation: string, mode: Mode): Drafts {
  const held = at(drafts, conversation, mode);
  return put(drafts, { ...held, body: held.saved });
}

/** Whether two texts would be the same message: they may differ in spaces at the ends and kinds of line breaks. */
export function isSame(one: string, other: string): boolean {
  const plain = (text: string) => text.replace(/\s+/g, " ").trim();
  return plain(one) === plain(other);
}

/** A draft of this window after learning what the server has now. */
function reconciled(held: Draft, body: string, as: number): Draft {
  // Older servers have no versions: the text of this window is saved again, as it always was.
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

/** Clears conflicts between equal texts, and removes drafts that are empty here and on the server. */
function tidied(drafts: Map<string, Draft>): Drafts {
  for (const [place, draft] of drafts) {
    if (!isKept(draft)) continue;
    if (draft.body === "" && draft.going === null) drafts.delete(place);
    else if (draft.torn || draft.since !== draft.at)
      drafts.set(place, { ...draft, torn: false, since: draft.at });
  }
  return drafts;
}
