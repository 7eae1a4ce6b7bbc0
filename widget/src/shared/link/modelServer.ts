// A small model of the server for `model.test`. It stores, dies before or after a commit, refuses, duplicates and
// reorders frames. It never loses what it has committed. Only tests import this.

import type { Entry, HistoryGet, MessagePost, Position, VisitorFrame, VisitorServerFrame } from "../frames";
import { CONVERSATION, entry, type FakeWorld, SITE } from "./fakes";
import type { Wire, WireEvents } from "./world";

/** When more entries than this are missing they are not replayed: the client fetches pages. */
const REPLAY = 6;
const PAGE = 4;

type Refusal = { code: string; retry: "same" | "later"; retry_ms?: number };

/** The server of one conversation, with a fault for each thing that can go wrong. */
export class ModelServer {
  readonly entries: Entry[] = [];
  connections = 0;
  /** The next post gets this refusal instead of being stored. */
  refusing: Refusal | null = null;
  /** While true, all connections are closed. */
  isDown = false;
  private epoch = "e1";
  private client: WireEvents | null = null;
  private welcomed = false;
  private toServer: VisitorFrame[] = [];
  private toClient: VisitorServerFrame[] = [];
  /** Posts that are read and not committed; they are lost when the process dies. */
  private writing: MessagePost[] = [];

  constructor(private readonly world: FakeWorld) {
    world.accept = (events) => this.accept(events);
  }

  private accept(events: WireEvents): Wire {
    this.connections += 1;
    this.letGo();
    this.client = events;
    const isMine = () => this.client === events;
    this.world.setTimer(() => {
      if (!isMine()) return;
      if (this.isDown) this.close(1006);
      else events.opened();
    }, 1);
    return {
      send: (text) => {
        if (isMine()) this.toServer.push(JSON.parse(text) as VisitorFrame);
      },
      close: () => {
        if (isMine()) this.letGo();
      },
    };
  }

  /** Loses what is under way; posts that were read before can still be committed. */
  private letGo() {
    this.client = null;
    this.welcomed = false;
    this.toServer = [];
    this.toClient = [];
  }

  close(code: number, reason = "") {
    const client = this.client;
    this.letGo();
    client?.closed(code, reason);
  }

  /** kill -9: what is not committed is lost. */
  dies(code: number) {
    this.writing = [];
    this.close(code);
  }

  /** The network swallows everything without closing the connection. */
  falls() {
    this.letGo();
  }

  read(): boolean {
    const frame = this.toServer.shift();
    if (frame === undefined) return false;
    if (frame.type === "hello") this.welcome(frame.resume ?? []);
    if (frame.type === "message.post") this.writing.push(frame);
    if (frame.type === "history.get") this.history(frame);
    if (frame.type === "heads.get") {
      const head = { conversation: CONVERSATION, epoch: this.epoch, head: this.entries.length };
      this.say({ type: "heads", ref: frame.ref, heads: [head] });
    }
    return true;
  }

  /** Commits one post. `answered`: whether the client gets the entry and the answer. */
  commit(answered = true): boolean {
    const post = this.writing.shift();
    if (post === undefined) return false;
    const { ref, conversation, body } = post;
    const before = this.entries.find((each) => each.ref === ref);
    const refusal = this.refusing;
    this.refusing = null;
    if (before === undefined && refusal !== null) {
      if (answered) this.say({ type: "refused", ref, ...refusal });
      return true;
    }
    const { seq } = before ?? this.append(body, ref, answered);
    if (answered) this.say({ type: "accepted", ref, conversation, seq, repeat: before !== undefined });
    return true;
  }

  /** Stores the post and answers `unavailable`, as after a commit whose result the server does not know. */
  commitInDoubt() {
    const post = this.writing[0];
    if (!this.commit(false) || post === undefined) return;
    this.say({ type: "refused", ref: post.ref, code: "unavailable", retry: "same" });
  }

  append(body: string, ref?: string, told = true): Entry {
    const next = entry(this.entries.length + 1, body, this.epoch, ref);
    this.entries.push(next);
    if (told && this.welcomed) this.say(next);
    return next;
  }

  deliver(): boolean {
    const frame = this.toClient.shift();
    if (frame === undefined || this.client === null) return false;
    this.client.heard(JSON.stringify(frame));
    return true;
  }

  /** The next frame to the client arrives twice. */
  double() {
    const frame = this.toClient[0];
    if (frame !== undefined && frame.type !== "welcome") this.toClient.unshift(frame);
  }

  /** Two entries that were announced by different writers overtake each other. */
  swap() {
    const [first, second] = this.toClient;
    if (first?.type !== "entry" || second?.type !== "entry") return;
    this.toClient.splice(0, 2, second, first);
  }

  /** Loses an announced entry; heads and the next entry reveal the gap. */
  loseEntry() {
    if (this.toClient[0]?.type === "entry") this.toClient.shift();
  }

  /** The next `history.get` gets no answer. */
  loseHistory() {
    const place = this.toServer.findIndex(({ type }) => type === "history.get");
    if (place >= 0) this.toServer.splice(place, 1);
  }

  /** Sends a frame type of a newer server with the text's ref, which is not an answer. */
  saysSomethingNew() {
    const ref = this.writing[0]?.ref;
    if (this.welcomed) this.toClient.unshift({ type: "tomorrow", ref } as unknown as VisitorServerFrame);
    this.deliver();
  }

  settle() {
    while (this.read() || this.commit() || this.deliver()) {}
  }

  say(frame: VisitorServerFrame) {
    if (this.client !== null) this.toClient.push(frame);
  }

  private history({ ref, conversation, after, limit }: HistoryGet) {
    const from = after ?? 0;
    const entries = this.entries.slice(from, from + Math.min(limit ?? PAGE, PAGE));
    const more = from + entries.length < this.entries.length;
    this.say({ type: "history", ref, conversation, epoch: this.epoch, entries, more });
  }

  private welcome(resume: Position[]) {
    this.welcomed = true;
    const head = this.entries.length;
    const after = resume.find(({ conversation }) => conversation === CONVERSATION)?.after ?? 0;
    const tooMuch = head - after > REPLAY;
    const following = { conversation: CONVERSATION, epoch: this.epoch, head, recovered: !tooMuch };
    this.say({
      type: "welcome",
      version: 1,
      connection: "x",
      now: this.world.now(),
      ping_ms: 25_000,
      ends_at: 0,
      limits: { message: 1000, note: 2000 },
      site: SITE,
      following: [tooMuch ? { ...following, why: "gap_too_big" } : following],
    });
    const entries = tooMuch ? [] : this.entries.slice(after);
    if (entries.length > 0)
      this.say({ type: "entries", conversation: CONVERSATION, epoch: this.epoch, entries });
    this.say({ type: "live", conversation: CONVERSATION, epoch: this.epoch, seq: head });
  }
}
