// 发送: a reply or a note on its way, and what becomes of its text when the server says no. No text is ever lost: it
// is in the composer, in a bubble that says what happened, or in the transcript.

import { effect } from "@preact/signals";
import type { Accepted } from "../../../../widget/src/shared/frames";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { newRef } from "../../../../widget/src/shared/link/ref";
import { asSent } from "../../../../widget/src/shared/messageText";
import { t } from "../../shared/texts";
import type { Desk } from "../desk/desk";
import { isBy } from "../desk/state";
import { isVisitorMessage } from "../thread/thread";
import {
  claimed,
  type Draft,
  draftOf,
  emptied,
  going,
  heldDraft,
  isSame,
  type Mode,
  notSaved,
  saved,
  typed,
} from "./drafts";
import { gone, named, posted, type Refusal, refused, retried, stored, type Unsent } from "./outbox";
import { foreign } from "./wrongPatientGuard";

/** Refused for what it says or where it goes: it belongs back into the composer, to be changed. */
const TO_BE_CHANGED = new Set([
  "text_invalid",
  "too_large",
  "fence_stale",
  "conversation_closed",
  "forbidden",
  "draft_changed",
]);

/**
 * Sends what stands in the box of this `mode`, the one on the screen when the key went down or the button was pressed:
 * never in another one. Asks first when it holds another visitor's words; `sure` skips that. `changes`: how often other
 * windows had changed the draft when the box was drawn. What one of them has changed since is shown first.
 */
export function send(
  desk: Desk,
  conversation: string,
  mode: Mode,
  { sure = false, changes }: { sure?: boolean; changes?: number } = {},
): void {
  const body = asSent(draftOf(desk.drafts.value, conversation, mode));
  const row = desk.row(conversation);
  if (body === "" || row === null) return;
  if (mode === "reply" && !desk.mayReply(conversation)) return;
  if (mode === "reply" && !sure && asksFirst(desk, conversation, body)) return;
  const draft = heldDraft(desk.drafts.value, conversation, mode);
  if (changes !== undefined && draft?.torn && draft.changes !== changes) return;
  const message: Unsent = {
    ref: newRef(),
    conversation,
    mode,
    body,
    fence: row.fence,
    draft: claimed(draft),
    sentAt: desk.link.serverNow(),
    refused: null,
    accepted: false,
  };
  desk.drafts.value = emptied(desk.drafts.value, conversation, mode);
  desk.outbox.value = posted(desk.outbox.value, message);
  desk.unreadFrom.value = null;
  desk.resort();
  const busy = desk.turning.value.has(conversation) || (draft !== null && draft.going !== null);
  if (busy && draft !== null) void postAfter(desk, message, draft);
  else void post(desk, message);
}

export function retry(desk: Desk, message: Unsent): void {
  const fence = desk.row(message.conversation)?.fence ?? message.fence;
  desk.outbox.value = retried(desk.outbox.value, message.ref, fence, desk.link.serverNow());
  void post(desk, { ...message, fence });
}

/** Back into the box of its own mode, in front of what is written there. */
export function takeBack(desk: Desk, message: Unsent): void {
  const { conversation, mode } = message;
  const written = draftOf(desk.drafts.value, conversation, mode);
  const body = asSent(written) === "" ? message.body : `${message.body}\n${written}`;
  desk.drafts.value = typed(desk.drafts.value, conversation, mode, body);
  discard(desk, message);
}

export function discard(desk: Desk, message: Unsent): void {
  desk.outbox.value = gone(desk.outbox.value, new Set([message.ref]));
}

function asksFirst(desk: Desk, conversation: string, body: string): boolean {
  const entries = desk.state.value.threads.get(conversation)?.entries ?? [];
  const own = entries.filter(isVisitorMessage).map((entry) => entry.body ?? "");
  const copy = foreign(desk.copies.value, conversation, body, own);
  if (copy !== null) desk.dialog.value = { kind: "wrong_chat", conversation, copy };
  return copy !== null;
}

