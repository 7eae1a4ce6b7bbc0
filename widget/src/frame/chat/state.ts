// What the visitor's screen knows, and what can happen to it. Types and the initial state only; the rules are in
// conversation.ts.

import type {
  ConsentSent,
  DepartmentHours,
  Entry,
  Limits,
  NoticeShown,
  SiteShown,
  Standing,
  VisitorServerFrame,
} from "../../shared/frames";

/** Why a text was not accepted. `again`: whether the same text may be sent under the same ref. */
export interface Failure {
  code: string;
  again: boolean;
  details: Record<string, string | number>;
}

/** A text of the visitor that is not in the transcript yet. */
export interface Pending {
  ref: string;
  body: string;
  /** When it was written, in ms by this machine's clock. */
  at: number;
  /** Its conversation; null opens a new one in `department`. */
  conversation: string | null;
  department: string;
  accepted: boolean;
  failure: Failure | null;
  /** What the visitor decided with it. */
  consent?: ConsentSent[];
}

export interface State {
  site: SiteShown | null;
  /** The privacy notice; null from a server that has none. */
  notice: NoticeShown | null;
  limits: Limits;
  /** For each department whether it is served now. Empty when the server has no hours. */
  hours: DepartmentHours[];
  /** When the token ends if the visitor does nothing more, as the server last said, in ms by its clock. */
  endsAt: number;
  standing: Standing | null;
  /** The conversation that `entries` belong to. */
  conversation: string | null;
  entries: Entry[];
  pending: Pending[];
  /** The replay is complete; entries from now on are new. */
  live: boolean;
  /** The other side is typing. */
  typing: boolean;
  /** Everything up to this seq was seen; null: what the replay brings counts as seen. */
  seen: number | null;
  /** The visitor wants to write again after the end. */
  continuing: boolean;
  /** The session ended and another began: the old transcript is gone. */
  expired: boolean;
  /** The visitor has ended the conversation in this tab: only the people who can be rated are still shown. */
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
  notice: null,
  limits: { message: 1000, note: 2000 },
  hours: [],
  endsAt: 0,
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
