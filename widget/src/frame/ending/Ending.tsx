// After the end: who answered, how to reach the hospital, and an optional rating.

import type { Person } from "../../shared/frames";
import { tel } from "../../shared/phone";
import type { State } from "../chat/state";
import { OwnDevice } from "../leaving/OwnDevice";
import { useTexts } from "../texts";
import { lastServed } from "./lastServed";
import { Rating } from "./Rating";
import { type Ratings, ratings } from "./ratings";
import "./ending.css";

const NOBODY: Ratings = { asked: null, folded: [], lastIsFolded: false };

export interface EndingProps {
  token: string | null;
  state: State;
  now: number;
  /** The visitor dismissed the request for a rating in this conversation today. */
  dismissed: boolean;
  onRate(part: number | null, stars: number, tags: string[], comment: string): Promise<void>;
  onDismiss(): void;
}

/** The part below the transcript after the end. */
export function Ending({ token, state, now, dismissed, onRate, onDismiss }: EndingProps) {
  const { t, named } = useTexts();
  const { site, standing } = state;
  const person = lastServed(state);
  const nameOf = ({ title, name }: Person) => t("person.named", { title: t(`title.${title}`), name });
  const department = named(site?.departments.find(({ id }) => id === standing?.department));
  const { asked, folded, lastIsFolded } = standing ? ratings(standing, now, dismissed) : NOBODY;
  const rates =
    (part: number | null) =>
    (...rating: [number, string[], string]) =>
      onRate(part, ...rating);
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
        {site?.phone && (
          <li>
            <a href={tel(site.phone)}>{t("ending.phone", { phone: site.phone })}</a>
          </li>
        )}
      </ul>
      {asked && (
        <Rating
          key={asked.part}
          given={asked.stars}
          {...(folded.length > 0 && { who: nameOf(asked.person) })}
          onRate={rates(asked.part)}
          onSkip={onDismiss}
        />
      )}
      {folded.length > 0 && (
        <details class="ending-folded">
          <summary>{t(lastIsFolded ? "rating.folded" : "rating.earlier")}</summary>
          {folded.map(({ part, person: each, stars }) => (
            <Rating key={part} given={stars} who={nameOf(each)} onRate={rates(part)} />
          ))}
        </details>
      )}
      <OwnDevice token={token} />
    </section>
  );
}
