// Saves drafts on the server: a second after the last key, and at once when the consultant turns to something else. The
// browser stores nothing.

import { effect, untracked } from "@preact/signals";
import type {
  Accepted,
  DraftConflict,
  DraftPut,
  Draft as SavedDraft,
} from "../../../../widget/src/shared/frames";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { newRef } from "../../../../widget/src/shared/link/ref";
import { put } from "../../shared/api";
import type { Desk } from "../desk/desk";
import { type Draft, going, lastTexts, type Mode, notSaved, saved, told, unkept, unsaved } from "./drafts";

const AFTER_MS = 1_000;
/** After a failure; the server may work again by then. */
const AGAIN_MS = 10_000;
/** Another window has saved, sent or emptied the draft: the writer decides. */
const CHANGED = "draft_changed";

/** Starts saving; it runs as long as the tab exists. */
export function syncDrafts(desk: Desk): void {
  let timer: number | undefined;
  let pause = AFTER_MS;

  /** Drafts to save. A text that is moving to the other mode is saved by that move. */
  function due(): Draft[] {
    const turning = desk.turning.value;
    return unsaved(desk.drafts.value).filter(({ conversation }) => !turning.has(conversation));
  }

  async function save({ conversation, mode, body, at }: Draft): Promise<void> {
    desk.drafts.value = going(desk.drafts.value, conversation, mode, body);
    try {
      const kept = await desk.link.request<Accepted>({
        type: "draft.save",
        ref: newRef(),
        conversation,
        mode,
        body,
        after: at,
      });
      pause = AFTER_MS;
      desk.drafts.value = saved(desk.drafts.value, conversation, mode, body, kept.at ?? 0);
    } catch (error) {
      notKept(error, conversation, mode, body);
    }
  }

  function notKept(error: unknown, conversation: string, mode: Mode, body: string): void {
    if (!(error instanceof RefusedError)) throw error;
    if (error.retry !== "no") pause = AGAIN_MS;
    desk.drafts.value =
      error.retry === "no" && error.code !== CHANGED
        ? unkept(desk.drafts.value, conversation, mode, body)
        : notSaved(desk.drafts.value, conversation, mode, error.code === CHANGED);
  }

  function saveAll(): void {
    window.clearTimeout(timer);
    if (desk.connection.value !== "live") return;
    for (const draft of due()) void save(draft);
  }

  /**
   * Saves the texts when the page goes away. Without a connection it uses HTTP requests, which the browser finishes
   * even when the page is gone.
   */
  function saveLast(): void {
    if (desk.connection.value === "live") saveAll();
    else for (const draft of lastTexts(desk.drafts.value)) void saveOverHttp(draft);
  }

  async function saveOverHttp({ conversation, mode, body, at }: Draft): Promise<void> {
    const sent: DraftPut = { body, version: at };
    const answer = await put<SavedDraft, DraftConflict>(`/v1/staff/drafts/${conversation}/${mode}`, sent);
    // The result matters, because the browser may bring this very page back.
    if (answer.kind === "done")
      desk.drafts.value = saved(desk.drafts.value, conversation, mode, body, answer.body.at ?? 0);
    if (answer.kind === "conflict") desk.drafts.value = told(desk.drafts.value, answer.body.current);
  }

  effect(() => {
    if (due().length === 0) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(saveAll, pause);
  });
  let selected: string | null = null;
  effect(() => {
    const turned = desk.selected.value !== selected;
    selected = desk.selected.value;
    if (turned) untracked(saveAll);
  });
  effect(() => {
    if (desk.connection.value === "live") untracked(saveAll);
  });
  document.addEventListener("visibilitychange", saveAll);
  window.addEventListener("pagehide", saveLast);
}
