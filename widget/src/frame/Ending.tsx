// After the end: who answered, where to reach the hospital, a rating that nobody has to give.

import type { State } from "./conversation";
import { lastServed } from "./conversation";
import { Rating } from "./Rating";
import { useTexts } from "./texts";

export interface EndingProps {
  state: State;
  now: number;
  onRate(stars: number, tags: string[], comment: string): Promise<void>;
}

export function Ending({ state, now, onRate }: EndingProps) {
  const { t, named } = useTexts();
  const { site, standing } = state;
  const person = lastServed(state);
  const department = named(site?.departments.find(({ id }) => id === standing?.department));
  const rateable = person !== null && (standing?.rating_until ?? 0) > now;
  return (
    <section class="ending">
      <p class="ending-thanks">{t("ending.thanks")}</p>
      <ul class="ending-facts">
        {person && (
          <li>
            {t("ending.with", {
              title: t(`title.${person.title}`),
              name: person.name,
              number: person.number,
            })}
          </li>
        )}
        {department !== "" && <li>{t("ending.department", { department })}</li>}
        {site?.phone && <li>{t("ending.phone", { phone: site.phone })}</li>}
      </ul>
      {rateable && <Rating given={standing?.stars ?? null} onRate={onRate} />}
    </section>
  );
}
