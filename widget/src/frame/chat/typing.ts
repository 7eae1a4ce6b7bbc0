// 正在输入, both ways: when the other side is told that the visitor writes, never what; and how long its own sign holds.

import type { World } from "../../shared/link/world";

/** The server takes one sign in so long. */
const EVERY_MS = 3_000;
/** The server forgets a sign after so long. */
const HOLDS_MS = 6_000;

/** That the visitor writes, as the other side is told of it. */
export class TypingSign {
  private toldAt = 0;
  private told = false;

  constructor(private readonly tell: (conversation: string, on: boolean) => void) {}

  tells(conversation: string, on: boolean): void {
    const now = Date.now();
    if (now - this.toldAt < EVERY_MS || (!on && !this.told)) return;
    this.toldAt = now;
    this.told = on;
    this.tell(conversation, on);
  }

  /** The message itself says that the visitor has stopped. */
  sent(): void {
    this.told = false;
  }
}

/** That the other side writes, as long as it may be believed. */
export class StaffTyping {
  private timer = 0;

  constructor(
    private readonly world: World,
    private readonly stopped: () => void,
  ) {}

  heard(on: boolean): void {
    this.world.clearTimer(this.timer);
    if (on) this.timer = this.world.setTimer(this.stopped, HOLDS_MS);
  }
}
