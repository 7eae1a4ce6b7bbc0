// Asks "Really end?" once. The keyboard works too; the focus stays inside and returns afterwards.

import { useEffect, useRef } from "preact/hooks";
import { useTexts } from "../texts";

interface EndDialogProps {
  /** Whether the visitor is still waiting and would leave the queue. */
  waiting: boolean;
  onEnd(): void;
  /** Opens 保存聊天记录. */
  onSave(): void;
  /** Closes the dialog; also called before the others. */
  onCancel(): void;
}

/** The dialog that asks whether to end the chat. */
export function EndDialog({ waiting, onEnd, onSave, onCancel }: EndDialogProps) {
  const { t } = useTexts();
  const first = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
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
        ref={box}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            onCancel();
          } else if (event.key === "Tab") {
            event.preventDefault();
            const all = Array.from(box.current?.querySelectorAll("button") ?? []);
            const place = all.indexOf(document.activeElement as HTMLButtonElement);
            all[(place + (event.shiftKey ? all.length - 1 : 1)) % all.length]?.focus();
          }
        }}
      >
        <h2 id="end-ask">{t(waiting ? "end.leaveAsk" : "end.ask")}</h2>
        <p id="end-ask-long">{t("end.askLong")}</p>
        <div class="dialog-actions" style={{ marginBottom: "8px" }}>
          <button
            type="button"
            class="button"
            onClick={() => {
              onCancel();
              onSave();
            }}
          >
            {t("save.title")}
          </button>
        </div>
        <div class="dialog-actions">
          <button type="button" class="button" ref={first} onClick={onCancel}>
            {t(waiting ? "end.leaveNo" : "end.no")}
          </button>
          <button
            type="button"
            class="button button-danger"
            onClick={() => {
              onCancel();
              onEnd();
            }}
          >
            {t(waiting ? "end.leaveYes" : "end.yes")}
          </button>
        </div>
      </div>
    </div>
  );
}
