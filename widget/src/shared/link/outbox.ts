// What was asked of the server and not yet answered, in order. Resent with the same ref after every reconnect
// until it is answered. Texts survive a reload of the page in the tab's own storage, and nowhere else.

import type { Accepted, Refused } from "../frames";
import type { World } from "./world";

/** A request: `conversation` is missing in those that belong to none. */
export interface Asked {
  type: string;
  ref: string;
  conversation?: string;
}

/** The server said no, and waiting would not help, or was waited for long enough. */
export class RefusedError extends Error {
  readonly code: string;
  readonly retry: "no" | "same" | "later";
  readonly retryMs?: number;
  readonly details: Record<string, string | number>;

  constructor(refused: Refused) {
    super(refused.code);
    this.name = "RefusedError";
    this.code = refused.code;
    this.retry = refused.retry;
    if (typeof refused.retry_ms === "number") this.retryMs = refused.retry_ms;
    this.details = refused.details ?? {};
  }
}

interface Waiting {
  frame: Asked;
  lane: string | null;
  /** When it went out on this connection; null: not yet. */
  sentAt: number | null;
  tries: number;
  notBefore: number;
  /** When it was first told to wait. */
  waitsSince: number | null;
  resolve(answer: unknown): void;
  reject(error: RefusedError): void;
}

/** What a person wrote: losing it would lose their words. */
const TEXTS = new Set(["message.post", "conversation.open", "offline.leave", "note.post"]);
/** Only ask; their order among the others does not matter, and they must not wait behind a stuck text. */
const READS = new Set(["history.get", "heads.get", "list.get", "conversation.follow"]);
/** As the server's `limits.unaccepted`. */
const MOST_IN_FLIGHT = 8;
/** A wait longer than this is the person's decision: they are told. */
const LONGEST_WAIT_MS = 30_000;
/** An act told to wait again and again for this long: its person is told. A text goes on; the screen says that it does. */
const PATIENCE_MS = 60_000;
/** Without a time the waits double up to here: slower than the server lets a visitor write for long. */
const FIRST_WAIT_MS = 500;
const LAST_WAIT_MS = 8_000;
/** Without an answer for so long on a living connection it goes out again: under its ref it is never done twice. */
const ANSWER_MS = 15_000;
/** The server is there and cannot store. */
const NOT_STORED = new Set(["unavailable", "read_only"]);

export interface OutboxEvents {
  send(frame: Asked): void;
  /** Nothing is stored at present (the refusal's code), or it is again (null). */
  trouble(code: string | null): void;
}

export class Outbox {
  private readonly queue: Waiting[] = [];
  private live = false;
  private timer: number | null = null;

  constructor(
    private readonly world: World,
    private readonly on: OutboxEvents,
    private store: Storage | null,
    private readonly key: string,
  ) {
    for (const frame of this.stored()) this.queue.push(waiting(frame, ignore, ignore));
  }

  /** Texts that are not accepted yet, oldest first; those of before a reload included. */
  texts(): Asked[] {
    return this.queue.map(({ frame }) => frame).filter(isText);
  }

