// The system has stopped assigning conversations to me: why, for how long, and a button to resume.

import { PauseCircle } from "lucide";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { doneOrTold } from "../desk/commands";
import { useDesk } from "../desk/context";
import { setAvailability } from "../desk/conversationActions";
import { clockText } from "../list/clocks";

/** The bar while I am paused. */
export function PausedBar() {
  const desk = useDesk();
  const me = desk.me.value;
  if (me?.availability !== "paused") return null;
  return (
    <section class="away is-paused" aria-label={t("console.availability.paused")}>
      <Icon of={PauseCircle} small />
      <span role="alert">
        {me.reason === "no_answer"
          ? t("console.paused.no_answer")
          : t("console.paused", { n: me.misses ?? 0 })}
      </span>
      <span class="figures">{clockText(desk.now.value - me.availability_since)}</span>
      <button
        type="button"
        class="button is-small"
        disabled={desk.connection.value !== "live"}
        onClick={() => void doneOrTold(desk, setAvailability(desk, "online"))}
      >
        {t("console.paused.back")}
      </button>
    </section>
  );
}
