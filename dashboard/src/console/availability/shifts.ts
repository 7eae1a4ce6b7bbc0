// 班次: what I have to do about my shift at this moment. The server decides when; this only shows it.

import type { ShiftShown } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { Refusal } from "../../shared/refusalText";
import { done } from "../desk/commands";
import type { Desk } from "../desk/desk";

/** `later`: too early for 签到; `open`: 签到 is possible; `warming`: checked in, but new conversations come later. */
export type ShiftStage = "later" | "open" | "warming" | "running" | "over";

/** The stage of a shift at `now`. */
export function stage(shift: ShiftShown, now: number): ShiftStage {
  if (now >= shift.ends_at) return "over";
  if (!shift.checked_in_at) return now < shift.check_in_from ? "later" : "open";
  return now < shift.receives_from ? "warming" : "running";
}

/** 签到. */
export function checkIn(desk: Desk): Promise<Refusal | null> {
  return done(desk, { type: "shift.check_in", ref: newRef() });
}
