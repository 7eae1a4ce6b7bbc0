// One conversation's transcript as this tab holds it: entries in order, how far they were read, and their groups on the
// screen. It is ordered by `seq`, never by time.

import type { Entry } from "../../../../widget/src/shared/frames";

export interface Thread {
  readonly entries: readonly Entry[];
  /** The replay is complete; entries from now on are new. */
  readonly live: boolean;
  /** The last seq that was on the screen while the thread was at its end. */
  readonly readTo: number;
}

export const NO_THREAD: Thread = { entries: [], live: false, readTo: 0 };

/** Entries of one author within this time form a group; a longer pause shows the time. */
const GROUP_MS = 5 * 60_000;

/** Adds entries. The link delivers them once and in order; entries that are here already are dropped anyway. */
export function extended(thread: Thread, entries: readonly Entry[]): Thread {
  const last = lastSeq(thread);
  const fresh = entries.filter((entry) => entry.seq > last);
  if (fresh.length === 0) return thread;
  return { ...thread, entries: [...thread.entries, ...fresh] };
}

/**
 * Marks the replay as complete. A thread that is opened for the first time counts as read up to the last human answer:
 * nobody has dealt with what the visitor wrote since.
 */
export function live(thread: Thread): Thread {
  if (thread.live) return thread;
  const answered = [...thread.entries].reverse().find((entry) => isAnswer(entry));
  return { ...thread, live: true, readTo: Math.max(thread.readTo, answered?.seq ?? 0) };
}

/** Marks everything as read. */
export function readToEnd(thread: Thread): Thread {
  return readTo(thread, lastSeq(thread));
}

/** Marks everything up to `seq` as read. */
export function readTo(thread: Thread, seq: number): Thread {
  return thread.readTo >= seq ? thread : { ...thread, readTo: seq };
}

/** The seq of the last entry; 0 when there is none. */
export function lastSeq(thread: Thread): number {
  return thread.entries[thread.entries.length - 1]?.seq ?? 0;
}

/** Messages of the visitor that have not been on the screen yet. */
export function unread(thread: Thread): readonly Entry[] {
  return thread.entries.filter((entry) => entry.seq > thread.readTo && isVisitorMessage(entry));
}

/** Whether an entry is a message or a file of the visitor. */
export function isVisitorMessage(entry: Entry): boolean {
  return isSaid(entry) && entry.author.kind === "visitor";
}

function isAnswer(entry: Entry): boolean {
  return isSaid(entry) && entry.author.kind === "consultant";
}

/** Whether both sides see the entry as a bubble. */
export function isSaid({ kind }: Entry): boolean {
  return kind === "message" || kind === "file";
}

/** One line of the screen. */
export type Line =
  | { kind: "time"; key: string; at: number }
  | { kind: "unread"; key: string; at: number }
  | { kind: "event"; key: string; entry: Entry }
  /** A run of events that would hide the messages; the last one represents all. */
  | { kind: "events"; key: string; entries: readonly Entry[] }
  | { kind: "note"; key: string; entry: Entry }
  | { kind: "message"; key: string; entry: Entry; first: boolean };

/** The lines for `entries`. The separator comes before the seq `unreadFrom`. */
export function lines(entries: readonly Entry[], unreadFrom: number | null): Line[] {
  const shown: Line[] = [];
  let before: Entry | null = null;
  for (const entry of entries) {
    const separated = entry.seq === unreadFrom;
    const late = before === null || entry.at - before.at > GROUP_MS;
    if (late) shown.push({ kind: "time", key: `time-${entry.seq}`, at: entry.at });
    if (separated) shown.push({ kind: "unread", key: "unread", at: entry.at });
    const key = `entry-${entry.seq}`;
    if (entry.kind === "message" || entry.kind === "file") {
      const first = separated || late || before === null || !sameVoice(before, entry);
      shown.push({ kind: "message", key, entry, first });
    } else {
      shown.push({ kind: entry.kind, key, entry });
    }
    before = entry;
  }
  return folded(shown);
}

/** From this number on, consecutive events without a message between them are folded. */
const RUN = 3;

/** Events that must be visible without a click. */
const NEVER_FOLDED = ["emergency_noticed", "closed", "reopened"];

function folded(all: readonly Line[]): Line[] {
  const found: Line[] = [];
  let run: Entry[] = [];
  const flush = () => {
    const first = run[0];
    if (first !== undefined && run.length >= RUN)
      found.push({ kind: "events", key: `events-${first.seq}`, entries: run });
    else found.push(...run.map((entry) => ({ kind: "event" as const, key: `entry-${entry.seq}`, entry })));
    run = [];
  };
  for (const line of all) {
    if (line.kind === "event" && !NEVER_FOLDED.includes(line.entry.event?.name ?? "")) {
      run.push(line.entry);
    } else {
      flush();
      found.push(line);
    }
  }
  flush();
  return found;
}

function sameVoice(one: Entry, other: Entry): boolean {
  return (
    isSaid(one) &&
    isSaid(other) &&
    one.author.kind === other.author.kind &&
    one.author.person?.id === other.author.person?.id
  );
}
