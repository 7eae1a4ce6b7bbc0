// 访客: where the visitor came from, what they looked at before, and earlier conversations. All of it was written by
// strangers or by other websites: it is shown as text, and none of it is a link.

import { useEffect, useState } from "preact/hooks";
import type {
  EarlierConversation,
  PageSeen,
  RegionShown,
  Row,
  TouchShown,
  VisitShown,
} from "../../../../widget/src/shared/frames";
import { type Refusal, refusalSentence } from "../../shared/refusalText";
import { has, language, named, t } from "../../shared/texts";
import { UserText } from "../../shared/UserText";
import { useDesk } from "../desk/context";
import { timeText } from "../list/clocks";
import { Fact, Facts } from "../thread/Facts";
import { fetchVisit, type Visited, visitAtHand } from "./visits";

type Seen = VisitShown | Refusal | "loading" | "unknown";

/** What is known of the visitor of a conversation. The caller gives each conversation its own key. */
export function VisitorFacts({ row }: { row: Row }) {
  return (
    <Facts title={t("console.visit")}>
      <VisitOf key={row.locked} kind="conversations" id={row.id} lock={row.locked ?? ""} />
    </Facts>
  );
}

/** Where the visitor of a 留言 or a call-back came from, which is fetched when somebody wants to see it. */
export function RequestVisit({ kind, id }: { kind: "offline-messages" | "callbacks"; id: string }) {
  const [wanted, setWanted] = useState(false);
  return (
    <details class="visit-trail" onToggle={(event) => setWanted(wanted || event.currentTarget.open)}>
      <summary>{t("console.visit")}</summary>
      {wanted && (
        <div class="visit-request">
          <VisitOf kind={kind} id={id} />
        </div>
      )}
    </details>
  );
}

interface VisitOfProps {
  kind: Visited;
  id: string;
  /** Why health data is locked; empty: it is not; null: the console is not told of it. */
  lock?: string | null;
}

function VisitOf({ kind, id, lock = null }: VisitOfProps) {
  const [seen, setSeen] = useState<Seen>(visitAtHand(kind, id, lock) ?? "loading");
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (seen !== "loading") return;
    let left = false;
    fetchVisit(kind, id, lock).then((answer) => {
      if (!left) setSeen(answer ?? "unknown");
    });
    return () => {
      left = true;
    };
  }, [tries]);
  const again = () => {
    setSeen("loading");
    setTries(tries + 1);
  };
  if (seen === "loading") return <Loading />;
  if (seen === "unknown" || "code" in seen)
    return (
      <div class="visit-none" role="alert">
        <p>{seen === "unknown" ? t("console.visit.unknown") : refusalSentence(seen)}</p>
        <button type="button" class="button" onClick={again}>
          {t("console.retry")}
        </button>
      </div>
    );
  return <Visit visit={seen} />;
}

function Loading() {
  return (
    <div class="visit-loading skeleton" role="status">
      <span class="unseen">{t("console.loading")}</span>
      <i class="bone" />
      <i class="bone" />
      <i class="bone" />
    </div>
  );
}

function Visit({ visit }: { visit: VisitShown }) {
  const { first, last, pages = [], device, region, visits = 1, earlier = [], locked } = visit;
  return (
    <>
      {first ? <Touch touch={first} /> : <p class="visit-none">{t("console.visit.none")}</p>}
      {last && <Touch touch={last} isLast />}
      {locked && <p class="visit-none">{t("console.visit.locked")}</p>}
      {pages.length > 0 && <Trail pages={pages} />}
      {region && <Region region={region} />}
      {device && <Fact name={t("console.visit.device")}>{t(`console.visit.device.${device}`)}</Fact>}
      {visits > 0 && (
        <Fact name={t("console.visit.times")}>
          {visits > 1 ? t("console.visit.times.nth", { n: visits }) : t("console.visit.times.first")}
        </Fact>
      )}
      {earlier.length > 0 && <Earlier conversations={earlier} />}
    </>
  );
}

/** How the visitor came: first, or the last time before the conversation. */
function Touch({ touch, isLast = false }: { touch: TouchShown; isLast?: boolean }) {
  const { source, keyword, entry, referrer, page, title } = touch;
  return (
    <>
      <Fact name={t(isLast ? "console.visit.last" : "console.visit.source")}>
        <span class="badge">{named([source], source.id)}</span>
      </Fact>
      {keyword && (
        <Fact name={t("console.visit.keyword")}>
          <UserText text={keyword} />
        </Fact>
      )}
      {entry && (
        <Fact name={t("console.visit.entry")}>
          <UserText text={entry} />
        </Fact>
      )}
      {referrer && (
        <Fact name={t("console.visit.referrer")}>
          <UserText text={referrer} />
        </Fact>
      )}
      {(page || title) && (
        <Fact name={t("console.visit.landing")}>
          <PageText page={page} title={title} />
        </Fact>
      )}
    </>
  );
}

function PageText({ page, title }: { page: string; title?: string | undefined }) {
  return (
    <>
      {title && (
        <span class="visit-title">
          <UserText text={title} />
        </span>
      )}
      <span class="visit-address">
        <UserText text={page} />
      </span>
    </>
  );
}

function Trail({ pages }: { pages: readonly PageSeen[] }) {
  const desk = useDesk();
  return (
    <details class="visit-trail">
      <summary>{t("console.visit.pages", { n: pages.length })}</summary>
      <ol>
        {pages.map(({ at, page, title }) => (
          <li key={`${at} ${page}`}>
            <span class="visit-time figures">{timeText(at, desk.today.value, language.value)}</span>
            <PageText page={page} title={title} />
          </li>
        ))}
      </ol>
    </details>
  );
}

function Region({ region: { province, city = "", data_date = "" } }: { region: RegionShown }) {
  return (
    <Fact name={t("console.visit.region")}>
      {city === "" || city === province ? province : `${province} ${city}`}
      <span class="visit-note">
        {data_date === ""
          ? t("console.visit.by_address")
          : t("console.visit.by_address.of", { day: data_date })}
      </span>
    </Fact>
  );
}

function Earlier({ conversations }: { conversations: readonly EarlierConversation[] }) {
  const desk = useDesk();
  return (
    <div class="visit-earlier">
      <h4>{t("console.visit.earlier")}</h4>
      <ul>
        {conversations.map(({ id, started_at, department, outcome, readable }) => {
          const when = timeText(started_at, desk.today.value, language.value);
          const what = `${when} · ${named([department], department.id)}`;
          return (
            <li key={id}>
              {readable ? <a href={`/transcripts/${encodeURIComponent(id)}`}>{what}</a> : what}
              {outcome && has(`outcome.${outcome}`) && (
                <span class="visit-note">{t(`outcome.${outcome}`)}</span>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
