// 发送: sends a reply or a note, and handles refusals. No text is ever lost: it is in the composer, in a bubble that says
// what happened, or in the transcript.

import { effect } from "@preact/signals";
import type { Accepted } from "../../../../widget/src/shared/frames";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { newRef } from "../../../../widget/src/shared/link/ref";
import { asSent } from "../../../../widget/src/shared/messageText";
import type { Refusal } from "../../shared/refusalText";
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
import { gone, named, posted, refused, retried, stored, type Unsent } from "./outbox";
import { foreign } from "./wrongPatientGuard";

/** Refusals because of the content or the place of a text: it returns to the composer to be changed. */
const TO_BE_CHANGED = new Set([
  "text_invalid",
  "too_large",
  "fence_stale",
  "conversation_closed",
  "forbidden",
  "draft_changed",
]);

/**
 * Sends the text of the box in this `mode`, which was on the screen when the key or button was pressed, and in no other
 * mode. Asks first when the text contains another visitor's words; `sure` skips that. `changes`: how often other
 * windows had changed the draft when the box was drawn. A change since then is shown before anything is sent.
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

/** Sends a refused text again. */
export function retry(desk: Desk, message: Unsent): void {
  const fence = desk.row(message.conversation)?.fence ?? message.fence;
  desk.outbox.value = retried(desk.outbox.value, message.ref, fence, desk.link.serverNow());
  void post(desk, { ...message, fence });
}

/** Puts the text back into the box of its own mode, in front of what is written there. */
export function takeBack(desk: Desk, message: Unsent): void {
  const { conversation, mode } = message;
  const written = draftOf(desk.drafts.value, conversation, mode);
  const body = asSent(written) === "" ? message.body : `${message.body}\n${written}`;
  desk.drafts.value = typed(desk.drafts.value, conversation, mode, body);
  discard(desk, message);
}

/** Removes a refused text. */
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

/** Waits for the draft's pending save, because only then the server has a version for the text that is sent. */
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
  // Text written after something was sent does not belong to that draft.
  const claim = before.torn || before.going === "" ? null : claimed(held);
  desk.outbox.value = named(desk.outbox.value, ref, claim);
  await post(desk, { ...message, draft: claim });
}

interface Still {
  /** The draft after its pending save was answered. */
  readonly held: Draft | null;
  /** How often other windows had changed it by then; null when there was none. */
  readonly changes: number | null;
}

/** Resolves once no save of this draft is under way. */
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
  // The server removes the draft together with storing the message.
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

/** The frame of a text. Only `mode`, as it was when the text was sent, decides whether it is a note. */
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

/** Whether another window sent the text while this one was offline: the same text is in the transcript. */
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

/** The refusal of a caught error. Any other error is a bug and is thrown again. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusedError) return { code: error.code, details: error.details };
  throw error;
}
