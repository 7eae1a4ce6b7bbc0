// 回电: calls that visitors asked for. Open ones are in the order in which their time ends, with who calls; ended ones
// show the result.

import { ArrowLeft, PhoneCall } from "lucide";
import { useState } from "preact/hooks";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import { CallbackCard } from "./CallbackCard";
import { ordered, PAGE } from "./callbacks";

/** The pane with all call-backs. */
export function CallbackPane() {
  const desk = useDesk();
  const { open, ended } = ordered(desk.state.value.callbacks.items.values());
  const [pages, setPages] = useState(1);
  const room = pages * PAGE;
  const rest = Math.max(0, open.length + ended.length - room);
  return (
    <section class="thread offline" aria-label={t("console.callbacks")}>
      <header class="thread-head">
        <button
          type="button"
          class="button is-icon only-narrow"
          aria-label={t("console.back")}
          onClick={() => {
            desk.callbacksOpen.value = false;
          }}
        >
          <Icon of={ArrowLeft} />
        </button>
        <div class="thread-who">
          <h2>{t("console.callbacks")}</h2>
          <p>{t("console.callbacks.means")}</p>
        </div>
      </header>
      <div class="offline-list">
        {open.length === 0 && (
          <div class="empty">
            <Icon of={PhoneCall} />
            <p class="empty-title">{t("console.callbacks.none")}</p>
          </div>
        )}
        {open.slice(0, room).map((callback) => (
          <CallbackCard key={callback.id} callback={callback} />
        ))}
        {ended.length > 0 && open.length < room && (
          <h3 class="offline-settled">{t("console.callbacks.ended", { n: ended.length })}</h3>
        )}
        {ended.slice(0, Math.max(0, room - open.length)).map((callback) => (
          <CallbackCard key={callback.id} callback={callback} />
        ))}
        {rest > 0 && (
          <button type="button" class="button offline-more" onClick={() => setPages(pages + 1)}>
            {t("console.offline.more", { n: Math.min(PAGE, rest), rest })}
          </button>
        )}
      </div>
    </section>
  );
}
