// 留言: messages left while nobody served. Open ones by the time they are due; who sees to each; and how it ended.

import { ArrowLeft, Clock, Inbox, MessageSquareText, TriangleAlert } from "lucide";
import { useState } from "preact/hooks";
import type { OfflineShown } from "../../../../widget/src/shared/frames";
import { spelledOut } from "../../../../widget/src/shared/hiddenCharacters";
import { asSent } from "../../../../widget/src/shared/messageText";
import { Icon } from "../../shared/Icon";
import { language, named, personName, t } from "../../shared/texts";
import { UserText } from "../../shared/UserText";
import { doneOrTold } from "../desk/commands";
import { useDesk } from "../desk/context";
import type { Desk } from "../desk/desk";
import { timeText } from "../list/clocks";
import { Acts, Note, Problem, useNoteLimit, useSending } from "../shell/DialogForm";
import { emergencyWords } from "../thread/eventText";
import {
  dialled,
  due,
  isOpen,
  maySettle,
  mayShowPhone,
  mayTake,
  ordered,
  PAGE,
  RESULTS,
  type Result,
  settleAll,
  shownPhone,
  showPhone,
  take,
} from "./offline";

/** In the status bar: how many wait, and how many are late. */
export function OfflineFact() {
  const desk = useDesk();
  const { offline } = desk.state.value;
  if (offline.version === 0) return null;
  const { open } = ordered(offline.items.values());
  const late = open.filter((message) => due(message, desk.now.value) === "overdue").length;
  return (
    <button
      type="button"
      class={`button status-offline${late > 0 ? " is-late" : ""}`}
      aria-pressed={desk.offlineOpen.value}
      onClick={() => {
        const show = !desk.offlineOpen.value;
        desk.select(null);
        desk.offlineOpen.value = show;
      }}
    >
      <Icon of={late > 0 ? TriangleAlert : Inbox} small />
      {t("console.offline")} <b class="figures">{open.length}</b>
      {late > 0 && <span class="status-late">{t("console.offline.late", { n: late })}</span>}
    </button>
  );
}

export function OfflinePane() {
  const desk = useDesk();
  const { open, settled } = ordered(desk.state.value.offline.items.values());
  const [pages, setPages] = useState(1);
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const me = desk.me.value;
  const mine = open.filter((message) => me !== null && maySettle(message, me.id, me.role));
  const picked = mine.filter(({ id }) => chosen?.has(id)).map(({ id }) => id);
  const room = pages * PAGE;
  const rest = Math.max(0, open.length + settled.length - room);
  const choose = (id: string, on: boolean) =>
    setChosen(new Set(on ? [...picked, id] : picked.filter((one) => one !== id)));
  return (
    <section class="thread offline" aria-label={t("console.offline")}>
      <header class="thread-head">
        <button
          type="button"
          class="button is-icon only-narrow"
          aria-label={t("console.back")}
          onClick={() => {
            desk.offlineOpen.value = false;
          }}
        >
          <Icon of={ArrowLeft} />
        </button>
        <div class="thread-who">
          <h2>{t("console.offline")}</h2>
          <p>{t("console.offline.means")}</p>
        </div>
      </header>
      <div class="offline-list">
        {(mine.length > 1 || chosen !== null) && (
          <Together mine={mine.map(({ id }) => id)} picked={picked} chosen={chosen} choose={setChosen} />
        )}
        {open.length === 0 && (
          <div class="empty">
            <Icon of={Inbox} />
            <p class="empty-title">{t("console.offline.none")}</p>
            <p>{t("console.offline.none.means")}</p>
          </div>
        )}
        {open.slice(0, room).map((message) => (
          <Message
            key={message.id}
            message={message}
            pick={chosen !== null && mine.includes(message) ? { on: chosen.has(message.id), choose } : null}
          />
        ))}
        {settled.length > 0 && open.length < room && (
          <h3 class="offline-settled">{t("console.offline.settled", { n: settled.length })}</h3>
        )}
        {settled.slice(0, Math.max(0, room - open.length)).map((message) => (
          <Message key={message.id} message={message} pick={null} />
        ))}
        {rest > 0 && (
          <button type="button" class="button offline-more" onClick={() => setPages(pages + 1)}>
            {t("console.offline.more", { n: Math.min(PAGE, rest), rest })}
          </button>
        )}
      </div>
    </section>
  );
}

/** What a visitor is called: by the name that was left, or by a number where that would be taken for somebody of ours. */
function guestName(name: string): string {
  if (name === "") return t("console.offline.unnamed");
  return name.startsWith("#") ? t("console.offline.numbered", { number: name.slice(1) }) : spelledOut(name);
}

interface TogetherProps {
  mine: readonly string[];
  picked: readonly string[];
  chosen: ReadonlySet<string> | null;
  choose: (chosen: ReadonlySet<string> | null) => void;
}

