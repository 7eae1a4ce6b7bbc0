// 留言: what is open, in the order it is due, and what can be done with one. Pure but for the two commands.

import type { OfflineSettle, OfflineShown, PhoneShown } from "../../../../widget/src/shared/frames";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { newRef } from "../../../../widget/src/shared/link/ref";
import { t } from "../../shared/texts";
import type { Refusal } from "../composer/outbox";
import { refusalOf } from "../composer/sending";
import { done, doneForAll } from "../desk/commands";
import type { Desk } from "../desk/desk";
import { refusalSentence } from "../desk/refusalText";
import type { VersionedList } from "../desk/versionedList";

export type Result = OfflineSettle["result"];

export const RESULTS: readonly Result[] = ["answered", "unreachable", "nothing_to_do"];

/** Less than this before it is due it is called near. */
const NEAR_MS = 30 * 60_000;

/** So many stand on the screen at first, and so many more each time: a night's 留言 may be hundreds. */
export const PAGE = 50;

export type Due = "later" | "near" | "overdue";

export function isOpen(message: OfflineShown): boolean {
  return message.settled_at === undefined || message.settled_at === null;
}

export function due(message: OfflineShown, now: number): Due {
  if (now >= message.due_at) return "overdue";
  return message.due_at - now <= NEAR_MS ? "near" : "later";
}

/** 危急 before 需关注 before all others. */
function urgency({ level }: OfflineShown): number {
  return level === "critical" ? 0 : level === "attention" ? 1 : 2;
}

/** Open ones with the emergencies first, then by when they are due; then what was settled, the latest first. */
export function ordered(messages: Iterable<OfflineShown>): { open: OfflineShown[]; settled: OfflineShown[] } {
  const all = [...messages].sort((a, b) => a.due_at - b.due_at || a.left_at - b.left_at);
  const settled = all.filter((message) => !isOpen(message));
  return {
    open: all.filter(isOpen).sort((a, b) => urgency(a) - urgency(b)),
    settled: settled.sort((a, b) => (b.settled_at ?? 0) - (a.settled_at ?? 0)),
  };
}

/** Who may see to it: whoever took it, and a supervisor; nobody's may be taken first. */
export function mayTake(message: OfflineShown, me: string): boolean {
  return isOpen(message) && message.owner?.id !== me;
}

export function maySettle(message: OfflineShown, me: string, role: string): boolean {
  return isOpen(message) && (message.owner?.id === me || role === "supervisor");
}

/** Those that became mine between two lists, without the first list of all. */
export function newlyMine(
  before: VersionedList<OfflineShown>,
  after: VersionedList<OfflineShown>,
  me: string,
): OfflineShown[] {
  if (before.version === 0 || before === after) return [];
  const owned = (message: OfflineShown | undefined) => message?.owner?.id === me;
  return [...after.items.values()].filter(
    (message) => isOpen(message) && owned(message) && !owned(before.items.get(message.id)),
  );
}

/** Whose call it is, and whether there is a number. */
export function mayShowPhone(message: OfflineShown, me: string): boolean {
  return message.owner?.id === me && Boolean(message.phone);
}

/** The whole number, as far as I was shown it and it is still mine to call. */
export function shownPhone(desk: Desk, message: OfflineShown): string | null {
  const me = desk.me.value;
  if (me === null || !mayShowPhone(message, me.id)) return null;
  return desk.phones.value.get(message.id) ?? null;
}

/** As it is dialled: digits, and a plus in front of them. */
export function dialled(phone: string): string {
  return `tel:${phone.replace(/[^\d+]/g, "")}`;
}

/** 显示号码. Answers why not, in a sentence; null when it is shown. */
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

export function take(desk: Desk, id: string): Promise<Refusal | null> {
  desk.expected.add(id);
  return done(desk, { type: "offline.take", ref: newRef(), id });
}

/** The same of several. */
export function settleAll(
  desk: Desk,
  ids: readonly string[],
  result: Result,
  note: string,
): Promise<Refusal | null> {
  return doneForAll(ids, (id) => settle(desk, id, result, note));
}

function settle(desk: Desk, id: string, result: Result, note: string): Promise<Refusal | null> {
  return done(desk, { type: "offline.settle", ref: newRef(), id, result, note });
}
