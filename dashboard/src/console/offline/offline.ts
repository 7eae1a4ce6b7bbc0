// 留言: the open ones in the order in which they are due, and what can be done with one. Pure except for the commands.

import type { OfflineSettle, OfflineShown } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { Refusal } from "../../shared/refusalText";
import { done, doneForAll } from "../desk/commands";
import type { Desk } from "../desk/desk";
import type { LiveList } from "../desk/liveList";

export type Result = OfflineSettle["result"];

export const RESULTS: readonly Result[] = ["answered", "unreachable", "nothing_to_do"];

/** A 留言 that is due within this time counts as near. */
const NEAR_MS = 30 * 60_000;

export type Due = "later" | "near" | "overdue";

/** Whether a 留言 is not settled yet. */
export function isOpen(message: OfflineShown): boolean {
  return message.settled_at === undefined || message.settled_at === null;
}

/** How near the due time is. */
export function due(message: OfflineShown, now: number): Due {
  if (now >= message.due_at) return "overdue";
  return message.due_at - now <= NEAR_MS ? "near" : "later";
}

/** The rank of a level: 危急 before 需关注 before all others. */
function urgency({ level }: OfflineShown): number {
  return level === "critical" ? 0 : level === "attention" ? 1 : 2;
}

/** Open ones, emergencies first, then by due time; and settled ones, the latest first. */
export function ordered(messages: Iterable<OfflineShown>): { open: OfflineShown[]; settled: OfflineShown[] } {
  const all = [...messages].sort((a, b) => a.due_at - b.due_at || a.left_at - b.left_at);
  const settled = all.filter((message) => !isOpen(message));
  return {
    open: all.filter(isOpen).sort((a, b) => urgency(a) - urgency(b)),
    settled: settled.sort((a, b) => (b.settled_at ?? 0) - (a.settled_at ?? 0)),
  };
}

/** Whether I may take it: everybody may take an open 留言, also from another owner. */
export function mayTake(message: OfflineShown, me: string): boolean {
  return isOpen(message) && message.owner?.id !== me;
}

/** Whether I may settle it: the owner and supervisors may. */
export function maySettle(message: OfflineShown, me: string, role: string): boolean {
  return isOpen(message) && (message.owner?.id === me || role === "supervisor");
}

/** The 留言 that became mine between two lists; none when the list arrives for the first time. */
export function newlyMine(
  before: LiveList<OfflineShown>,
  after: LiveList<OfflineShown>,
  me: string,
): OfflineShown[] {
  if (before.version === 0 || before === after) return [];
  const owned = (message: OfflineShown | undefined) => message?.owner?.id === me;
  return [...after.items.values()].filter(
    (message) => isOpen(message) && owned(message) && !owned(before.items.get(message.id)),
  );
}

/** Whether I may see the number: I am the owner, and there is one. */
export function mayShowPhone(message: OfflineShown, me: string): boolean {
  return message.owner?.id === me && Boolean(message.phone);
}

/** Takes a 留言; resolves with the refusal, or null. */
export function take(desk: Desk, id: string): Promise<Refusal | null> {
  desk.expected.add(id);
  return done(desk, { type: "offline.take", ref: newRef(), id });
}

/** Settles several at once. `answer`: what their visitors can read with the 查询码; empty: nothing. */
export function settleAll(
  desk: Desk,
  ids: readonly string[],
  result: Result,
  note: string,
  answer = "",
): Promise<Refusal | null> {
  return doneForAll(ids, (id) => settle(desk, id, result, note, answer));
}

function settle(
  desk: Desk,
  id: string,
  result: Result,
  note: string,
  answer: string,
): Promise<Refusal | null> {
  return done(desk, {
    type: "offline.settle",
    ref: newRef(),
    id,
    result,
    note,
    ...(answer !== "" && { answer }),
  });
}
