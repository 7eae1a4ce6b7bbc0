// 更多: what the visitor can do with the chat's traces in this browser.

import { useState } from "preact/hooks";
import type { Chat } from "../chat/chat";
import type { State } from "../chat/state";
import { Privacy } from "../consent/Privacy";
import { useMode } from "../elder/mode";
import { later, useLater } from "../later";
import { isPhone } from "../surroundings";
import { useTexts } from "../texts";
import { Dialog } from "./Dialog";
import { LookupCode } from "./LookupCode";

const fetchSave = later(() => import("../save/Save").then(({ Save }) => Save));

interface MoreProps {
  chat: Chat;
  begins: Step;
  onClose(): void;
  onCall(): void;
}

/** Each button of the list leads to a step of its own. */
export type Step = "list" | "clear" | "code" | "save";

/** The dialog behind the button 更多. */
export function More({ chat, begins, onClose, onCall }: MoreProps) {
  const { t } = useTexts();
  const mode = useMode();
  const [step, setStep] = useState(begins);
  const Save = useLater(fetchSave, true);
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
      <Dialog title={t("code.get")} onClose={onClose}>
        <LookupCode
          token={chat.token}
          of={{ conversation: standing.conversation }}
          ends=""
          now={false}
          large={mode.isElder}
        />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t("more.close")}
          </button>
        </div>
      </Dialog>
    );
  }
  const back = (
    <div class="dialog-actions">
      <button type="button" class="button" onClick={onClose}>
        {t("more.close")}
      </button>
    </div>
  );
  if (step === "save") {
    return (
      <Dialog title={t("save.title")} onClose={onClose}>
        {Save && <Save state={chat.state} />}
        {back}
      </Dialog>
    );
  }
  return (
    <Dialog title={t("more.title")} onClose={onClose}>
      <div style={{ display: "grid", gap: "8px" }}>
        <button type="button" class="button" onClick={mode.toggle}>
          {t(mode.isElder ? "elder.leave" : "elder.enter")}
        </button>
        <button type="button" class="button" onClick={onCall}>
          {t("call.title")}
        </button>
        {hasWords(chat.state) && (
          <button type="button" class="button" onClick={() => setStep("save")}>
            {t("save.title")}
          </button>
        )}
        {standing !== null && (
          <button type="button" class="button" onClick={() => setStep("code")}>
            {t("code.get")}
          </button>
        )}
      </div>
      <Privacy chat={chat} />
      <hr style={{ border: 0, borderTop: "1px solid var(--line)", margin: "16px 0" }} />
      <p>{t(isPhone() ? "more.quitPhone" : "more.quitHint")}</p>
      <div style={{ display: "grid", gap: "8px" }}>
        <button type="button" class="button button-danger" onClick={() => setStep("clear")}>
          {t("more.clear")}
        </button>
        <button type="button" class="button" onClick={onClose}>
          {t("more.close")}
        </button>
      </div>
    </Dialog>
  );
}

/** Whether anything was said. After the visitor's own end nothing of it is here any more. */
function hasWords({ entries, over }: State): boolean {
  return !over && entries.some(({ kind }) => kind === "message" || kind === "file");
}
