// What the visitor's screen knows, and what can happen to it. Types and the beginning only; conversation.ts has the rules.

import type {
  DepartmentHours,
  Entry,
  Limits,
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
