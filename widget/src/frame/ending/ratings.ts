// Who is asked about after the end, and who can be rated besides. Pure.

import type { Person, Standing } from "../../shared/frames";

export interface Rated {
  /** None: an older server rates whoever answered last. */
  part: number | null;
  person: Person;
  stars: number | null;
}

export interface Ratings {
  /** Shown open: whoever answered last, when that one is asked about or was rated already. */
  asked: Rated | null;
  /** Behind a line that can be unfolded. */
  folded: Rated[];
  /** Whether whoever answered last is among them: it was asked about, or another was rated, today. */
  lastIsFolded: boolean;
}

/** `dismissed`: the visitor did not want to be asked in this conversation today. `now`: ms by the server. */
export function ratings(
  { rateable, served_by: last, rating_until: until, stars }: Standing,
  now: number,
  dismissed: boolean,
): Ratings {
  const all = (rateable ?? []).filter((each) => each.until > now).map(rated);
  const isAsked = (until ?? 0) > now && (stars != null || !dismissed);
  if (all.length === 0 && rateable === undefined && last && isAsked)
    return {
      asked: { part: last.part ?? null, person: last, stars: stars ?? null },
      folded: [],
      lastIsFolded: false,
    };
  const own = all.find(({ part }) => part === last?.part) ?? null;
  const asked = isAsked ? own : null;
  return {
    asked,
    folded: all.filter((each) => each !== asked).reverse(),
    lastIsFolded: own !== null && asked === null,
  };
}

function rated({ part, person, stars }: NonNullable<Standing["rateable"]>[number]): Rated {
  return { part, person, stars: stars ?? null };
}
