// Asks "Really end?" once. The keyboard works too; the focus stays inside and returns afterwards.

import { useEffect, useRef } from "preact/hooks";
import { useTexts } from "../texts";

interface EndDialogProps {
  /** Whether the visitor is still waiting and would leave the queue. */
  waiting: boolean;
  onEnd(): void;
  onCancel(): void;
}

/** The dialog that asks whether to end the chat. */
export function EndDialog({ waiting, onEnd, onCancel }: EndDialogProps) {
  const { t } = useTexts();
  const first = useRef<HTMLButtonElement>(null);
  const last = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    first.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <div class="veil">
      <div
        class="dialog"
        role="alertdialog"
        aria-modal="true"
        aria-labelledby="end-ask"
        aria-describedby="end-ask-long"
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            onCancel();
          } else if (event.key === "Tab") {
            event.preventDefault();
            (document.activeElement === first.current ? last : first).current?.focus();
          }
        }}
      >
        <h2 id="end-ask">{t(waiting ? "end.leaveAsk" : "end.ask")}</h2>
        <p id="end-ask-long">{t("end.askLong")}</p>
        <div class="dialog-actions">
          <button type="button" class="button" ref={first} onClick={onCancel}>
            {t(waiting ? "end.leaveNo" : "end.no")}
          </button>
          <button type="button" class="button button-danger" ref={last} onClick={onEnd}>
            {t(waiting ? "end.leaveYes" : "end.yes")}
          </button>
        </div>
      </div>
    </div>
  );
}
