// Who answered last. Pure.

import type { Person } from "../../shared/frames";
import { givenTo } from "../chat/selectors";
import type { State } from "../chat/state";

/** The person who answered last, shown after the end. */
export function lastServed({ entries, standing }: State): Person | null {
  if (standing?.served_by) return standing.served_by;
  for (const { event } of entries.slice().reverse()) {
    const given = event ? givenTo(event) : null;
    if (given) return given;
  }
  return null;
}
