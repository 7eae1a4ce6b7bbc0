// What the visitor decides on one kind of consent.

import type { ConsentShown } from "../../shared/frames";
import { newRef } from "../../shared/link/ref";
import type { Chat } from "../chat/chat";
import { ended } from "../chat/messages";
import { isOpen } from "../chat/selectors";

export type Kind = ConsentShown["kind"];
export type Decision = ConsentShown["decision"];

/** The last decision, also where the server does not know it yet; null when there is none. */
export function decisionOn({ state, messages }: Chat, kind: Kind): Decision | null {
  const deciding = messages.deciding.get(kind);
  if (deciding) return deciding;
  const here = [...state.pending.flatMap(({ consent }) => consent ?? []), ...messages.choices];
  const own = here.reverse().find((each) => each.kind === kind);
  const known = state.standing?.consents?.find((each) => each.kind === kind);
  return own?.decision ?? known?.decision ?? null;
}

/**
 * Decides on one kind of consent; without an open conversation, with the next text. It counts here at once, also while the
 * server cannot be reached.
 */
export function decide(chat: Chat, kind: Kind, decision: "given" | "refused" | "withdrawn", text?: string) {
  const { conversation } = chat.state;
  if (conversation !== null && (isOpen(chat.state) || decision === "withdrawn")) {
    const said = { conversation, kind, decision, ...(text && { text }) };
    const { deciding } = chat.messages;
    deciding.set(kind, decision);
    const answered = () => {
      if (deciding.get(kind) === decision) deciding.delete(kind);
      chat.write(chat.draft);
    };
    chat.messages
      .request({ type: "consent.set", ref: newRef(), ...said })
      .catch(ended)
      .finally(answered);
    chat.write(chat.draft); // draws the screen again
  } else if (decision !== "withdrawn" && kind !== "guardian" && text) {
    chat.messages.choices = [
      ...chat.messages.choices.filter((each) => each.kind !== kind),
      { kind, decision, text },
    ];
    chat.write(chat.draft); // draws the screen again
  }
}
