// Notices two things that no event tells: that nothing has been heard for too long, and that this machine slept.

import type { World } from "./world";

const LOOK_MS = 5_000;
/** The clock moved this much more than it should have: the machine slept. */
const JUMP_MS = 15_000;

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
    // In the background timers run up to a minute late, and that is no sleep.
    if (Math.abs(jump) > JUMP_MS && !this.world.hidden()) this.on.slept();
  }
}
