// The visitor's session: a random token, kept in this iframe's own storage under one key per site, where neither
// the hospital's page nor its trackers can read it.

import { Backoff } from "../link/backoff";
import type { Language } from "../link/catalogue";
import { retryMs } from "../link/world";

/** No session could be had; `retryMs` when the server said how long to wait. */
class NoSession extends Error {
  constructor(readonly retryMs: number | null) {
    super("no session");
  }
}

export class Session {
  private readonly backoff = new Backoff(Math.random, Date.now);

  constructor(
    private readonly storage: Storage,
    private readonly site: string,
    private readonly language: () => Language,
  ) {}

  /** The token, if this browser has one. It may have ended: the server says so. */
  get token(): string | null {
    return this.storage.getItem(this.key);
  }

  forget(): void {
    this.storage.removeItem(this.key);
  }

  /** Asks until there is a session, and tells each time that it must wait. */
  async begin(waits: () => void): Promise<void> {
    for (;;) {
      try {
        await this.renew();
        return;
      } catch (error) {
        if (!(error instanceof NoSession)) throw error;
        waits();
        const { ms } = this.backoff.refused(error.retryMs);
        await new Promise((resolve) => window.setTimeout(resolve, ms));
      }
    }
  }

  /** Asks the server for a new session. Throws `NoSession`. */
  private async renew(): Promise<void> {
    const touch = window.matchMedia("(pointer: coarse)").matches;
    const body = JSON.stringify({ site: this.site, language: this.language(), touch });
    let answer: Response;
    try {
      const headers = { "content-type": "application/json" };
      answer = await fetch("/v1/visitor/session", { method: "POST", headers, body, cache: "no-store" });
    } catch {
      throw new NoSession(null);
    }
    const said: unknown = await answer.json().catch(() => null);
    const token: unknown = (said as { token?: unknown } | null)?.token;
    if (!answer.ok || typeof token !== "string") throw new NoSession(retryMs(said));
    this.storage.setItem(this.key, token);
  }

  private get key(): string {
    return `hchat-token-${this.site}`;
  }
}
