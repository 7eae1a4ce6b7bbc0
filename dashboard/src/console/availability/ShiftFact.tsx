// 签到, and the times of my shift: from when to when, and from when on new conversations are assigned.

import { CalendarCheck } from "lucide";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { doneOrTold } from "../desk/commands";
import { useDesk } from "../desk/context";
import { clockOf } from "../list/clocks";
import { checkIn, stage } from "./shifts";

/** My shift in the status bar. */
export function ShiftFact() {
  const desk = useDesk();
  const shift = desk.me.value?.shift;
  if (!shift) return null;
  const now = stage(shift, desk.now.value);
  if (now === "over") return null;
  // After a late 签到 new conversations come at once. `receives_from` is in the past then and is not shown.
  const receives =
    desk.now.value < shift.receives_from
      ? t("console.shift.receives", { time: clockOf(shift.receives_from) })
      : undefined;
  const hint = now === "later" ? t("console.shift.opens", { time: clockOf(shift.check_in_from) }) : receives;
  const times = { name: shift.name, from: clockOf(shift.starts_at), to: clockOf(shift.ends_at) };
  return (
    <span class="status-fact shift">
      <span class="shift-times figures">
        <span>{t("console.shift.times", times)}</span>
        {hint !== undefined && <small>{hint}</small>}
      </span>
      {now === "open" && (
        <button
          type="button"
          class="button is-small is-primary"
          disabled={desk.connection.value !== "live"}
          title={receives}
          onClick={() => void doneOrTold(desk, checkIn(desk))}
        >
          <Icon of={CalendarCheck} small />
          {t("console.shift.check_in")}
        </button>
      )}
    </span>
  );
}
