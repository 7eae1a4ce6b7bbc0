// Turns a note into a reply or a reply into a note, when the writer asks for it with the text on the screen. Nothing is
// sent. The server saves the text in its new mode and removes the old one in one step, so that no other window can send
// it as well; until then, what is sent from here waits.

import type { Accepted } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { Desk } from "../desk/desk";
import { type Draft, going, heldDraft, type Mode, notSaved, saved, turned } from "./drafts";
import { refusalOf, still } from "./sending";

/** Moves the text of a box to the other mode. */
export function turn(desk: Desk, conversation: string, from: Mode, to: Mode): void {
  const held = (mode: Mode) => heldDraft(desk.drafts.value, conversation, mode);
  const [source, target] = [held(from), held(to)];
  if (desk.turning.value.has(conversation) || source?.torn) return;
  desk.setMode(conversation, to);
  // A text of another window must be decided on first.
  if (source === null || target?.torn) return;
  const kept = Promise.resolve().then(() => keepTurned(desk, conversation, from, to, source));
  desk.turning.value = new Map(desk.turning.value).set(conversation, kept);
  desk.drafts.value = turned(desk.drafts.value, conversation, from, to);
  void kept.finally(() => {
    const others = [...desk.turning.value].filter(([id]) => id !== conversation);
    desk.turning.value = new Map(others);
  });
}

/**
 * Saves the moved text. `source`: the draft as it was when its text was moved. Resolves with false if another window
 * had already sent or changed it, or may still do so, because the server did not move it.
 */
async function keepTurned(
  desk: Desk,
  conversation: string,
  from: Mode,
  to: Mode,
  source: Draft,
): Promise<boolean> {
  await Promise.all([still(desk, conversation, from), still(desk, conversation, to)]);
  const now = heldDraft(desk.drafts.value, conversation, from);
  const target = heldDraft(desk.drafts.value, conversation, to);
  // Another window has written there meanwhile: both texts stay, and the writer decides.
  if (target?.torn) return true;
  // The source was being sent. What was written since then is not on the server.
  if (source.going === "") return true;
  // The server has neither text, so no other window has one either.
  if ((now?.at ?? 0) === 0 && source.at === 0) return true;
  if (now?.changes !== source.changes) {
    desk.drafts.value = notSaved(desk.drafts.value, conversation, to, true);
    return false;
  }
  return save(desk, conversation, [from, now.at], [to, target?.at ?? 0], target?.body ?? "");
}

async function save(
  desk: Desk,
  conversation: string,
  [from, turned]: [Mode, number],
  [mode, after]: [Mode, number],
  body: string,
): Promise<boolean> {
  desk.drafts.value = going(desk.drafts.value, conversation, from, "");
  desk.drafts.value = going(desk.drafts.value, conversation, mode, body);
  try {
    const frame = { type: "draft.save", ref: newRef(), conversation, mode, body, after, turned } as const;
    const kept = await desk.link.request<Accepted>(frame);
    desk.drafts.value = saved(desk.drafts.value, conversation, from, "", 0);
    desk.drafts.value = saved(desk.drafts.value, conversation, mode, body, kept.at ?? 0);
    return true;
  } catch (error) {
    const changed = refusalOf(error).code === "draft_changed";
    desk.drafts.value = notSaved(desk.drafts.value, conversation, from);
    desk.drafts.value = notSaved(desk.drafts.value, conversation, mode, changed);
    return false;
  }
}
