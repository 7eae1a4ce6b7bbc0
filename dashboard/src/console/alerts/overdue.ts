// When the overdue tone sounds: once as a wait of mine turns red, then every 30 s, for its owner alone.

import type { Row, StaffClocks } from "../../../../widget/src/shared/frames";
import { waiting } from "../list/clocks";

const AGAIN_MS = 30_000;

/** Conversation → when its tone was last heard. */
export type Heard = ReadonlyMap<string, number>;

/** What has been heard after `now`; a tone is due when it is another map than before and holds `now`. */
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
