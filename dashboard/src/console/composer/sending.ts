// 发送: a reply or a note on its way, and what becomes of its text when the server says no. No text is ever lost: it
// is in the composer, in a bubble that says what happened, or in the transcript.

import { effect } from "@preact/signals";
import type { Accepted } from "../../../../widget/src/shared/frames";
import { newRef, RefusedError } from "../../../../widget/src/shared/link/link";
import { asSent } from "../../../../widget/src/shared/messageText";
import { t } from "../../shared/texts";
import type { Console } from "../desk/console";
import { isBy } from "../desk/desk";
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
import { foreign } from "./guard";
import { gone, named, posted, type Refusal, refused, retried, stored, type Unsent } from "./outbox";

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
 * never in another one. Asks first when it holds another visitor's words; `sure` skips that.
 */
export function send(console: Console, conversation: string, mode: Mode, sure = false): void {
  const body = asSent(draftOf(console.drafts.value, conversation, mode));
  const row = console.row(conversation);
  if (body === "" || row === null) return;
  if (mode === "reply" && !console.mayReply(conversation)) return;
  if (mode === "reply" && !sure && asksFirst(console, conversation, body)) return;
  const draft = heldDraft(console.drafts.value, conversation, mode);
  const message: Unsent = {
    ref: newRef(),
    conversation,
    mode,
    body,
    fence: row.fence,
    draft: claimed(draft),
    sentAt: console.link.serverNow(),
    refused: null,
    accepted: false,
  };
  console.drafts.value = emptied(console.drafts.value, conversation, mode);
  console.outbox.value = posted(console.outbox.value, message);
  console.unreadFrom.value = null;
  console.resort();
  const busy = console.turning.value.has(conversation) || (draft !== null && draft.going !== null);
  if (busy && draft !== null) void postAfter(console, message, draft);
  else void post(console, message);
}

export function retry(console: Console, message: Unsent): void {
  const fence = console.row(message.conversation)?.fence ?? message.fence;
  console.outbox.value = retried(console.outbox.value, message.ref, fence, console.link.serverNow());
  void post(console, { ...message, fence });
}

/** Back into the box of its own mode, in front of what is written there. */
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

/** What is being kept of it is answered first: only then the server has a name for what is sent here. */
async function postAfter(console: Console, message: Unsent, before: Draft): Promise<void> {
  const { conversation, mode, ref } = message;
  const moved = (await console.turning.value.get(conversation)) ?? true;
  const { held, changes } = await still(console, conversation, mode);
  const gone = held === null && before.at !== 0 && before.going !== "";
  const changed = !moved || gone || (changes !== null && changes !== before.changes);
  if (changed && !before.torn) {
    notSent(console, message, { code: "draft_changed", details: {} });
    return;
  }
  // What was written after something was sent is no part of that draft.
  const claim = before.torn || before.going === "" ? null : claimed(held);
  console.outbox.value = named(console.outbox.value, ref, claim);
  await post(console, { ...message, draft: claim });
}

interface Still {
  /** The draft when nothing of it was on its way any more. */
  readonly held: Draft | null;
  /** How often other windows had changed it by then; null when there was none. */
  readonly changes: number | null;
}

/** Once nothing of this draft is on its way to the server. */
export function still(console: Console, conversation: string, mode: Mode): Promise<Still> {
  return new Promise((resolve) => {
    let changes: number | null = null;
    const end = effect(() => {
      const held = heldDraft(console.drafts.value, conversation, mode);
      changes = held?.changes ?? changes;
      if (held !== null && held.going !== null) return;
      resolve({ held, changes });
      queueMicrotask(() => end());
    });
  });
}

async function post(console: Console, message: Unsent): Promise<void> {
  const { conversation, mode, draft, ref } = message;
  // The server forgets the draft together with it.
  if (draft !== null) console.drafts.value = going(console.drafts.value, conversation, mode, "");
  try {
    await console.link.request<Accepted>(frame(message));
    if (draft !== null) console.drafts.value = saved(console.drafts.value, conversation, mode, "", 0);
    console.outbox.value = stored(console.outbox.value, ref);
  } catch (error) {
    if (draft !== null) console.drafts.value = notSaved(console.drafts.value, conversation, mode);
    notSent(console, message, refusalOf(error));
  }
}

/** A note is a note on each of its ways; nothing but `mode`, as it was when it was sent, decides. */
function frame({ ref, conversation, mode, body, fence, draft }: Unsent) {
  const was = draft === null ? {} : { draft };
  return mode === "note"
    ? ({ type: "note.post", ref, conversation, body, ...was } as const)
    : ({ type: "message.post", ref, conversation, body, fence, ...was } as const);
}

function notSent(console: Console, message: Unsent, refusal: Refusal): void {
  if (TO_BE_CHANGED.has(refusal.code) && wasSentElsewhere(console, message)) {
    discard(console, message);
    console.tell("info", () => t("console.sent_elsewhere"));
    return;
  }
  console.outbox.value = refused(console.outbox.value, message.ref, refusal);
  const composerIsEmpty = asSent(draftOf(console.drafts.value, message.conversation, message.mode)) === "";
  if (TO_BE_CHANGED.has(refusal.code) && composerIsEmpty) {
    takeBack(console, message);
    console.problem(refusal);
  }
}

/** Another window sent it while this one had no connection: the words stand in the transcript. */
function wasSentElsewhere(console: Console, { conversation, mode, body, draft }: Unsent): boolean {
  if (draft === null) return false;
  const entries = console.desk.value.threads.get(conversation)?.entries ?? [];
  const kind = mode === "note" ? "note" : "message";
  return entries.some(
    (entry) =>
      entry.kind === kind &&
      isBy(entry, console.me.value) &&
      entry.at >= draft &&
      isSame(entry.body ?? "", body),
  );
}

/** The refusal in a caught error; anything that is none is a fault of ours and is thrown on. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusedError) return { code: error.code, details: error.details };
  throw error;
}
