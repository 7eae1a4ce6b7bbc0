// Until when there is a conversation to return to. The page's loader keeps it for all tabs of its site.

import { isOpen, unread } from "./chat/selectors";
import type { State } from "./chat/state";

/** A later end is told only when it is later by this much: each one is written into the page's storage. */
const STEP_MS = 15_000;

interface Seen {
  state: State;
  /** The unsent text. Typing is activity. */
  draft: string;
  /** In ms, by the server's clock. */
  serverNow: number;
  /** In ms, by this machine's clock. */
  now: number;
}

/** Follows one chat, and says what the page must be told of its end. */
export class Until {
  /** By this machine's clock. */
  private until = 0;
  /** How long the token lives after the visitor did something: the longest time that a welcome left. */
  private life = 0;
  private told: number | null = null;
  private before: Seen | null = null;

  /** The end to tell (0: nothing can be continued), or null if there is nothing new. */
  next(seen: Seen): number | null {
    const { state, draft, serverNow, now } = seen;
    const before = this.before;
    this.before = seen;
    if (state.endsAt !== (before?.state.endsAt ?? 0)) {
      const left = state.endsAt - serverNow;
      this.life = Math.max(this.life, left);
      this.until = now + left;
    }
    const isActive = before !== null && (state.pending !== before.state.pending || draft !== before.draft);
    // The token does not end while its visitor waits.
    if (isActive || state.standing?.state === "waiting") this.until = Math.max(this.until, now + this.life);
    const isUnsent = state.pending.length > 0;
    // Before the server has answered it is unknown.
    if (!state.over && !state.live && !isUnsent) return null;
    const returns = !state.over && (isOpen(state) || isUnsent || unread(state) > 0);
    const until = returns ? this.until : 0;
    const isKnown =
      this.told !== null && until > 0 === this.told > 0 && Math.abs(until - this.told) < STEP_MS;
    if (isKnown) return null;
    this.told = until;
    return until;
  }
}
