// 留言: messages that were left while nobody served. Open ones are in the order in which they are due, with their owners;
// settled ones show the result.

import { Inbox } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../../shared/texts";
import { useDesk } from "../desk/context";
import { RequestPane } from "../requests/RequestPane";
import { OfflineCard } from "./OfflineCard";
import { OfflineSettling } from "./OfflineSettling";
import { maySettle, ordered } from "./offline";

/** The pane with all 留言. */
export function OfflinePane() {
  const desk = useDesk();
  const { open, settled } = ordered(desk.state.value.offline.items.values());
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const me = desk.me.value;
  const mine = open.filter((message) => me !== null && maySettle(message, me.id, me.role));
  const picked = mine.filter(({ id }) => chosen?.has(id)).map(({ id }) => id);
  const choose = (id: string, on: boolean) =>
    setChosen(new Set(on ? [...picked, id] : picked.filter((one) => one !== id)));
  return (
    <RequestPane
      title={t("console.offline")}
      means={t("console.offline.means")}
      open={open}
      settled={settled}
      settledTitle={t("console.offline.settled", { n: settled.length })}
      card={(message) => (
        <OfflineCard
          key={message.id}
          message={message}
          pick={chosen !== null && mine.includes(message) ? { on: chosen.has(message.id), choose } : null}
        />
      )}
      empty={{ icon: Inbox, title: t("console.offline.none"), means: t("console.offline.none.means") }}
      close={() => {
        desk.offlineOpen.value = false;
      }}
    >
      {(mine.length > 1 || chosen !== null) && (
        <Together mine={mine.map(({ id }) => id)} picked={picked} chosen={chosen} choose={setChosen} />
      )}
    </RequestPane>
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
