// One call-back: whom to call, when, what may be said to whoever answers, and what can be done with it.

import { Clock, Lock, Phone as PhoneIcon, ShieldAlert, TriangleAlert } from "lucide";
import { useState } from "preact/hooks";
import type { CallbackShown } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { language, named, personName, t } from "../../shared/texts";
import { UserText } from "../../shared/UserText";
import { doneOrTold } from "../desk/commands";
import { useDesk } from "../desk/context";
import type { Desk } from "../desk/desk";
import { clockOf, timeText } from "../list/clocks";
import { ConversationLink } from "../requests/ConversationLink";
import { Phone } from "../requests/Phone";
import { guestName, moment } from "../requests/words";
import { emergencyWords } from "../thread/eventText";
import { RequestVisit } from "../visitor/VisitorFacts";
import { CallbackReporting } from "./CallbackReporting";
import {
  due,
  isOpen,
  mayReport,
  mayShowPhone,
  mayTake,
  type Result,
  report,
  take,
  waitsForAnotherDay,
} from "./callbacks";

/** The card of one call-back. */
export function CallbackCard({ callback }: { callback: CallbackShown }) {
  const desk = useDesk();
  const me = desk.me.value;
  const departments = desk.state.value.welcome?.departments ?? [];
  const [reporting, setReporting] = useState<Result | null>(null);
  if (me === null) return null;
  const open = isOpen(callback);
  return (
    <article
      class={`offline-card${open ? "" : " is-settled"}${callback.lock || callback.level === "critical" ? " is-emergency" : ""}`}
      aria-label={t("console.callback.of", { name: guestName(callback.name) })}
    >
      <header class="offline-head">
        {callback.emergency && (
          <span class="badge badge-emergency">
            <Icon of={TriangleAlert} small />
            {t("console.emergency", { words: emergencyWords(callback.emergency) })}
          </span>
        )}
        <b class="offline-name" dir="auto">
          {guestName(callback.name)}
        </b>
        <span class="badge">{t("console.offline.unverified")}</span>
        <Phone
          id={callback.id}
          masked={callback.phone ?? ""}
          reveal="callback.reveal"
          mine={mayShowPhone(callback, me.id)}
        />
        <span>{named(departments, callback.department)}</span>
        {callback.language === "en" && <span class="badge">EN</span>}
        <DueMark callback={callback} />
      </header>
      {open && <MayName callback={callback} />}
      {callback.topic && (
        <p class="offline-words">
          <UserText text={callback.topic} />
        </p>
      )}
      <Facts callback={callback} />
      <RequestVisit kind="callbacks" id={callback.id} />
      {callback.lock && (
        <p class="callback-lock">
          <Icon of={Lock} small />
          {t("console.callback.lock")}
        </p>
      )}
      {reporting !== null && open ? (
        <CallbackReporting id={callback.id} result={reporting} close={() => setReporting(null)} />
      ) : (
        <Acts callback={callback} ask={setReporting} />
      )}
    </article>
  );
}

/** Whether the hospital may be named to whoever answers the phone: the most important thing before the call. */
function MayName({ callback }: { callback: CallbackShown }) {
  return callback.may_name ? (
    <p class="callback-name">
      <Icon of={PhoneIcon} small />
      {t("console.callback.may_name")}
    </p>
  ) : (
    <p class="callback-name is-secret">
      <Icon of={ShieldAlert} small />
      <b>{t("console.callback.no_name")}</b> {t("console.callback.no_name.means")}
    </p>
  );
}

function Facts({ callback }: { callback: CallbackShown }) {
  const desk = useDesk();
  return (
    <p class="offline-facts">
      <span>{t("console.callback.asked", { time: moment(desk, callback.asked_at) })}</span>
      {callback.soonest && isOpen(callback) && <span>{t("console.callback.soonest")}</span>}
      <span>
        {callback.owner
          ? t("console.callback.owner", { name: personName(callback.owner) })
          : t("console.callback.nobody")}
      </span>
      {callback.tried_at && (
        <span>
          {t("console.callback.tried", { n: callback.attempts ?? 0, time: moment(desk, callback.tried_at) })}
        </span>
      )}
      {callback.was_stopped && <b class="problem">{t("console.callback.was_stopped")}</b>}
      <ConversationLink id={callback.conversation} />
    </p>
  );
}

function Acts({ callback, ask }: { callback: CallbackShown; ask: (result: Result) => void }) {
  const desk = useDesk();
  const me = desk.me.value;
  const off = desk.connection.value !== "live";
  if (me === null || !isOpen(callback)) return null;
  const reports = mayReport(callback, me.id, me.role);
  const another = waitsForAnotherDay(callback, desk.now.value);
  return (
    <>
      <p class="offline-acts">
        {mayTake(callback, me.id) && (
          <button
            type="button"
            class="button is-small"
            disabled={off}
            onClick={() => void doneOrTold(desk, take(desk, callback.id))}
          >
            {t(callback.owner ? "console.callback.take_over" : "console.callback.take")}
          </button>
        )}
        {reports && !callback.lock && (
          <>
            <button
              type="button"
              class="button is-small is-primary"
              disabled={off}
              onClick={() => ask("reached")}
            >
              {t("console.callback.reached")}
            </button>
            <button
              type="button"
              class="button is-small"
              disabled={off || another}
              onClick={() => void doneOrTold(desk, report(desk, callback.id, "not_reached"))}
            >
              {t("console.callback.not_reached")}
            </button>
          </>
        )}
        {reports && (
          <button type="button" class="button is-small" disabled={off} onClick={() => ask("do_not_call")}>
            {t("console.callback.do_not_call")}
          </button>
        )}
      </p>
      {reports && !callback.lock && (
        <p class="callback-hint">{t(another ? "console.callback.another_day" : "console.callback.hint")}</p>
      )}
    </>
  );
}

function DueMark({ callback }: { callback: CallbackShown }) {
  const desk = useDesk();
  if (!isOpen(callback)) {
    const result = callback.do_not_call ? "do_not_call" : callback.state;
    return (
      <span class="offline-due">
        {t(`console.callback.state.${result}`)}
        {callback.ended_by && ` · ${callback.ended_by.name}`}
        {callback.note && ` · ${callback.note}`}
      </span>
    );
  }
  const stands = due(callback, desk.now.value);
  const times = { from: moment(desk, callback.from_at), until: until(desk, callback) };
  return (
    <span class={`offline-due figures is-${stands}`}>
      <Icon of={stands === "overdue" ? TriangleAlert : stands === "locked" ? Lock : Clock} small />
      {t(`console.callback.due.${stands}`, times)}
    </span>
  );
}

/** The end of the promised time: with its day only when that is not the day on which it begins. */
function until(desk: Desk, { from_at, due_at }: CallbackShown): string {
  return timeText(due_at, from_at, language.value) === clockOf(due_at)
    ? clockOf(due_at)
    : moment(desk, due_at);
}
