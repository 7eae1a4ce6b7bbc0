// A small model of the server for `composer.model.test`: who owns which conversation, what the visitor has read, the
// drafts of one consultant, and both windows of that consultant. Frames take time in both directions. Only tests import
// this.

import type {
  Accepted,
  Entry,
  Row,
  StaffFrame,
  StaffServerFrame,
} from "../../../../widget/src/shared/frames";
import { li, me, NOON, row, wang, welcome } from "../desk/testing";
import type { Mode } from "./drafts";

export const CONVERSATIONS = ["c", "d"] as const;

interface Kept {
  body: string;
  at: number;
}

/** One conversation as the server has it. */
interface Held {
  state: Row["state"];
  owner: typeof li | typeof wang | null;
  part: "none" | "help" | "join" | "joined";
  fence: number;
  entries: Entry[];
}

/** A window's end of the connection. */
export interface Window {
  hear(frame: StaffServerFrame): void;
}

/** The server of one consultant with two windows. */
export class ModelStaffServer {
  now = NOON;
  /** False as a negative control: a draft can then be sent any number of times. */
  checksDrafts = true;
  readonly held = new Map<string, Held>();
  private readonly drafts = new Map<string, Kept>();
  private readonly toWindow = new Map<Window, StaffServerFrame[]>();
  private readonly toServer: { from: Window; frame: StaffFrame }[] = [];
  /** Answers by ref: a repeated request gets the first answer. */
  private readonly done = new Map<string, Accepted>();
  private version = 1;

  constructor() {
    for (const id of CONVERSATIONS)
      this.held.set(id, { state: "active", owner: li, part: "none", fence: 1, entries: [] });
    this.visitorWrites("c");
    this.visitorWrites("d");
  }

  // The windows.

  enter(window: Window): void {
    const drafts = [...this.drafts].map(([key, { body, at }]) => {
      const [conversation = "", mode] = key.split("/") as [string, Mode];
      return { conversation, mode, body, at };
    });
    const rows = CONVERSATIONS.flatMap((id) => this.row(id) ?? []);
    const entries = CONVERSATIONS.flatMap((conversation): StaffServerFrame[] => [
      { type: "entries", conversation, epoch: "e", entries: this.of(conversation).entries },
      { type: "live", conversation, epoch: "e", seq: this.of(conversation).entries.length },
    ]);
    this.toWindow.set(window, [
      { ...welcome, now: this.now, me, drafts, takes_seen: true },
      { type: "conversations", version: this.version, whole: true, put: rows },
      { type: "colleagues", version: 1, whole: true },
      ...entries,
    ]);
  }

  leave(window: Window): void {
    this.toWindow.delete(window);
    const others = this.toServer.filter(({ from }) => from !== window);
    this.toServer.splice(0, this.toServer.length, ...others);
  }

  takes(from: Window, frame: StaffFrame): void {
    if (this.toWindow.has(from)) this.toServer.push({ from, frame });
  }

  /** The window receives its next frame. */
  deliver(window: Window): boolean {
    const frame = this.toWindow.get(window)?.shift();
    if (frame !== undefined) window.hear(frame);
    return frame !== undefined;
  }

  /** The server handles the next frame, of whichever window. */
  serve(): boolean {
    const next = this.toServer.shift();
    if (next === undefined) return false;
    this.now += 1;
    const answer = this.answerTo(next.from, next.frame);
    if (answer !== null) this.toWindow.get(next.from)?.push(answer);
    return true;
  }

  settle(): void {
    const windows = [...this.toWindow.keys()];
    while (this.serve() || windows.some((window) => this.deliver(window))) {}
  }

  // What others do.

  visitorWrites(id: string): void {
    const held = this.of(id);
    this.add(id, "message", "visitor", "?");
    // A reopened conversation is assigned to a free consultant: me.
    if (held.state === "closed") this.given(id, li);
  }

  ends(id: string): void {
    const held = this.of(id);
    if (held.state !== "closed") this.changes(id, { state: "closed", part: "none", fence: held.fence + 1 });
  }

  given(id: string, owner: typeof li | typeof wang): void {
    const { part, fence } = this.of(id);
    this.changes(id, { state: "active", owner, part: owner === li ? "none" : part, fence: fence + 1 });
  }

  returned(id: string): void {
    const held = this.of(id);
    if (held.state === "active") this.changes(id, { state: "waiting", owner: null, fence: held.fence + 1 });
  }

  /** A colleague's conversation in which I am asked for help, have joined, or am no longer asked. */
  takesPart(id: string, part: Held["part"]): void {
    const held = this.of(id);
    if (held.state === "active" && held.owner === wang) this.changes(id, { part });
  }

  // What must be true at the end.

  of(id: string): Held {
    const held = this.held.get(id);
    if (held === undefined) throw new Error(`no conversation ${id}`);
    return held;
  }

  draft(id: string, mode: Mode): string {
    return this.kept(id, mode).body;
  }

  private row(id: string): Row | null {
    const { state, owner, part, fence, entries } = this.of(id);
    const mine = owner === li;
    if (!mine && part === "none" && state !== "waiting") return null;
    const asked_for = part === "help" ? "help" : "join";
    const participants =
      part === "none" ? [] : [{ person: li, asked_for, joined: part === "joined" } as const];
    return row(id, { state, owner, fence, head: entries.length, participants });
  }

