// An environment and a server for tests: a clock that moves on command, and a server that keeps what it accepted and
// can be cut off at any moment. Only tests import this.

import type { Entry, MessagePost, Position, VisitorFrame, VisitorServerFrame } from "../frames";
import type { Wire, WireEvents, World } from "./world";

/** A clock with timers, and connections to a fake server. */
export class FakeWorld implements World {
  time = 1_000_000;
  chance = () => 0.5;
  inBackground = false;
  readyMs: number | null = null;
  readyAsked = 0;
  accept: (events: WireEvents) => Wire = () => ({ send: () => {}, close: () => {} });
  private nextTimer = 1;
  private readonly timers = new Map<number, { at: number; run: () => void }>();
  private readonly wakes = new Set<() => void>();

  now = () => this.time;
  random = () => this.chance();
  hidden = () => this.inBackground;
  connect = (_url: string, events: WireEvents) => this.accept(events);

  ready = async () => {
    this.readyAsked += 1;
    return this.readyMs;
  };

  setTimer = (run: () => void, ms: number) => {
    this.timers.set(this.nextTimer, { at: this.time + ms, run });
    return this.nextTimer++;
  };

  clearTimer = (timer: number) => {
    this.timers.delete(timer);
  };

  onWake = (woken: () => void) => {
    this.wakes.add(woken);
    return () => this.wakes.delete(woken);
  };

  wake() {
    for (const woken of [...this.wakes]) woken();
  }

  /** Lets `ms` pass and runs the due timers in order. */
  pass(ms: number) {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.timers].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (due === undefined) break;
      this.timers.delete(due[0]);
      this.time = Math.max(this.time, due[1].at);
      due[1].run();
    }
    this.time = end;
  }

  /** The machine sleeps: time passes, and no timer runs until it wakes. */
  sleep(ms: number) {
    this.time += ms;
    this.pass(0);
  }
}

export const CONVERSATION = "c".repeat(22);

/** An entry of the test conversation. */
export function entry(seq: number, body = `text ${seq}`, epoch = "e1", ref?: string): Entry {
  const author = { kind: "visitor" } as const;
  const whole: Entry = {
    type: "entry",
    conversation: CONVERSATION,
    epoch,
    seq,
    id: `id${seq}`,
    kind: "message",
    at: seq,
    author,
    body,
  };
  return ref === undefined ? whole : { ...whole, ref };
}

/** A server with one conversation. Frames stay under way until `deliver`. */
export class FakeServer {
  epoch = "e1";
  readonly entries: Entry[] = [];
  readonly heard: VisitorFrame[] = [];
  /** Decides for each post; a code means that it is refused. */
  refuse: (post: MessagePost) => { code: string; retry: "no" | "same" | "later"; retry_ms?: number } | null =
    () => null;
  following = true;
  /** Whether the reader may read: if not, `history.get` is refused and no entry is sent. */
  readable = true;
  connections = 0;
  private client: WireEvents | null = null;
  private toClient: VisitorServerFrame[] = [];
  private toServer: VisitorFrame[] = [];

  constructor(private readonly world: FakeWorld) {
    world.accept = (events) => this.accept(events);
  }

  private accept(events: WireEvents): Wire {
    this.connections += 1;
    this.client = events;
    this.toClient = [];
    this.toServer = [];
    this.world.setTimer(() => {
      if (this.client === events) events.opened();
    }, 1);
    const mine = () => this.client === events;
    return {
      send: (text) => {
        if (mine()) this.toServer.push(JSON.parse(text) as VisitorFrame);
      },
      close: () => {
        if (mine()) this.client = null;
      },
    };
  }

  /** Cuts the connection; all frames that are under way are lost. */
  cut(code = 1006, reason = "") {
    const client = this.client;
    this.client = null;
    client?.closed(code, reason);
  }

  /** The next frame that is under way to the server arrives. */
  arrive(): boolean {
    const frame = this.toServer.shift();
    if (frame === undefined) return false;
    this.heard.push(frame);
    this.handle(frame);
    return true;
  }

  /** The next frame that is under way to the client arrives. */
  deliver(): boolean {
    const frame = this.toClient.shift();
    if (frame === undefined || this.client === null) return false;
    this.client.heard(JSON.stringify(frame));
    return true;
  }

