// What the link needs of the world: a clock, timers, chance, a way to connect, and to be told of a wake-up.
// Passed in, so that tests own the time and the network. Nothing else in this folder touches a browser's globals.

/** An open, or opening, connection. */
export interface Wire {
  send(text: string): void;
  close(code?: number): void;
}

/** What a connection tells. Never called again after `closed`. */
export interface WireEvents {
  opened(): void;
  heard(text: string): void;
  closed(code: number, reason: string): void;
}

export interface World {
  /** ms since 1970, by this machine. */
  now(): number;
  /** From 0 up to, but not including, 1. */
  random(): number;
  setTimer(run: () => void, ms: number): number;
  clearTimer(timer: number): void;
  connect(url: string, events: WireEvents): Wire;
  /** Asks the server behind the socket's `url` when to come back: ms, or null when it does not say. */
  ready(url: string): Promise<number | null>;
  /** Calls `woken` when the network or the page is back. Returns how to stop it. */
  onWake(woken: () => void): () => void;
  /** Whether the page is in the background, where timers run late. */
  hidden(): boolean;
}

const SUBPROTOCOL = "hchat.v1";

export const browser: World = {
  now: () => Date.now(),
  random: () => Math.random(),
  setTimer: (run, ms) => window.setTimeout(run, ms),
  clearTimer: (timer) => window.clearTimeout(timer),
  connect,
  ready,
  onWake,
  hidden: () => document.hidden,
};

function connect(url: string, events: WireEvents): Wire {
  const socket = new WebSocket(url, SUBPROTOCOL);
  socket.onopen = () => events.opened();
  socket.onmessage = (message) => {
    if (typeof message.data === "string") events.heard(message.data);
  };
  socket.onclose = (close) => events.closed(close.code, close.reason);
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: (code) => socket.close(code),
  };
}

async function ready(url: string): Promise<number | null> {
  try {
    const answer = await fetch(new URL("/ready", url.replace(/^ws/, "http")), { cache: "no-store" });
    const said: unknown = await answer.json();
    return retryMs(said);
  } catch {
    return null; // not reachable at all: the backoff decides
  }
}

/** The `retry_ms` of something the server said, if it is there and a sane number. */
export function retryMs(said: unknown): number | null {
  if (typeof said !== "object" || said === null) return null;
  const ms: unknown = (said as { retry_ms?: unknown }).retry_ms;
  return typeof ms === "number" && ms >= 0 && Number.isFinite(ms) ? ms : null;
}

function onWake(woken: () => void): () => void {
  const visible = () => {
    if (!document.hidden) woken();
  };
  window.addEventListener("online", woken);
  window.addEventListener("pageshow", woken);
  document.addEventListener("visibilitychange", visible);
  return () => {
    window.removeEventListener("online", woken);
    window.removeEventListener("pageshow", woken);
    document.removeEventListener("visibilitychange", visible);
  };
}
