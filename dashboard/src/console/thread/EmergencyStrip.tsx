// 急症: a calm line above the thread that names the kind of emergency and what to consider. It can be closed; a
// supervisor can mark it as a false alarm.

import { Siren, X } from "lucide";
import type { Row } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { doneOrTold } from "../desk/commands";
import { useDesk } from "../desk/context";
import { rights } from "../desk/conversationActions";
import { dismissEmergency } from "../desk/supervisorActions";
import { emergencyAdvice, emergencyWords } from "./eventText";

/** The line about an emergency in this conversation. */
export function EmergencyStrip({ row }: { row: Row }) {
  const desk = useDesk();
  const key = `${row.id}/${row.emergency}`;
  if (!row.emergency || row.state === "closed" || desk.isGone(row.id)) return null;
  if (row.level === "attention" && !row.crowded) return null;
  if (desk.calmed.value.has(key)) return null;
  return (
    <div class="strip is-emergency" role="status">
      <Icon of={Siren} small />
      <span class="strip-text">
        <b>{t("console.emergency", { words: emergencyWords(row.emergency) })}</b>{" "}
        {emergencyAdvice(row.emergency)}
        {row.crowded && ` ${t("console.crowded.means")}`}
      </span>
      {rights(desk, row).dismiss && (
        <button
          type="button"
          class="button is-small"
          disabled={desk.connection.value !== "live"}
          onClick={() => void doneOrTold(desk, dismissEmergency(desk, row))}
        >
          {t("console.emergency.dismiss")}
        </button>
      )}
      <button
        type="button"
        class="button is-icon is-small"
        aria-label={t("console.emergency.close")}
        onClick={() => {
          desk.calmed.value = new Set(desk.calmed.value).add(key);
        }}
      >
        <Icon of={X} small />
      </button>
    </div>
  );
}
