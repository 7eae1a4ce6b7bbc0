// What the visitor's screen knows, and how each thing that happens changes it. Pure: no clock, no network, no
// storage, no texts.

import type {
  DepartmentHours,
  Entry,
  Event,
  Limits,
  Person,
  SiteShown,
  Standing,
  VisitorServerFrame,
} from "../../shared/frames";

/** Why a text was not taken. `again`: whether the same text may be sent under the same ref. */
export interface Failure {
  code: string;
  again: boolean;
  details: Record<string, string | number>;
}

/** A text of the visitor that is not in the transcript yet. */
export interface Pending {
  ref: string;
  body: string;
  /** When it was written, ms by this machine. */
  at: number;
  /** Where it belongs; null opens a conversation in `department`. */
  conversation: string | null;
  department: string;
  accepted: boolean;
  failure: Failure | null;
}

export interface State {
  site: SiteShown | null;
  limits: Limits;
  /** Of each department, whether it is served now; none are told by a server that keeps no hours. */
  hours: DepartmentHours[];
  standing: Standing | null;
  /** Of which conversation `entries` are. */
  conversation: string | null;
  entries: Entry[];
  pending: Pending[];
  /** What is said so far was replayed; what comes now is new. */
  live: boolean;
  /** The other side writes. */
  typing: boolean;
  /** Up to and with this place everything was seen; null: what the replay brings counts as seen. */
  seen: number | null;
  /** The visitor wants to write again after the end. */
  continuing: boolean;
  /** The session ended and another began: the old transcript was put away. */
  expired: boolean;
  /** The visitor has ended it, in this tab: of it nothing is shown any more but whom one can rate. */
  over: boolean;
}

export type Happening =
  | { kind: "frame"; frame: VisitorServerFrame; watched: boolean }
  | { kind: "wrote"; pending: Pending }
  | { kind: "failed"; ref: string; failure: Failure }
  | { kind: "again"; ref: string; by: Partial<Pending> }
  | { kind: "withdrew"; ref: string }
  | { kind: "closed"; hours: DepartmentHours }
  | { kind: "reset"; conversation: string }
  | { kind: "expired" }
  | { kind: "finished" }
  | { kind: "rated"; part: number | null; stars: number }
  | { kind: "unrateable" }
  | { kind: "continues" }
  | { kind: "disconnected" }
  | { kind: "stoppedTyping" }
  | { kind: "looked" }
  | { kind: "remembered"; seen: number };

export const START: State = {
  site: null,
  limits: { message: 1000, note: 2000 },
  hours: [],
  standing: null,
  conversation: null,
  entries: [],
  pending: [],
  live: false,
  typing: false,
  seen: null,
  continuing: false,
  expired: false,
  over: false,
};

export function next(state: State, happening: Happening): State {
  switch (happening.kind) {
    case "frame":
      return heard(state, happening.frame, happening.watched);
    case "wrote":
      return { ...state, pending: [...state.pending, happening.pending], expired: false };
    case "failed":
      return changePending(state, happening.ref, { failure: happening.failure });
    case "again":
      return changePending(state, happening.ref, { ...happening.by, failure: null, accepted: false });
    case "withdrew":
      return { ...state, pending: state.pending.filter(({ ref }) => ref !== happening.ref) };
    case "closed":
      return { ...state, hours: [...state.hours.filter(isOther(happening.hours)), happening.hours] };
    case "reset":
      return happening.conversation === state.conversation ? { ...state, entries: [], live: false } : state;
    case "expired":
      return {
        ...START,
        site: state.site,
        hours: state.hours,
        pending: state.pending,
        expired: state.entries.length > 0,
      };
    case "finished":
      return finished(state);
    case "rated":
      return { ...state, standing: state.standing && ratedWith(state.standing, happening) };
    case "unrateable":
      return {
        ...state,
        standing: state.standing && { ...state.standing, rating_until: null, rateable: [] },
      };
    case "continues":
      return { ...state, continuing: true };
    case "disconnected":
      return { ...state, typing: false };
    case "stoppedTyping":
      return state.typing ? { ...state, typing: false } : state;
    case "looked":
      return looked(state);
    case "remembered":
      return { ...state, seen: happening.seen };
  }
}

