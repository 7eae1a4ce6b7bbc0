// The visitor's session: a random token, kept in this iframe's own storage under one key per site, where neither the
// hospital's page nor its trackers can read it. This module also ends a session when somebody else sits down.

import type { Language } from "../../shared/catalogue";
import type { HttpRefused, VisitorSessionStart, VisitorSessionStarted } from "../../shared/frames";
import { Backoff } from "../../shared/link/backoff";
import { retryMs, type World } from "../../shared/link/world";
import { isOwn, tokenKey } from "../door/person";

const PATH = "/v1/visitor/session";
const TOO_MANY = 429;

/** The server refused or was unreachable; `retryMs` when it said how long to wait. */
class NotNow extends Error {
  constructor(readonly retryMs: number | null) {
    super("not now");
  }
}

type Timing = Pick<World, "now" | "random" | "setTimer">;

/** The token of this browser, and the requests that create one. */
export class Session {
  private stopped = false;

  constructor(
    private readonly storage: Storage,
    private readonly site: string,
    private readonly language: () => Language,
    /** A phone, which belongs to one person. */
    private readonly touch: boolean,
    private readonly timing: Timing,
  ) {}

  /** The token, if this browser has one. It may have ended; the server says so on connect. */
  get token(): string | null {
    return this.storage.getItem(tokenKey(this.site));
  }

  /** Removes a token that is invalid, unless another tab has stored a new one already. */
  forget(token: string | null): void {
    if (this.token === token) this.storage.removeItem(tokenKey(this.site));
  }

  /** Stops asking for a session. */
  stop(): void {
    this.stopped = true;
  }

  /**
   * Asks until there is a session, and calls `waits` each time it must wait. Resolves with the token, or null after
   * `stop`.
   */
  async begin(waits: () => void): Promise<string | null> {
    const token = await untilDone(
      () => this.ask(),
      this.timing,
      waits,
      () => !this.stopped,
    );
    return this.stopped ? null : token;
  }

  /** Asks for a token, unless another tab has stored one meanwhile: then both use the same. Throws `NotNow`. */
  private async ask(): Promise<string> {
    const start: VisitorSessionStart = {
      site: this.site,
      language: this.language(),
      touch: this.touch,
      ...(isOwn(this.storage) && { own: true }),
    };
    const headers = { "content-type": "application/json" };
    const answer = await send({ method: "POST", headers, body: JSON.stringify(start) });
    const body: unknown = await answer.json().catch(() => null);
    const token: unknown = (body as Partial<VisitorSessionStarted> | null)?.token;
    if (!answer.ok || typeof token !== "string") throw new NotNow(refusedFor(body));
    if (this.token === null && !this.stopped) this.keep(token);
    return this.token ?? token;
  }

  private keep(token: string): void {
    try {
      this.storage.setItem(tokenKey(this.site), token);
    } catch {
      // The storage is full: the session ends with this page.
    }
  }
}

/**
 * Ends the token of the person who sat here before. While the server cannot be reached it retries as long as this page
 * is open. The token is no longer stored; if the page is closed first, the token expires by itself.
 */
export async function endSession(token: string, timing: Timing): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  await untilDone(async () => {
    const answer = await send({ method: "DELETE", headers, keepalive: true });
    if (answer.status >= 500 || answer.status === TOO_MANY) {
      throw new NotNow(refusedFor(await answer.json().catch(() => null)));
    }
  }, timing);
}

/** How long the server's refusal asks to wait; null when it does not say. */
function refusedFor(body: unknown): number | null {
  return retryMs((body as Partial<HttpRefused> | null)?.error?.details);
}

async function untilDone<T>(
  act: () => Promise<T>,
  timing: Timing,
  waits = () => {},
  wanted = () => true,
): Promise<T | null> {
  const backoff = new Backoff(timing.random, timing.now);
  while (wanted()) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof NotNow)) throw error;
      waits();
      const { ms } = backoff.refused(error.retryMs);
      await new Promise<void>((resolve) => timing.setTimer(resolve, ms));
    }
  }
  return null;
}

async function send(asked: RequestInit): Promise<Response> {
  try {
    return await fetch(PATH, { ...asked, cache: "no-store" });
  } catch {
    throw new NotNow(null);
  }
}
