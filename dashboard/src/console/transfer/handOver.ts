// 全部转接: offers all my conversations at once, each with an offer of its own. It remembers what was sent; the results are
// read from the conversations themselves.

import type { Entry, Row } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import { answered } from "../desk/commands";
import type { Desk } from "../desk/desk";
import type { Handed, Target } from "./handed";

export type Fate =
  | "sending"
  | "refused"
  | "offered"
  | "accepted"
  | "declined"
  | "expired"
  | "withdrawn"
  | "ended";

/** The result of one offer, with the colleague's reason if they gave one. */
export interface Became {
  readonly fate: Fate;
  readonly reason: string;
}

/** My conversations that are not offered already. */
export function toHandOver(mine: readonly Row[]): Row[] {
  return mine.filter((row) => row.offer?.kind !== "transfer");
}

/** The result of an offer. `row` and `entries` as they are now; `me`: the person who offered it. */
export function became(handed: Handed, row: Row | null, entries: readonly Entry[], me: string): Became {
  if (handed.refusal !== null) return { fate: "refused", reason: "" };
  if (handed.seq === null) return { fate: "sending", reason: "" };
  return told(handed, entries) ?? { fate: standing(row, me), reason: "" };
}

const ENDS: Record<string, Fate> = { expired: "expired", withdrawn: "withdrawn" };

/** The result from the entries after the offer; entries about other offers are ignored. */
function told({ seq, target }: Handed, entries: readonly Entry[]): Became | null {
  const offer = offerOf(entries.find((entry) => entry.seq === seq));
  const after = entries.filter((entry) => entry.seq > (seq ?? 0) && offerOf(entry) === offer);
  for (const { event } of after) {
    if (event?.name === "transferred") return { fate: "accepted", reason: "" };
    if (event?.name === "transfer_ended") return { fate: ENDS[event.reason ?? ""] ?? "ended", reason: "" };
    // One member of a group has declined; the others are still asked.
    if (event?.name === "transfer_declined" && "consultant" in target)
      return { fate: "declined", reason: event.reason ?? "" };
  }
  return null;
}

/** The offer that an entry is about. */
export function offerOf(entry: Entry | undefined): string | undefined {
  const event = entry?.event;
  return event && "offer" in event ? (event.offer ?? undefined) : undefined;
}

/** The result from the list, because entries of a conversation that is no longer mine may not arrive. */
function standing(row: Row | null, me: string): Fate {
  if (row === null) return "accepted";
  if (row.state === "closed" || row.state === "waiting") return "ended";
  return row.owner?.id === me ? "offered" : "accepted";
}

/** The conversations that are still mine and not offered to anybody: those for a second attempt. */
export function leftOver(all: readonly (readonly [Handed, Became])[]): Row[] {
  const open = new Set<Fate>(["refused", "declined", "expired", "withdrawn"]);
  return all.filter(([, { fate }]) => open.has(fate)).map(([handed]) => handed.row);
}

/** Every offer with its result. */
export function fates(desk: Desk): (readonly [Handed, Became])[] {
  const { rows, threads } = desk.state.value;
  const me = desk.me.value?.id ?? "";
  return desk.handed.value.map((handed) => {
    const entries = threads.get(handed.conversation)?.entries ?? [];
    return [handed, became(handed, rows.items.get(handed.conversation) ?? null, entries, me)] as const;
  });
}

/** Offers each of `rows`. Results of an earlier round that are not among them stay. */
export async function handOver(
  desk: Desk,
  rows: readonly Row[],
  target: Target,
  note: string,
): Promise<void> {
  const again = new Set(rows.map((row) => row.id));
  const earlier = desk.handed.value.filter(({ conversation }) => !again.has(conversation));
  const fresh = rows.map((row) => ({ conversation: row.id, row, target, seq: null, refusal: null }));
  desk.handed.value = [...earlier, ...fresh];
  await Promise.all(rows.map((row) => holdOut(desk, desk.row(row.id) ?? row, target, note)));
}

async function holdOut(desk: Desk, row: Row, target: Target, note: string): Promise<void> {
  const { id: conversation, fence } = row;
  const answer = await answered(desk, {
    type: "transfer.offer",
    ref: newRef(),
    conversation,
    fence,
    note,
    ...target,
  });
  desk.handed.value = desk.handed.value.map((each) =>
    each.conversation === conversation
      ? { ...each, seq: answer.accepted?.seq ?? null, refusal: answer.refusal }
      : each,
  );
}
