// 全部转接: every conversation of mine held out at once, each an offer of its own, and what became of each. It keeps
// what was sent; what became of it is read from the conversations themselves.

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

/** What became of one, and in whose words where somebody said why. */
export interface Became {
  readonly fate: Fate;
  readonly reason: string;
}

/** Those of mine that nobody is asked about already. */
export function toHandOver(mine: readonly Row[]): Row[] {
  return mine.filter((row) => row.offer?.kind !== "transfer");
}

/** `row` and `entries` as they are now; `me` is who held it out. */
export function became(handed: Handed, row: Row | null, entries: readonly Entry[], me: string): Became {
  if (handed.refusal !== null) return { fate: "refused", reason: "" };
  if (handed.seq === null) return { fate: "sending", reason: "" };
  return told(handed, entries) ?? { fate: standing(row, me), reason: "" };
}

const ENDS: Record<string, Fate> = { expired: "expired", withdrawn: "withdrawn" };

/** By the entries that came after the offer; of another offer they say nothing. */
function told({ seq, target }: Handed, entries: readonly Entry[]): Became | null {
  const offer = offerOf(entries.find((entry) => entry.seq === seq));
  const after = entries.filter((entry) => entry.seq > (seq ?? 0) && offerOf(entry) === offer);
  for (const { event } of after) {
    if (event?.name === "transferred") return { fate: "accepted", reason: "" };
    if (event?.name === "transfer_ended") return { fate: ENDS[event.reason ?? ""] ?? "ended", reason: "" };
    // One of a group says no; the others are still asked.
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

/** Entries of what is no longer mine may not come any more: then the list says it. */
function standing(row: Row | null, me: string): Fate {
  if (row === null) return "accepted";
  if (row.state === "closed" || row.state === "waiting") return "ended";
  return row.owner?.id === me ? "offered" : "accepted";
}

/** Those that are still with me and nobody is asked about: what a second try is for. */
export function leftOver(all: readonly (readonly [Handed, Became])[]): Row[] {
  const open = new Set<Fate>(["refused", "declined", "expired", "withdrawn"]);
  return all.filter(([, { fate }]) => open.has(fate)).map(([handed]) => handed.row);
}

export function fates(desk: Desk): (readonly [Handed, Became])[] {
  const { rows, threads } = desk.state.value;
  const me = desk.me.value?.id ?? "";
  return desk.handed.value.map((handed) => {
    const entries = threads.get(handed.conversation)?.entries ?? [];
    return [handed, became(handed, rows.items.get(handed.conversation) ?? null, entries, me)] as const;
  });
}

/** Holds out every one of `rows`; those of an earlier round that are not among them keep their place. */
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
