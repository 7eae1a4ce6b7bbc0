// Actions on conversations: claim one from the queue, accept or decline an offer, transfer it, end it. Each resolves
// with the refusal, or null when it is done; the row shows what has changed.

import type { ConversationClose, Me, Row } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { Refusal } from "../../shared/refusalText";
import { type Command, done } from "./commands";
import type { Desk } from "./desk";
import { answers, isMine, partOf } from "./state";

export type Outcome = NonNullable<ConversationClose["outcome"]>;

export const OUTCOMES: readonly Outcome[] = [
  "booked",
  "contact_left",
  "answered",
  "left_midway",
  "returning_patient",
  "not_medical",
  "harassment",
  "competitor",
  "test",
];

export type Availability = "online" | "busy" | "break" | "offline";

export const AVAILABILITIES: readonly Availability[] = ["online", "busy", "break", "offline"];

/** 接入. When somebody else was faster, the refusal says who. */
export function claim(desk: Desk, row: Row): Promise<Refusal | null> {
  return take(desk, row, { type: "conversation.claim", ref: newRef(), conversation: row.id });
}

/** Accepts an offer. */
export function accept(desk: Desk, row: Row): Promise<Refusal | null> {
  const offer = row.offer?.id ?? "";
  return take(desk, row, { type: "offer.accept", ref: newRef(), conversation: row.id, offer });
}

/** Declines an offer. */
export function decline(desk: Desk, row: Row, reason: string): Promise<Refusal | null> {
  const offer = row.offer?.id ?? "";
  return done(desk, { type: "offer.decline", ref: newRef(), conversation: row.id, offer, reason });
}

/** Withdraws an offer that somebody has not answered yet. */
export function withdraw(desk: Desk, row: Row): Promise<Refusal | null> {
  const offer = row.offer?.id ?? "";
  return done(desk, { type: "offer.withdraw", ref: newRef(), conversation: row.id, offer });
}

/** 转接 to a colleague or to a group. */
export function offer(
  desk: Desk,
  row: Row,
  to: { consultant: string } | { group: string },
  note: string,
): Promise<Refusal | null> {
  const { id: conversation, fence } = row;
  return done(desk, { type: "transfer.offer", ref: newRef(), conversation, fence, note, ...to });
}

/** Ends a conversation with its outcome. */
export function end(desk: Desk, row: Row, outcome: Outcome): Promise<Refusal | null> {
  const { id: conversation, fence } = row;
  return done(desk, { type: "conversation.close", ref: newRef(), conversation, fence, outcome });
}

/** 重新打开: the conversation is mine again at once. */
export function reopen(desk: Desk, row: Row): Promise<Refusal | null> {
  const { id: conversation, fence } = row;
  return take(desk, row, { type: "conversation.reopen", ref: newRef(), conversation, fence });
}

/** Sets or corrects the outcome of an ended conversation. */
export function setOutcome(desk: Desk, row: Row, outcome: Outcome): Promise<Refusal | null> {
  return done(desk, { type: "outcome.set", ref: newRef(), conversation: row.id, outcome });
}

/** Sets the department. This does not move the conversation to another group; a transfer does. */
export function setDepartment(desk: Desk, row: Row, department: string): Promise<Refusal | null> {
  return done(desk, { type: "department.set", ref: newRef(), conversation: row.id, department });
}

/** Whether I may set the department: those who answer and supervisors of the group may. */
export function maySetDepartment(row: Row, me: Me): boolean {
  if (row.state === "closed") return false;
  return answers(row, me) || (me.role === "supervisor" && me.groups.includes(row.group));
}

/** 退回排队: to the head of the queue, with a note for the next consultant. */
export function release(desk: Desk, row: Row, note: string): Promise<Refusal | null> {
  const { id: conversation, fence } = row;
  return done(desk, { type: "conversation.release", ref: newRef(), conversation, fence, note });
}

/** Sets my availability, with a reason if there is one. */
export function setAvailability(
  desk: Desk,
  availability: Availability,
  reason = "",
): Promise<Refusal | null> {
  return done(desk, { type: "availability.set", ref: newRef(), availability, reason });
}

/** What I may do with the row. The server decides; this only hides buttons that would be refused. */
export function rights(desk: Desk, row: Row) {
  const me = desk.me.value;
  const mine = me !== null && isMine(row, me);
  const inGroup = me?.groups.includes(row.group) ?? false;
  const supervises = me?.role === "supervisor" && inGroup;
  const open = row.state !== "closed" && !desk.isGone(row.id);
  const servedIt = row.state === "closed" && row.owner?.id === me?.id;
  const part = me === null ? null : partOf(row, me);
  const waits = row.state === "waiting" && open;
  return {
    reply: me !== null && answers(row, me) && open,
    note: !desk.isGone(row.id) && (supervises || mine || servedIt || part !== null),
    transfer: row.state === "active" && open && !row.offer && (mine || supervises),
    end: open && (mine || supervises),
    claim: waits && inGroup && (!row.offer || row.offer.mine),
    reopen: servedIt && !desk.isGone(row.id) && (row.reopen_until ?? 0) > desk.now.value,
    outcome: servedIt && !desk.isGone(row.id),
    release: mine && open && row.offer?.kind !== "transfer",
    assign: waits && supervises,
    forward: waits && supervises && (row.priority ?? "normal") === "normal",
    dismiss: open && supervises && Boolean(row.emergency),
    ask: row.state === "active" && open && (mine || supervises),
    join: row.state === "active" && open && mayJoin(part, supervises && !mine),
    leave: open && part !== null,
    letGo: mine && open,
    withdraw: open && row.offer?.kind === "transfer" && (mine || row.offer.by?.id === me?.id),
  };
}

/** Whether I may join: colleagues who were asked to join, and supervisors, once. */
function mayJoin(part: ReturnType<typeof partOf>, supervises: boolean): boolean {
  if (part?.joined) return false;
  return supervises || part?.asked_for === "join";
}

/** What Alt+Enter takes: a ring for me, else the first conversation in the queue that I may claim. */
export function nextToTake(desk: Desk): Row | null {
  const rows = desk.state.value.rows.items;
  const ids = (name: string) => desk.wanted.value.find((section) => section.name === name)?.ids ?? [];
  const rings = ids("offered").map((id) => rows.get(id));
  const ring = rings.find((row) => row?.offer?.kind === "ring");
  const queued = ids("queue").map((id) => rows.get(id));
  return ring ?? queued.find((row) => row !== undefined && rights(desk, row).claim) ?? null;
}

/** Takes that conversation, or shows the notice that nobody waits. */
export async function takeNext(desk: Desk, nobody: () => string): Promise<void> {
  const row = nextToTake(desk);
  if (row === null) desk.notices.tell("info", nobody);
  else await takeOrTell(desk, row);
}

/** Accepts or claims a conversation and opens it; shows a notice when that was refused. */
export async function takeOrTell(desk: Desk, row: Row): Promise<void> {
  const refusal = await (row.offer?.mine ? accept(desk, row) : claim(desk, row));
  if (refusal !== null) desk.notices.problem(refusal);
  // If I have begun to write meanwhile, my text must not end up in front of another patient.
  else if (!desk.isWriting.value) desk.select(row.id);
}

async function take(desk: Desk, row: Row, frame: Command): Promise<Refusal | null> {
  desk.expected.add(row.id);
  desk.taking.add(row.id);
  const refusal = await done(desk, frame);
  if (refusal !== null) {
    desk.expected.delete(row.id);
    desk.taking.delete(row.id);
  }
  return refusal;
}
