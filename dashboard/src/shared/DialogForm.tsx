// What forms in dialogs share: the field for a note, sending, the sentence of a refusal, and the two buttons.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type Refusal, refusalSentence } from "./refusalText";
import { t } from "./texts";

interface NoteFieldProps {
  label: string;
  note: string;
  write: (note: string) => void;
  placeholder?: string;
  required?: boolean;
}

/** The field for a note. */
export function NoteField({ label, note, write, placeholder = "", required = true }: NoteFieldProps) {
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

interface ButtonsProps {
  close: () => void;
  send: string;
  ready: boolean;
  children?: ComponentChildren;
}

/** The buttons to cancel and to confirm, which is possible while `ready`; `children` comes before them. */
export function Buttons({ close, send, ready, children }: ButtonsProps) {
  return (
    <p class="dialog-acts">
      {children}
      <button type="button" class="button" onClick={close}>
        {t("console.cancel")}
      </button>
      <button type="submit" class="button is-primary" disabled={!ready}>
        {send}
      </button>
    </p>
  );
}
