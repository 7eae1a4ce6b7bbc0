// The connection of a screen to the server. It reconnects by itself, resumes where it was, resends what was not
// answered, and delivers every entry once and in order. It does not know what the screen shows.

import type { Accepted, Following, Position, StaffServerFrame, VisitorServerFrame } from "../frames";
import { isFinal, RESYNC } from "./backoff";
import { Heartbeat } from "./heartbeat";
import { added, call } from "./listeners";
import { type Asked, Outbox } from "./outbox";
import { Reader } from "./reader";
import { Reconnect } from "./reconnect";
import { newRef } from "./ref";
import { Trouble } from "./trouble";
import { browser, type Wire, type World } from "./world";
/** `away`: waits to reconnect (see `retryAt`). `stopped`: does not reconnect by itself (see `stoppedWith`). */
export type LinkState = "connecting" | "live" | "away" | "stopped";

export interface LinkOptions<Out extends { type: string }> {
  url: string;
  /** Makes the first frame of each connection. `instance` is the same for all connections of this link. */
  hello: (resume: Position[], instance: string) => Out;
  /** When nothing was received for this long, the link reconnects. */
  silenceMs: number;
  /** Where unaccepted texts survive a reload; null or missing: nowhere. */
  store?: Storage | null;
  storeKey?: string;
  world?: Partial<World>;
}

type Heard = VisitorServerFrame | StaffServerFrame;

/** Without a welcome after this long, the connection counts as lost. */
const CONNECT_MS = 10_000;
/** After a wake-up the server must answer within this time; otherwise the connection is dead. */
const HEADS_MS = 3_000;
/** An unanswered `history.get` is sent again after this time. */
const FETCH_MS = 5_000;
/** Frames that answer a request. Another frame with the request's `ref` does not answer it. */
const ANSWERS = new Set(["accepted", "following", "history", "heads", "phone", "callback"]);

/** A connection that reconnects and resends. `Out` and `In` are the frames that the client sends and receives. */
export class Link<Out extends { type: string }, In extends { type: string }> {
  state: LinkState = "stopped";
  /** The close code that stopped the link; null if `stop` did, or if it is not stopped. */
  stoppedWith: number | null = null;
  /** The reason that the server gave with that code, for the next screen. */
  stoppedReason = "";

  /** Unique to this page: from it the server recognises an earlier connection of the same page, which is dead. */
  private readonly instance = newRef();
  private readonly world: World;
  private readonly reconnect: Reconnect;
  private readonly heartbeat: Heartbeat;
  private readonly reader: Reader;
  private readonly outbox: Outbox;
  private readonly storing: Trouble;
  private readonly stateFns = new Set<(state: LinkState) => void>();
  private readonly troubleFns = new Set<(trouble: string | null) => void>();
  private readonly frameFns = new Set<(frame: In) => void>();
  private readonly resetFns = new Set<(conversation: string) => void>();
  private readonly goneFns = new Set<(conversation: string) => void>();
  private readonly fetches = new Map<string, string>();
  private wire: Wire | null = null;
  private timer: number | null = null;
  private headsRef: string | null = null;
  private clockOffset = 0;
  private unwake: (() => void) | null = null;

  constructor(private readonly options: LinkOptions<Out>) {
    this.world = { ...browser, ...options.world };
    this.reconnect = new Reconnect(this.world, options.url, {
      waits: () => this.enter("away"),
      again: () => this.connect(),
    });
    this.heartbeat = new Heartbeat(this.world, options.silenceMs, {
      silent: () => this.lost(1006, ""),
      slept: () => this.woken(),
    });
    this.reader = new Reader({
      deliver: (entries) => this.deliver(entries),
      fetch: (conversation, after) => this.fetchHistory(conversation, after),
      reset: (conversation) => call(this.resetFns, conversation),
      gone: (conversation) => call(this.goneFns, conversation),
    });
    this.storing = new Trouble(this.world, (trouble) => call(this.troubleFns, trouble));
    const key = options.storeKey ?? "hchat-unaccepted";
    const on = {
      send: (frame: Asked) => this.send(frame),
      trouble: (code: string | null) => this.storing.report(code),
    };
    this.outbox = new Outbox(this.world, on, options.store ?? null, key);
  }

