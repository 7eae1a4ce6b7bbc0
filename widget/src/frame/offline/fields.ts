// What stands in the form of a 留言, and what is known of one that was taken: both survive a reload in the tab.

import type { OfflineLeave } from "../../shared/frames";

export type Kind = OfflineLeave["kind"];

/** What stands in the form beside the words. */
export interface Fields {
  kind: Kind;
  name: string;
  phone: string;
  /** The visitor asked for the form, though they could have waited. */
  asked: boolean;
  /** The visitor wants to wait, though it closes soon. */
  waits: boolean;
  /** The draft as it was before the messages of the conversation were put into it, and as it was then. */
  filled: { conversation: string; before: string; after: string } | null;
}

/** A 留言 that was taken. `body` is empty after a reload: the words are not kept longer than needed. */
export interface Left {
  department: string;
  conversation: string | null;
  body: string;
  /** The last digits of the phone that was given; empty without one. */
  phoneEnds: string;
  answerBy: number | null;
  /** Of which kind of emergency its words are; null when they are of none. */
  emergency: string | null;
}
