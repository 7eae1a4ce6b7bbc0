// 正在输入 in both directions: when the other side learns that the visitor is typing (never what), and how long the other
// side's own sign is shown.

import type { World } from "../../shared/link/world";

/** The server accepts one typing frame in this time. */
const EVERY_MS = 3_000;
/** The server drops a typing sign after this time. */
const HOLDS_MS = 6_000;

/** Sends the typing sign of the visitor. */
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

  /** The message itself shows that the visitor has stopped typing. */
  sent(): void {
    this.told = false;
  }
}

/** Whether the other side is typing; the sign expires by itself. */
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
