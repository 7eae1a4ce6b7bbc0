// Decides when to reconnect, and whether at all. Waits have full jitter, so that a thousand clients that lost the same
// server do not come back in the same moment.

import { retryMs } from "./world";

const FIRST_MS = 500;
/**
 * With three seconds for the handshake, a client reconnects to any server that is reachable for 15 s, even after many
 * losses.
 */
const LONGEST_MS = 12_000;
/** A connection that lasted this long was healthy: after the next loss the waits start from the shortest again. */
const HEALTHY_MS = 30_000;
/** A server that stopped is usually back soon; its clients spread over this time. */
const RESTART_MS = 5_000;
/** A node that died lost all its clients at once; they spread over this time. */
const DIED_MS = 3_000;

/** Close code: the server stops or restarts. */
const RESTART = 1012;
/** Close code: the node drains. It has already chosen a different moment for each of its clients. */
const DRAINED = 4001;
/** Close code: the client's copies may be wrong, so it must not resume from them. */
export const RESYNC = 4010;

export interface Wait {
  ms: number;
  /** The part of the wait that the server asked for: not even a wake-up shortens it. */
  least: number;
}

/** Counts lost connections and draws the wait before the next attempt. */
export class Backoff {
  private losses = 0;
  private liveSince: number | null = null;

  constructor(
    private readonly random: () => number,
    private readonly now: () => number,
  ) {}

  connected(): void {
    this.liveSince = this.now();
  }

  /**
   * The wait after a close with `code`. The server may ask for a longer one in `reason`. `died`: an established
   * connection ended without a close frame, so its node may have died and lost all its clients.
   */
  after(code: number, reason: string, died = false): Wait {
    const longest = this.longest();
    if (code === DRAINED && this.losses === 1) return { ms: 0, least: 0 };
    const spread = code === RESTART ? RESTART_MS : died ? DIED_MS : 0;
    return this.atLeast(asked(reason), this.random() * Math.max(longest, spread));
  }

  /** The wait after a refused handshake. `retryMs`: the wait that the server asked for, or null. */
  refused(retryMs: number | null): Wait {
    return this.atLeast(retryMs ?? 0, this.random() * this.longest());
  }

  /** Waits for at least `least`, plus a random part of the same length, so that clients do not all return at once. */
  atLeast(least: number, ms: number): Wait {
    return { ms: Math.max(ms, least + this.random() * least), least };
  }

  /** Counts a loss and returns the upper bound of the wait after it. */
  private longest(): number {
    if (this.liveSince !== null && this.now() - this.liveSince >= HEALTHY_MS) this.losses = 0;
    this.liveSince = null;
    this.losses += 1;
    return Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.losses - 1));
  }
}

function asked(reason: string): number {
  if (!reason.startsWith("{")) return 0;
  try {
    return retryMs(JSON.parse(reason)) ?? 0;
  } catch {
    return 0;
  }
}

/** A normal close, and codes that only a programming error causes: a reconnect would cause it again. */
const FINAL = new Set([1000, 1002, 1003, 1007, 1009]);
/** The session has ended: the owner of the link gets a new session or a sign-in and starts the link again. */
const SESSION_ENDED = 4401;

/**
 * Whether the link must not reconnect after a close with `code`. Unknown codes are judged by their range, so that old
 * clients handle new codes.
 */
export function isFinal(code: number): boolean {
  return code >= 4500 || code === SESSION_ENDED || FINAL.has(code);
}
