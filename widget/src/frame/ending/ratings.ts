// Who is asked about after the end, and who else can be rated. Pure.

import type { Person, Standing } from "../../shared/frames";

export interface Rated {
  /** Null: an older server rates the person who answered last. */
  part: number | null;
  person: Person;
  stars: number | null;
}

export interface Ratings {
  /** The rating shown open: of the person who answered last, when it is asked for or was given already. */
  asked: Rated | null;
  /** The ratings behind a line that can be unfolded. */
  folded: Rated[];
  /**
   * Whether the person who answered last is among the folded ones, because the server does not ask for their rating
   * now, or the visitor dismissed the request today.
   */
  lastIsFolded: boolean;
}

/**
 * Sorts the parts that can be rated. `dismissed`: the request was dismissed in this conversation today. `now`: the
 * server's clock, in ms.
 */
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