  /** All frames that are under way arrive, and so do the answers to them. */
  settle() {
    while (this.arrive() || this.deliver()) {}
  }

  /** Loses all frames of this type that are under way to the client. */
  lose(type: VisitorServerFrame["type"]) {
    this.toClient = this.toClient.filter((frame) => frame.type !== type);
  }

  say(frame: VisitorServerFrame) {
    this.toClient.push(frame);
  }

  /** Appends an entry of somebody else. */
  append(body: string, ref?: string, more: object = {}): Entry {
    const next = { ...entry(this.entries.length + 1, body, this.epoch, ref), ...more };
    this.entries.push(next);
    if (this.client !== null && this.welcomed) this.say(next);
    return next;
  }

  /** Restores a backup: fewer entries, and a new epoch. */
  restore(keep: number) {
    this.cut();
    this.epoch = `${this.epoch}x`;
    this.entries.length = Math.min(keep, this.entries.length);
    for (const each of this.entries) each.epoch = this.epoch;
  }

  private welcomed = false;

  private handle(frame: VisitorFrame) {
    if (frame.type === "hello") this.welcome(frame.resume ?? []);
    if (frame.type === "message.post") this.post(frame);
    if (frame.type === "history.get" && !this.readable)
      this.say({ type: "refused", ref: frame.ref, code: "not_found", retry: "no" });
    else if (frame.type === "history.get") {
      const { ref, conversation, after, limit } = frame;
      const entries = this.entries.slice(after ?? 0, (after ?? 0) + (limit ?? 100));
      this.say({ type: "history", ref, conversation, epoch: this.epoch, entries, more: false });
    }
    if (frame.type === "heads.get") {
      const head = { conversation: CONVERSATION, epoch: this.epoch, head: this.entries.length };
      this.say({ type: "heads", ref: frame.ref, heads: [head] });
    }
  }

  private welcome(resume: Position[]) {
    this.welcomed = true;
    const head = this.entries.length;
    const held = resume.find(({ conversation }) => conversation === CONVERSATION);
    const recovered = held?.epoch === this.epoch && held.after <= head;
    const following = { conversation: CONVERSATION, epoch: this.epoch, head, recovered };
    this.say({
      type: "welcome",
      version: 1,
      connection: "x",
      now: this.world.now() + 5_000,
      ping_ms: 25_000,
      ends_at: 0,
      limits: { message: 1000, note: 2000 },
      site: SITE,
      following: this.following ? [following] : [],
    });
    if (!this.following) return;
    const entries = this.entries.slice(recovered ? (held?.after ?? 0) : 0);
    this.say({ type: "entries", conversation: CONVERSATION, epoch: this.epoch, entries });
    this.say({ type: "live", conversation: CONVERSATION, epoch: this.epoch, seq: head });
  }

  private post(frame: MessagePost) {
    const before = this.entries.find(({ ref }) => ref === frame.ref);
    const refused = before === undefined ? this.refuse(frame) : null;
    if (refused !== null) {
      this.say({ type: "refused", ref: frame.ref, ...refused });
      return;
    }
    const { seq } = before ?? this.append(frame.body, frame.ref);
    const repeat = before !== undefined;
    this.say({ type: "accepted", ref: frame.ref, conversation: frame.conversation, seq, repeat });
  }
}

export const SITE = {
  id: "demo",
  zh: "示范医院",
  en: "Demo Hospital",
  greeting_zh: "您好",
  greeting_en: "Hello",
  phone: "0731-1234567",
  emergency_phone: "0731-120",
  departments: [
    { id: "gynecology", zh: "妇科", en: "Gynaecology" },
    { id: "pediatrics", zh: "儿科", en: "Paediatrics" },
  ],
  groups: [{ id: "women", zh: "妇科组", en: "Women's health" }],
};

/** A tab's session storage. */
export function fakeStorage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    getItem: (key) => kept.get(key) ?? null,
    key: (place) => [...kept.keys()][place] ?? null,
    removeItem: (key) => void kept.delete(key),
    setItem: (key, value) => void kept.set(key, value),
  };
}

/** The storage of a duplicated tab, copied at this moment. */
export function copied(storage: Storage): Storage {
  const copy = fakeStorage();
  for (let place = 0; place < storage.length; place++) {
    const key = storage.key(place) ?? "";
    copy.setItem(key, storage.getItem(key) ?? "");
  }
  return copy;
}
