// 更多: what the visitor can do with the chat's traces in this browser.

import { useState } from "preact/hooks";
import type { Chat } from "../chat/chat";
import { useMode } from "../elder/mode";
import { useTexts } from "../texts";
import { Dialog } from "./Dialog";
import { LookupCode } from "./LookupCode";

interface MoreProps {
  chat: Chat;
  onClose(): void;
}

/** Each button of the list leads to a step of its own. */
type Step = "list" | "clear" | "code";

/** The dialog behind the button 更多. */
export function More({ chat, onClose }: MoreProps) {
  const { t } = useTexts();
  const mode = useMode();
  const [step, setStep] = useState<Step>("list");
  if (step === "clear") {
    return (
      <Dialog title={t("more.clearAsk")} onClose={onClose}>
        <p>{t("more.clearLong")}</p>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t("more.cancel")}
          </button>
          <button type="button" class="button button-danger" onClick={() => chat.door.clear()}>
            {t("more.clear")}
          </button>
        </div>
      </Dialog>
    );
  }
  const { standing } = chat.state;
  if (step === "code" && standing !== null && chat.token !== null) {
    return (
      <Dialog title={t("code.title")} onClose={onClose}>
        <LookupCode token={chat.token} of={{ conversation: standing.conversation }} ends="" now={false} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t("more.close")}
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("more.title")} onClose={onClose}>
      <p>{t("more.quitHint")}</p>
      <div style={{ display: "grid", gap: "8px" }}>
        <button type="button" class="button" onClick={mode.toggle}>
          {t(mode.isElder ? "elder.leave" : "elder.enter")}
        </button>
        {standing !== null && (
          <button type="button" class="button" onClick={() => setStep("code")}>
            {t("code.get")}
          </button>
        )}
        <button type="button" class="button" onClick={() => setStep("clear")}>
          {t("more.clear")}
        </button>
        <button type="button" class="button" onClick={onClose}>
          {t("more.close")}
        </button>
      </div>
    </Dialog>
  );
}
