// Sent texts that are not in the transcript yet, in the order in which they were written, each with its state. A text
// leaves the outbox only when its entry arrives, or when the consultant takes it back.

import type { Refusal } from "../../shared/refusalText";
import type { Mode } from "./drafts";

export interface Unsent {
  readonly ref: string;
  readonly conversation: string;
  readonly mode: Mode;
  readonly body: string;
  readonly fence: number;
  /** The server's version of the draft that was sent; null when the server did not have it. */
  readonly draft: number | null;
  readonly sentAt: number;
  /** Why it was refused; null while it is under way. */
  readonly refused: Refusal | null;
  /** The server has accepted it; its entry has not arrived yet. */
  readonly accepted: boolean;
}

export type Outbox = readonly Unsent[];

/** Without an answer for this long the bubble says so. The promise is 5 s, and the clock ticks once a second. */
export const SLOW_MS = 3_000;

/** Adds a text. */
export function posted(outbox: Outbox, message: Unsent): Outbox {
  return [...outbox, message];
}

/** Sets the server's version of the draft that was sent. */
export function named(outbox: Outbox, ref: string, draft: number | null): Outbox {
  return change(outbox, ref, (message) => ({ ...message, draft }));
}

/** Marks a text as accepted. */
export function stored(outbox: Outbox, ref: string): Outbox {
  return change(outbox, ref, (message) => ({ ...message, accepted: true, refused: null }));
}

/** Marks a text as refused. */
export function refused(outbox: Outbox, ref: string, refusal: Refusal): Outbox {
  return change(outbox, ref, (message) => ({
    ...message,
    refused: refusal,
    // A writer who sends it again knows that the draft has changed. So the draft no longer matters.
    draft: refusal.code === "draft_changed" ? null : message.draft,
  }));
}

/** Sends it again: at the same place in the outbox, with the present fence. */
export function retried(outbox: Outbox, ref: string, fence: number, now: number): Outbox {
  return change(outbox, ref, (message) => ({ ...message, refused: null, fence, sentAt: now }));
}

/** Removes texts by their refs. */
export function gone(outbox: Outbox, refs: ReadonlySet<string>): Outbox {
  return outbox.some((message) => refs.has(message.ref))
    ? outbox.filter((message) => !refs.has(message.ref))
    : outbox;
}

/** The texts of one conversation. */
export function of(outbox: Outbox, conversation: string): Unsent[] {
  return outbox.filter((message) => message.conversation === conversation);
}

function change(outbox: Outbox, ref: string, with_: (message: Unsent) => Unsent): Outbox {
  return outbox.map((message) => (message.ref === ref ? with_(message) : message));
}
