// 全部转接: to whom, why, and one note for all; then a list with the result of each, and a second attempt for the rest.

import { CircleAlert, CircleCheck, Clock } from "lucide";
import { useState } from "preact/hooks";
import type { Row } from "../../../../widget/src/shared/frames";
import { asSent } from "../../../../widget/src/shared/messageText";
import { Dialog } from "../../shared/Dialog";
import { Buttons, NoteField } from "../../shared/DialogForm";
import { Icon } from "../../shared/Icon";
import { refusalSentence } from "../../shared/refusalText";
import { named, t, visitorName } from "../../shared/texts";
import { goNow } from "../availability/goOffDuty";
import { useDesk, useLive } from "../desk/context";
import type { Desk } from "../desk/desk";
import type { OffDuty } from "../desk/dialogs";
import { useNoteLimit } from "../desk/noteLimit";
import { Countdown } from "./Countdown";
import { room } from "./colleagues";
import type { Handed, Target } from "./handed";
import { type Became, fates, handOver, leftOver, toHandOver } from "./handOver";
import { Picker } from "./Picker";

const WHYS = ["shift_over", "unwell", "other"] as const;

interface Props {
  to: OffDuty | null;
  reason: string;
  close: () => void;
}

/** The dialog that transfers all my conversations. */
export function HandOverDialog({ to, reason, close }: Props) {
  const desk = useDesk();
  const [rows, setRows] = useState<readonly Row[] | null>(() => toHandOver(desk.mine.value));
  return (
    <Dialog title={t("console.hand_over.title")} close={close} wide>
      {rows === null ? (
        <Fates to={to} reason={reason} again={setRows} close={close} />
      ) : (
        <Choosing rows={rows} sent={() => setRows(null)} close={close} />
      )}
    </Dialog>
  );
}

function Choosing({ rows, sent, close }: { rows: readonly Row[]; sent: () => void; close: () => void }) {
  const desk = useDesk();
  const live = useLive();
  const [tab, setTab] = useState<"colleagues" | "groups">("colleagues");
  const [target, setTarget] = useState<Target | null>(null);
  const [why, setWhy] = useState<(typeof WHYS)[number]>("shift_over");
  const [note, setNote] = useState("");
  const fits = useNoteLimit();
  const told =
    why === "other"
      ? asSent(note)
      : t("console.hand_over.told", { why: t(`console.hand_over.why.${why}`), note: asSent(note) });
  const ready = target !== null && asSent(note) !== "" && fits(told) && rows.length > 0;
  function submit(event: Event) {
    event.preventDefault();
    if (target === null || !ready) return;
    void handOver(desk, rows, target, told);
    sent();
  }
  return (
    <form class="transfer" onSubmit={submit}>
      <p class="dialog-lead">{t("console.hand_over.lead", { n: rows.length })}</p>
      <p class="dialog-names">{rows.map(visitorName).join(" · ")}</p>
      <Picker purpose="transfer" owner={null} tab={tab} turn={setTab} target={target} choose={setTarget} />
      <Short target={target} n={rows.length} />
      <fieldset class="outcomes is-reasons">
        <legend>{t("console.reason")}</legend>
        {WHYS.map((each) => (
          <label key={each} class={`outcome${why === each ? " is-chosen" : ""}`}>
            <input type="radio" name="why" checked={why === each} onChange={() => setWhy(each)} />
            {t(`console.hand_over.why.${each}`)}
          </label>
        ))}
      </fieldset>
      <NoteField
        label={t("console.transfer.note")}
        note={note}
        write={setNote}
        placeholder={t("console.hand_over.note.placeholder")}
      />
      <Buttons close={close} send={t("console.hand_over.send", { n: rows.length })} ready={live && ready}>
        <span class="dialog-hint">{t("console.hand_over.keeps")}</span>
      </Buttons>
    </form>
  );
}

/** Warns before sending that there is not enough room for all. */
function Short({ target, n }: { target: Target | null; n: number }) {
  const desk = useDesk();
  const id = target !== null && "consultant" in target ? target.consultant : "";
  const colleague = desk.state.value.colleagues.items.get(id);
  if (colleague === undefined || room(colleague) >= n) return null;
  return (
    <p class="asks-again" role="status">
      {t("console.hand_over.short", { name: colleague.name, room: room(colleague), all: n })}
    </p>
  );
}

interface FatesProps extends Props {
  again: (rows: readonly Row[]) => void;
}

function Fates({ to, reason, again, close }: FatesProps) {
  const desk = useDesk();
  const all = fates(desk);
  const rest = leftOver(all);
  const held = desk.mine.value.length;
  return (
    <>
      <ul class="fates" aria-live="polite">
        {all.map(([handed, what]) => (
          <FateLine key={handed.conversation} handed={handed} what={what} />
        ))}
      </ul>
      {to !== null && held > 0 && <p class="dialog-lead">{t("console.hand_over.held", { n: held })}</p>}
      <p class="dialog-acts">
        {rest.length > 0 && (
          <button
            type="button"
            class="button"
            onClick={() => again(rest.map((row) => desk.row(row.id) ?? row))}
          >
            {t("console.hand_over.again", { n: rest.length })}
          </button>
        )}
        {to === null ? (
          <button type="button" class="button is-primary" onClick={close}>
            {t("console.close")}
          </button>
        ) : (
          <button
            type="button"
            class={held === 0 ? "button is-primary" : "button"}
            onClick={() => {
              close();
              void goNow(desk, to, reason);
            }}
          >
            {t(`console.leave.go.${to}`)}
          </button>
        )}
      </p>
    </>
  );
}

const ICONS = { sending: Clock, offered: Clock, accepted: CircleCheck } as const;

function FateLine({ handed, what }: { handed: Handed; what: Became }) {
  const desk = useDesk();
  const offer = desk.state.value.rows.items.get(handed.conversation)?.offer;
  const icon = ICONS[what.fate as keyof typeof ICONS] ?? CircleAlert;
  return (
    <li class={`fate is-${what.fate}`}>
      <Icon of={icon} small />
      <span class="fate-who">{visitorName(handed.row)}</span>
      <span class="fate-to">{receiver(desk, handed)}</span>
      <span class="fate-what">
        {fateSentence(what)}
        {handed.refusal !== null && ` ${refusalSentence(handed.refusal)}`}{" "}
        {what.fate === "offered" && offer?.kind === "transfer" && <Countdown offer={offer} />}
      </span>
    </li>
  );
}

function fateSentence({ fate, reason }: Became): string {
  const became = t(`console.fate.${fate}`);
  return reason === "" ? became : t("console.fate.because", { fate: became, reason });
}

function receiver(desk: Desk, { target }: Handed): string {
  const { welcome, colleagues } = desk.state.value;
  if ("group" in target) return named(welcome?.groups ?? [], target.group);
  return colleagues.items.get(target.consultant)?.name ?? "";
}
