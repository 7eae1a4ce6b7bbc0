// 发送: a reply or a note on its way, and what becomes of its text when the server says no. No text is ever lost: it
// is in the composer, in a bubble that says what happened, or in the transcript.

import type { Accepted } from "../../../widget/src/link/frames";
import { newRef, RefusedError } from "../../../widget/src/link/link";
import { asSent } from "../../../widget/src/link/words";
import type { Console } from "./console";
import { draftOf, typed } from "./drafts";
import { foreign } from "./guard";
import { gone, posted, type Refusal, refused, retried, stored, type Unsent } from "./outbox";
import { isVisitorMessage } from "./thread";

/** Refused for what it says or where it goes: it belongs back into the composer, to be changed. */
const TO_BE_CHANGED = new Set([
  "text_invalid",
  "too_large",
  "fence_stale",
  "conversation_closed",
  "forbidden",
]);

/** Sends what stands in the composer. Asks first when it holds another visitor's words; `sure` skips that. */
export function send(console: Console, conversation: string, sure = false): void {
  const mode = console.modeOf(conversation);
  const body = asSent(draftOf(console.drafts.value, conversation, mode));
  const row = console.row(conversation);
  if (body === "" || row === null) return;
  if (mode === "reply" && !sure && asksFirst(console, conversation, body)) return;
  const sentAt = console.link.serverNow();
  const message: Unsent = {
    ref: newRef(),
    conversation,
    mode,
    body,
    fence: row.fence,
    sentAt,
    refused: null,
    accepted: false,
  };
  console.drafts.value = typed(console.drafts.value, conversation, mode, "");
  console.outbox.value = posted(console.outbox.value, message);
  console.unreadFrom.value = null;
  console.resort();
  void post(console, message);
}

export function retry(console: Console, message: Unsent): void {
  const fence = console.row(message.conversation)?.fence ?? message.fence;
  console.outbox.value = retried(console.outbox.value, message.ref, fence, console.link.serverNow());
  void post(console, { ...message, fence });
}

/** Back into the composer, in front of what is written there. */
export function takeBack(console: Console, message: Unsent): void {
  const { conversation, mode } = message;
  const written = draftOf(console.drafts.value, conversation, mode);
  const body = asSent(written) === "" ? message.body : `${message.body}\n${written}`;
  console.drafts.value = typed(console.drafts.value, conversation, mode, body);
  discard(console, message);
}

export function discard(console: Console, message: Unsent): void {
  console.outbox.value = gone(console.outbox.value, new Set([message.ref]));
}

function asksFirst(console: Console, conversation: string, body: string): boolean {
  const entries = console.desk.value.threads.get(conversation)?.entries ?? [];
  const own = entries.filter(isVisitorMessage).map((entry) => entry.body ?? "");
  const copy = foreign(console.copies.value, conversation, body, own);
  if (copy !== null) console.question.value = { kind: "wrong_chat", conversation, copy };
  return copy !== null;
}

async function post(console: Console, message: Unsent): Promise<void> {
  try {
    await console.link.request<Accepted>(frame(message));
    console.outbox.value = stored(console.outbox.value, message.ref);
  } catch (error) {
    notSent(console, message, refusalOf(error));
  }
}

function frame({ ref, conversation, mode, body, fence }: Unsent) {
  return mode === "note"
    ? ({ type: "note.post", ref, conversation, body } as const)
    : ({ type: "message.post", ref, conversation, body, fence } as const);
}

function notSent(console: Console, message: Unsent, refusal: Refusal): void {
  console.outbox.value = refused(console.outbox.value, message.ref, refusal);
  const composerIsEmpty = asSent(draftOf(console.drafts.value, message.conversation, message.mode)) === "";
  if (TO_BE_CHANGED.has(refusal.code) && composerIsEmpty) {
    takeBack(console, message);
    console.problem(refusal);
  }
}

/** The refusal in a caught error; anything that is none is a fault of ours and is thrown on. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusedError) return { code: error.code, details: error.details };
  throw error;
}