function heard(state: State, frame: VisitorServerFrame, watched: boolean): State {
  if (state.over) return heardAfterwards(state, frame);
  switch (frame.type) {
    case "welcome": {
      const known = { ...state, site: frame.site, limits: frame.limits, hours: frame.hours ?? [] };
      if (frame.standing) return stands(known, frame.standing);
      return { ...known, standing: null, conversation: null, entries: [], live: true };
    }
    case "conversation":
      return stands(state, frame);
    case "hours":
      return { ...state, hours: frame.departments };
    case "entry":
      return told(state, [frame], watched);
    case "entries":
      return told(state, frame.entries, watched);
    case "live":
      return frame.conversation === state.conversation ? replayed(state) : state;
    case "accepted":
      return changePending(state, frame.ref, { accepted: true });
    case "typing":
      return frame.conversation === state.conversation ? { ...state, typing: frame.on } : state;
    case "seen":
      return frame.conversation === state.conversation ? seenTo(state, frame.seq) : state;
    default:
      return state;
  }
}

/** Ended by the visitor: the next person at this screen must find no word of it, and not what it was about. */
function finished(state: State): State {
  const { site, limits, hours, conversation, standing } = state;
  const rest = { site, limits, hours, conversation, standing: standing && remains(standing) };
  return { ...START, ...rest, live: true, over: true };
}

function heardAfterwards(state: State, frame: VisitorServerFrame): State {
  switch (frame.type) {
    case "welcome":
      return { ...state, site: frame.site, limits: frame.limits, hours: frame.hours ?? [] };
    case "conversation":
      if (frame.conversation !== state.conversation || frame.state !== "closed") return state;
      return { ...state, standing: remains(frame) };
    case "hours":
      return { ...state, hours: frame.departments };
    default:
      return state;
  }
}

/** What of a standing is left after the visitor's own end. Who can be rated is known once the server has closed it. */
function remains({
  type,
  conversation,
  state,
  served_by,
  rating_until,
  stars,
  rateable,
}: Standing): Standing {
  const over = { type, conversation, state: "closed", department: "", closed_by: "visitor" } as const;
  const rest: Standing = { ...over, served_by: served_by ?? null };
  if (state !== "closed") return { ...rest, rateable: [] };
  const rating = { rating_until: rating_until ?? null, stars: stars ?? null };
  return { ...rest, ...rating, ...(rateable && { rateable }) };
}

/** The server tells it to those alone who did not lose their connection since. */
function ratedWith(standing: Standing, { part, stars }: { part: number | null; stars: number }): Standing {
  const isLast = part === null || part === standing.served_by?.part;
  const rateable = standing.rateable?.map((each) => (each.part === part ? { ...each, stars } : each));
  return { ...standing, ...(isLast && { stars }), ...(rateable && { rateable }) };
}

function stands(state: State, standing: Standing): State {
  const same = standing.conversation === state.conversation;
  const continuing = state.continuing && standing.state === "closed" && same;
  const typing = state.typing && standing.state === "active";
  if (same) return { ...state, standing: withReason(standing, state.standing), continuing, typing };
  const { conversation } = standing;
  return {
    ...state,
    standing,
    conversation,
    entries: [],
    live: false,
    seen: null,
    typing: false,
    continuing,
    expired: false,
  };
}

/** Why his place became worse is said until it becomes better, not only until the next estimate. */
function withReason(standing: Standing, before: Standing | null): Standing {
  if (standing.state !== "waiting" || before?.state !== "waiting" || standing.rose || !before.rose)
    return standing;
  return (standing.ahead ?? 0) < (before.ahead ?? 0) ? standing : { ...standing, rose: before.rose };
}

function isOther({ department }: DepartmentHours): (hours: DepartmentHours) => boolean {
  return (hours) => hours.department !== department;
}

