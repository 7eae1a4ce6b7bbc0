// The fields of the form of a 留言, and what is known of one that was accepted. The tab keeps both over a reload.

import type { OfflineLeave } from "../../shared/frames";

export type Kind = OfflineLeave["kind"];

/** The fields of the form beside the text. */
export interface Fields {
  kind: Kind;
  name: string;
  phone: string;
  /** The visitor opened the form, although they could have waited. */
  asked: boolean;
  /** The visitor wants to wait, although the department closes soon. */
  waits: boolean;
  /** The draft before and after the messages of the conversation were put into it. */
  filled: { conversation: string; before: string; after: string } | null;
}

/** A 留言 that was accepted. `body` is empty after a reload, because the text is not kept longer than needed. */
export interface Left {
  department: string;
  conversation: string | null;
  body: string;
  /** The last digits of the phone number; empty without one. */
  phoneEnds: string;
  answerBy: number | null;
  /** The `ref` under which it was left, for its 查询码. A 留言 of an earlier version has none. */
  ref?: string;
  /** It was accepted on this page, and not before a reload. */
  isNew?: boolean;
  /** The kind of emergency that its words sound like; null when there is none. */
  emergency: string | null;
}