  private changes(id: string, change: Partial<Held>): void {
    Object.assign(this.of(id), change);
    this.version += 1;
    const shown = this.row(id);
    const list = shown === null ? { gone: [id] } : { put: [shown] };
    this.tell({ type: "conversations", version: this.version, ...list });
  }

  private tell(frame: StaffServerFrame, but?: Window): void {
    for (const [window, frames] of this.toWindow) if (window !== but) frames.push(frame);
  }

  private add(id: string, kind: Entry["kind"], by: "visitor" | "me", body: string, ref?: string): Entry {
    const { entries } = this.of(id);
    const seq = entries.length + 1;
    const author: Entry["author"] =
      by === "visitor" ? { kind: "visitor" } : { kind: "consultant", person: li };
    const made: Entry = {
      type: "entry",
      conversation: id,
      epoch: "e",
      seq,
      id: `${id}-${seq}`,
      kind,
      at: this.now,
      author,
      body,
      ...(ref === undefined ? {} : { ref }),
    };
    entries.push(made);
    this.tell(made);
    return made;
  }

  private answerTo(from: Window, frame: StaffFrame): StaffServerFrame | null {
    switch (frame.type) {
      case "draft.save":
        return this.keep(from, frame);
      case "message.post":
      case "note.post":
        return this.post(from, frame);
      case "conversation.claim":
      case "colleague.join":
        return this.take(frame);
      case "conversation.follow":
        return {
          type: "following",
          ref: frame.ref,
          following: { conversation: frame.conversation, epoch: "e", head: 0, recovered: true },
        };
      default:
        return "ref" in frame ? { type: "accepted", ref: frame.ref } : null;
    }
  }

  private keep(from: Window, frame: StaffFrame & { type: "draft.save" }): StaffServerFrame {
    const { ref, conversation, mode, body, after, turned } = frame;
    const other = mode === "note" ? "reply" : "note";
    const before = this.kept(conversation, mode);
    const source = this.kept(conversation, other);
    if (this.row(conversation) === null) return refused(ref, "not_found");
    const known = (after == null || after === before.at) && (turned == null || turned === source.at);
    if (!known && before.body !== body) {
      this.toWindow.get(from)?.push({ type: "draft", conversation, mode, ...before });
      this.toWindow.get(from)?.push({ type: "draft", conversation, mode: other, ...source });
      return refused(ref, "draft_changed");
    }
    const at = body === "" ? 0 : Math.max(this.now, before.at + 1);
    this.put(from, conversation, mode, { body, at });
    if (turned != null) this.put(from, conversation, other, { body: "", at: 0 });
    return { type: "accepted", ref, conversation, at };
  }

  private kept(conversation: string, mode: Mode): Kept {
    return this.drafts.get(`${conversation}/${mode}`) ?? { body: "", at: 0 };
  }

  private put(from: Window, conversation: string, mode: Mode, kept: Kept): void {
    if (kept.body === "") this.drafts.delete(`${conversation}/${mode}`);
    else this.drafts.set(`${conversation}/${mode}`, kept);
    this.tell({ type: "draft", conversation, mode, ...kept }, from);
  }

  private post(from: Window, frame: StaffFrame & { type: "message.post" | "note.post" }): StaffServerFrame {
    const { ref, conversation, body, draft } = frame;
    const again = this.done.get(ref);
    if (again !== undefined) return again;
    const mode = frame.type === "note.post" ? "note" : "reply";
    const known = draft == null || draft === this.kept(conversation, mode).at;
    if (this.checksDrafts && !known) return refused(ref, "draft_changed");
    const why = mode === "note" ? this.whyNoNote(conversation) : this.whyNoReply(frame);
    if (why !== null) return refused(ref, why);
    const { seq } = this.add(conversation, mode === "note" ? "note" : "message", "me", body, ref);
    this.done.set(ref, { type: "accepted", ref, conversation, seq, repeat: true });
    if (draft != null) this.put(from, conversation, mode, { body: "", at: 0 });
    return { type: "accepted", ref, conversation, seq };
  }

  private whyNoReply(frame: { conversation: string; fence?: number | null }): string | null {
    const { state, owner, part, fence } = this.of(frame.conversation);
    if (state === "closed") return "conversation_closed";
    if (state !== "active" || (owner !== li && part !== "joined")) return "forbidden";
    return frame.fence === fence ? null : "fence_stale";
  }

  private whyNoNote(id: string): string | null {
    const { owner, part } = this.of(id);
    return owner === li || part !== "none" ? null : "not_found";
  }

  private take(frame: StaffFrame & { type: "conversation.claim" | "colleague.join" }): StaffServerFrame {
    const { type, ref, conversation } = frame;
    const { state, owner, part } = this.of(conversation);
    const claims = type === "conversation.claim";
    if (claims ? state !== "waiting" : owner !== wang || part !== "join") return refused(ref, "out_of_turn");
    if (claims) this.given(conversation, li);
    else this.takesPart(conversation, "joined");
    return { type: "accepted", ref, conversation };
  }
}

function refused(ref: string, code: string): StaffServerFrame {
  return { type: "refused", ref, code, retry: "no" };
}
