// One call-back: whom to call, when, what may be said to whoever answers, and what can be done with it.

import { Clock, Lock, MessageSquareText, Phone as PhoneIcon, ShieldAlert, TriangleAlert } from "lucide";
import { useState } from "preact/hooks";
import type { CallbackShown } from "../../../../widget/src/shared/frames";
import { spelledOut } from "../../../../widget/src/shared/hiddenCharacters";
import { Icon } from "../../shared/Icon";
import { language, named, personName, t } from "../../shared/texts";
import { UserText } from "../../shared/UserText";
import { doneOrTold } from "../desk/commands";
import { useDesk } from "../desk/context";
import type { Desk } from "../desk/desk";
import { clockOf, timeText } from "../list/clocks";
import { dialled } from "../offline/offline";
import { emergencyWords } from "../thread/eventText";
import { CallbackReporting } from "./CallbackReporting";
import {
  due,
  isOpen,
  mayReport,
  mayShowPhone,
  mayTake,
  type Result,
  report,
  shownPhone,
  showPhone,
  take,
  waitsForAnotherDay,
} from "./callbacks";

/**
 * The name that the visitor left. If it could be taken for the hospital's, the server has replaced it by `#` and a
 * number.
 */
function guestName(name: string): string {
  if (name === "") return t("console.offline.unnamed");
  return name.startsWith("#") ? t("console.offline.numbered", { number: name.slice(1) }) : spelledOut(name);
}

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
      aria-label={t("console.callback.of", { name: guestName(callback.name ?? "") })}
    >
      <header class="offline-head">
        {callback.emergency && (
          <span class="badge badge-emergency">
            <Icon of={TriangleAlert} small />
            {t("console.emergency", { words: emergencyWords(callback.emergency) })}
          </span>
        )}
        <b class="offline-name" dir="auto">
          {guestName(callback.name ?? "")}
        </b>
        <span class="badge">{t("console.offline.unverified")}</span>
        <Phone callback={callback} />
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
  const me = desk.me.value;
  const linked = callback.conversation ?? null;
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
      {linked !== null && desk.row(linked) !== null && (
        <button type="button" class="link" onClick={() => desk.select(linked)}>
          <Icon of={MessageSquareText} small />
          {t("console.offline.conversation")}
        </button>
      )}
      {linked !== null && desk.row(linked) === null && me?.role === "supervisor" && (
        <a href={`/transcripts/${linked}`}>{t("console.offline.conversation")}</a>
      )}
    </p>
  );
}

/** Masked until the owner asks for the number; then it can be dialled. */
function Phone({ callback }: { callback: CallbackShown }) {
  const desk = useDesk();
  const me = desk.me.value;
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const number = shownPhone(desk, callback);
  if (number !== null)
    return (
      <a class="offline-phone figures" href={dialled(number)}>
        {number}
      </a>
    );
  const show = async () => {
    setBusy(true);
    setProblem(await showPhone(desk, callback.id));
    setBusy(false);
  };
  return (
    <>
      {callback.phone && <span class="offline-phone figures">{callback.phone}</span>}
      {me !== null && mayShowPhone(callback, me.id) && (
        <button
          type="button"
          class="button is-small"
          disabled={busy || desk.connection.value !== "live"}
          onClick={() => void show()}
        >
          {t("console.offline.phone.show")}
        </button>
      )}
      {problem !== null && (
        <span class="problem" role="alert">
          {problem}
        </span>
      )}
    </>
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

function moment(desk: Desk, at: number): string {
  return timeText(at, desk.today.value, language.value);
}
