// Who serves the visitor.

import type { Standing } from "../../shared/frames";
import { useTexts } from "../texts";

/** Everybody who reads what the visitor writes, with their role. */
export function Who({ standing }: { standing: Standing | null }) {
  const { t } = useTexts();
  const person = standing?.state === "active" ? standing.served_by : null;
  if (!standing || !person) return null;
  return (
    <ul class="who" aria-label={t("header.who")}>
      {[person, ...(standing.joined ?? [])].map((each) => (
        <li key={each.number}>
          <span class="who-badge">{t(`title.${each.title}`)}</span>
          <span class="who-name">{each.name}</span>
          <span>{t("person.number", { number: each.number })}</span>
        </li>
      ))}
    </ul>
  );
}