  add(frame: Asked): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.queue.push(waiting(frame, resolve, reject));
      this.mirror();
      this.pump();
    });
  }

  /** The connection is there: everything unanswered goes out (again), in order. */
  connected(): void {
    this.live = true;
    for (const each of this.queue) each.sentAt = null;
    this.pump();
  }

  disconnected(): void {
    this.live = false;
    this.disarm();
  }

  /** From now on texts are kept in memory alone, and nothing is left of those that were stored. */
  keepNothing(): void {
    this.store?.removeItem(this.key);
    this.store = null;
  }

  /** What was asked under this ref, while it is unanswered. */
  asked(ref: string): Asked | null {
    return this.queue.find(({ frame }) => frame.ref === ref)?.frame ?? null;
  }

  answered(answer: Accepted | { ref: string }): void {
    const each = this.take(answer.ref);
    if (each === undefined) return;
    if (each.lane !== null) this.on.trouble(null);
    each.resolve(answer);
    this.pump();
  }

  /** Returns false when it will be sent again by itself, true when that was the last word. */
  refused(refused: Refused): boolean {
    const each = this.queue.find(({ frame }) => frame.ref === refused.ref);
    if (each === undefined) return true;
    if (each.lane !== null && NOT_STORED.has(refused.code)) this.on.trouble(refused.code);
    const wait = this.waitFor(each, refused);
    if (wait === null) this.take(each.frame.ref)?.reject(new RefusedError(refused));
    else {
      each.sentAt = null;
      each.notBefore = this.world.now() + wait;
      this.tellThoseBehind(each, refused);
    }
    this.pump();
    return wait === null;
  }

  private waitFor(each: Waiting, refused: Refused): number | null {
    const now = this.world.now();
    each.waitsSince ??= now;
    each.tries += 1;
    if (refused.retry === "no" || this.isTooLong(each)) return null;
    const asked = refused.retry_ms;
    // Without a time, `later` promises nothing (a full queue): whoever asked decides.
    if (typeof asked !== "number") return refused.retry === "later" ? null : this.pause(each.tries);
    return asked > LONGEST_WAIT_MS ? null : asked * (1 + this.world.random() / 2);
  }

  private isTooLong({ frame, waitsSince }: Waiting): boolean {
    return !isText(frame) && waitsSince !== null && this.world.now() - waitsSince > PATIENCE_MS;
  }

  /** Half of it by chance: whoever was refused in the same moment does not come again in the same one. */
  private pause(tries: number): number {
    const longest = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
    return (longest * (1 + this.world.random())) / 2;
  }

  /** An act must not overtake a text of its conversation; nor does it wait for ever behind one that is not taken. */
  private tellThoseBehind(first: Waiting, refused: Refused): void {
    for (const each of this.queue.filter(({ lane }) => lane !== null && lane === first.lane)) {
      each.waitsSince ??= this.world.now();
      if (each !== first && this.isTooLong(each)) {
        this.take(each.frame.ref)?.reject(new RefusedError({ ...refused, ref: each.frame.ref }));
      }
    }
  }

  private take(ref: string): Waiting | undefined {
    const place = this.queue.findIndex(({ frame }) => frame.ref === ref);
    if (place < 0) return undefined;
    const [taken] = this.queue.splice(place, 1);
    this.mirror();
    return taken;
  }

  /**
   * Sends what may go. One at a time in each conversation: if a second text were on its way while the first is
   * told to wait, they would be stored in the wrong order.
   */
  private pump(): void {
    this.disarm();
    if (!this.live) return;
    const now = this.world.now();
    const busy = new Set<string>();
    let soonest = Number.POSITIVE_INFINITY;
    for (const each of [...this.queue]) {
      if (each.lane !== null) {
        if (busy.has(each.lane) || busy.size >= MOST_IN_FLIGHT) continue;
        busy.add(each.lane);
      }
      const due = each.sentAt === null ? each.notBefore : each.sentAt + ANSWER_MS;
      if (due > now) {
        soonest = Math.min(soonest, due);
        continue;
      }
      each.sentAt = now;
      soonest = Math.min(soonest, now + ANSWER_MS);
      this.on.send(each.frame);
    }
    if (soonest < Number.POSITIVE_INFINITY) {
      this.timer = this.world.setTimer(() => this.pump(), soonest - now);
    }
  }

  private disarm(): void {
    if (this.timer !== null) this.world.clearTimer(this.timer);
    this.timer = null;
  }

  private mirror(): void {
    try {
      const texts = this.texts();
      if (texts.length > 0) this.store?.setItem(this.key, JSON.stringify(texts));
      else this.store?.removeItem(this.key);
    } catch {
      // Full or blocked: the text stays in memory, which is all that can be done.
    }
  }

  private stored(): Asked[] {
    try {
      const kept: unknown = JSON.parse(this.store?.getItem(this.key) ?? "[]");
      return Array.isArray(kept) ? kept.filter(isText) : [];
    } catch {
      return [];
    }
  }
}

function waiting(frame: Asked, resolve: Waiting["resolve"], reject: Waiting["reject"]): Waiting {
  const lane = READS.has(frame.type) ? null : (frame.conversation ?? "");
  return { frame, lane, sentAt: null, tries: 0, notBefore: 0, waitsSince: null, resolve, reject };
}

function isText(frame: unknown): frame is Asked {
  if (typeof frame !== "object" || frame === null) return false;
  const { type, ref } = frame as Partial<Asked>;
  return typeof type === "string" && TEXTS.has(type) && typeof ref === "string";
}

/** Nobody waits for the answer of a text from before the reload; the frames tell the screen. */
function ignore(): void {}
