// When to try again, and whether at all. Full jitter: a thousand clients that lost the same server must not come
// back in the same moment.

import { retryMs } from "./world";

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** After this long a connection counts as healthy, and the next loss starts from the beginning. */
const HEALTHY_MS = 30_000;
/** A restarting server is back soon; its clients spread over this. */
const RESTART_MS = 5_000;

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

  /** How long to wait, in ms, after the connection was lost or could not be made. */
  next(): number {
    if (this.liveSince !== null && this.now() - this.liveSince >= HEALTHY_MS) this.losses = 0;
    this.liveSince = null;
    const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.losses);
    this.losses += 1;
    return this.random() * longest;
  }

  /** The wait after a close with `code`; the server may ask for a longer one in `reason`. */
  after(code: number, reason: string): number {
    const wait = this.next();
    if (code === 1012) return this.random() * RESTART_MS;
    return Math.max(wait, asked(reason));
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
