// 急症: a calm line over the thread that says which kind of words was found and what to think of. It can be closed; a
// supervisor can say that it is none.

import { Siren, X } from "lucide";
import type { Row } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { doneOrTold } from "../desk/commands";
import { useConsole } from "../desk/context";
import { rights } from "../desk/giving";
import { dismissEmergency } from "../desk/supervising";
import { emergencyAdvice, emergencyWords } from "./events";

export function EmergencyStrip({ row }: { row: Row }) {
  const console = useConsole();
  const key = `${row.id}/${row.emergency}`;
  if (!row.emergency || row.state === "closed" || console.isGone(row.id)) return null;
  if (row.level === "attention" && !row.crowded) return null;
  if (console.calmed.value.has(key)) return null;
  return (
    <div class="strip is-emergency" role="status">
      <Icon of={Siren} small />
      <span class="strip-text">
        <b>{t("console.emergency", { words: emergencyWords(row.emergency) })}</b>{" "}
        {emergencyAdvice(row.emergency)}
        {row.crowded && ` ${t("console.crowded.means")}`}
      </span>
      {rights(console, row).dismiss && (
        <button
          type="button"
          class="button is-small"
          disabled={console.connection.value !== "live"}
          onClick={() => void doneOrTold(console, dismissEmergency(console, row))}
        >
          {t("console.emergency.dismiss")}
        </button>
      )}
      <button
        type="button"
        class="button is-icon is-small"
        aria-label={t("console.emergency.close")}
        onClick={() => {
          console.calmed.value = new Set(console.calmed.value).add(key);
        }}
      >
        <Icon of={X} small />
      </button>
    </div>
  );
}
