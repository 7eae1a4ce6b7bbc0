// The waiting clock of a row: time, colour and sign together, since colour alone tells nothing to many people.

import { CircleAlert, Clock, TriangleAlert } from "lucide";
import type { Row } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import { clockText, type Urgency, waiting } from "./clocks";

const SIGNS = { neutral: Clock, amber: TriangleAlert, red: CircleAlert, alarm: CircleAlert };

const WORDS: Record<Urgency, string> = {
  neutral: "console.wait.neutral",
  amber: "console.wait.amber",
  red: "console.wait.red",
  alarm: "console.wait.alarm",
};

/** What is true of the supervisors: one has the alarm, one has acknowledged it, or nobody is there to see it. */
function supervisorsPart({ supervisor_alarmed: alarmed, acknowledged_by: seenBy }: Row): string | null {
  if (seenBy) return t("console.wait.acknowledged", { name: seenBy.name });
  if (alarmed === undefined || alarmed === null) return null;
  return t(alarmed ? "console.wait.supervisor" : "console.wait.no_supervisor");
}

export function WaitClock({ row }: { row: Row }) {
  const desk = useDesk();
  const clocks = desk.state.value.welcome?.clocks;
  // Of a row that has left the list nobody tells us any more whether the visitor still waits.
  const known = clocks !== undefined && !desk.isGone(row.id);
  const wait = known ? waiting(row, clocks, desk.now.value) : null;
  if (wait === null) return null;
  const alarmed = supervisorsPart(row);
  return (
    <span class={`wait wait-${wait.urgency}`} title={t(WORDS[wait.urgency])}>
      <Icon of={SIGNS[wait.urgency]} small />
      <span class="figures">{clockText(wait.ms)}</span>
      {alarmed !== null && <span class="wait-supervisor">{alarmed}</span>}
      <span class="unseen">{t(WORDS[wait.urgency])}</span>
    </span>
  );
}
