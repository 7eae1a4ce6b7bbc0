// Unsent texts, one per conversation and mode, and which of them the server does not have yet. A draft for one
// patient can never turn up at another: the key holds both. Nothing of it goes into the browser's storage.

import type { Draft as SavedDraft } from "../../../widget/src/link/frames";
import { asSent, onlyText } from "../../../widget/src/link/words";

export type Mode = "reply" | "note";

export interface Draft {
  readonly conversation: string;
  readonly mode: Mode;
  readonly body: string;
  /** What the server has; a save is due while it differs from `body`. */
  readonly saved: string;
}

export type Drafts = ReadonlyMap<string, Draft>;

export const NO_DRAFTS: Drafts = new Map();

const key = (conversation: string, mode: Mode) => `${conversation}/${mode}`;

export function draftOf(drafts: Drafts, conversation: string, mode: Mode): string {
  return drafts.get(key(conversation, mode))?.body ?? "";
}

export function hasDraft(drafts: Drafts, conversation: string): boolean {
  return (["reply", "note"] as const).some((mode) => asSent(draftOf(drafts, conversation, mode)) !== "");
}

/** Only text from the start, so that what is pasted can be stored as a draft, too. */
export function typed(drafts: Drafts, conversation: string, mode: Mode, body: string): Drafts {
  const held = drafts.get(key(conversation, mode));
  return put(drafts, { conversation, mode, body: onlyText(body), saved: held?.saved ?? "" });
}

/** The server has confirmed `body`, which may be older than what is written meanwhile. */
export function saved(drafts: Drafts, conversation: string, mode: Mode, body: string): Drafts {
  const held = drafts.get(key(conversation, mode));
  return put(drafts, { conversation, mode, body: held?.body ?? "", saved: body });
}

/**
 * What the server kept, at the first welcome and at every later one. A text that stands here is never taken away: if
 * it is newer, or the server has lost it, it is saved again.
 */
export function restored(drafts: Drafts, kept: readonly SavedDraft[]): Drafts {
  const next = new Map([...drafts].map(([at, draft]) => [at, { ...draft, saved: "" }]));
  for (const { conversation, mode, body } of kept) {
    const held = drafts.get(key(conversation, mode));
    const newer = held !== undefined && held.body !== held.saved;
    next.set(key(conversation, mode), { conversation, mode, body: newer ? held.body : body, saved: body });
  }
  return next;
}

export function unsaved(drafts: Drafts): Draft[] {
  return [...drafts.values()].filter((draft) => draft.body !== draft.saved);
}

function put(drafts: Drafts, draft: Draft): Drafts {
  const next = new Map(drafts);
  if (draft.body === "" && draft.saved === "") next.delete(key(draft.conversation, draft.mode));
  else next.set(key(draft.conversation, draft.mode), draft);
  return next;
}
