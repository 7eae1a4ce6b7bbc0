// 请核对号码: the number in large groups, and everything else that will be sent, before it is.

import type { RefusedError } from "../../shared/link/outbox";
import { asSent } from "../../shared/messageText";
import type { Chat } from "../chat/chat";
import consents from "../consent/asked.json";
import { NoticeLine } from "../consent/NoticeLine";
import { useChat } from "../hooks";
import { useTexts } from "../texts";
import { Failed } from "./Failed";
import { type Fields, grouped } from "./fields";

interface CheckProps {
  chat: Chat;
  fields: Fields;
  busy: boolean;
  failure: RefusedError | null;
  onBack(): void;
  onSend(): void;
}

/** The second step. */
export function Check({ chat, fields, busy, failure, onBack, onSend }: CheckProps) {
  useChat(chat);
  const { t, language } = useTexts();
  const { notice, site } = chat.state;
  const name = asSent(fields.name);
  const topic = asSent(fields.topic);
  const late = chat.troubled || chat.connection.state !== "live";
  return (
    <div class="call">
      <p class="call-read" dir="ltr">
        {grouped(fields.phone)}
      </p>
      <ul class="call-facts">
        <li>{when(fields, t)}</li>
        <li>{t(fields.mayName ? "call.saysName" : "call.saysNoName")}</li>
        {name !== "" && <li>{t("call.isName", { name })}</li>}
        {topic !== "" && <li>{t("call.isTopic", { topic })}</li>}
      </ul>
      <p class="hint">{consents.callback[language].text}</p>
      {notice && <NoticeLine notice={notice} />}
      {busy && (
        <p class={late ? "status status-retrying" : "status"} role="status">
          {t(late ? "call.unsent" : "status.sending")}
        </p>
      )}
      <Failed failure={failure} phone={site?.phone ?? ""} />
      <div class="dialog-actions">
        <button type="button" class="button" disabled={busy} onClick={onBack}>
          {t("call.change")}
        </button>
        <button type="button" class="button button-primary" aria-disabled={busy} onClick={onSend}>
          {t("call.confirm")}
        </button>
      </div>
    </div>
  );
}

function when({ day, part }: Fields, t: ReturnType<typeof useTexts>["t"]): string {
  if (day === "soonest") return t("call.isSoonest");
  return t("call.isWhen", { day: t(`call.day.${day}`), part: t(`call.part.${part}`) });
}
