// Choosing a colleague or a group: availability, load, skills, languages and shift of each. Those who cannot be chosen
// are listed too, with the reason.

import type { ComponentChildren } from "preact";
import type { Colleague, GroupShown } from "../../../../widget/src/shared/frames";
import { named, t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import { clockOf } from "../list/clocks";
import {
  inOrder,
  languagesText,
  type Purpose,
  skillsText,
  stateOf,
  whyNot,
  whyNotSentence,
} from "./colleagues";
import type { Target } from "./handed";
import { Load } from "./Load";

type Tab = "colleagues" | "groups";

interface PickerProps {
  purpose: Purpose;
  owner: string | null;
  target: Target | null;
  choose: (target: Target | null) => void;
}

/** The list of colleagues or of groups. */
export function Picker({ tab, turn, ...props }: PickerProps & { tab: Tab; turn: (tab: Tab) => void }) {
  return (
    <>
      <Tabs
        tab={tab}
        choose={(chosen) => {
          turn(chosen);
          props.choose(null);
        }}
      />
      {tab === "colleagues" ? <ColleaguePicker {...props} /> : <GroupPicker {...props} />}
    </>
  );
}

/** The list of colleagues. */
export function ColleaguePicker({ purpose, owner, target, choose }: PickerProps) {
  const desk = useDesk();
  const me = desk.me.value?.id ?? null;
  const all = inOrder(desk.state.value.colleagues.items.values(), me, purpose, owner);
  return (
    <div class="choices" role="radiogroup" aria-label={t("console.transfer.colleagues")}>
      {all.length === 0 && <p class="choices-empty">{t("console.transfer.nobody")}</p>}
      {all.map((colleague) => {
        const why = whyNot(colleague, purpose, owner);
        return (
          <Choice
            key={colleague.id}
            checked={target !== null && "consultant" in target && target.consultant === colleague.id}
            off={why !== null}
            // The line itself shows the availability.
            why={why === null || why === stateOf(colleague) ? null : whyNotSentence(why)}
            choose={() => choose({ consultant: colleague.id })}
          >
            <ColleagueLine colleague={colleague} />
          </Choice>
        );
      })}
    </div>
  );
}

function GroupPicker({ owner, target, choose }: PickerProps) {
  const desk = useDesk();
  const groups = desk.state.value.welcome?.groups ?? [];
  const colleagues = [...desk.state.value.colleagues.items.values()];
  return (
    <div class="choices" role="radiogroup" aria-label={t("console.transfer.groups")}>
      {groups.map((group) => {
        const free = freeIn(group, colleagues, owner, desk.me.value?.id ?? null);
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
    </div>
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

function ColleagueLine({ colleague }: { colleague: Colleague }) {
  const desk = useDesk();
  const welcome = desk.state.value.welcome;
  const groups = welcome?.groups ?? [];
  const state = stateOf(colleague);
  const knows = [
    skillsText(colleague.skills ?? [], welcome?.skills ?? []),
    languagesText(colleague.languages ?? []),
    shiftText(colleague, desk.today.value),
  ].filter((text) => text !== "");
  return (
    <>
      <span class={`dot is-${state}`} />
      <span class="choice-name">
        {colleague.name} <small class="choice-small">{colleague.number}</small>
        {(colleague.role === "supervisor" || colleague.role === "group_leader") && (
          <span class="badge">{t(`console.role.${colleague.role}`)}</span>
        )}
        <small class="choice-small choice-groups">
          {[colleague.groups.map((id) => named(groups, id)).join(" · "), ...knows].join(" | ")}
        </small>
      </span>
      <span class="choice-state">
        {t(`console.availability.${state}`)} <Load load={colleague.load} capacity={colleague.capacity} />
      </span>
    </>
  );
}

/** The colleague's shift, and whether it is now; empty without a shift. */
function shiftText({ shift }: Colleague, now: number): string {
  if (!shift) return "";
  const times = { name: shift.name, from: clockOf(shift.starts_at), to: clockOf(shift.ends_at) };
  const on = shift.starts_at <= now && now < shift.ends_at;
  return t(on ? "console.shift.on" : "console.shift.off", times);
}

function Choice(props: {
  checked: boolean;
  off: boolean;
  /** Why it is disabled, unless the line itself shows it. */
  why: string | null;
  choose: () => void;
  children: ComponentChildren;
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

function freeIn(
  group: GroupShown,
  colleagues: readonly Colleague[],
  owner: string | null,
  me: string | null,
): number {
  return colleagues.filter(
    (each) => each.id !== me && each.groups.includes(group.id) && whyNot(each, "transfer", owner) === null,
  ).length;
}
