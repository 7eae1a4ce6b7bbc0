// One conversation in the list: who, the last message, and three separate signs: presence (dot), urgency (clock),
// unread (number).

import { HeartHandshake, Pencil, Siren } from "lucide";
import type { Me, Row } from "../../../../widget/src/shared/frames";
import { runs } from "../../../../widget/src/shared/hiddenCharacters";
import { Icon } from "../../shared/Icon";
import { named, t, visitorName } from "../../shared/texts";
import { hasDraft } from "../composer/drafts";
import { useDesk } from "../desk/context";
import { rights, takeOrTell } from "../desk/conversationActions";
import { answers, awaitsOutcome, isMine, partOf } from "../desk/state";
import { fileWord } from "../files/fileWord";
import { emergencyWords } from "../thread/eventText";
import { ListedVisitor } from "../visitor/Identity";
import { isEmergency } from "./order";
import { stripe } from "./stripes";
import { WaitClock } from "./WaitClock";

/** The row of one conversation. */
export function ListRow({ id }: { id: string }) {
  const desk = useDesk();
  const row = desk.row(id);
  if (row === null) return null;
  // The click was meant for the row that was here a moment ago, and would open another patient's conversation.
  const missed = (event: MouseEvent) => event.detail > 0 && desk.hasJustMoved(id);
  const selected = desk.selected.value === id;
  const number = desk.numbers.value.get(id);
  const place = desk.places.value.get(id);
  const quiet = (row.inactive && !isEmergency(row)) || row.state === "closed";
  const gone = desk.isGone(id);
  const claimable = !gone && !row.offer?.mine && rights(desk, row).claim;
  const marks = `${selected ? " is-selected" : ""}${quiet ? " is-quiet" : ""}${gone ? " is-gone" : ""}`;
  return (
    <li class={`row-place${claimable ? " is-claimable" : ""}`}>
      <button
        type="button"
        class={`row ${stripe(number)}${marks}`}
        aria-current={selected ? "true" : undefined}
        disabled={gone}
        onClick={(event) => {
          if (!missed(event)) desk.select(id);
        }}
      >
        <Head row={row} number={number} gone={gone} />
        <span class="row-last">
          {place !== undefined && (
            <span class="row-queued figures">{t("console.row.place", { n: place })}</span>
          )}
          {!gone && <Badges row={row} />}
          <span class="row-words">{gone ? t("console.row.gone") : lastLine(row, desk.me.value)}</span>
        </span>
        {!gone && (
          <span class="row-side">
            <WaitClock row={row} />
            <Marks row={row} />
          </span>
        )}
      </button>
      {claimable && (
        <button
          type="button"
          class="row-claim"
          disabled={desk.connection.value !== "live"}
          onClick={(event) => {
            if (!missed(event)) void takeOrTell(desk, row);
          }}
          aria-label={t("console.claim.of", { visitor: visitorName(row) })}
        >
          {t("console.claim")}
        </button>
      )}
    </li>
  );
}

/** The head of a row. For a row that has left the list it shows nothing that may have changed since. */
function Head({ row, number, gone }: { row: Row; number: number | undefined; gone: boolean }) {
  const departments = useDesk().state.value.welcome?.departments ?? [];
  return (
    <span class="row-head">
      {number !== undefined && (
        <kbd class="row-number" title={t("console.row.number", { n: number })}>
          {number}
        </kbd>
      )}
      {!gone && <Presence row={row} />}
      <span class="row-name">
        <ListedVisitor row={row} gone={gone} />
      </span>
      <span class="row-department">{named(departments, row.department)}</span>
    </span>
  );
}

/** Whether the visitor is on the page, in the one sentence that every part of the screen uses; null after the end. */
export function presenceWord(row: Row): string | null {
  if (row.state === "closed") return null;
  return t(row.visitor_here ? "console.presence.here" : "console.presence.away");
}