/** 批量办结: several are settled with one result and one note. */
function Together({ mine, picked, chosen, choose }: TogetherProps) {
  if (chosen === null)
    return (
      <p class="offline-together">
        <button type="button" class="button is-small" onClick={() => choose(new Set())}>
          {t("console.offline.together")}
        </button>
      </p>
    );
  return (
    <div class="offline-together">
      <p>
        <span>{t("console.offline.together.chosen", { n: picked.length, of: mine.length })}</span>
        <button type="button" class="button is-small" onClick={() => choose(new Set(mine))}>
          {t("console.offline.together.all", { n: mine.length })}
        </button>
        {picked.length === 0 && (
          <button type="button" class="button is-small" onClick={() => choose(null)}>
            {t("console.cancel")}
          </button>
        )}
      </p>
      {picked.length > 0 && <Settling ids={picked} close={() => choose(null)} />}
    </div>
  );
}

interface MessageProps {
  message: OfflineShown;
  /** Whether it is one of several that are to be settled together; null: that is not asked. */
  pick: { on: boolean; choose: (id: string, on: boolean) => void } | null;
}

function Message({ message, pick }: MessageProps) {
  const desk = useDesk();
  const me = desk.me.value;
  const departments = desk.state.value.welcome?.departments ?? [];
  const [settling, setSettling] = useState(false);
  if (me === null) return null;
  const linked = message.conversation ?? null;
  return (
    <article
      class={`offline-card${isOpen(message) ? "" : " is-settled"}${message.emergency ? " is-emergency" : ""}`}
    >
      <header class="offline-head">
        {pick !== null && (
          <input
            type="checkbox"
            checked={pick.on}
            aria-label={t("console.offline.together.pick", {
              name: guestName(message.name ?? ""),
            })}
            onChange={(event) => pick.choose(message.id, event.currentTarget.checked)}
          />
        )}
        {message.crowded && (
          <span class="badge badge-forward" title={t("console.crowded.means")}>
            {t("console.badge.crowded")}
          </span>
        )}
        {message.emergency && (
          <span class="badge badge-emergency">
            <Icon of={TriangleAlert} small />
            {t("console.emergency", { words: emergencyWords(message.emergency) })}
          </span>
        )}
        <span class={`badge${message.kind === "complaint" ? " badge-emergency" : ""}`}>
          {t(`console.offline.kind.${message.kind}`)}
        </span>
        {/* Whatever somebody is called: who they are stands beside it. */}
        <b class="offline-name" dir="auto">
          {guestName(message.name ?? "")}
        </b>
        <span class="badge">{t("console.offline.unverified")}</span>
        <Phone message={message} />
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
        {linked !== null && desk.row(linked) !== null && (
          <button type="button" class="link" onClick={() => desk.select(linked)}>
            <Icon of={MessageSquareText} small />
            {t("console.offline.conversation")}
          </button>
        )}
        {linked !== null && desk.row(linked) === null && me.role === "supervisor" && (
          <a href={`/transcripts/${linked}`}>{t("console.offline.conversation")}</a>
        )}
      </p>
      {settling && isOpen(message) ? (
        <Settling ids={[message.id]} close={() => setSettling(false)} />
      ) : (
        <OfflineActs message={message} settle={() => setSettling(true)} />
      )}
    </article>
  );
}

/** Masked until whoever is to call asks for it: then it can be dialled. */
function Phone({ message }: { message: OfflineShown }) {
  const desk = useDesk();
  const me = desk.me.value;
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const number = shownPhone(desk, message);
  if (number !== null)
    return (
      <a class="offline-phone figures" href={dialled(number)}>
        {number}
      </a>
    );
  const show = async () => {
    setBusy(true);
    setProblem(await showPhone(desk, message.id));
    setBusy(false);
  };
  return (
    <>
      <span class="offline-phone figures">{message.phone || t("console.offline.no_phone")}</span>
      {me !== null && mayShowPhone(message, me.id) && (
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

function Settling({ ids, close }: { ids: readonly string[]; close: () => void }) {
  const desk = useDesk();
  const [result, setResult] = useState<Result>("answered");
  const [note, setNote] = useState("");
  const { problem, busy, send } = useSending(close);
  const fits = useNoteLimit();
  const several = ids.length > 1;
  return (
    <form
      class="offline-settling"
      onSubmit={(event) => {
        event.preventDefault();
        if (fits(note)) void send(() => settleAll(desk, ids, result, asSent(note)));
      }}
    >
      <fieldset class="outcomes is-reasons">
        <legend>{t("console.offline.result")}</legend>
        {RESULTS.map((each) => (
          <label key={each} class={`outcome${result === each ? " is-chosen" : ""}`}>
            <input
              type="radio"
              name={`result-${ids[0]}`}
              checked={result === each}
              onChange={() => setResult(each)}
            />
            {t(`console.offline.result.${each}`)}
          </label>
        ))}
      </fieldset>
      <Note
        label={t("console.offline.note")}
        note={note}
        write={setNote}
        placeholder={t("console.offline.note.placeholder")}
      />
      <Problem of={problem} />
      <Acts
        close={close}
        send={t(several ? "console.offline.settle.several" : "console.offline.settle", { n: ids.length })}
        ready={fits(note) && !busy}
      />
    </form>
  );
}

function moment(desk: Desk, at: number): string {
  return timeText(at, desk.today.value, language.value);
}
