// Drafts to the server: a second after the last key, at once when the consultant turns to something else. The
// browser keeps nothing.

import { effect, untracked } from "@preact/signals";
import { newRef, RefusedError } from "../../../widget/src/link/link";
import type { Console } from "./console";
import { type Draft, saved, unsaved } from "./drafts";

const AFTER_MS = 1_000;
/** The server could not; by then it may. */
const AGAIN_MS = 10_000;

/** Runs for the life of the tab. */
export function keepDrafts(console: Console): void {
  const onTheWay = new Map<string, string>();
  let timer: number | undefined;

  async function save({ conversation, mode, body }: Draft): Promise<void> {
    const key = `${conversation}/${mode}`;
    if (onTheWay.has(key)) return;
    onTheWay.set(key, body);
    try {
      await console.link.request({ type: "draft.save", ref: newRef(), conversation, mode, body });
    } catch (error) {
      onTheWay.delete(key);
      if (error instanceof RefusedError && error.retry !== "no") {
        timer = window.setTimeout(saveAll, AGAIN_MS);
        return;
      }
      // Not ours any more: it stays in this tab, and there is nothing that could be done about it.
    }
    onTheWay.delete(key);
    console.drafts.value = saved(console.drafts.value, conversation, mode, body);
  }

  function saveAll(): void {
    window.clearTimeout(timer);
    if (console.connection.value !== "live") return;
    for (const draft of unsaved(console.drafts.value)) void save(draft);
  }

  effect(() => {
    if (unsaved(console.drafts.value).length === 0) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(saveAll, AFTER_MS);
  });
  let selected: string | null = null;
  effect(() => {
    const turned = console.selected.value !== selected;
    selected = console.selected.value;
    if (turned) untracked(saveAll);
  });
  effect(() => {
    if (console.connection.value === "live") untracked(saveAll);
  });
  document.addEventListener("visibilitychange", saveAll);
  window.addEventListener("pagehide", saveAll);
}