/** The dot that shows whether the visitor is on the page. */
export function Presence({ row }: { row: Row }) {
  const word = presenceWord(row);
  if (word === null) return null;
  return (
    <span class={row.visitor_here ? "presence is-here" : "presence"} title={word}>
      <span class="unseen">{word}</span>
    </span>
  );
}

function Badges({ row }: { row: Row }) {
  const desk = useDesk();
  const me = desk.me.value;
  const part = me === null ? null : partOf(row, me);
  const fresh = me !== null && isMine(row, me) && !row.replied && !row.hops;
  const handed = row.offer?.kind === "transfer" || (row.hops ?? 0) > 0;
  return (
    <>
      <Priority row={row} />
      {part !== null && (
        <span class="badge badge-helping" title={part.note}>
          <Icon of={HeartHandshake} small />
          {t(part.joined ? "console.badge.joined" : "console.badge.helping")}
        </span>
      )}
      {fresh && <span class="badge badge-new">{t("console.badge.new")}</span>}
      {handed && <span class="badge badge-handed">{t("console.badge.transferred")}</span>}
      {row.language === "en" && <span class="badge">EN</span>}
      {awaitsOutcome(row, me) && <span class="badge badge-returned">{t("console.badge.no_outcome")}</span>}
      {row.ended_unanswered && <span class="badge badge-returned">{t("console.badge.unanswered")}</span>}
    </>
  );
}

/** Why it is ahead. An emergency remains marked after somebody has taken it. */
function Priority({ row }: { row: Row }) {
  if (row.emergency && row.crowded && row.state !== "closed")
    return (
      <>
        <EmergencyBadge />
        <span class="badge badge-forward" title={t("console.crowded.means")}>
          {t("console.badge.crowded")}
        </span>
      </>
    );
  if (row.emergency && row.level === "attention" && row.state !== "closed")
    return <span class="badge badge-forward">{t("console.badge.attention")}</span>;
  if (row.emergency && row.state !== "closed") return <EmergencyBadge />;
  if (row.state !== "waiting") return null;
  if (row.priority === "forward")
    return <span class="badge badge-forward">{t("console.badge.forward")}</span>;
  if (row.priority === "returned")
    return <span class="badge badge-returned">{t("console.badge.returned")}</span>;
  return null;
}

function EmergencyBadge() {
  return (
    <span class="badge badge-emergency">
      <Icon of={Siren} small />
      {t("console.badge.emergency")}
    </span>
  );
}

function Marks({ row }: { row: Row }) {
  const desk = useDesk();
  const unread = desk.unreadOf(row.id).length;
  const me = desk.me.value;
  return (
    <span class="row-marks">
      {hasDraft(desk.drafts.value, row.id) && (
        <span class="row-draft" title={t("console.row.draft")}>
          <Icon of={Pencil} small />
          <span class="unseen">{t("console.row.draft")}</span>
        </span>
      )}
      {unread > 0 && me !== null && answers(row, me) && (
        <span class="unread figures">
          {unread > 99 ? "99+" : unread}
          <span class="unseen">{t("console.row.unread")}</span>
        </span>
      )}
      {row.owner && me !== null && row.owner.id !== me.id && row.state === "active" && (
        <span class="row-owner">{row.owner.name}</span>
      )}
    </span>
  );
}

/** The last message; in a colleague's conversation the request to me, until I have joined. */
function lastLine(row: Row, me: Me | null): string {
  const part = me === null ? null : partOf(row, me);
  const asked =
    part?.note && !part.joined ? t(`console.row.asked.${part.asked_for}`, { note: part.note }) : null;
  const text = runs(asked ?? fileWord(row.last_line))
    .map((run) => run.text)
    .join("");
  if (text === "") return t("console.row.nothing_said");
  // The line is cut at the end, perhaps before the words that matter.
  if (row.emergency && row.crowded && row.state !== "closed")
    return t("console.row.emergency", { words: emergencyWords(row.emergency), line: text });
  return text;
}
