// A small model of the server for `door.model.test`: visitors' tokens, their conversations, and the sockets of their
// tabs. Each conversation remembers which person began it, and records every command of somebody else as a fault. Only
// tests import this.

import type {
  ConversationOpen,
  MessagePost,
  OfflineLeave,
  VisitorFrame,
  VisitorHello,
  VisitorServerFrame,
} from "../../shared/frames";
import { SITE } from "../../shared/link/fakes";
import type { Wire, WireEvents } from "../../shared/link/world";
import {
  EPOCH,
  entryOf,
  personOf,
  RATING_MS,
  REOPEN_MS,
  standingOf,
  type Talk,
  type Told,
} from "./modelTalk";

const MINUTE = 60_000;
const DESKTOP_MS = 30 * MINUTE;
const PHONE_MS = 24 * 60 * MINUTE;
const SESSION_ENDED = 4401;

interface Visitor {
  id: string;
  life: number;
  endsAt: number;
  ratesUntil: number;
}

interface Socket {
  events: WireEvents;
  visitor: Visitor | null;
  onlyRates: boolean;
}

type Asked = VisitorFrame & { ref: string };

/** Rules of the server that tests switch off. */
export const RULES = { endsTokens: true, closesOtherTabs: true };

/** The server of one site, without a network. */
export class ModelHospital {
  isDown = false;
  readonly faults: string[] = [];
  /** The tokens that a browser asked to end. */
  readonly ended: string[] = [];
  ratings = 0;
  messages = 0;
  readonly talks: Talk[] = [];
  private readonly visitors = new Map<string, Visitor>();
  private readonly sockets = new Set<Socket>();
  private count = 0;

  constructor(private readonly now: () => number) {}

  // HTTP.

  fetch = async (_path: string, { method, headers, body }: RequestInit = {}): Promise<Response> => {
    if (this.isDown) throw new TypeError("not reachable");
    if (method === "DELETE") {
      this.endForTheNext(String((headers as Record<string, string>).authorization).replace("Bearer ", ""));
      return new Response(null, { status: 204 });
    }
    const { touch } = JSON.parse(String(body)) as { touch: boolean };
    const token = `token${++this.count}`;
    const life = touch ? PHONE_MS : DESKTOP_MS;
    this.visitors.set(token, { id: `v${this.count}`, life, endsAt: this.now() + life, ratesUntil: 0 });
    return new Response(JSON.stringify({ token, ends_at: this.now() + life }));
  };

  private endForTheNext(token: string) {
    this.ended.push(token);
    const visitor = this.visitors.get(token);
    if (visitor === undefined) return;
    Object.assign(visitor, { endsAt: this.now(), ratesUntil: 0 });
    for (const socket of this.of(visitor.id)) this.close(socket, SESSION_ENDED);
  }

  // Sockets.

  connect(events: WireEvents, later: (run: () => void) => void): Wire {
    const socket: Socket = { events, visitor: null, onlyRates: false };
    this.sockets.add(socket);
    later(() => {
      if (!this.sockets.has(socket)) return;
      if (this.isDown) this.close(socket, 1006);
      else events.opened();
    });
    return {
      send: (text) => {
        if (this.sockets.has(socket)) this.hear(socket, JSON.parse(text) as VisitorFrame);
      },
      close: () => this.sockets.delete(socket),
    };
  }

  /** Closes every connection; the server itself may be down as well. */
  cut() {
    for (const socket of [...this.sockets]) this.close(socket, 1006);
  }

  /**
   * Closes the connections of expired tokens and prolongs the tokens of visitors who wait, as the server does
   * periodically.
   */
  look() {
    for (const socket of [...this.sockets]) {
      const { visitor } = socket;
      if (visitor === null) continue;
      const talk = this.latest(visitor);
      const waits = talk?.state === "waiting";
      if (waits) visitor.endsAt = this.now() + visitor.life;
      const end = socket.onlyRates ? visitor.ratesUntil : visitor.endsAt;
      if (end <= this.now()) this.close(socket, SESSION_ENDED);
    }
  }

  private close(socket: Socket, code: number) {
    this.sockets.delete(socket);
    socket.events.closed(code, "");
  }

  private of(visitor: string): Socket[] {
    return [...this.sockets].filter((each) => each.visitor?.id === visitor);
  }

  private say(socket: Socket, frame: VisitorServerFrame) {
    if (this.sockets.has(socket)) socket.events.heard(JSON.stringify(frame));
  }

