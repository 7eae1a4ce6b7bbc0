// The lines of a thread: the visitor's messages left, ours right, notes across in yellow, events small in the middle.

import { CircleAlert, Clock, Lock, RotateCw } from "lucide";
import type { Entry } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { refusalSentence } from "../../shared/refusalText";
import { language, personName, t, visitorName } from "../../shared/texts";
import { UserText } from "../../shared/UserText";
import { SLOW_MS, type Unsent } from "../composer/outbox";
import { discard, retry, takeBack } from "../composer/sending";
import { useDesk } from "../desk/context";
import type { Desk } from "../desk/desk";
import { FileBubble } from "../files/FileBubble";
import { timeText } from "../list/clocks";
import { assignmentReason } from "./assignmentReason";
import { eventSentence } from "./eventText";
import { isVisitorMessage, type Line } from "./thread";

/** One line of the thread. */
export function ThreadLine({ line }: { line: Line }) {
  const desk = useDesk();
  if (line.kind === "time") return <p class="line-time figures">{moment(desk, line.at)}</p>;
  if (line.kind === "unread")
    return (
      <p class="line-unread">
        <span>{t("console.unread_from", { time: moment(desk, line.at) })}</span>
      </p>
    );
  if (line.kind === "event") return <EventLine entry={line.entry} />;
  if (line.kind === "events") return <EventRun entries={line.entries} />;
  if (line.kind === "note") return <NoteLine entry={line.entry} />;
  return <Bubble entry={line.entry} first={line.first} />;
}

function Bubble({ entry, first }: { entry: Entry; first: boolean }) {
  const desk = useDesk();
  const theirs = isVisitorMessage(entry);
  const row = desk.row(entry.conversation);
  const author = entry.author.person;
  const name = theirs && row !== null ? visitorName(row) : author ? personName(author) : t("console.system");
  const mine = author?.id === desk.me.value?.id;
  return (
    <div class={`bubble-place ${theirs ? "is-theirs" : "is-ours"}${first ? " is-first" : ""}`}>
      {first && !theirs && !mine ? <p class="bubble-name">{name}</p> : <span class="unseen">{name}</span>}
      {entry.file ? (
        <FileBubble
          file={entry.file}
          who={name}
          time={moment(desk, entry.at)}
          mine={mine}
          locked={row?.locked}
        />
      ) : (
        <div class="bubble">
          <UserText text={entry.body ?? ""} linked />
        </div>
      )}
      <time class="bubble-time figures">{moment(desk, entry.at)}</time>
    </div>
  );
}

function NoteLine({ entry }: { entry: Entry }) {
  const desk = useDesk();
  const author = entry.author.person;
  return (
    <div class="note-line">
      <p class="note-head">
        <Icon of={Lock} small />
        {author ? personName(author) : ""} · {t("console.note.hidden")}
        <time class="figures">{moment(desk, entry.at)}</time>
      </p>
      <UserText text={entry.body ?? ""} linked />
    </div>
  );
}

/** The last of several events; the others are one click away. */
function EventRun({ entries }: { entries: readonly Entry[] }) {
  const last = entries[entries.length - 1];
  if (last === undefined) return null;
  return (
    <>
      <details class="line-events">
        <summary>{t("console.events.folded", { n: entries.length - 1 })}</summary>
        {entries.slice(0, -1).map((entry) => (
          <EventLine key={entry.seq} entry={entry} />
        ))}
      </details>
      <EventLine entry={last} />
    </>
  );
}

function EventLine({ entry }: { entry: Entry }) {
  const desk = useDesk();
  const welcome = desk.state.value.welcome;
  const names = { groups: welcome?.groups ?? [], departments: welcome?.departments ?? [] };
  const why = entry.event ? assignmentReason(entry.event, welcome?.skills ?? []) : null;
  return (
    <div class="line-event">
      <p>
        <UserText text={eventSentence(entry, names)} />
        <time class="figures">{moment(desk, entry.at)}</time>
      </p>
      {why !== null && desk.me.value?.role === "supervisor" && <p class="line-why">{why}</p>}
    </div>
  );
}

/** A text that is not in the transcript yet. */
export function UnsentBubble({ message }: { message: Unsent }) {
  const failed = message.refused !== null;
  const note = message.mode === "note";
  const place = note ? "note-line is-unsent" : "bubble-place is-ours is-first is-unsent";
  return (
    <div class={`${place}${failed ? " is-failed" : ""}`}>
      {note ? (
        <UserText text={message.body} />
      ) : (
        <div class="bubble">
          <UserText text={message.body} />
        </div>
      )}
      {failed ? <Failed message={message} /> : <OnItsWay message={message} />}
    </div>
  );
}

function OnItsWay({ message }: { message: Unsent }) {
  const desk = useDesk();
  const late = desk.now.value - message.sentAt >= SLOW_MS || desk.trouble.value !== null;
  const again = late && !message.accepted;
  return (
    <p class={again ? "unsent-state is-late" : "unsent-state"}>
      <Icon of={again ? RotateCw : Clock} small />
      {t(again ? "console.sending.again" : "console.sending")}
    </p>
  );
}

function Failed({ message }: { message: Unsent }) {
  const desk = useDesk();
  if (message.refused === null) return null;
  return (
    <div class="unsent-state is-failed" role="alert">
      <p>
        <Icon of={CircleAlert} small />
        {t("console.not_sent")} {refusalSentence(message.refused)}
      </p>
      <p class="unsent-acts">
        <button type="button" class="link" onClick={() => retry(desk, message)}>
          {t("console.retry")}
        </button>
        <button
          type="button"
          class="link"
          onClick={() => {
            takeBack(desk, message);
            desk.setMode(message.conversation, message.mode);
          }}
        >
          {t("console.take_back")}
        </button>
        <button type="button" class="link" onClick={() => discard(desk, message)}>
          {t("console.discard")}
        </button>
      </p>
    </div>
  );
}

function moment(desk: Desk, at: number): string {
  return timeText(at, desk.today.value, language.value);
}
