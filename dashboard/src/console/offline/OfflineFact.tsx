// 留言 in the status bar.

import { Inbox, TriangleAlert } from "lucide";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import { due, ordered } from "./offline";

/** How many 留言 are open, and how many of them are late. */
export function OfflineFact() {
  const desk = useDesk();
  const { offline } = desk.state.value;
  if (offline.version === 0) return null;
  const { open } = ordered(offline.items.values());
  const late = open.filter((message) => due(message, desk.now.value) === "overdue").length;
  return (
    <button
      type="button"
      class={`button status-offline${late > 0 ? " is-late" : ""}`}
      aria-pressed={desk.offlineOpen.value}
      onClick={() => {
        const show = !desk.offlineOpen.value;
        desk.select(null);
        desk.callbacksOpen.value = false;
        desk.offlineOpen.value = show;
      }}
    >
      <Icon of={late > 0 ? TriangleAlert : Inbox} small />
      {t("console.offline")} <b class="figures">{open.length}</b>
      {late > 0 && <span class="status-late">{t("console.offline.late", { n: late })}</span>}
    </button>
  );
}
