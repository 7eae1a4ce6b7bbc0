// 留言 on the screen: the reason for it, the form, and afterwards the promised time. Passes the visitor's input to the
// chat.

import type { ComponentChildren, RefObject } from "preact";
import type { Chat } from "../chat/chat";
import { firstToOpen, hoursOf, isUnserved, serviceFor, UNSURE } from "../chat/hours";
import { isOpen } from "../chat/selectors";
import { ending } from "../moments";
import { closedUntil } from "../queue/HoursLine";
import { type Texts, useTexts } from "../texts";
import { OfflineForm } from "./OfflineForm";
import { OfflineReceipt } from "./OfflineReceipt";
import "./offline.css";

export interface OfflinePaneProps {
  chat: Chat;
  view: "leave" | "left";
  /** The chosen department, or empty. */
  department: string;
  /** The reason is already shown above the departments. */
  above: boolean;
  /** The text stays in the form: it has health information, and the visitor has refused to have that used. */
  stays: boolean;
  box: RefObject<HTMLTextAreaElement | null>;
  onText(text: string): void;
  onLeave(): void;
  onCall(): void;
  onBack(): void;
  /** The question about health data, while the text waits for it. */
  children: ComponentChildren;
}

/** The form of a 留言, or its receipt. */
export function OfflinePane(props: OfflinePaneProps) {
  const { chat, view, department, above, stays, box, onText, onLeave, onCall, onBack, children } = props;
  const texts = useTexts();
  const { state, offlineMessage } = chat;
  const phone = state.site?.phone ?? "";
  const now = chat.serverNow;
  if (view === "left" && offlineMessage.left !== null) {
    const { left } = offlineMessage;
    return (
      <OfflineReceipt
        token={chat.token}
        left={left}
        department={texts.named(state.site?.departments.find(({ id }) => id === left.department))}
        phone={phone}
        now={now}
        open={serviceFor(state.hours, left.department) !== "closed"}
        onGoOn={() => {
          offlineMessage.dismiss();
          chat.goOn();
          onBack();
        }}
      />
    );
  }
  const hours = hoursOf(state.hours, department || UNSURE) ?? firstToOpen(state.hours);
  return (
    <OfflineForm
      offlineMessage={offlineMessage}
      text={chat.draft}
      limit={state.limits.message}
      box={box}
      why={above ? "" : whyNow(chat, department, texts)}
      answerBy={hours?.answer_by ? ending(hours.answer_by, now, texts) : ""}
      phone={phone}
      troubled={chat.troubled}
      served={state.standing?.state === "active"}
      back={wayBack(chat, department, texts)}
      focused={offlineMessage.fields.asked}
      notice={state.notice}
      stays={stays}
      onText={onText}
      onFields={(by) => offlineMessage.change(by)}
      onBack={() => {
        offlineMessage.wait();
        if (!isOpen(state)) chat.goOn();
        onBack();
      }}
      onSend={onLeave}
      onCall={onCall}
    >
      {children}
    </OfflineForm>
  );
}

/** Why a 留言 is what the visitor can do now. */
function whyNow({ state, serverNow }: Chat, department: string, texts: Texts): string {
  const { t } = texts;
  const { standing } = state;
  if (standing?.state === "active") return t("leave.served");
  const hours = hoursOf(state.hours, department || UNSURE) ?? firstToOpen(state.hours);
  if (hours !== null && !hours.open) return closedUntil(hours, serverNow, texts);
  const changes = hours?.changes_at;
  if (standing?.state === "waiting") return t("leave.instead");
  if (isUnserved(state) && !state.continuing) return t("leave.waited");
  if (hours?.service === "nobody") return t("leave.nobody");
  if (!hours?.closing || !changes) return t("leave.full");
  return t("leave.closing", { when: ending(changes, serverNow, texts) });
}

/** The label of the way back from the form; null when the form is the only choice. */
function wayBack({ state, offlineMessage }: Chat, department: string, { t }: Texts): string | null {
  if (isOpen(state)) return t(state.standing?.state === "active" ? "leave.backChat" : "leave.backWait");
  const service = serviceFor(state.hours, department);
  if (service === "closed") return null;
  return offlineMessage.fields.asked || service === "closing" || isUnserved(state)
    ? t("leave.backAsk")
    : null;
}