  private hear(socket: Socket, frame: VisitorFrame) {
    if (frame.type === "hello") this.welcome(socket, frame);
    else if (socket.visitor !== null && frame.type !== "pong") {
      if (!socket.onlyRates) socket.visitor.endsAt = this.now() + socket.visitor.life;
      this.act(socket, socket.visitor, frame);
    }
  }

  private welcome(socket: Socket, { token, rating, resume }: VisitorHello) {
    const visitor = this.visitors.get(token);
    const now = this.now();
    const rates =
      rating === true && visitor !== undefined && visitor.ratesUntil > now && visitor.endsAt <= now;
    if (visitor === undefined || (visitor.endsAt <= now && !rates)) {
      this.close(socket, SESSION_ENDED);
      return;
    }
    Object.assign(socket, { visitor, onlyRates: rates });
    const talk = rates ? null : this.latest(visitor);
    const standing = talk ? standingOf(talk) : null;
    const head = talk?.entries.length ?? 0;
    const held = resume?.find(({ conversation }) => conversation === talk?.id)?.after ?? 0;
    const limits = { message: 1000, note: 2000 };
    this.say(socket, {
      type: "welcome",
      version: 1,
      connection: "x",
      now,
      ping_ms: 25_000,
      ends_at: rates ? visitor.ratesUntil : visitor.endsAt,
      limits,
      site: SITE,
      rating: rates,
      standing,
      following: talk ? [{ conversation: talk.id, epoch: EPOCH, head, recovered: held <= head }] : [],
    });
    if (talk === null) return;
    const entries = talk.entries.slice(held);
    if (entries.length > 0)
      this.say(socket, { type: "entries", conversation: talk.id, epoch: EPOCH, entries });
    this.say(socket, { type: "live", conversation: talk.id, epoch: EPOCH, seq: head });
  }

  // Requests of visitors.

  private act(socket: Socket, visitor: Visitor, frame: VisitorFrame) {
    if (!("ref" in frame)) return;
    const refuse = (code: string) => this.say(socket, { type: "refused", ref: frame.ref, code, retry: "no" });
    const known =
      "conversation" in frame ? this.talks.find(({ id }) => id === frame.conversation) : undefined;
    const talk = known?.visitor === visitor.id ? known : undefined;
    if (socket.onlyRates && frame.type !== "conversation.rate" && !this.isRepeat(frame)) {
      refuse("unauthenticated");
    } else if (frame.type === "conversation.open") this.open(socket, visitor, frame);
    else if (frame.type === "message.post") {
      if (talk === undefined) refuse("not_found");
      else if (this.isOver(talk)) refuse("conversation_closed");
      else this.post(socket, talk, frame);
    } else if (frame.type === "conversation.close") {
      if (talk === undefined) refuse("not_found");
      else if (talk.state === "closed" && !this.isRepeat(frame)) refuse("conversation_closed");
      else this.end(socket, talk, frame);
    } else if (frame.type === "offline.leave") this.leave(socket, talk, frame);
    else if (frame.type === "conversation.rate") {
      if (talk?.state === "closed") {
        this.ratings += 1;
        this.accept(socket, frame, talk.id);
      } else refuse("out_of_turn");
    } else if (frame.type === "heads.get") {
      const last = this.latest(visitor);
      const heads = last ? [{ conversation: last.id, epoch: EPOCH, head: last.entries.length }] : [];
      this.say(socket, { type: "heads", ref: frame.ref, heads });
    } else if (frame.type === "history.get" && talk) {
      const entries = talk.entries.slice(frame.after ?? 0);
      this.say(socket, {
        ...frame,
        type: "history",
        conversation: talk.id,
        epoch: EPOCH,
        entries,
        more: false,
      });
    }
  }

  private readonly done = new Set<string>();

  private isRepeat({ ref }: Asked): boolean {
    return this.done.has(ref);
  }

  private accept(socket: Socket, { ref }: { ref: string }, conversation: string, seq?: number) {
    const repeat = this.done.has(ref);
    this.done.add(ref);
    this.say(socket, { type: "accepted", ref, conversation, repeat, ...(seq && { seq }) });
  }

