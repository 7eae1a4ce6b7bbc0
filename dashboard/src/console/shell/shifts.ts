// 班次: what my shift asks of me at this moment. The server decides when; this only says it.

import type { ShiftShown } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { Refusal } from "../composer/outbox";
import { done } from "../desk/commands";
import type { Desk } from "../desk/desk";

/** `open`: 签到 is asked for; `warming`: signed in, new conversations come later; `later`: not yet to be signed in to. */
export type ShiftStage = "later" | "open" | "warming" | "running" | "over";

export function stage(shift: ShiftShown, now: number): ShiftStage {
  if (now >= shift.ends_at) return "over";
  if (!shift.checked_in_at) return now < shift.check_in_from ? "later" : "open";
  return now < shift.receives_from ? "warming" : "running";
}

export function checkIn(desk: Desk): Promise<Refusal | null> {
  return done(desk, { type: "shift.check_in", ref: newRef() });
}
