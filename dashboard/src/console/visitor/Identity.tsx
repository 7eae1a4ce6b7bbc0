// 身份: who the visitor is, by the word of the hospital's own website. A name that somebody typed is never shown here.

import { BadgeCheck } from "lucide";
import type { IdentityShown, Row } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { language, t, visitorName } from "../../shared/texts";
import { UserText } from "../../shared/UserText";
import { useDesk } from "../desk/context";
import { timeText } from "../list/clocks";
import { Fact, Facts } from "../thread/Facts";

/** The visitor in the list: the verified name, or the label that everybody has. */
export function ListedVisitor({ row, gone }: { row: Row; gone: boolean }) {
  const { identity } = row;
  if (gone || !identity || identity.doubted_at) return <>{visitorName(row)}</>;
  return (
    <span class="verified" title={t("console.identity.verified")}>
      <Icon of={BadgeCheck} small />
      <span class="unseen">{t("console.identity.verified")}</span>
      <UserText text={identity.name} />
    </span>
  );
}

/** The verified name beside the label, in the head of a conversation. */
export function IdentityBadge({ row }: { row: Row }) {
  const since = useSince(row.identity);
  const { identity } = row;
  if (!identity) return null;
  if (identity.doubted_at)
    return (
      <span class="badge badge-returned" title={t("console.identity.doubted.means")}>
        {t("console.identity.doubted")}
      </span>
    );
  return (
    <>
      <span class="verified-name">
        <UserText text={identity.name} />
      </span>
      <span class="badge badge-verified" title={since}>
        <Icon of={BadgeCheck} small />
        {t("console.identity.verified")}
      </span>
    </>
  );
}

/** Who the visitor is, since when it is known and from where. */
export function IdentityFacts({ row }: { row: Row }) {
  const since = useSince(row.identity);
  const { identity } = row;
  if (!identity) return null;
  if (identity.doubted_at)
    return (
      <Facts title={t("console.identity")}>
        <p class="visit-none">{t("console.identity.doubted.means")}</p>
      </Facts>
    );
  return (
    <Facts title={t("console.identity")}>
      <Fact name={t("console.identity.name")}>
        <UserText text={identity.name} />
      </Fact>
      {identity.number && (
        <Fact name={t("console.identity.number")}>
          <UserText text={identity.number} />
        </Fact>
      )}
      <Fact name={t("console.identity.by")}>{since}</Fact>
    </Facts>
  );
}

function useSince(identity: IdentityShown | null | undefined): string {
  const desk = useDesk();
  if (!identity) return "";
  return t("console.identity.since", { time: timeText(identity.at, desk.today.value, language.value) });
}
