// 正在输入 towards the visitor: sent when writing begins, repeated while it goes on, and withdrawn soon after it ends. The
// text itself is never sent.

import type { DeskLink } from "../desk/deskLink";

/** The server drops a sign after 6 s; repeating it every 3 s keeps it. */
const REPEAT_MS = 3_000;
const PAUSE_MS = 4_000;

/** Sends the typing sign to visitors. */
export class TypingSign {
  private conversation: string | null = null;
  private toldAt = 0;
  private timer: number | undefined;

  constructor(private readonly link: Pick<DeskLink, "tell" | "serverNow">) {}

  /** A key was pressed in the reply to `conversation`. */
  on(conversation: string): void {
    if (this.conversation !== conversation) this.off();
    const now = this.link.serverNow();
    if (this.conversation === null || now - this.toldAt >= REPEAT_MS) {
      this.link.tell({ type: "typing", conversation, on: true });
      this.toldAt = now;
    }
    this.conversation = conversation;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.off(), PAUSE_MS);
  }

  /** Withdraws the sign after sending, emptying, leaving or pausing. */
  off(): void {
    window.clearTimeout(this.timer);
    if (this.conversation === null) return;
    this.link.tell({ type: "typing", conversation: this.conversation, on: false });
    this.conversation = null;
  }
}
