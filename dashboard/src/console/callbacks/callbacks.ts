// 回电: the open ones in the order in which they are due, and what can be done with one. Pure except for the commands.

import type { CallbackReport, CallbackShown } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { Refusal } from "../../shared/refusalText";
import { done } from "../desk/commands";
import type { Desk } from "../desk/desk";

export type Result = CallbackReport["result"];

/** A call whose time ends within this long counts as near. */
const NEAR_MS = 15 * 60_000;

/** `later`: its time has not begun; `now`: call now; `near`: its time ends soon; `locked`: nobody may call. */
export type Due = "later" | "now" | "near" | "overdue" | "locked";

/** Whether nobody has reached the visitor yet, and it is still wanted. */
export function isOpen({ state }: CallbackShown): boolean {
  return state === undefined || state === "open";
}

/** How near the promised time is. */
export function due({ from_at, due_at, lock }: CallbackShown, now: number): Due {
  if (lock) return "locked";
  if (now >= due_at) return "overdue";
  if (now < from_at) return "later";
  return due_at - now <= NEAR_MS ? "near" : "now";
}

function urgency({ level, lock }: CallbackShown): number {
  return lock || level === "critical" ? 0 : 1;
}

/** Open ones, emergencies first, then by the end of their time; and ended ones, the latest first. */
export function ordered(callbacks: Iterable<CallbackShown>): {
  open: CallbackShown[];
  ended: CallbackShown[];
} {
  const all = [...callbacks].sort((a, b) => a.due_at - b.due_at || a.asked_at - b.asked_at);
  return {
    open: all.filter(isOpen).sort((a, b) => urgency(a) - urgency(b)),
    ended: all.filter((each) => !isOpen(each)).sort((a, b) => (b.ended_at ?? 0) - (a.ended_at ?? 0)),
  };
}

/** Whether I may take it: everybody may take an open one, also from another owner. */
export function mayTake(callback: CallbackShown, me: string): boolean {
  return isOpen(callback) && callback.owner?.id !== me;
}

/** Whether I may say what came of it: the owner and supervisors may. */
export function mayReport(callback: CallbackShown, me: string, role: string): boolean {
  return isOpen(callback) && (callback.owner?.id === me || role === "supervisor");
}

/** Whether a call was made whose next one is promised for another day. */
export function waitsForAnotherDay({ attempts, from_at }: CallbackShown, now: number): boolean {
  return (attempts ?? 0) > 0 && now < from_at;
}

/** Whether I may see the number: I am the owner, and nothing locks it. */
export function mayShowPhone(callback: CallbackShown, me: string): boolean {
  return isOpen(callback) && callback.owner?.id === me && Boolean(callback.phone) && !callback.lock;
}

/** Takes a call-back; resolves with the refusal, or null. */
export function take(desk: Desk, id: string): Promise<Refusal | null> {
  desk.expected.add(id);
  return done(desk, { type: "callback.take", ref: newRef(), id });
}

/** Says what came of the call; resolves with the refusal, or null. */
export function report(desk: Desk, id: string, result: Result, note = ""): Promise<Refusal | null> {
  return done(desk, { type: "callback.report", ref: newRef(), id, result, ...(note !== "" && { note }) });
}
