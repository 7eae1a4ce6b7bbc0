// The visitor's texts that are under way: sends, resends and withdraws them, and reports to the chat's state what
// happens to each.

import type { Language } from "../../shared/catalogue";
import type {
  ConsentSent,
  ConsentSet,
  VisitorFrame,
  VisitorServerFrame,
  VisitTold,
} from "../../shared/frames";
import { RefusedError } from "../../shared/link/outbox";
import { newRef } from "../../shared/link/ref";
import type { VisitorLink } from "./connection";
import { UNSURE } from "./hours";
import { isOpen, needsDepartment } from "./selectors";
import type { Failure, Happening, Pending, State } from "./state";
import type { TabStorage } from "./tabStorage";

/** The part of the chat that is needed here. */
export interface ChatOfMessages {
  readonly state: State;
  /** The unsent text. */
  readonly draft: string;
  readonly serverNow: number;
  write(draft: string): void;
  language(): Language;
}

/** The visitor's texts from sending to acceptance. */
export class Messages {
  /** The quick questions that were answered here before the first message, by their ids. */
  readonly answered: string[] = [];

  /** Where the visitor comes from, for the next conversation. */
  visit: VisitTold | null = null;
  /** The last page of the visit that went with a conversation of this page; null once that is recorded. */
  sentVisit: number | null = null;

  /** Decisions on consent that the server has not answered yet, by kind. */
  readonly deciding = new Map<ConsentSet["kind"], ConsentSet["decision"]>();

  constructor(
    private readonly link: VisitorLink,
    private readonly chat: ChatOfMessages,
    private readonly kept: Pick<TabStorage, "choices">,
    private readonly happened: (happening: Happening) => void,
  ) {}

  /** What the visitor decided on consent before there is a conversation; it goes with the next text. */
  get choices(): ConsentSent[] {
    return this.kept.choices;
  }

  set choices(all: ConsentSent[]) {
    this.kept.choices = all;
  }

  /** Sends a text. `department` is used when it opens a conversation. */
  send(body: string, department: string, said: ConsentSent[] = []): void {
    const consent = [...this.choices, ...said];
    this.choices = [];
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
      ...(consent.length > 0 && { consent }),
    };
    this.happened({ kind: "wrote", pending });
    this.post(pending);
  }

  /** Resends a text that was not accepted. `department` is used when its conversation has ended meanwhile. */
  again(pending: Pending, department: string): void {
    const { state, serverNow } = this.chat;
    const opens = pending.conversation === null || needsDepartment(state, serverNow);
    const retried = {
      ...pending,
      // Under a ref that was finally refused the answer would be the same.
      ref: pending.failure?.again ? pending.ref : newRef(),
      conversation: opens && !isOpen(state) ? null : state.conversation,
      department: department || pending.department,
      failure: null,
    };
    this.happened({ kind: "again", ref: pending.ref, by: retried });
    this.post(retried);
  }

  /** The visitor was unsure, and confirms the department that their words suggest. */
  confirm(department: string): void {
    const { conversation } = this.chat.state;
    if (conversation === null) return;
    const ref = newRef();
    this.link.request({ type: "conversation.department", ref, conversation, department }).catch(ended);
  }

  /** Sends a request whose answer the caller needs. */
  request<Answer extends VisitorServerFrame>(frame: VisitorFrame & { ref: string }): Promise<Answer> {
    return this.link.request<Answer>(frame);
  }

  /** Tells the server something that it does not answer. */
  tell(frame: VisitorFrame): void {
    this.link.tell(frame);
  }

  withdraw(pending: Pending): void {
    this.happened({ kind: "withdrew", ref: pending.ref });
  }

  /** Puts a text that was not accepted back into the draft, before what is there. */
  unsend(pending: Pending): void {
    this.chat.write([pending.body, this.chat.draft].filter(Boolean).join("\n"));
    this.withdraw(pending);
  }

  /** Handles the refusal of the request with this ref. */
  refused(ref: string, failure: Failure): void {
    const { state } = this.chat;
    const pending = state.pending.find((each) => each.ref === ref);
    if (pending === undefined || failure.code !== "not_open") {
      this.happened({ kind: "failed", ref, failure });
      return;
    }
    // Nobody serves: the words go into a 留言, whose form is shown from now on.
    const department = pending.department || state.standing?.department || UNSURE;
    // 0: no opening time is known.
    const hours = { department, open: false, changes_at: Number(failure.details.opens_at) || null };
    this.happened({ kind: "closed", hours });
    this.unsend(pending);
  }

  /** Shows the texts that were under way when the page was reloaded. */
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

  private post({ ref, body: words, department, conversation, consent }: Pending): void {
    const language = this.chat.language();
    const { answered } = this;
    const before = { ...chosen(department), ...(answered.length > 0 && { answered: [...answered] }) };
    const body = { body: words, ...(consent && { consent }) };
    const { visit } = this;
    if (conversation === null && visit) this.sentVisit = visit.pages?.slice(-1)[0]?.at ?? visit.first.at;
    const sent =
      conversation === null
        ? this.link.request({
            type: "conversation.open",
            ref,
            ...body,
            language,
            ...before,
            ...(visit && { visit }),
          })
        : this.link.request({ type: "message.post", ref, conversation, ...body });
    // The state learns from frames; texts from before a reload have no promise.
    sent.catch(ended);
  }
}

/** Without a choice no department is named, and the server decides. */
function chosen(department: string): { department?: string } {
  return department === "" ? {} : { department };
}

/** Ignores a refusal, which the frames have reported already. */
export function ended(error: unknown): void {
  if (!(error instanceof RefusedError)) throw error;
}
