// The visitor's session: a random token, kept in this iframe's own storage under one key per site, where neither
// the hospital's page nor its trackers can read it. It is ended from here, too, when somebody else sits down.

import type { Language } from "../../shared/catalogue";
import { Backoff } from "../../shared/link/backoff";
import { retryMs, type World } from "../../shared/link/world";
import { tokenKey } from "../door/person";

const PATH = "/v1/visitor/session";
const TOO_MANY = 429;

/** The server did not do it; `retryMs` when it said how long to wait. */
class NotNow extends Error {
  constructor(readonly retryMs: number | null) {
    super("not now");
  }
}

type Timing = Pick<World, "now" | "random" | "setTimer">;

export class Session {
  private stopped = false;

  constructor(
    private readonly storage: Storage,
    private readonly site: string,
    private readonly language: () => Language,
    /** A phone, which is somebody's own. */
    private readonly touch: boolean,
    private readonly timing: Timing,
  ) {}

  /** The token, if this browser has one. It may have ended: the server says so. */
  get token(): string | null {
    return this.storage.getItem(tokenKey(this.site));
  }

  /** This token is worth nothing any more; another tab may have a new one already. */
  forget(token: string | null): void {
    if (this.token === token) this.storage.removeItem(tokenKey(this.site));
  }

  /** Nobody waits for a session any more. */
  stop(): void {
    this.stopped = true;
  }

  /** Asks until there is a session, and tells each time that it must wait. The token; null once nobody wants it. */
  async begin(waits: () => void): Promise<string | null> {
    const token = await untilDone(
      () => this.ask(),
      this.timing,
      waits,
      () => !this.stopped,
    );
    return this.stopped ? null : token;
  }

  /** A new one, unless another tab has asked meanwhile: then both use the same. Throws `NotNow`. */
  private async ask(): Promise<string> {
    const body = JSON.stringify({ site: this.site, language: this.language(), touch: this.touch });
    const headers = { "content-type": "application/json" };
    const answer = await send({ method: "POST", headers, body });
    const said: unknown = await answer.json().catch(() => null);
    const token: unknown = (said as { token?: unknown } | null)?.token;
    if (!answer.ok || typeof token !== "string") throw new NotNow(retryMs(said));
    if (this.token === null && !this.stopped) this.keep(token);
    return this.token ?? token;
  }

  private keep(token: string): void {
    try {
      this.storage.setItem(tokenKey(this.site), token);
    } catch {
      // Full: the session ends with this page.
    }
  }
}

/**
 * Ends the token of whoever sat here before. While the server cannot be reached it is tried again as long as this page
 * is open. The token is stored nowhere any more; if the page is closed first, it ends by itself after half an hour.
 */
export async function endSession(token: string, timing: Timing): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  await untilDone(async () => {
    const answer = await send({ method: "DELETE", headers, keepalive: true });
    if (answer.status >= 500 || answer.status === TOO_MANY) {
      throw new NotNow(retryMs(await answer.json().catch(() => null)));
    }
  }, timing);
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
