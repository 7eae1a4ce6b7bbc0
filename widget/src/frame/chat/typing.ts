// When the other side is told that the visitor writes; never what.

/** The server takes one sign in so long. */
const EVERY_MS = 3_000;

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

  /** The message itself says that he has stopped. */
  sent(): void {
    this.told = false;
  }
}
