// Short messages that do not belong to a place on the screen: they disappear by themselves; problems stay longer.

import { CircleAlert, Info, X } from "lucide";
import { useEffect } from "preact/hooks";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import type { Notice } from "../desk/notices";

const INFO_MS = 8_000;
/** Longer, because it says what to do. */
const PROBLEM_MS = 20_000;

/** The notices on the screen. */
export function Notices() {
  const desk = useDesk();
  // The open conversation shows it already; a notice would only cover it.
  const news = desk.notices.shown.value.filter(
    ({ about }) => about === undefined || about !== desk.selected.value,
  );
  return (
    <div class="notices">
      {news.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function NoticeLine({ notice }: { notice: Notice }) {
  const desk = useDesk();
  const problem = notice.kind === "problem";
  useEffect(() => {
    const timer = window.setTimeout(() => desk.notices.dismiss(notice.id), problem ? PROBLEM_MS : INFO_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <div class={problem ? "notice is-problem" : "notice"} role={problem ? "alert" : "status"}>
      <Icon of={problem ? CircleAlert : Info} small />
      <span>{notice.text()}</span>
      {notice.about !== undefined && (
        <button
          type="button"
          class="link"
          onClick={() => {
            desk.select(notice.about ?? null);
            desk.notices.dismiss(notice.id);
          }}
        >
          {t("console.card.open")}
        </button>
      )}
      <button
        type="button"
        class="button is-icon is-small"
        aria-label={t("console.close")}
        onClick={() => desk.notices.dismiss(notice.id)}
      >
        <Icon of={X} small />
      </button>
    </div>
  );
}
