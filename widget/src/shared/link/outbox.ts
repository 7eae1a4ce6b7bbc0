// Holds the requests that are not answered yet, in order. Each is resent with the same ref after every reconnect until
// it is answered. Texts survive a reload of the page in the tab's own storage; nothing else does.

import type { Accepted, Refused } from "../frames";
import type { World } from "./world";

/** A request. `conversation` is missing when it does not belong to one. */
export interface Asked {
  type: string;
  ref: string;
  conversation?: string;
}

/** The server refused the request, and retrying would not help, or retries have gone on for too long. */
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
  /** When it was sent on the current connection; null: not yet. */
  sentAt: number | null;
  tries: number;
  notBefore: number;
  /** When the server first asked it to wait. */
  waitsSince: number | null;
  resolve(answer: unknown): void;
  reject(error: RefusedError): void;
}

/** Requests that contain what a person wrote. Losing one would lose their words. */
const TEXTS = new Set([
  "message.post",
  "conversation.open",
  "offline.leave",
  "callback.request",
  "note.post",
]);
/** Requests that only read. Their order does not matter, and they must not wait behind a text that is stuck. */
const READS = new Set(["history.get", "heads.get", "list.get", "callback.get", "conversation.follow"]);
/** Equals the server's `limits.unaccepted`. */
const MOST_IN_FLIGHT = 8;
/** A request that must wait longer than this fails at once, so that the person can decide. */
const LONGEST_WAIT_MS = 30_000;
/**
 * An action that was asked to wait again and again for this long fails. Texts are retried without end, and the screen
 * shows it.
 */
const PATIENCE_MS = 60_000;
/**
 * When the server names no time, the waits double up to the second value, which keeps a visitor under their rate limit.
 */
const FIRST_WAIT_MS = 500;
const LAST_WAIT_MS = 8_000;
/**
 * A request without an answer for this long on a live connection is sent again; its ref makes sure that it is done only
 * once.
 */
const ANSWER_MS = 15_000;
/** Refusal codes of a server that is reachable and cannot store anything. */
const NOT_STORED = new Set(["unavailable", "read_only"]);

export interface OutboxEvents {
  send(frame: Asked): void;
  /** Nothing can be stored at present (the refusal's code), or it can again (null). */
  trouble(code: string | null): void;
}

/** The queue of unanswered requests: sends, resends and orders them. */
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

  /** Texts that are not accepted yet, oldest first, including those from before a reload. */
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

  /** After the connection is established, sends everything that is unanswered, in order. */
  connected(): void {
    this.live = true;
    for (const each of this.queue) each.sentAt = null;
    this.pump();
  }

  disconnected(): void {
    this.live = false;
    this.disarm();
  }

  /** From now on keeps texts in memory only, and removes those that were stored. */
  keepNothing(): void {
    this.store?.removeItem(this.key);
    this.store = null;
  }

  /** The unanswered request with this ref, or null. */
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

  /** Returns false when the request will be retried, true when the refusal is final. */
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
    // `later` without a time promises nothing (a full queue, for example): the caller decides.
    if (typeof asked !== "number") return refused.retry === "later" ? null : this.pause(each.tries);
    return asked > LONGEST_WAIT_MS ? null : asked * (1 + this.world.random() / 2);
  }

  private isTooLong({ frame, waitsSince }: Waiting): boolean {
    return !isText(frame) && waitsSince !== null && this.world.now() - waitsSince > PATIENCE_MS;
  }

  /**
   * Half of the wait is random, so that clients that were refused in the same moment do not retry in the same moment.
   */
  private pause(tries: number): number {
    const longest = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
    return (longest * (1 + this.world.random())) / 2;
  }

  /** Fails actions that wait too long behind a text: they must not overtake it, and must not wait for ever either. */
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
   * Sends what may be sent, one request at a time in each conversation: if a second text were under way while the first
   * is asked to wait, they would be stored in the wrong order.
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
      // The storage is full or blocked: the text stays in memory only.
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

/** The promise of a text from before the reload has no caller; the screen learns the result from frames. */
function ignore(): void {}
