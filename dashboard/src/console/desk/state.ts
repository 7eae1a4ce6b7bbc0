// What the server has sent this tab, and how each frame changes it. Pure: the same frames give the same desk. The
// consultant's actions, the connection and the screen are elsewhere.

import type {
  Alarm,
  CallbackShown,
  Colleague,
  Entry,
  ListGet,
  Me,
  OfflineShown,
  ParticipantShown,
  Person,
  Row,
  StaffServerFrame,
  StaffWelcome,
} from "../../../../widget/src/shared/frames";
import { extended, live, NO_THREAD, readTo, readToEnd, type Thread } from "../thread/thread";
import { changed, emptyList, type LiveList } from "./liveList";

/** A typing sign ends after this time; the protocol leaves that to the client. */
const TYPING_MS = 6_000;

export interface Typist {
  readonly until: number;
  /** Null: the visitor. */
  readonly by: Person | null;
}

export interface DeskState {
  readonly welcome: StaffWelcome | null;
  readonly me: Me | null;
  readonly rows: LiveList<Row>;
  readonly colleagues: LiveList<Colleague>;
  readonly offline: LiveList<OfflineShown>;
  readonly callbacks: LiveList<CallbackShown>;
  readonly alarms: readonly Alarm[];
  readonly threads: ReadonlyMap<string, Thread>;
  readonly typing: ReadonlyMap<string, Typist>;
}

export const EMPTY_STATE: DeskState = {
  welcome: null,
  me: null,
  rows: emptyList(),
  colleagues: emptyList(),
  offline: emptyList(),
  callbacks: emptyList(),
  alarms: [],
  threads: new Map(),
  typing: new Map(),
};

/** The live lists: their names in frames, and where the desk keeps each. */
const LISTS = {
  conversations: "rows",
  colleagues: "colleagues",
  offline: "offline",
  callbacks: "callbacks",
} as const satisfies Record<ListGet["list"], keyof DeskState>;

/** The lists in which `after` found a gap: each is requested whole, once. */
export function newlyStale(before: DeskState, after: DeskState): ListGet["list"][] {
  const names = Object.keys(LISTS) as ListGet["list"][];
  return names.filter((name) => after[LISTS[name]].stale && !before[LISTS[name]].stale);
}

/** The desk after `frame`, which arrived at `now` (ms by the server's clock). */
export function received(state: DeskState, frame: StaffServerFrame, now: number): DeskState {
  switch (frame.type) {
    case "welcome":
      return { ...state, welcome: frame, me: frame.me, typing: new Map(), alarms: [] };
    case "me":
      return { ...state, me: frame.me };
    case "conversations":
      return { ...state, rows: changed(state.rows, frame) };
    case "colleagues":
      return { ...state, colleagues: changed(state.colleagues, frame) };
    case "offline":
      return { ...state, offline: changed(state.offline, frame) };
    case "callbacks":
      return { ...state, callbacks: changed(state.callbacks, frame) };
    case "alarms":
      return { ...state, alarms: frame.alarms ?? [] };
    case "entry":
      return withEntries(state, frame.conversation, [frame]);
    case "entries":
      return withEntries(state, frame.conversation, frame.entries);
    case "live":
      return withThread(state, frame.conversation, live);
    case "seen":
      return seenElsewhere(state, frame.conversation, frame.seq);
    case "typing":
      return withTyping(state, frame.conversation, frame.on, frame.by ?? null, now);
    default:
      return state;
  }
}

/** The desk without the entries of a conversation that are void or no longer needed. */
export function without(state: DeskState, conversation: string): DeskState {
  const threads = new Map(state.threads);
  threads.delete(conversation);
  return { ...state, threads };
}

/** The thread was at its bottom on a visible screen. */
export function seen(state: DeskState, conversation: string): DeskState {
  const thread = state.threads.get(conversation);
  if (thread === undefined || readToEnd(thread) === thread) return state;
  return withThread(state, conversation, readToEnd);
}

