// Schedules the next attempt after a loss: how long to wait, what the server asked for, and whether a wake-up may
// shorten the wait. It does not know the connection itself.

import { Backoff, type Wait } from "./backoff";
import type { World } from "./world";

/** After this many failed handshakes in a row the server is asked by HTTP, which says more than a failed handshake. */
const ASK_READY_AFTER = 2;

export interface ReconnectEvents {
  /** A wait began or changed; `at` says when it ends. */
  waits(): void;
  /** The wait is over. */
  again(): void;
}

/** The wait before the next connection attempt. */
export class Reconnect {
  /** When the next attempt is made, in ms by this machine's clock; null while none is scheduled. */
  at: number | null = null;
  private readonly backoff: Backoff;
  /** The server asked clients not to return before this time, in ms by this machine's clock. */
  private notBefore = 0;
  private failedHandshakes = 0;
  private timer: number | null = null;

  constructor(
    private readonly world: World,
    private readonly url: string,
    private readonly on: ReconnectEvents,
  ) {
    this.backoff = new Backoff(world.random, world.now);
  }

  handshake(succeeded: boolean): void {
    this.failedHandshakes = succeeded ? 0 : this.failedHandshakes + 1;
  }

  welcomed(): void {
    this.backoff.connected();
  }

  /** Schedules the attempt after a close with `code`. `died`: the node may have died with all its connections. */
  after(code: number, reason: string, died: boolean): void {
    this.wait(this.backoff.after(code, reason, died));
    if (this.failedHandshakes >= ASK_READY_AFTER) void this.askReady();
  }

  /** Whether a wake-up may connect before the wait is over. */
  mayComeNow(): boolean {
    return this.world.now() >= this.notBefore;
  }

  cancel(): void {
    if (this.timer !== null) this.world.clearTimer(this.timer);
    this.timer = null;
    this.at = null;
  }

  private async askReady(): Promise<void> {
    this.failedHandshakes = 0;
    const asked = await this.world.ready(this.url);
    if (asked !== null && this.at !== null) {
      this.wait(this.backoff.atLeast(asked, this.at - this.world.now()));
    }
  }

  private wait({ ms, least }: Wait): void {
    const now = this.world.now();
    this.cancel();
    this.at = now + ms;
    this.notBefore = now + least;
    this.timer = this.world.setTimer(() => this.on.again(), ms);
    this.on.waits();
  }
}