  private open(socket: Socket, visitor: Visitor, frame: ConversationOpen) {
    const latest = this.latest(visitor);
    if (latest !== null && latest.state !== "closed") {
      this.post(socket, latest, { ...frame, type: "message.post", conversation: latest.id });
      return;
    }
    const talk: Talk = {
      id: `c${++this.count}`.padEnd(22, "x"),
      visitor: visitor.id,
      person: personOf(frame.body),
      state: "waiting",
      department: frame.department ?? "",
      consultant: `顾问${this.count}号`,
      entries: [],
      closedBy: null,
      closedAt: 0,
    };
    this.talks.push(talk);
    this.tell(talk, { event: { name: "opened", department: talk.department, greeting: "您好" } });
    this.post(socket, talk, { ...frame, type: "message.post", conversation: talk.id });
  }

  private post(socket: Socket, talk: Talk, { ref, body }: MessagePost) {
    if (personOf(body) !== talk.person) this.faults.push(`${body} came into what ${talk.person} began`);
    if (talk.state === "closed") {
      Object.assign(talk, { state: "waiting", closedBy: null });
      this.tell(talk, { event: { name: "reopened" } });
    }
    if (!this.done.has(ref)) this.tell(talk, { body, ref });
    this.accept(socket, { ref }, talk.id);
  }

  private end(socket: Socket, talk: Talk, frame: { ref: string }) {
    if (!this.isRepeat(frame as Asked)) this.endedByVisitor(socket, talk);
    this.accept(socket, frame, talk.id);
  }

  private leave(socket: Socket, talk: Talk | undefined, frame: OfflineLeave) {
    if (frame.conversation && talk === undefined) {
      this.say(socket, { type: "refused", ref: frame.ref, code: "not_found", retry: "no" });
      return;
    }
    if (talk && personOf(frame.body) !== talk.person)
      this.faults.push(`${frame.body} left for ${talk.person}`);
    if (!this.isRepeat(frame) && talk && talk.state !== "closed") this.endedByVisitor(socket, talk);
    this.messages += 1;
    this.accept(socket, frame, talk?.id ?? "");
  }

  private endedByVisitor(socket: Socket, talk: Talk) {
    const visitor = [...this.visitors.values()].find(({ id }) => id === talk.visitor);
    this.shut(talk, "visitor");
    if (visitor === undefined || !RULES.endsTokens) return;
    Object.assign(visitor, { endsAt: this.now(), ratesUntil: this.now() + RATING_MS });
    for (const each of this.of(talk.visitor)) {
      if (each === socket) each.onlyRates = true;
      else if (RULES.closesOtherTabs) this.close(each, SESSION_ENDED);
    }
  }

  private isOver({ state, closedBy, closedAt }: Talk): boolean {
    return state === "closed" && (closedBy === "visitor" || this.now() - closedAt > REOPEN_MS);
  }

  // What staff and clocks do, in the conversation that is open or was the last one.

  answers() {
    const talk = this.talks.filter(({ state }) => state !== "closed").pop();
    if (talk === undefined) return;
    const consultant = { name: talk.consultant, number: "012", title: "consultant" } as const;
    if (talk.state === "waiting") {
      talk.state = "active";
      this.tell(talk, { event: { name: "assigned", consultant } });
      this.stand(talk);
    }
    this.tell(talk, { body: `答〔${talk.person}〕${talk.entries.length}`, person: consultant });
  }

  staffEnd(by: "consultant" | "system") {
    const talk = this.talks.filter(({ state }) => state !== "closed").pop();
    if (talk !== undefined) this.shut(talk, by);
  }

  staffReopen() {
    const talk = this.talks[this.talks.length - 1];
    if (talk === undefined || talk.state !== "closed" || talk.closedBy === "visitor") return;
    Object.assign(talk, { state: "active", closedBy: null });
    this.tell(talk, { event: { name: "reopened" } });
    this.stand(talk);
  }

  private shut(talk: Talk, by: "visitor" | "consultant" | "system") {
    Object.assign(talk, { state: "closed", closedBy: by, closedAt: this.now() });
    this.tell(talk, { event: { name: "closed", by, reason: "ended" } });
    this.stand(talk);
  }

  private stand(talk: Talk) {
    for (const socket of this.of(talk.visitor)) if (!socket.onlyRates) this.say(socket, standingOf(talk));
  }

  private tell(talk: Talk, told: Told) {
    const entry = entryOf(talk, `i${++this.count}`, this.now(), told);
    talk.entries.push(entry);
    for (const socket of this.of(talk.visitor)) {
      if (socket.onlyRates) continue;
      if (entry.seq === 1) this.stand(talk);
      this.say(socket, entry);
    }
  }

  private latest(visitor: Visitor): Talk | null {
    return this.talks.filter((each) => each.visitor === visitor.id).pop() ?? null;
  }
}
