// The lines of the transcript: grouped bubbles, with days and longer pauses between them. Pure except for the zone.

import type { VNode } from "preact";
import type { Entry, Event, Person } from "../../shared/frames";
import { dayOf } from "../../shared/zone";
import { givenTo } from "../chat/selectors";
import type { Pending, State } from "../chat/state";

/** A pause this long gets a time line and ends a group of bubbles. */
export const PAUSE_MS = 5 * 60_000;
/**
 * From this number on, consecutive events without a message between them are folded; the last one shows the present
 * situation.
 */
const RUN = 3;

export type Happened =
  | { kind: "time"; key: string; at: number }
  | { kind: "event"; key: string; event: Event; owner: Person | null };

export type Line =
  | Happened
  | { kind: "day"; key: string; at: number }
  | { kind: "fold"; key: string; events: number; lines: Happened[] }
  | { kind: "bubble"; key: string; entry: Entry; mine: boolean; first: boolean; last: boolean }
  | { kind: "pending"; key: string; pending: Pending; first: boolean; last: boolean };

/** Draws the line of a file. `who`: who sent it, in words. */
export type FileShower = (
  line: Extract<Line, { kind: "bubble" }>,
  { who, delivered }: { who: string; delivered: boolean },
) => VNode;

/** The lines for entries and pending texts. */
export function lines({ entries, pending }: Pick<State, "entries" | "pending">): Line[] {
  const all: Line[] = [];
  let before: Entry | null = null;
  let owner: Person | null = null;
  for (const entry of entries) {
    if (!isShown(entry)) continue;
    if (before === null || dayOf(before.at) !== dayOf(entry.at)) {
      all.push({ kind: "day", key: `day${entry.seq}`, at: entry.at });
    } else if (entry.at - before.at > PAUSE_MS) {
      all.push({ kind: "time", key: `time${entry.seq}`, at: entry.at });
    }
    before = entry;
    if (entry.event) owner = givenTo(entry.event) ?? owner;
    all.push(lineOf(entry, owner));
  }
  for (const each of pending) {
    all.push({ kind: "pending", key: each.ref, pending: each, first: false, last: false });
  }
  return grouped(folded(all));
}

/** Folds runs of events with the times between them; day lines are not folded. */
function folded(all: Line[]): Line[] {
  const found: Line[] = [];
  let run: Happened[] = [];
  const flush = () => {
    found.push(...foldedRun(run));
    run = [];
  };
  for (const line of all) {
    if (line.kind === "event" || (line.kind === "time" && run.length > 0)) {
      run.push(line);
    } else {
      flush();
      found.push(line);
    }
  }
  flush();
  return found;
}

/**
 * Folds a run from its first event on. The last event and its time stay, and so does a time that belongs to a message.
 */
function foldedRun(run: Happened[]): Line[] {
  const places = run.flatMap(({ kind }, place) => (kind === "event" ? [place] : []));
  const first = run[0];
  if (first === undefined || places.length < RUN) return run;
  const kept = (places[places.length - 2] ?? 0) + 1;
  const fold = {
    kind: "fold",
    key: `fold${first.key}`,
    events: places.length - 1,
    lines: run.slice(0, kept),
  } as const;
  return [fold, ...run.slice(kept)];
}

function isShown({ kind, event }: Entry): boolean {
  return kind !== "event" || event?.name !== "opened";
}

/** `owner`: the owner of the conversation at that time. */
function lineOf(entry: Entry, owner: Person | null): Line {
  if (entry.kind === "event" && entry.event)
    return { kind: "event", key: entry.id, event: entry.event, owner };
  const mine = entry.author.kind === "visitor";
  // The pending bubble of this text has the same key, so that it changes instead of being read aloud again.
  return { kind: "bubble", key: entry.ref ?? entry.id, entry, mine, first: false, last: false };
}

function grouped(all: Line[]): Line[] {
  const speakers = all.map(speaker);
  return all.map((line, place) => {
    if (line.kind !== "bubble" && line.kind !== "pending") return line;
    const first = speakers[place] !== speakers[place - 1];
    const last = speakers[place] !== speakers[place + 1];
    return { ...line, first, last };
  });
}

function speaker(line: Line): string | null {
  if (line.kind === "pending") return "me";
  if (line.kind !== "bubble") return null;
  return line.mine ? "me" : `other ${line.entry.author.person?.number ?? ""}`;
}
