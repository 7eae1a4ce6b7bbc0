// What the link needs from its environment: a clock, timers, random numbers, connections, and wake-up events. It is
// passed in, so that tests control time and network. No other file in this folder uses the browser's globals.

import type { Readiness } from "../frames";

/** A connection that is open or opening. */
export interface Wire {
  send(text: string): void;
  close(code?: number): void;
}

/** The events of a connection. None is called after `closed`. */
export interface WireEvents {
  opened(): void;
  heard(text: string): void;
  closed(code: number, reason: string): void;
}

export interface World {
  /** Milliseconds since 1970, by this machine's clock. */
  now(): number;
  /** A random number from 0 up to, but not including, 1. */
  random(): number;
  setTimer(run: () => void, ms: number): number;
  clearTimer(timer: number): void;
  connect(url: string, events: WireEvents): Wire;
  /** Asks the server behind the socket's `url` by HTTP when to reconnect: ms, or null when it does not say. */
  ready(url: string): Promise<number | null>;
  /** Calls `woken` when the network is back or the page is visible again. Returns a function that ends this. */
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
    const body: Partial<Readiness> | null = await answer.json();
    return retryMs(body);
  } catch {
    return null; // unreachable: the backoff decides
  }
}

/** The `retry_ms` of a parsed answer, if it is a number that makes sense. */
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