/** Another window of mine has shown it up to `seq`. */
export function seenElsewhere(state: DeskState, conversation: string, seq: number): DeskState {
  const thread = state.threads.get(conversation);
  if (thread === undefined || thread.readTo >= seq) return state;
  return withThread(state, conversation, (held) => readTo(held, seq));
}

/** Who is typing in it at `now`, if anybody. */
export function typist(state: DeskState, conversation: string, now: number): Typist | null {
  const found = state.typing.get(conversation);
  return found !== undefined && found.until > now ? found : null;
}

/** My relation to a conversation. Supervisors have rights in conversations of others. */
export interface Standing {
  readonly mine: boolean;
  readonly supervised: boolean;
}

/** My relation to the row's conversation. */
export function standing(row: Row, me: Me): Standing {
  const mine = row.state === "active" && row.owner?.id === me.id;
  return { mine, supervised: me.role === "supervisor" && me.groups.includes(row.group) };
}

/** Whether I was the last owner and have not set the outcome yet. */
export function awaitsOutcome(row: Row, me: Me | null): boolean {
  return row.state === "closed" && !row.outcome && me !== null && row.owner?.id === me.id;
}

/** Whether I own the conversation. */
export function isMine(row: Row, me: Me): boolean {
  return standing(row, me).mine;
}

/** How I take part in a conversation that is not mine, asked for help or to join; null when I do not. */
export function partOf(row: Row, me: Me): ParticipantShown | null {
  if (row.state === "closed") return null;
  return row.participants?.find(({ person }) => person.id === me.id) ?? null;
}

/** Whether the visitor would read what I write. */
export function answers(row: Row, me: Me): boolean {
  return isMine(row, me) || (row.state === "active" && partOf(row, me)?.joined === true);
}

/**
 * Whether the server sends me its entries: my own, those that I take part in or that are offered to me, and those of a
 * supervisor's groups. Of one that waits, the other consultants see the row alone.
 */
export function mayRead(row: Row, me: Me): boolean {
  if (standing(row, me).supervised || row.offer?.mine || partOf(row, me) !== null) return true;
  return row.state !== "waiting" && row.owner?.id === me.id;
}

/** Whether I wrote this entry. */
export function isBy(entry: Entry, me: Me | null): boolean {
  return entry.kind !== "event" && me !== null && entry.author.person?.id === me.id;
}

/** Conversations that I have been asked to help with since `before`. */
export function newlyAsked(before: DeskState, after: DeskState): Row[] {
  return fresh(before, after, (row, me) => partOf(row, me) !== null);
}

/** Rows for which `is` became true; none when the list arrives for the first time. */
function fresh(before: DeskState, after: DeskState, is: (row: Row, me: Me) => boolean): Row[] {
  const me = after.me;
  if (me === null || before.rows.version === 0 || before.rows === after.rows) return [];
  return [...after.rows.items.values()].filter((row) => {
    const known = before.rows.items.get(row.id);
    return is(row, me) && (known === undefined || !is(known, me));
  });
}

/** Conversations assigned to me between two desks; none when the list arrives for the first time. */
export function arrivals(before: DeskState, after: DeskState): Row[] {
  return fresh(before, after, isMine);
}

function withEntries(state: DeskState, conversation: string, entries: readonly Entry[]): DeskState {
  const changed = withThread(state, conversation, (thread) => extended(thread, entries));
  const last = entries[entries.length - 1];
  // A person whose message or file has arrived is no longer typing it.
  return last?.kind === "message" || last?.kind === "file"
    ? withTyping(changed, conversation, false, null, 0)
    : changed;
}

function withThread(state: DeskState, conversation: string, change: (thread: Thread) => Thread): DeskState {
  const threads = new Map(state.threads);
  threads.set(conversation, change(state.threads.get(conversation) ?? NO_THREAD));
  return { ...state, threads };
}

function withTyping(
  state: DeskState,
  conversation: string,
  on: boolean,
  by: Person | null,
  now: number,
): DeskState {
  if (!on && !state.typing.has(conversation)) return state;
  const typing = new Map(state.typing);
  if (on) typing.set(conversation, { until: now + TYPING_MS, by });
  else typing.delete(conversation);
  return { ...state, typing };
}