  /** Why the server stores nothing at present, as a refusal's code; null while it stores. */
  get trouble(): string | null {
    return this.storing.code;
  }

  /** When the next attempt is made, in ms by this machine's clock; null unless `away`. */
  get retryAt(): number | null {
    return this.reconnect.at;
  }

  start(): void {
    if (this.state !== "stopped") return;
    this.stoppedWith = null;
    this.unwake ??= this.world.onWake(() => this.woken());
    this.connect();
  }

  /** Ends the connection until `start` is called. Unanswered texts are kept. */
  stop(code?: number): void {
    this.drop(code);
    this.end(null);
  }

  onState(fn: (state: LinkState) => void): () => void {
    return added(this.stateFns, fn);
  }

  onTrouble(fn: (trouble: string | null) => void): () => void {
    return added(this.troubleFns, fn);
  }

  /**
   * Calls `fn` with every frame except pings and answers to the link's own requests. Entries arrive once and in order,
   * as `entry` or `entries`.
   */
  onFrame(fn: (frame: In) => void): () => void {
    return added(this.frameFns, fn);
  }

  /** Calls `fn` when the delivered entries of a conversation are void; they are delivered again from the beginning. */
  onReset(fn: (conversation: string) => void): () => void {
    return added(this.resetFns, fn);
  }

  /** Calls `fn` when the server no longer lets this client follow a conversation after a reconnect. */
  onGone(fn: (conversation: string) => void): () => void {
    return added(this.goneFns, fn);
  }

  /** Resolves with the answer; rejects with `RefusedError`. Waits until the network is back. */
  request<T extends In>(frame: Out & { ref: string }): Promise<T> {
    return this.outbox.add(frame as Asked) as Promise<T>;
  }

  /** Sends a frame that has no value later: it is dropped unless the link is live. */
  tell(frame: Out): void {
    if (this.state === "live") this.send(frame);
  }

  /** Stops following a conversation: it is not resumed, and its entries that are under way are dropped. */
  forget(conversation: string): void {
    this.reader.forget(conversation);
  }

  /** Texts that are not accepted yet, oldest first, including those from before a reload. */
  unaccepted(): (Out & { ref: string })[] {
    return this.outbox.texts() as unknown as (Out & { ref: string })[];
  }

  /** From now on texts do not survive a reload. */
  keepNothing(): void {
    this.outbox.keepNothing();
  }

  /** The server's clock in ms, calculated from `welcome.now`. */
  serverNow(): number {
    return this.world.now() + this.clockOffset;
  }

  private connect(): void {
    this.reconnect.cancel();
    this.enter("connecting");
    let opened = false;
    const wire: Wire = this.world.connect(this.options.url, {
      opened: () => {
        if (this.wire !== wire) return;
        opened = true;
        this.reconnect.handshake(true);
        this.send(this.options.hello(this.reader.positions(), this.instance));
      },
      heard: (text) => {
        if (this.wire === wire) this.heard(text);
      },
      closed: (code, reason) => {
        if (this.wire !== wire) return;
        if (!opened) this.reconnect.handshake(false);
        // An unanswered check after a wake-up explains the end; without one the node may have died with all its
        // connections.
        this.lost(code, reason, code === 1006 && this.state === "live" && this.headsRef === null);
      },
    });
    this.wire = wire;
    this.timer = this.world.setTimer(() => {
      if (!opened) this.reconnect.handshake(false);
      this.lost(1006, "");
    }, CONNECT_MS);
  }

  private lost(code: number, reason: string, died = false): void {
    this.drop();
    if (isFinal(code)) {
      this.stoppedReason = reason;
      this.end(code);
      return;
    }
    if (code === RESYNC) this.reader.distrust();
    this.reconnect.after(code, reason, died);
  }

  private end(code: number | null): void {
    this.reconnect.cancel();
    this.unwake?.();
    this.unwake = null;
    this.stoppedWith = code;
    this.enter("stopped");
  }

  /** Drops the connection, dead or alive. */
  private drop(code?: number): void {
    const wire = this.wire;
    this.wire = null;
    this.clearTimer();
    this.heartbeat.stop();
    this.headsRef = null;
    this.fetches.clear();
    this.reader.disconnected();
    this.outbox.disconnected();
    wire?.close(code);
  }

