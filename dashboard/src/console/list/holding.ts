// How long the list keeps its places: while the pointer moves on it or somebody writes, and for seconds at most. A
// mouse that was left on the list must not freeze it.

/** The pointer counts as working in the list for this long after it last moved. */
export const RESTING_MS = 3_000;

/** A list that differs from the true order is sorted after this time, whatever pointer and keyboard do. */
export const PATIENCE_MS = 10_000;

/** A click this soon after rows moved under the pointer was meant for another row. */
export const AIMED_MS = 400;

export interface Hands {
  /** When the pointer last moved on the list (ms); null when it is elsewhere. */
  readonly pointerAt: number | null;
  readonly writing: boolean;
}

/**
 * Whether rows keep their places at `now`. `staleSince`: since when they differ from the true order (ms), if they do.
 */
export function holds({ pointerAt, writing }: Hands, staleSince: number | null, now: number): boolean {
  const busy = writing || (pointerAt !== null && now - pointerAt < RESTING_MS);
  return busy && (staleSince === null || now - staleSince < PATIENCE_MS);
}
