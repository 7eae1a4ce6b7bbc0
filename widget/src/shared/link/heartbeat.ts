// Notices two things for which there is no event: that nothing was received for too long, and that the machine slept.

import type { World } from "./world";

const LOOK_MS = 5_000;
/** When the clock moved by this much more than expected, the machine slept. */
const JUMP_MS = 15_000;

/** Checks at intervals how long ago something was received and whether the clock jumped. */
export class Heartbeat {
  private heardAt = 0;
  private lookedAt = 0;
  private timer: number | null = null;

  constructor(
    private readonly world: World,
    private readonly silenceMs: number,
    private readonly on: { silent(): void; slept(): void },
  ) {}

  start(): void {
    this.stop();
    this.heard();
    this.look();
  }

  stop(): void {
    if (this.timer !== null) this.world.clearTimer(this.timer);
    this.timer = null;
  }

  heard(): void {
    this.heardAt = this.world.now();
  }

  private look(): void {
    const wait = Math.min(LOOK_MS, this.silenceMs);
    this.lookedAt = this.world.now();
    this.timer = this.world.setTimer(() => this.looked(wait), wait);
  }

  private looked(wait: number): void {
    const now = this.world.now();
    if (now - this.heardAt >= this.silenceMs) {
      this.timer = null;
      this.on.silent();
      return;
    }
    const jump = now - this.lookedAt - wait;
    this.look();
    // In a background tab timers run up to a minute late, which looks like sleep but is not.
    if (Math.abs(jump) > JUMP_MS && !this.world.hidden()) this.on.slept();
  }
}
