// Which view the screen shows: what is below the transcript, and whether the visitor can write there. Pure.
import { isUnserved, serviceFor } from "./chat/hours";
import { isOpen } from "./chat/selectors";
import type { State } from "./chat/state";
import type { OfflineMessage } from "./offline/offlineMessage";

/**
 * `leave`: the form of the 留言; `left`: its confirmation; `ended`: after a conversation, before the visitor writes
 * again.
 */
export type View = "chat" | "leave" | "left" | "ended";

/** The view of a state. `department`: the chosen one, or empty. */
export function viewOf(
  state: State,
  { fields, sent, left }: Pick<OfflineMessage, "fields" | "sent" | "left">,
  department: string,
): View {
  const { standing, hours, over } = state;
  if (over) return left === null ? "ended" : "left";
  const waiting = standing?.state === "waiting";
  // The acceptance of a 留言 may arrive before the end of its conversation.
  if (left !== null && (!isOpen(state) || (waiting && left.conversation === standing.conversation)))
    return "left";
  if (sent !== null || fields.asked) return "leave";
  if (isOpen(state)) return "chat";
  if (standing !== null && !state.continuing) return isUnserved(state) ? "leave" : "ended";
  const service = serviceFor(hours, department);
  if (service === "closed" || (service === "closing" && !fields.waits)) return "leave";
  return "chat";
}
