// 留言: the open ones in the order in which they are due, and what can be done with one. Pure except for the commands.

import type { OfflineSettle, OfflineShown, PhoneShown } from "../../../../widget/src/shared/frames";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { newRef } from "../../../../widget/src/shared/link/ref";
import { type Refusal, refusalSentence } from "../../shared/refusalText";
import { t } from "../../shared/texts";
import { refusalOf } from "../composer/sending";
import { done, doneForAll } from "../desk/commands";
import type { Desk } from "../desk/desk";
import type { LiveList } from "../desk/liveList";

export type Result = OfflineSettle["result"];

export const RESULTS: readonly Result[] = ["answered", "unreachable", "nothing_to_do"];

/** A 留言 that is due within this time counts as near. */
const NEAR_MS = 30 * 60_000;

/** The number shown at first, and added each time: after a night there may be hundreds. */
export const PAGE = 50;

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

/** The whole number, if it was revealed to me and the 留言 is still mine. */
export function shownPhone(desk: Desk, message: OfflineShown): string | null {
  const me = desk.me.value;
  if (me === null || !mayShowPhone(message, me.id)) return null;
  return desk.phones.value.get(message.id) ?? null;
}

/** The link that dials a number: digits, with a leading plus. */
export function dialled(phone: string): string {
  return `tel:${phone.replace(/[^\d+]/g, "")}`;
}

/** 显示号码. Resolves with the reason in a sentence when the number is not shown, else null. */
export async function showPhone(desk: Desk, id: string): Promise<string | null> {
  try {
    const { phone } = await desk.link.request<PhoneShown>({ type: "offline.reveal", ref: newRef(), id });
    desk.phones.value = new Map(desk.phones.value).set(id, phone);
    return null;
  } catch (error) {
    if (error instanceof RefusedError && error.code === "rate_limited" && error.retryMs !== undefined)
      return t("console.offline.phone.limited", { n: Math.ceil(error.retryMs / 60_000) });
    return refusalSentence(refusalOf(error));
  }
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