/** What is being kept of it is answered first: only then the server has a name for what is sent here. */
async function postAfter(desk: Desk, message: Unsent, before: Draft): Promise<void> {
  const { conversation, mode, ref } = message;
  const moved = (await desk.turning.value.get(conversation)) ?? true;
  const { held, changes } = await still(desk, conversation, mode);
  const gone = held === null && before.at !== 0 && before.going !== "";
  const changed = !moved || gone || (changes !== null && changes !== before.changes);
  if (changed && !before.torn) {
    notSent(desk, message, { code: "draft_changed", details: {} });
    return;
  }
  // What was written after something was sent is no part of that draft.
  const claim = before.torn || before.going === "" ? null : claimed(held);
  desk.outbox.value = named(desk.outbox.value, ref, claim);
  await post(desk, { ...message, draft: claim });
}

interface Still {
  /** The draft when nothing of it was on its way any more. */
  readonly held: Draft | null;
  /** How often other windows had changed it by then; null when there was none. */
  readonly changes: number | null;
}

/** Once nothing of this draft is on its way to the server. */
export function still(desk: Desk, conversation: string, mode: Mode): Promise<Still> {
  return new Promise((resolve) => {
    let changes: number | null = null;
    const end = effect(() => {
      const held = heldDraft(desk.drafts.value, conversation, mode);
      changes = held?.changes ?? changes;
      if (held !== null && held.going !== null) return;
      resolve({ held, changes });
      queueMicrotask(() => end());
    });
  });
}

async function post(desk: Desk, message: Unsent): Promise<void> {
  const { conversation, mode, draft, ref } = message;
  // The server forgets the draft together with it.
  if (draft !== null) desk.drafts.value = going(desk.drafts.value, conversation, mode, "");
  try {
    await desk.link.request<Accepted>(frame(message));
    if (draft !== null) desk.drafts.value = saved(desk.drafts.value, conversation, mode, "", 0);
    desk.outbox.value = stored(desk.outbox.value, ref);
  } catch (error) {
    if (draft !== null) desk.drafts.value = notSaved(desk.drafts.value, conversation, mode);
    notSent(desk, message, refusalOf(error));
  }
}

/** A note is a note on each of its ways; nothing but `mode`, as it was when it was sent, decides. */
function frame({ ref, conversation, mode, body, fence, draft }: Unsent) {
  const was = draft === null ? {} : { draft };
  return mode === "note"
    ? ({ type: "note.post", ref, conversation, body, ...was } as const)
    : ({ type: "message.post", ref, conversation, body, fence, ...was } as const);
}

function notSent(desk: Desk, message: Unsent, refusal: Refusal): void {
  if (TO_BE_CHANGED.has(refusal.code) && wasSentElsewhere(desk, message)) {
    discard(desk, message);
    desk.notices.tell("info", () => t("console.sent_elsewhere"));
    return;
  }
  desk.outbox.value = refused(desk.outbox.value, message.ref, refusal);
  const composerIsEmpty = asSent(draftOf(desk.drafts.value, message.conversation, message.mode)) === "";
  if (TO_BE_CHANGED.has(refusal.code) && composerIsEmpty) {
    takeBack(desk, message);
    desk.notices.problem(refusal);
  }
}

/** Another window sent it while this one had no connection: the words stand in the transcript. */
function wasSentElsewhere(desk: Desk, { conversation, mode, body, draft }: Unsent): boolean {
  if (draft === null) return false;
  const entries = desk.state.value.threads.get(conversation)?.entries ?? [];
  const kind = mode === "note" ? "note" : "message";
  return entries.some(
    (entry) =>
      entry.kind === kind &&
      isBy(entry, desk.me.value) &&
      entry.at >= draft &&
      isSame(entry.body ?? "", body),
  );
}

/** The refusal in a caught error; anything that is none is a fault of ours and is thrown on. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusedError) return { code: error.code, details: error.details };
  throw error;
}
