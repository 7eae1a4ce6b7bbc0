// The visitor's texts on their way: sent, sent again, taken back. What becomes of each is told to the chat's state.

import type { Language } from "../../shared/catalogue";
import { RefusedError } from "../../shared/link/outbox";
import { newRef } from "../../shared/link/ref";
import type { VisitorLink } from "./connection";
import { UNSURE } from "./hours";
import { isOpen, needsDepartment } from "./selectors";
import type { Failure, Happening, Pending, State } from "./state";

/** The chat they belong to, as far as is needed. */
export interface ChatOfMessages {
  readonly state: State;
  /** The unsent text. */
  readonly draft: string;
  readonly serverNow: number;
  write(draft: string): void;
  language(): Language;
}

export class Messages {
  constructor(
    private readonly link: VisitorLink,
    private readonly chat: ChatOfMessages,
    private readonly happened: (happening: Happening) => void,
  ) {}

  /** `department` counts when it opens a conversation. */
  send(body: string, department: string): void {
    const { state, serverNow } = this.chat;
    const opens = needsDepartment(state, serverNow);
    const pending: Pending = {
      ref: newRef(),
      body,
      at: Date.now(),
      conversation: opens ? null : state.conversation,
      department,
      accepted: false,
      failure: null,
    };
    this.happened({ kind: "wrote", pending });
    this.post(pending);
  }

  /** Sends a text that was not taken once more. `department`: for when its conversation has ended meanwhile. */
  again(pending: Pending, department: string): void {
    const { state, serverNow } = this.chat;
    const opens = pending.conversation === null || needsDepartment(state, serverNow);
    const retried = {
      ...pending,
      // Under a ref that was refused for good the answer would be the same.
      ref: pending.failure?.again ? pending.ref : newRef(),
      conversation: opens && !isOpen(state) ? null : state.conversation,
      department: department || pending.department,
      failure: null,
    };
    this.happened({ kind: "again", ref: pending.ref, by: retried });
    this.post(retried);
  }

  withdraw(pending: Pending): void {
    this.happened({ kind: "withdrew", ref: pending.ref });
  }

  /** Back into the draft with a text that was not taken, before what stands there. */
  unsend(pending: Pending): void {
    this.chat.write([pending.body, this.chat.draft].filter(Boolean).join("\n"));
    this.withdraw(pending);
  }

  /** The server did not take what was asked for under this ref. */
  refused(ref: string, failure: Failure): void {
    const { state } = this.chat;
    const pending = state.pending.find((each) => each.ref === ref);
    if (pending === undefined || failure.code !== "not_open") {
      this.happened({ kind: "failed", ref, failure });
      return;
    }
    // Nobody serves: the words go into a 留言, whose form stands there from now on.
    const department = pending.department || state.standing?.department || UNSURE;
    // 0: not within sight.
    const hours = { department, open: false, changes_at: Number(failure.details.opens_at) || null };
    this.happened({ kind: "closed", hours });
    this.unsend(pending);
  }

  /** What was on its way when the page was loaded again. */
  recall(): void {
    for (const frame of this.link.unaccepted()) {
      if (frame.type !== "message.post" && frame.type !== "conversation.open") continue;
      const { ref, body } = frame;
      const conversation = frame.type === "message.post" ? frame.conversation : null;
      const department = frame.type === "conversation.open" ? (frame.department ?? "") : "";
      const pending = { ref, body, at: Date.now(), conversation, department, accepted: false, failure: null };
      this.happened({ kind: "wrote", pending });
    }
  }

  private post({ ref, body, department, conversation }: Pending): void {
    const language = this.chat.language();
    const sent =
      conversation === null
        ? this.link.request({ type: "conversation.open", ref, body, language, ...chosen(department) })
        : this.link.request({ type: "message.post", ref, conversation, body });
    // The frames tell the state; texts from before a reload have no promise to tell it.
    sent.catch(ended);
  }
}

/** Nobody has to choose one: then it is not named, and the server knows whose it is. */
function chosen(department: string): { department?: string } {
  return department === "" ? {} : { department };
}

/** Swallows a refusal, of which the frames have told. */
export function ended(error: unknown): void {
  if (!(error instanceof RefusedError)) throw error;
}
