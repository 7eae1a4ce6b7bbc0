// Whether the server can store anything at present, as far as its refusals and its silence tell.

import type { World } from "./world";

/** With nothing refused for this long nobody knows whether the server still cannot store. */
const TROUBLE_MS = 90_000;

export class Trouble {
  /** Why it stores nothing, as a refusal's code; null while it does. */
  code: string | null = null;
  private timer: number | null = null;

  constructor(
    private readonly world: World,
    private readonly changed: (code: string | null) => void,
  ) {}

  /** A request was refused with this code, or something was stored. */
  report(code: string | null): void {
    if (this.timer !== null) this.world.clearTimer(this.timer);
    this.timer = code === null ? null : this.world.setTimer(() => this.report(null), TROUBLE_MS);
    if (code === this.code) return;
    this.code = code;
    this.changed(code);
  }
}
