// What the dialogs share: a note, a refusal, and the two buttons.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Row } from "../../../widget/src/shared/frames";
import { asSent, length } from "../../../widget/src/shared/messageText";
import type { Refusal } from "../console/composer/outbox";
import { useDesk } from "../console/desk/context";
import { refusalSentence } from "./refusalText";
import { t } from "./texts";

interface NoteProps {
  label: string;
  note: string;
  write: (note: string) => void;
  placeholder?: string;
  required?: boolean;
}

/** The field for a note. */
export function Note({ label, note, write, placeholder = "", required = true }: NoteProps) {
  return (
    <label class="field">
      <span>
        {label} {required && <em>{t("console.required")}</em>}
      </span>
      <textarea
        rows={3}
        value={note}
        placeholder={placeholder}
        onInput={(event) => write(event.currentTarget.value)}
      />
    </label>
  );
}

/** Whether a note has text and is not too long. */
export function useNoteLimit(): (note: string) => boolean {
  const limit = useDesk().state.value.welcome?.limits.note ?? 2000;
  return (note) => asSent(note) !== "" && length(asSent(note)) <= limit;
}

/** Sends once at a time. A refusal stays on the screen; otherwise `then` is called. */
export function useSending(then: () => void) {
  const [problem, setProblem] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  async function send(act: () => Promise<Refusal | null>): Promise<void> {
    if (busy) return;
    setBusy(true);
    const refusal = await act();
    setBusy(false);
    setProblem(refusal);
    if (refusal === null) then();
  }
  return { problem, busy, send, forget: () => setProblem(null) };
}

/** The sentence of a refusal. */
export function Problem({ of: refusal }: { of: Refusal | null }) {
  if (refusal === null) return null;
  return (
    <p class="problem" role="alert">
      {refusalSentence(refusal)}
    </p>
  );
}

/** Who keeps the conversation until a colleague accepts it: its owner, who need not be the person who asks. */
export function Keeps({ of: what, row }: { of: "ask" | "transfer"; row: Row }) {
  const me = useDesk().me.value;
  const { owner } = row;
  const mine = !owner || owner.id === me?.id;
  return (
    <span class="dialog-hint">
      {mine ? t(`console.${what}.keeps`) : t(`console.${what}.keeps_other`, { name: owner.name })}
    </span>
  );
}

interface ActsProps {
  close: () => void;
  send: string;
  ready: boolean;
  children?: ComponentChildren;
}

/** The buttons to cancel and to confirm; `children` comes before them. */
export function Acts({ close, send, ready, children }: ActsProps) {
  const live = useDesk().connection.value === "live";
  return (
    <p class="dialog-acts">
      {children}
      <button type="button" class="button" onClick={close}>
        {t("console.cancel")}
      </button>
      <button type="submit" class="button is-primary" disabled={!ready || !live}>
        {send}
      </button>
    </p>
  );
}
