// Requests to the JSON API under /v1/staff/. The session's cookie goes along by itself; every refusal has one shape.

import type { HttpRefusal, HttpRefused } from "../../../widget/src/shared/frames";

/** Somebody else has changed it since that version: the answer has the newer state. */
const CONFLICT = 409;
const PATIENCE_MS = 10_000;

export type Answer<Body, Conflict> =
  | { readonly kind: "done"; readonly body: Body }
  | { readonly kind: "conflict"; readonly body: Conflict }
  | { readonly kind: "refused"; readonly refusal: HttpRefusal }
  /** No answer, or none that makes sense: what became of the request is not known. */
  | { readonly kind: "unknown" };

/** Reads what is at `path`. */
export function get<Body>(path: string): Promise<Answer<Body, never>> {
  return ask(path, {});
}

/** Replaces what is at `path`. The browser finishes the request when the page goes away meanwhile. */
export function put<Body, Conflict>(path: string, sent: object): Promise<Answer<Body, Conflict>> {
  const headers = { "content-type": "application/json" };
  return ask(path, { method: "PUT", headers, body: JSON.stringify(sent), keepalive: true });
}

async function ask<Body, Conflict>(path: string, how: RequestInit): Promise<Answer<Body, Conflict>> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const asked = { credentials: "same-origin", cache: "no-store", signal: stop.signal } as const;
    const answer = await fetch(path, { ...asked, ...how });
    const body: unknown = await answer.json();
    if (answer.ok) return { kind: "done", body: body as Body };
    if (answer.status === CONFLICT) return { kind: "conflict", body: body as Conflict };
    return { kind: "refused", refusal: (body as HttpRefused).error };
  } catch {
    return { kind: "unknown" };
  } finally {
    clearTimeout(timer);
  }
}
