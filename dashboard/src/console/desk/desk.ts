// What the server has told this tab, and how each frame changes it. Pure: the same frames give the same desk. What
// the consultant does, the connection and the screen are elsewhere.

import type {
  Alarm,
  Colleague,
  Entry,
  Me,
  OfflineShown,
  ParticipantShown,
  Person,
  Row,
  StaffServerFrame,
  StaffWelcome,
} from "../../../../widget/src/shared/frames";
import { extended, live, NO_THREAD, readTo, readToEnd, type Thread } from "../thread/thread";
import { changed, type Listing, nothingListed } from "./listing";

/** A typing sign is believed this long (the protocol says: forget it after 6 s by yourself). */
const TYPING_MS = 6_000;

export interface Typist {
  readonly until: number;
  /** None: the visitor. */
  readonly by: Person | null;
}

export interface Desk {
  readonly welcome: StaffWelcome | null;
  readonly me: Me | null;
  readonly rows: Listing<Row>;
  readonly colleagues: Listing<Colleague>;
  readonly offline: Listing<OfflineShown>;
  readonly alarms: readonly Alarm[];
  readonly threads: ReadonlyMap<string, Thread>;
  readonly typing: ReadonlyMap<string, Typist>;
}

export const EMPTY_DESK: Desk = {
  welcome: null,
  me: null,
  rows: nothingListed(),
  colleagues: nothingListed(),
  offline: nothingListed(),
  alarms: [],
  threads: new Map(),
  typing: new Map(),
};

/** The desk after `frame`, which came at `now` (ms, the server's clock). */
export function received(desk: Desk, frame: StaffServerFrame, now: number): Desk {
  switch (frame.type) {
    case "welcome":
      return { ...desk, welcome: frame, me: frame.me, typing: new Map(), alarms: [] };
    case "me":
      return { ...desk, me: frame.me };
    case "conversations":
      return { ...desk, rows: changed(desk.rows, frame) };
    case "colleagues":
      return { ...desk, colleagues: changed(desk.colleagues, frame) };
    case "offline":
      return { ...desk, offline: changed(desk.offline, frame) };
    case "alarms":
      return { ...desk, alarms: frame.alarms ?? [] };
    case "entry":
      return withEntries(desk, frame.conversation, [frame]);
    case "entries":
      return withEntries(desk, frame.conversation, frame.entries);
    case "live":
      return withThread(desk, frame.conversation, live);
    case "seen":
      return seenElsewhere(desk, frame.conversation, frame.seq);
    case "typing":
      return withTyping(desk, frame.conversation, frame.on, frame.by ?? null, now);
    default:
      return desk;
  }
}

/** The copy held is void, or no longer wanted. */
export function without(desk: Desk, conversation: string): Desk {
  const threads = new Map(desk.threads);
  threads.delete(conversation);
  return { ...desk, threads };
}

/** The thread stood at its bottom on a visible screen. */
export function seen(desk: Desk, conversation: string): Desk {
  const thread = desk.threads.get(conversation);
  if (thread === undefined || readToEnd(thread) === thread) return desk;
  return withThread(desk, conversation, readToEnd);
}

/** Another window of mine has had it on its screen up to `seq`. */
export function seenElsewhere(desk: Desk, conversation: string, seq: number): Desk {
  const thread = desk.threads.get(conversation);
  if (thread === undefined || thread.readTo >= seq) return desk;
  return withThread(desk, conversation, (held) => readTo(held, seq));
}

/** Who is writing in it at `now`, if anybody. */
export function typist(desk: Desk, conversation: string, now: number): Typist | null {
  const found = desk.typing.get(conversation);
  return found !== undefined && found.until > now ? found : null;
}

/** What it is to me; a supervisor holds rights over conversations that are not his. */
export interface Standing {
  readonly mine: boolean;
  readonly supervised: boolean;
}

export function standing(row: Row, me: Me): Standing {
  const mine = row.state === "active" && row.owner?.id === me.id;
  return { mine, supervised: me.role === "supervisor" && me.groups.includes(row.group) };
}

/** Whether I had it last and have still to say how it ended. */
export function awaitsOutcome(row: Row, me: Me | null): boolean {
  return row.state === "closed" && !row.outcome && me !== null && row.owner?.id === me.id;
}

export function isMine(row: Row, me: Me): boolean {
  return standing(row, me).mine;
}

/** How I take part in a conversation that is not mine: asked for help, or to join; null when I do not. */
export function partOf(row: Row, me: Me): ParticipantShown | null {
  if (row.state === "closed") return null;
  return row.participants?.find(({ person }) => person.id === me.id) ?? null;
}

/** Whether my words go to its visitor. */
export function answers(row: Row, me: Me): boolean {
  return isMine(row, me) || (row.state === "active" && partOf(row, me)?.joined === true);
}

/** Whether these are my own words. */
export function isBy(entry: Entry, me: Me | null): boolean {
  return entry.kind !== "event" && me !== null && entry.author.person?.id === me.id;
}

/** Conversations I am asked to help with since `before`. */
export function newlyAsked(before: Desk, after: Desk): Row[] {
  return fresh(before, after, (row, me) => partOf(row, me) !== null);
}

/** Rows that are so now and were not in a list that had come before. */
function fresh(before: Desk, after: Desk, is: (row: Row, me: Me) => boolean): Row[] {
  const me = after.me;
  if (me === null || before.rows.version === 0 || before.rows === after.rows) return [];
  return [...after.rows.items.values()].filter((row) => {
    const known = before.rows.items.get(row.id);
    return is(row, me) && (known === undefined || !is(known, me));
  });
}

/** Conversations given to me between two desks, without the first list of all (nothing arrives there). */
export function arrivals(before: Desk, after: Desk): Row[] {
  return fresh(before, after, isMine);
}

function withEntries(desk: Desk, conversation: string, entries: readonly Entry[]): Desk {
  const changed = withThread(desk, conversation, (thread) => extended(thread, entries));
  const last = entries[entries.length - 1];
  // Who has just said something is no longer writing it.
  return last?.kind === "message" ? withTyping(changed, conversation, false, null, 0) : changed;
}

function withThread(desk: Desk, conversation: string, change: (thread: Thread) => Thread): Desk {
  const threads = new Map(desk.threads);
  threads.set(conversation, change(desk.threads.get(conversation) ?? NO_THREAD));
  return { ...desk, threads };
}

function withTyping(desk: Desk, conversation: string, on: boolean, by: Person | null, now: number): Desk {
  if (!on && !desk.typing.has(conversation)) return desk;
  const typing = new Map(desk.typing);
  if (on) typing.set(conversation, { until: now + TYPING_MS, by });
  else typing.delete(conversation);
  return { ...desk, typing };
}
