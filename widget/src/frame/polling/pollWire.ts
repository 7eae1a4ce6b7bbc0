// A connection made of requests: each brings what was sent, and waits for what the server has. Both sides number their
// frames and repeat those that the other has not confirmed, so a request may be broken off at any time.

import type { HttpRefused, VisitorPoll, VisitorPolled } from "../../shared/frames";
import { retryMs, type Wire, type WireEvents } from "../../shared/link/world";

const PATH = "/v1/visitor/line";
/** Names the line; nobody else may know it. */
const HEADER = "HChat-Line";
const ID_BYTES = 32;
/** Requests that fail one after the other before the connection counts as lost. The server keeps a line for 10 s. */
const TRIES = 3;
const PAUSE_MS = 1_000;
/** Frames and characters of one request: a server accepts 64 frames and 16 KiB. */
const MOST_TEXTS = 64;
const MOST_CHARACTERS = 4_000;
/** The close codes for a loss, and for a server that asks to come back later. */
const LOST = 1006;
const OVERLOADED = 4013;

/** Opens a line. */
export function pollWire(events: WireEvents): Wire {
  const headers = { "content-type": "application/json", [HEADER]: newId() };
  const texts: string[] = []; // sent, and not confirmed
  let at = 0; // how many were confirmed before them
  let got = 0;
  let over = false;
  let request: AbortController | null = null;
  let carried = 0; // how many the latest request confirms or carries
  let renewing = false;

  async function run(): Promise<void> {
    let failed = 0;
    while (!over) {
      request = new AbortController();
      const { signal } = request;
      try {
        const asked: VisitorPoll = { got, at, texts: batch(texts) };
        carried = at + asked.texts.length;
        const body = JSON.stringify(asked);
        const answer = await fetch(PATH, { method: "POST", headers, body, signal, cache: "no-store" });
        const said: unknown = await answer.json();
        if (over) return;
        if (answer.ok) took(said as VisitorPolled);
        else await refused(said);
        failed = 0;
      } catch {
        if (signal.aborted) continue; // by `send`, with more to say, or by `close`
        if (++failed >= TRIES) ended(LOST, "");
        else await pause(failed * PAUSE_MS);
      }
    }
  }

  function took(said: VisitorPolled): void {
    texts.splice(0, said.taken - at);
    at = said.taken;
    for (const text of said.texts) {
      got += 1;
      events.heard(text);
      if (over) return;
    }
    if (said.end) ended(said.end.code, said.end.reason);
  }

  async function refused(said: unknown): Promise<void> {
    const ms = retryMs((said as Partial<HttpRefused> | null)?.error?.details);
    if (ms === null) ended(LOST, "");
    else if (at === 0) ended(OVERLOADED, JSON.stringify({ retry_ms: ms }));
    else await pause(ms);
  }

  function ended(code: number, reason: string): void {
    over = true;
    events.closed(code, reason);
  }

  void Promise.resolve().then(() => {
    if (over) return;
    events.opened();
    void run();
  });
  return {
    send: (text) => {
      texts.push(text);
      if (renewing) return;
      renewing = true;
      // Frames that are sent in the same moment go in one request.
      void Promise.resolve().then(() => {
        renewing = false;
        if (at + texts.length > carried) request?.abort();
      });
    },
    close: () => {
      over = true;
      request?.abort();
    },
  };
}

/** As many of the texts as one request may carry, at least one. */
function batch(texts: string[]): string[] {
  let size = 0;
  const end = texts.findIndex((text, place) => {
    size += text.length;
    return place > 0 && (place >= MOST_TEXTS || size > MOST_CHARACTERS);
  });
  return end < 0 ? [...texts] : texts.slice(0, end);
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
