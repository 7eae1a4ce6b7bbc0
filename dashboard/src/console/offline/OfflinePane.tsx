// 留言: messages that were left while nobody served. Open ones are in the order in which they are due, with their owners;
// settled ones show the result.

import { ArrowLeft, Inbox } from "lucide";
import { useState } from "preact/hooks";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import { OfflineCard } from "./OfflineCard";
import { OfflineSettling } from "./OfflineSettling";
import { maySettle, ordered, PAGE } from "./offline";

/** The pane with all 留言. */
export function OfflinePane() {
  const desk = useDesk();
  const { open, settled } = ordered(desk.state.value.offline.items.values());
  const [pages, setPages] = useState(1);
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const me = desk.me.value;
  const mine = open.filter((message) => me !== null && maySettle(message, me.id, me.role));
  const picked = mine.filter(({ id }) => chosen?.has(id)).map(({ id }) => id);
  const room = pages * PAGE;
  const rest = Math.max(0, open.length + settled.length - room);
  const choose = (id: string, on: boolean) =>
    setChosen(new Set(on ? [...picked, id] : picked.filter((one) => one !== id)));
  return (
    <section class="thread offline" aria-label={t("console.offline")}>
      <header class="thread-head">
        <button
          type="button"
          class="button is-icon only-narrow"
          aria-label={t("console.back")}
          onClick={() => {
            desk.offlineOpen.value = false;
          }}
        >
          <Icon of={ArrowLeft} />
        </button>
        <div class="thread-who">
          <h2>{t("console.offline")}</h2>
          <p>{t("console.offline.means")}</p>
        </div>
      </header>
      <div class="offline-list">
        {(mine.length > 1 || chosen !== null) && (
          <Together mine={mine.map(({ id }) => id)} picked={picked} chosen={chosen} choose={setChosen} />
        )}
        {open.length === 0 && (
          <div class="empty">
            <Icon of={Inbox} />
            <p class="empty-title">{t("console.offline.none")}</p>
            <p>{t("console.offline.none.means")}</p>
          </div>
        )}
        {open.slice(0, room).map((message) => (
          <OfflineCard
            key={message.id}
            message={message}
            pick={chosen !== null && mine.includes(message) ? { on: chosen.has(message.id), choose } : null}
          />
        ))}
        {settled.length > 0 && open.length < room && (
          <h3 class="offline-settled">{t("console.offline.settled", { n: settled.length })}</h3>
        )}
        {settled.slice(0, Math.max(0, room - open.length)).map((message) => (
          <OfflineCard key={message.id} message={message} pick={null} />
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

interface TogetherProps {
  mine: readonly string[];
  picked: readonly string[];
  chosen: ReadonlySet<string> | null;
  choose: (chosen: ReadonlySet<string> | null) => void;
}

/** 批量办结: settles several with one result and one note. */
function Together({ mine, picked, chosen, choose }: TogetherProps) {
  if (chosen === null)
    return (
      <p class="offline-together">
        <button type="button" class="button is-small" onClick={() => choose(new Set())}>
          {t("console.offline.together")}
        </button>
      </p>
    );
  return (
    <div class="offline-together">
      <p>
        <span>{t("console.offline.together.chosen", { n: picked.length, of: mine.length })}</span>
        <button type="button" class="button is-small" onClick={() => choose(new Set(mine))}>
          {t("console.offline.together.all", { n: mine.length })}
        </button>
        {picked.length === 0 && (
          <button type="button" class="button is-small" onClick={() => choose(null)}>
            {t("console.cancel")}
          </button>
        )}
      </p>
      {picked.length > 0 && <OfflineSettling ids={picked} close={() => choose(null)} />}
    </div>
  );
}