  /** The page is visible, the network is back or the machine woke: checks whether the connection still works. */
  private woken(): void {
    if (this.state === "away" && this.reconnect.mayComeNow()) this.connect();
    if (this.state !== "live" || this.headsRef !== null) return;
    const ref = newRef();
    this.headsRef = ref;
    this.send({ type: "heads.get", ref, at: this.reader.positions() });
    this.world.setTimer(() => {
      if (this.headsRef === ref) this.lost(1006, "");
    }, HEADS_MS);
  }

  private heard(text: string): void {
    this.heartbeat.heard();
    const frame = parsed(text);
    if (frame === null) return;
    if (frame.type === "ping") this.send({ type: "pong", n: frame.n });
    else if (frame.type === "welcome") this.welcomed(frame);
    else if (frame.type === "entry") {
      // Any new entry, from whichever author, proves that the server stores again.
      this.storing.report(null);
      this.reader.take([frame]);
    } else if (frame.type === "entries") this.reader.take(frame.entries);
    else if (frame.type === "heads" && frame.ref === this.headsRef) this.checked(frame.heads);
    else if (frame.type === "history" && this.fetches.has(frame.ref)) {
      this.fetches.delete(frame.ref);
      this.reader.page(frame.conversation, frame.epoch, frame.entries);
    } else if (frame.type === "refused") this.refused(frame);
    else this.told(frame);
  }

  private welcomed(frame: Heard & { type: "welcome" }): void {
    this.clearTimer();
    this.clockOffset = frame.now - this.world.now();
    this.reconnect.welcomed();
    this.heartbeat.start();
    this.enter("live");
    this.reader.resumed(frame.following ?? []);
    call(this.frameFns, frame as unknown as In);
    this.outbox.connected();
  }

  private told(frame: Heard): void {
    if (frame.type === "following") this.followed(frame.ref, frame.following);
    if (frame.type === "unfollowed") this.reader.unreadable(frame.conversation);
    if (frame.type === "live") this.reader.reached(frame.conversation, frame.epoch, frame.seq);
    call(this.frameFns, frame as unknown as In);
    if (ANSWERS.has(frame.type)) this.outbox.answered(frame as Accepted);
  }

  private followed(ref: string, following: Following): void {
    const asked = this.outbox.asked(ref);
    this.reader.follow(following, asked === null ? null : (asked as unknown as Position));
  }

  private refused(frame: Heard & { type: "refused" }): void {
    const ref = frame.ref ?? "";
    const fetching = this.fetches.get(ref);
    if (fetching !== undefined) {
      this.fetches.delete(ref);
      if (frame.retry === "no") this.reader.unreadable(fetching);
      else this.world.setTimer(() => this.reader.fetchFailed(fetching), frame.retry_ms ?? FETCH_MS);
    } else if (ref !== "" && ref === this.headsRef) this.headsRef = null;
    else if (this.outbox.refused(frame)) call(this.frameFns, frame as unknown as In);
  }

  private checked(heads: { conversation: string; epoch: string; head: number }[]): void {
    this.headsRef = null;
    for (const { conversation, epoch, head } of heads) this.reader.reached(conversation, epoch, head);
  }

  private fetchHistory(conversation: string, after: number): void {
    const ref = newRef();
    this.fetches.set(ref, conversation);
    this.send({ type: "history.get", ref, conversation, after });
    this.world.setTimer(() => {
      if (this.fetches.delete(ref)) this.reader.fetchFailed(conversation);
    }, FETCH_MS);
  }

  private deliver(entries: (Heard & { type: "entry" })[]): void {
    const first = entries[0];
    if (first === undefined) return;
    const { conversation, epoch } = first;
    const frame = entries.length === 1 ? first : { type: "entries", conversation, epoch, entries };
    call(this.frameFns, frame as unknown as In);
  }

  private send(frame: object): void {
    this.wire?.send(JSON.stringify(frame));
  }

  private enter(state: LinkState): void {
    this.state = state;
    call(this.stateFns, state);
  }

  private clearTimer(): void {
    if (this.timer !== null) this.world.clearTimer(this.timer);
    this.timer = null;
  }
}

function parsed(text: string): Heard | null {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === "object" && frame !== null ? (frame as Heard) : null;
  } catch {
    return null; // The frame cannot be read; the next one may be sound
  }
}
