// What was offered to a colleague or a group, as this tab remembers it.

import type { Row } from "../../../../widget/src/shared/frames";
import type { Refusal } from "../../shared/refusalText";

export type Target = { consultant: string } | { group: string };

export interface Handed {
  readonly conversation: string;
  /** The conversation, also after it has left the list. */
  readonly row: Row;
  readonly target: Target;
  /** The seq of the offer's entry; null until the server has stored it. */
  readonly seq: number | null;
  readonly refusal: Refusal | null;
}
