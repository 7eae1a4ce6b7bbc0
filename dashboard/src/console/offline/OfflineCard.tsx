// One 留言: who left it, its text, when it is due, and what can be done with it.

import { Clock, TriangleAlert } from "lucide";
import { useState } from "preact/hooks";
import type { OfflineShown } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { named, personName, t } from "../../shared/texts";
import { UserText } from "../../shared/UserText";
import { doneOrTold } from "../desk/commands";
import { useDesk } from "../desk/context";
import { ConversationLink } from "../requests/ConversationLink";
import { Phone } from "../requests/Phone";
import { guestName, moment } from "../requests/words";
import { emergencyWords } from "../thread/eventText";
import { RequestVisit } from "../visitor/VisitorFacts";
import { OfflineSettling } from "./OfflineSettling";
import { due, isOpen, maySettle, mayShowPhone, mayTake, take } from "./offline";

interface OfflineCardProps {
  message: OfflineShown;
  /** Whether it is selected to be settled together with others; null: there is no selection. */
  pick: { on: boolean; choose: (id: string, on: boolean) => void } | null;
}

function EmergencyMark({ kind, milder }: { kind: string; milder: boolean }) {
  return (
    <span class={`badge ${milder ? "badge-forward" : "badge-emergency"}`}>
      <Icon of={TriangleAlert} small />
      {t(milder ? "console.attention" : "console.emergency", { words: emergencyWords(kind, milder) })}
    </span>
  );
}

/** The card of one 留言. */
export function OfflineCard({ message, pick }: OfflineCardProps) {
  const desk = useDesk();
  const me = desk.me.value;
  const departments = desk.state.value.welcome?.departments ?? [];
  const [settling, setSettling] = useState(false);
  if (me === null) return null;
  // A crowded one is sent as attention, whatever it was, so that nobody is called.
  const milder = message.level === "attention" && !message.crowded;
  return (
    <article
      class={`offline-card${isOpen(message) ? "" : " is-settled"}${message.emergency && !milder ? " is-emergency" : ""}`}
    >
      <header class="offline-head">
        {pick !== null && (
          <input
            type="checkbox"
            checked={pick.on}
            aria-label={t("console.offline.together.pick", {
              name: guestName(message.name),
            })}
            onChange={(event) => pick.choose(message.id, event.currentTarget.checked)}
          />
        )}
        {message.crowded && (
          <span class="badge badge-forward" title={t("console.crowded.means")}>
            {t("console.badge.crowded")}
          </span>
        )}
        {message.emergency && <EmergencyMark kind={message.emergency} milder={milder} />}
        <span class={`badge${message.kind === "complaint" ? " badge-emergency" : ""}`}>
          {t(`console.offline.kind.${message.kind}`)}
        </span>
        {/* The sender's role is shown beside any name. */}
        <b class="offline-name" dir="auto">
          {guestName(message.name)}
        </b>
        <span class="badge">{t("console.offline.unverified")}</span>
        <Phone
          id={message.id}
          masked={message.phone || t("console.offline.no_phone")}
          reveal="offline.reveal"
          mine={mayShowPhone(message, me.id)}
          // A call could reach the person who abuses.
          warning={message.emergency === "protect" ? t("console.offline.abuse") : undefined}
        />
        <span>{named(departments, message.department)}</span>
        {message.language === "en" && <span class="badge">EN</span>}
        <DueMark message={message} />
      </header>
      <p class="offline-words">
        <UserText text={message.body} />
      </p>
      <p class="offline-facts">
        <span>{t("console.offline.left", { time: moment(desk, message.left_at) })}</span>
        <span>
          {message.owner
            ? t("console.offline.owner", { name: personName(message.owner) })
            : t("console.offline.nobody")}
        </span>
        <ConversationLink id={message.conversation} />
      </p>
      <RequestVisit kind="offline-messages" id={message.id} />
      {settling && isOpen(message) ? (
        <OfflineSettling ids={[message.id]} close={() => setSettling(false)} />
      ) : (
        <OfflineActs message={message} settle={() => setSettling(true)} />
      )}
    </article>
  );
}

function OfflineActs({ message, settle: begin }: { message: OfflineShown; settle: () => void }) {
  const desk = useDesk();
  const me = desk.me.value;
  const off = desk.connection.value !== "live";
  if (me === null || !isOpen(message)) return null;
  return (
    <p class="offline-acts">
      {mayTake(message, me.id) && (
        <button
          type="button"
          class="button is-small"
          disabled={off}
          onClick={() => void doneOrTold(desk, take(desk, message.id))}
        >
          {t(message.owner ? "console.offline.take_over" : "console.offline.take")}
        </button>
      )}
      {maySettle(message, me.id, me.role) && (
        <button type="button" class="button is-small is-primary" disabled={off} onClick={begin}>
          {t("console.offline.settle")}
        </button>
      )}
    </p>
  );
}

function DueMark({ message }: { message: OfflineShown }) {
  const desk = useDesk();
  if (!isOpen(message))
    return (
      <span class="offline-due">
        {t(`console.offline.result.${message.result ?? "answered"}`)}
        {message.settled_by && ` · ${message.settled_by.name}`}
        {message.note && ` · ${message.note}`}
      </span>
    );
  const stands = due(message, desk.now.value);
  return (
    <span class={`offline-due figures is-${stands}`}>
      <Icon of={stands === "overdue" ? TriangleAlert : Clock} small />
      {t(`console.offline.due.${stands}`, { time: moment(desk, message.due_at) })}
    </span>
  );
}
