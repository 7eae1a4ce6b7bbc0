// What the visitor's screen knows, and how each thing that happens changes it. Pure: no clock, no network, no storage,
// no texts.

import type {
  DepartmentHours,
  Entry,
  Standing,
  VisitorServerFrame,
  VisitorWelcome,
} from "../../shared/frames";
import { isAnswer } from "./selectors";
import { type Happening, type Pending, START, type State } from "./state";

/** The state after something has happened. */
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
      const known = { ...state, ...knownFrom(frame) };
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

/**
 * The state after the visitor has ended the conversation: the next person at this screen must find neither its words
 * nor its subject.
 */
function finished(state: State): State {
  const { site, limits, hours, conversation, standing } = state;
  const rest = { site, limits, hours, conversation, standing: standing && remains(standing) };
  return { ...START, ...rest, live: true, over: true };
}

function heardAfterwards(state: State, frame: VisitorServerFrame): State {
  switch (frame.type) {
    case "welcome":
      return { ...state, ...knownFrom(frame) };
    case "conversation":
      if (frame.conversation !== state.conversation || frame.state !== "closed") return state;
      return { ...state, standing: remains(frame) };
    case "hours":
      return { ...state, hours: frame.departments };
    default:
      return state;
  }
}

/** What a welcome says of the site and of the token. */
function knownFrom({ site, limits, hours, notice, ends_at: endsAt }: VisitorWelcome) {
  return { site, limits, hours: hours ?? [], notice: notice ?? null, endsAt };
}

/**
 * The parts of a standing that remain after the visitor has ended the conversation. The server says who can be rated
 * once it has closed the conversation.
 */
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

/** Adds the stars that the visitor gave. The server sends them only to clients that connect afterwards. */
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

/** Keeps the reason for a worse place in the queue until the place improves, not only until the next estimate. */
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
  // A visitor who wrote in another tab has read there what came before it.
  const own = entries.filter(({ author, ref }) => author.kind === "visitor" && !sentHere.has(ref ?? ""));
  return watched ? looked(grown) : seenTo(grown, own.pop()?.seq ?? 0);
}

/** Marks entries up to `seq` as seen. While it is unknown how far the visitor has read, the replay decides. */
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

// Values derived from a state.
