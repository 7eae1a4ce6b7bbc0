// 回电 in the status bar.

import { PhoneCall, TriangleAlert } from "lucide";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import { due, ordered } from "./callbacks";

/** How many call-backs are open, and how many of them are late. Not shown while there is none. */
export function CallbackFact() {
  const desk = useDesk();
  const { callbacks } = desk.state.value;
  if (callbacks.items.size === 0 && !desk.callbacksOpen.value) return null;
  const { open } = ordered(callbacks.items.values());
  const late = open.filter((each) => due(each, desk.now.value) === "overdue").length;
  return (
    <button
      type="button"
      class={`button status-offline${late > 0 ? " is-late" : ""}`}
      aria-pressed={desk.callbacksOpen.value}
      onClick={() => {
        const show = !desk.callbacksOpen.value;
        desk.select(null);
        desk.offlineOpen.value = false;
        desk.callbacksOpen.value = show;
      }}
    >
      <Icon of={late > 0 ? TriangleAlert : PhoneCall} small />
      {t("console.callbacks")} <b class="figures">{open.length}</b>
      {late > 0 && <span class="status-late">{t("console.offline.late", { n: late })}</span>}
    </button>
  );
}
