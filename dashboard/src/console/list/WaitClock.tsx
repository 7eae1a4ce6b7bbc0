// The waiting clock of a row: time, colour and sign together, because many people cannot rely on colour alone.

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

/** What supervisors know: one was alarmed, one has acknowledged it, or nobody is there to see it. */
function supervisorsPart({ supervisor_alarmed: alarmed, acknowledged_by: seenBy }: Row): string | null {
  if (seenBy) return t("console.wait.acknowledged", { name: seenBy.name });
  if (alarmed === undefined || alarmed === null) return null;
  return t(alarmed ? "console.wait.supervisor" : "console.wait.no_supervisor");
}

/** The waiting clock of a conversation. */
export function WaitClock({ row }: { row: Row }) {
  const desk = useDesk();
  const clocks = desk.state.value.welcome?.clocks;
  // The server no longer says whether the visitor of a row that has left the list still waits.
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
