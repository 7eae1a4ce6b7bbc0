// What was sent and is not in the transcript yet: in the order it was written, each with how it stands. A text leaves
// the outbox only when its entry has come, or when the consultant takes it back.

import type { Mode } from "./drafts";

export interface Unsent {
  readonly ref: string;
  readonly conversation: string;
  readonly mode: Mode;
  readonly body: string;
  readonly fence: number;
  /** By which name the server knows the draft that this was; null when it knew of none. */
  readonly draft: number | null;
  readonly sentAt: number;
  /** Why it was refused; null while it is on its way. */
  readonly refused: Refusal | null;
  /** The server has it; its entry is still to come. */
  readonly accepted: boolean;
}

export interface Refusal {
  readonly code: string;
  readonly details: Readonly<Record<string, string | number>>;
}

export type Outbox = readonly Unsent[];

/** After this long without an answer the bubble says so: promised within 5 s, and the clock ticks once a second. */
export const SLOW_MS = 3_000;

export function posted(outbox: Outbox, message: Unsent): Outbox {
  return [...outbox, message];
}

/** By this name the server knows the draft that it was. */
export function named(outbox: Outbox, ref: string, draft: number | null): Outbox {
  return change(outbox, ref, (message) => ({ ...message, draft }));
}

export function stored(outbox: Outbox, ref: string): Outbox {
  return change(outbox, ref, (message) => ({ ...message, accepted: true, refused: null }));
}

export function refused(outbox: Outbox, ref: string, refusal: Refusal): Outbox {
  return change(outbox, ref, (message) => ({
    ...message,
    refused: refusal,
    // Whoever sends it once more has been told.
    draft: refusal.code === "draft_changed" ? null : message.draft,
  }));
}

/** Once more, at the place it has, under the fence of now. */
export function retried(outbox: Outbox, ref: string, fence: number, now: number): Outbox {
  return change(outbox, ref, (message) => ({ ...message, refused: null, fence, sentAt: now }));
}

export function gone(outbox: Outbox, refs: ReadonlySet<string>): Outbox {
  return outbox.some((message) => refs.has(message.ref))
    ? outbox.filter((message) => !refs.has(message.ref))
    : outbox;
}

export function of(outbox: Outbox, conversation: string): Unsent[] {
  return outbox.filter((message) => message.conversation === conversation);
}

function change(outbox: Outbox, ref: string, with_: (message: Unsent) => Unsent): Outbox {
  return outbox.map((message) => (message.ref === ref ? with_(message) : message));
}
