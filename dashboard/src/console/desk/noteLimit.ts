// How long a note may be. The server sends the limit in `welcome`.

import { asSent, length } from "../../../../widget/src/shared/messageText";
import { useDesk } from "./context";

/** Whether a note has text and is not too long. */
export function useNoteLimit(): (note: string) => boolean {
  const limit = useDesk().state.value.welcome?.limits.note ?? 2000;
  return (note) => asSent(note) !== "" && length(asSent(note)) <= limit;
}