function told(state: State, entries: Entry[], watched: boolean): State {
  const first = entries[0];
  if (first === undefined || first.conversation !== state.conversation) return state;
  const refs = new Set(entries.map(({ ref }) => ref));
  const sentHere = new Set(state.pending.map(({ ref }) => ref));
  const grown = {
    ...state,
    entries: [...state.entries, ...entries],
    pending: state.pending.filter(({ ref }) => !refs.has(ref)),
    typing: state.typing && !entries.some(isAnswer),
  };
  // Whoever wrote in another tab has read there what stood before it.
  const own = entries.filter(({ author, ref }) => author.kind === "visitor" && !sentHere.has(ref ?? ""));
  return watched ? looked(grown) : seenTo(grown, own.pop()?.seq ?? 0);
}

/** While it is not known yet how far was read, the replay says it. */
function seenTo(state: State, seq: number): State {
  return state.seen === null || state.seen >= seq ? state : { ...state, seen: seq };
}

function replayed(state: State): State {
  return { ...(state.seen === null ? looked(state) : state), live: true };
}

function looked(state: State): State {
  const seen = state.entries[state.entries.length - 1]?.seq ?? 0;
  return seen === state.seen ? state : { ...state, seen };
}

function changePending(state: State, ref: string, by: Partial<Pending>): State {
  const pending = state.pending.map((each) => (each.ref === ref ? { ...each, ...by } : each));
  return { ...state, pending };
}

// What follows from a state.

/** Whether answers are seen now that were not before: the other tabs may still call them new. */
export function showsAnswers({ seen: before }: State, { entries, seen }: State): boolean {
  if (before === null || seen === null) return false;
  return entries.some((entry) => entry.seq > before && entry.seq <= seen && isAnswer(entry));
}

/** How many of the consultant's messages were not seen. */
export function unread({ entries, seen }: State): number {
  return seen === null ? 0 : entries.filter((entry) => entry.seq > seen && isAnswer(entry)).length;
}

function isAnswer({ kind, author }: Entry): boolean {
  return kind === "message" && author.kind === "consultant";
}

/** Whether a first message is on its way: until it is taken, there is no conversation a second could go to. */
export function isOpening({ pending }: State): boolean {
  return pending.some(
    ({ conversation, failure, accepted }) => conversation === null && !failure && !accepted,
  );
}

/** Whether the next text opens a new conversation, and so needs a department. `now`: ms by the server. */
export function needsDepartment({ standing }: State, now: number): boolean {
  if (standing === null) return true;
  return standing.state === "closed" && now >= (standing.reopen_until ?? 0);
}

export function isOpen({ standing }: State): boolean {
  return standing !== null && standing.state !== "closed";
}

/** Who answered last, for the end. */
export function lastServed({ entries, standing }: State): Person | null {
  if (standing?.served_by) return standing.served_by;
  for (const { event } of entries.slice().reverse()) {
    const given = event ? givenTo(event) : null;
    if (given) return given;
  }
  return null;
}

/** Whose it is from this event on; null when it tells nothing of that, as when a colleague joins. */
export function givenTo({ name, consultant }: Event): Person | null {
  return name === "assigned" || name === "transferred" ? (consultant ?? null) : null;
}

/** Whether the visitor waits while nobody is there to read: nobody is here, or it is outside the hours. */
export function isAlone(standing: Standing | null): boolean {
  if (standing?.state !== "waiting") return false;
  return standing.service === "nobody" || standing.service === "closed" || standing.nobody === true;
}

/** Whether the words were an emergency with a banner, and nobody is there to read them. */
export function isAloneInAnEmergency(state: State): boolean {
  return isAlone(state.standing) && emergencies(state).some((kind) => kind !== "protect");
}

/** The classes of emergency that were noticed in this conversation, the latest first. */
export function emergencies({ entries }: Pick<State, "entries">): string[] {
  const noticed = entries.filter(({ event }) => event?.name === "emergency_noticed");
  return [...new Set(noticed.map(({ event }) => event?.emergency ?? "body").reverse())];
}

/** What he has written here, for a 留言 in place of it: whole messages, as many of the last as fit. */
export function ownWords({ entries, pending, limits }: State): string {
  const mine = entries.filter(({ kind, author }) => kind === "message" && author.kind === "visitor");
  let words = "";
  for (const body of [...mine.map(({ body }) => body ?? ""), ...pending.map(({ body }) => body)].reverse()) {
    const longer = words === "" ? body : `${body}\n${words}`;
    if (Array.from(longer).length > limits.message) break;
    words = longer;
  }
  return words;
}
