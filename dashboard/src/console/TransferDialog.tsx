// 转接: choose a colleague or a group and say why. Who cannot take it stands there too, with the reason.

import { useState } from "preact/hooks";
import type { Colleague, GroupShown, Row } from "../../../widget/src/link/frames";
import { useConsole } from "./context";
import { Dialog } from "./Dialog";
import { offer } from "./giving";
import { length } from "./sending";
import { refusalSentence } from "./sentences";
import { named, t, visitorName } from "./texts";

type Target = { consultant: string } | { group: string };
type Tab = "colleagues" | "groups";

export function TransferDialog({ row, close }: { row: Row; close: () => void }) {
  const console = useConsole();
  const [tab, setTab] = useState<Tab>("colleagues");
  const [target, setTarget] = useState<Target | null>(null);
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const limit = console.desk.value.welcome?.limits.note ?? 2000;
  const ready = target !== null && note.trim() !== "" && length(note.trim()) <= limit;
  async function submit(event: Event) {
    event.preventDefault();
    if (target === null || !ready || busy) return;
    setBusy(true);
    // The row of now: it may have changed while the dialog was open.
    const refusal = await offer(console, console.row(row.id) ?? row, target, note.trim());
    setBusy(false);
    if (refusal === null) close();
    else setProblem(refusalSentence(refusal));
  }
  return (
    <Dialog title={t("console.transfer.title", { visitor: visitorName(row) })} close={close} wide>
      <form class="transfer" onSubmit={submit}>
        <Tabs
          tab={tab}
          choose={(chosen) => {
            setTab(chosen);
            setTarget(null);
          }}
        />
        <div class="choices" role="radiogroup" aria-label={t(`console.transfer.${tab}`)}>
          {tab === "colleagues" ? (
            <Colleagues row={row} target={target} choose={setTarget} />
          ) : (
            <Groups row={row} target={target} choose={setTarget} />
          )}
        </div>
        <Note note={note} write={setNote} />
        {problem !== null && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <p class="dialog-acts">
          <span class="dialog-hint">{t("console.transfer.keeps")}</span>
          <button type="button" class="button" onClick={close}>
            {t("console.cancel")}
          </button>
          <button type="submit" class="button is-primary" disabled={!ready || busy}>
            {t("console.transfer.send")}
          </button>
        </p>
      </form>
    </Dialog>
  );
}

function Note({ note, write }: { note: string; write: (note: string) => void }) {
  return (
    <label class="field">
      <span>
        {t("console.transfer.note")} <em>{t("console.required")}</em>
      </span>
      <textarea
        rows={3}
        value={note}
        placeholder={t("console.transfer.note.placeholder")}
        onInput={(event) => write(event.currentTarget.value)}
      />
    </label>
  );
}

function Tabs({ tab, choose }: { tab: Tab; choose: (tab: Tab) => void }) {
  return (
    <div class="tabs" role="tablist">
      {(["colleagues", "groups"] as const).map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          data-first={each === tab ? "" : undefined}
          aria-selected={each === tab}
          onClick={() => choose(each)}
        >
          {t(`console.transfer.${each}`)}
        </button>
      ))}
    </div>
  );
}

interface ChoiceProps {
  row: Row;
  target: Target | null;
  choose: (target: Target) => void;
}

function Colleagues({ row, target, choose }: ChoiceProps) {
  const console = useConsole();
  const me = console.me.value;
  const all = [...console.desk.value.colleagues.items.values()]
    .filter((each) => each.id !== me?.id && each.role !== "administrator")
    .sort((a, b) => Number(whyNot(a, row) !== null) - Number(whyNot(b, row) !== null) || a.load - b.load);
  if (all.length === 0) return <p class="choices-empty">{t("console.transfer.nobody")}</p>;
  return (
    <>
      {all.map((colleague) => (
        <Choice
          key={colleague.id}
          checked={target !== null && "consultant" in target && target.consultant === colleague.id}
          off={whyNot(colleague, row) !== null}
          why={colleague.why_not === stateOf(colleague) ? null : whyNot(colleague, row)}
          choose={() => choose({ consultant: colleague.id })}
        >
          <ColleagueLine colleague={colleague} />
        </Choice>
      ))}
    </>
  );
}

function ColleagueLine({ colleague }: { colleague: Colleague }) {
  const groups = useConsole().desk.value.welcome?.groups ?? [];
  const state = stateOf(colleague);
  return (
    <>
      <span class={`dot is-${state}`} />
      <span class="choice-name">
        {colleague.name} <small class="choice-small">{colleague.number}</small>
        {colleague.role === "supervisor" && <span class="badge">{t("console.role.supervisor")}</span>}
        <small class="choice-small choice-groups">
          {colleague.groups.map((id) => named(groups, id)).join(" · ")}
        </small>
      </span>
      <span class="choice-state">
        {t(`console.availability.${state}`)}{" "}
        <b class="figures">{`${colleague.load}/${colleague.capacity}`}</b>
      </span>
    </>
  );
}

function Groups({ row, target, choose }: ChoiceProps) {
  const console = useConsole();
  const groups = console.desk.value.welcome?.groups ?? [];
  return (
    <>
      {groups.map((group) => {
        const free = freeIn(group, [...console.desk.value.colleagues.items.values()], row);
        return (
          <Choice
            key={group.id}
            checked={target !== null && "group" in target && target.group === group.id}
            off={free === 0}
            why={free === 0 ? t("console.transfer.group_empty") : null}
            choose={() => choose({ group: group.id })}
          >
            <span class="choice-name">{named(groups, group.id)}</span>
            <span class="choice-state">{t("console.transfer.free", { n: free })}</span>
          </Choice>
        );
      })}
    </>
  );
}

function Choice(props: {
  checked: boolean;
  off: boolean;
  /** Why it is off, where the line does not say so itself. */
  why: string | null;
  choose: () => void;
  children: preact.ComponentChildren;
}) {
  const { checked, off, why, choose, children } = props;
  return (
    <label class={`choice${checked ? " is-chosen" : ""}${off ? " is-off" : ""}`}>
      <input type="radio" name="target" checked={checked} disabled={off} onChange={choose} />
      <span class="choice-body">
        {children}
        {why !== null && <span class="choice-why">{why}</span>}
      </span>
    </label>
  );
}

function stateOf({ present, availability }: Colleague): string {
  return present ? availability : "offline";
}

/** Why nothing can be offered to him now, as a sentence. */
function whyNot(colleague: Colleague, row: Row): string | null {
  if (colleague.id === row.owner?.id) return t("console.why_not.same");
  const why = colleague.why_not;
  if (!why) return null;
  const known = ["offline", "break", "paused", "busy", "full", "same", "away"];
  return t(`console.why_not.${known.includes(why) ? why : "other"}`);
}

function freeIn(group: GroupShown, colleagues: readonly Colleague[], row: Row): number {
  return colleagues.filter(
    (each) => each.groups.includes(group.id) && each.id !== row.owner?.id && whyNot(each, row) === null,
  ).length;
}
