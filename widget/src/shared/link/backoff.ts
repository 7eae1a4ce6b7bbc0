// When to try again, and whether at all. Full jitter: a thousand clients that lost the same server must not come
// back in the same moment.

import { retryMs } from "./world";

const FIRST_MS = 500;
/** With three seconds for the handshake, whoever can be reached for 15 s has us back, however often it fell before. */
const LONGEST_MS = 12_000;
/** After this long a connection counts as healthy, and the next loss starts from the beginning. */
const HEALTHY_MS = 30_000;
/** A server that stopped is back soon; its clients spread over this. */
const RESTART_MS = 5_000;
/** A node that died took all its clients with it; they spread over this. */
const DIED_MS = 3_000;

/** The server's own stop. */
const RESTART = 1012;
/** The node goes away, and has drawn the moment for each of its clients. */
const DRAINED = 4001;
/** What is held may be wrong: nothing of it is resumed. */
export const RESYNC = 4010;

export interface Wait {
  ms: number;
  /** So much of it the server asked for: not even a wake-up comes back sooner. */
  least: number;
}

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
   * The wait after a close with `code`; the server may ask for a longer one in `reason`. `died`: an established
   * connection ended without a word, as all those of its node may have.
   */
  after(code: number, reason: string, died = false): Wait {
    const longest = this.longest();
    if (code === DRAINED && this.losses === 1) return { ms: 0, least: 0 };
    const spread = code === RESTART ? RESTART_MS : died ? DIED_MS : 0;
    return this.atLeast(asked(reason), this.random() * Math.max(longest, spread));
  }

  /** The wait after a try that was refused, when the server said how long to wait, or null. */
  refused(retryMs: number | null): Wait {
    return this.atLeast(retryMs ?? 0, this.random() * this.longest());
  }

  /** Not before `least`, and not all at once then. */
  atLeast(least: number, ms: number): Wait {
    return { ms: Math.max(ms, least + this.random() * least), least };
  }

  /** The longest wait there may be after this loss, which is counted. */
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

/** A normal end, and what only a programmer's error brings about: coming back would bring it about again. */
const FINAL = new Set([1000, 1002, 1003, 1007, 1009]);
/** The session has ended: the owner of the link gets a new one, or a sign-in, and starts it again. */
const SESSION_ENDED = 4401;

/** Whether a close with `code` is the end. Unknown codes follow their range, so an old client behaves. */
export function isFinal(code: number): boolean {
  return code >= 4500 || code === SESSION_ENDED || FINAL.has(code);
}
