// When the overdue tone sounds: once when a visitor of mine has waited too long, then every 30 s. Only the owner hears
// it.

import type { Row, StaffClocks } from "../../../../widget/src/shared/frames";
import { waiting } from "../list/clocks";

const AGAIN_MS = 30_000;

/** Conversation → when its tone last sounded. */
export type Heard = ReadonlyMap<string, number>;

/** Whether a tone is due at `now` (`sounds`); and the map `heard` after that tone has sounded. */
export function overdue(heard: Heard, mine: readonly Row[], clocks: StaffClocks, now: number) {
  const next = new Map<string, number>();
  let sounds = false;
  for (const row of mine) {
    const wait = waiting(row, clocks, now);
    if (wait === null || wait.urgency === "neutral" || wait.urgency === "amber") continue;
    const last = heard.get(row.id);
    const due = last === undefined || now - last >= AGAIN_MS;
    next.set(row.id, due ? now : last);
    sounds ||= due;
  }
  return { heard: next as Heard, sounds };
}
