// Tracks whether the server can store anything at present, from its refusals and from the time since the last one.

import type { World } from "./world";

/** After this long without a refusal the trouble is reported as over, since nothing shows that it still exists. */
const TROUBLE_MS = 90_000;

/** Whether the server stores, with a timer that ends an old report. */
export class Trouble {
  /** Why the server stores nothing, as a refusal's code; null while it stores. */
  code: string | null = null;
  private timer: number | null = null;

  constructor(
    private readonly world: World,
    private readonly changed: (code: string | null) => void,
  ) {}

  /** Records that a request was refused with this code, or that something was stored (null). */
  report(code: string | null): void {
    if (this.timer !== null) this.world.clearTimer(this.timer);
    this.timer = code === null ? null : this.world.setTimer(() => this.report(null), TROUBLE_MS);
    if (code === this.code) return;
    this.code = code;
    this.changed(code);
  }
}
