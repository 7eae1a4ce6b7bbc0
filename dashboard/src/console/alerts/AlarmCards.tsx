// Cards for what needs a person: emergencies, and visitors who wait too long. They stay until the visitor is answered;
// acknowledging only silences them. They never take the focus, so that nobody is interrupted while writing.

import { Siren, TriangleAlert } from "lucide";
import type { Alarm } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { named, personName, t, visitorLabel } from "../../shared/texts";
import { doneOrTold } from "../desk/commands";
import { useDesk } from "../desk/context";
import type { Desk } from "../desk/desk";
import { clockText } from "../list/clocks";
import { emergencyWords } from "../thread/eventText";
import { acknowledge, calls, inOrder, isCritical, keyOf } from "./alarms";

/** More cards would cover the work; the others are counted. */
const SHOWN = 3;

/** The cards of the alarms, the most urgent first. */
export function AlarmCards() {
  const desk = useDesk();
  const alarms = inOrder(desk.state.value.alarms, desk.now.value);
  if (alarms.length === 0) return null;
  const more = alarms.length - SHOWN;
  return (
    <section class="alarms" aria-label={t("console.alarms")}>
      {alarms.slice(0, SHOWN).map((alarm) => (
        <AlarmCard key={keyOf(alarm)} alarm={alarm} />
      ))}
      {more > 0 && <p class="alarms-more">{t("console.alarms.more", { n: more })}</p>}
    </section>
  );
}

function AlarmCard({ alarm }: { alarm: Alarm }) {
  const desk = useDesk();
  const live = desk.connection.value === "live";
  const loud = calls(alarm, desk.now.value);
  return (
    <article class={`alarm${isCritical(alarm) ? " is-critical" : ""}${loud ? " is-loud" : ""}`}>
      <h2>
        <Icon of={isCritical(alarm) ? Siren : TriangleAlert} small />
        <span role="alert">{titleOf(alarm)}</span>
      </h2>
      <p class="alarm-who">
        <b>{visitorLabel(alarm.label)}</b> ·{" "}
        {named(desk.state.value.welcome?.departments ?? [], alarm.department)}
        {" · "}
        <span class="figures" aria-live="off">
          {t("console.alarm.since", { time: clockText(desk.now.value - alarm.since) })}
        </span>
      </p>
      <p>{stateOf(alarm)}</p>
      {alarm.acknowledged_by && (
        <p class="alarm-seen">
          {t("console.alarm.acknowledged", { name: personName(alarm.acknowledged_by) })}
        </p>
      )}
      <p class="card-acts">
        {alarm.may_open && (
          <button type="button" class="button is-primary" onClick={() => open(desk, alarm)}>
            {t(alarm.state === "active" ? "console.alarm.open" : "console.alarm.take")}
          </button>
        )}
        {loud && (
          <button
            type="button"
            class="button"
            disabled={!live}
            onClick={() => void doneOrTold(desk, acknowledge(desk, alarm))}
          >
            {t("console.alarm.acknowledge")}
          </button>
        )}
      </p>
    </article>
  );
}

function titleOf(alarm: Alarm): string {
  if (alarm.kind === "overdue") return t("console.alarm.overdue");
  if (alarm.kind === "silent") return t("console.alarm.silent");
  if (alarm.kind === "callback" && !alarm.emergency) return t("console.alarm.callback_late");
  const words = emergencyWords(alarm.emergency ?? "", alarm.level === "attention");
  if (alarm.kind === "callback") return t("console.alarm.callback", { words });
  return t(alarm.kind === "offline" ? "console.alarm.offline" : "console.alarm.emergency", { words });
}

function stateOf(alarm: Alarm): string {
  if (alarm.owner) return t("console.alarm.owner", { name: personName(alarm.owner) });
  return t(alarm.state === "left" ? "console.alarm.left" : "console.alarm.nobody");
}

function open(desk: Desk, alarm: Alarm): void {
  if (alarm.kind !== "offline" && alarm.kind !== "callback") {
    desk.select(alarm.id);
    return;
  }
  desk.select(null);
  desk.offlineOpen.value = alarm.kind === "offline";
  desk.callbacksOpen.value = alarm.kind === "callback";
}
