// 留言: what the visitor leaves for the time when somebody serves again, from the fields to the promised answer. It is
// resent with the same ref until the server has answered, also after a reload. The text itself is the chat's draft, so
// that nobody has to write it twice.

import type { Language } from "../../shared/catalogue";
import type { ConsentSent, OfflineLeave, VisitorServerFrame, VisitTold } from "../../shared/frames";
import { RefusedError } from "../../shared/link/outbox";
import { newRef } from "../../shared/link/ref";
import { asSent } from "../../shared/messageText";
import { isUnserved } from "../chat/hours";
import { ownWords } from "../chat/selectors";
import type { Failure, State } from "../chat/state";
import type { TabStorage } from "../chat/tabStorage";
import type { Fields, Left } from "./fields";

/** A 留言 that is under way. `at`: when it was sent, in ms by this machine's clock. */
export interface Sent {
  frame: OfflineLeave;
  at: number;
}

const EMPTY: Fields = { kind: "question", name: "", phone: "", asked: false, waits: false, filled: null };
/** Refusals after which the 留言 is sent again without its conversation, because that no longer waits. */
const NOT_WAITING = new Set(["conversation_closed", "not_found"]);

/** The part of the link that is needed. */
export interface Way {
  request(frame: OfflineLeave): Promise<unknown>;
  unaccepted(): { type: string; ref: string }[];
}

/** The part of the chat that is needed. */
export interface Around {
  readonly state: State;
  /** The unsent text. */
  readonly draft: string;
  write(draft: string): void;
  language(): Language;
  /** Where the visitor comes from. */
  readonly messages?: { readonly visit: VisitTold | null };
}

/** The form, the request and the receipt of a 留言. */
export class OfflineMessage {
  fields: Fields;
  sent: Sent | null;
  failure: Failure | null = null;
  left: Left | null;

  constructor(
    private readonly way: Way,
    private readonly tabStorage: TabStorage,
    private readonly chat: Around,
    private readonly changed: () => void,
  ) {
    this.fields = { ...EMPTY, ...tabStorage.fields };
    this.left = tabStorage.left;
    const before = way.unaccepted().find((frame): frame is OfflineLeave => frame.type === "offline.leave");
    this.sent = before === undefined ? null : { frame: before, at: Date.now() };
  }

  change(by: Partial<Fields>): void {
    this.fields = { ...this.fields, ...by };
    this.tabStorage.fields = this.fields;
    this.failure = null;
    this.changed();
  }

  /** Removes the confirmation, to write another 留言 or to return to the chat. */
  dismiss(): void {
    this.left = this.tabStorage.left = null;
    this.changed();
  }

  /** The visitor prefers a 留言 to waiting: the form contains what they have written so far. */
  ask(): void {
    this.change({ asked: true });
    this.fillIn();
  }

  /** The visitor prefers to wait after all. What they have changed in the text stays. */
  wait(): void {
    const { filled } = this.fields;
    if (filled !== null && filled.after === this.chat.draft) this.chat.write(filled.before);
    this.change({ asked: false, waits: true, filled: null });
  }

  /** The conversation has ended by itself, so there is nothing left to wait for. */
  ended(): void {
    if (this.fields.asked && this.sent === null) this.wait();
  }

  /** The visitor has ended the conversation: only the fact that a 留言 was accepted remains. */
  finish(): void {
    this.fields = EMPTY;
    this.failure = null;
    if (this.left !== null) this.left = { ...this.left, body: "" };
  }

  /** Whether the visitor asked for the form, typed a name or number, or sent a 留言: under way, or its receipt shown. */
  get isBegun(): boolean {
    const { asked, name, phone } = this.fields;
    return asked || name !== "" || phone !== "" || this.sent !== null || this.left !== null;
  }

  /** Puts the visitor's messages before the draft, once for each conversation. */
  fillIn(): void {
    const { conversation } = this.chat.state;
    if (conversation === null || this.fields.filled?.conversation === conversation) return;
    const before = this.chat.draft;
    const after = [ownWords(this.chat.state), before].filter(Boolean).join("\n");
    this.chat.write(after);
    this.change({ filled: { conversation, before, after } });
  }

  /**
   * Sends the 留言, linked to the conversation in which nobody answered. `chosen`: the department, unless that
   * conversation still waits. A second click before the answer sends nothing.
   */
  send(chosen: string, consent: ConsentSent[] = []): void {
    if (this.sent !== null) return;
    const { state } = this.chat;
    const { standing } = state;
    const stands = standing?.state === "waiting" || (!state.continuing && isUnserved(state));
    const conversation = stands && standing ? standing.conversation : null;
    const department = standing?.state === "waiting" ? standing.department : chosen;
    const body = asSent(this.chat.draft);
    const language = this.chat.language();
    const { kind, name, phone } = this.fields;
    const frame: OfflineLeave = { type: "offline.leave", ref: newRef(), kind, body, language };
    if (department !== "") frame.department = department;
    if (asSent(name) !== "") frame.name = asSent(name);
    if (asSent(phone) !== "") frame.phone = asSent(phone);
    if (conversation !== null) frame.conversation = conversation;
    if (consent.length > 0) frame.consent = consent;
    const visit = this.chat.messages?.visit;
    if (visit) frame.visit = visit;
    this.post(frame);
  }

  /** Takes a frame; returns whether it was about the 留言. */
  heard(frame: VisitorServerFrame): boolean {
    if (frame.type !== "accepted" && frame.type !== "refused") return false;
    if (this.sent === null || frame.ref !== this.sent.frame.ref) return false;
    const { conversation, ...alone } = this.sent.frame;
    this.sent = null;
    if (frame.type === "refused") {
      if (conversation && NOT_WAITING.has(frame.code)) this.post({ ...alone, ref: newRef() });
      else {
        this.failure = { code: frame.code, again: frame.retry !== "no", details: frame.details ?? {} };
        this.changed();
      }
      return true;
    }
    const { body, phone = "" } = alone;
    const department = alone.department ?? "";
    const phoneEnds = phone.replace(/\D/g, "").slice(-4);
    const answerBy = frame.answer_by ?? null;
    const emergency = frame.emergency ?? null;
    const about = { department, conversation: conversation ?? null, body, ref: alone.ref, isNew: true };
    this.left = { ...about, phoneEnds, answerBy, emergency };
    this.tabStorage.left = this.left;
    const { filled } = this.fields;
    this.fields = { ...EMPTY, filled: filled && { ...filled, before: "", after: "" } };
    this.tabStorage.fields = this.fields;
    this.chat.write("");
    return true;
  }

  private post(frame: OfflineLeave): void {
    this.sent = { frame, at: Date.now() };
    this.failure = null;
    this.changed();
    // The frames report the result; a request from before a reload has no promise.
    this.way.request(frame).catch((error: unknown) => {
      if (!(error instanceof RefusedError)) throw error;
    });
  }
}
