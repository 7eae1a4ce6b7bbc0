/** Ends the timers that a test leaves running. One that fired during a later test would find another page there, and
 *  its error would fail the whole run. */
import { afterEach } from "vitest";

/** @type {Set<NodeJS.Timeout>} */
const started = new Set();

/** @param {typeof setTimeout | typeof setInterval} start */
function remembered(start) {
  return (/** @type {Parameters<typeof setTimeout>} */ ...given) => {
    const timer = start(...given);
    started.add(timer);
    return timer;
  };
}

Object.assign(globalThis, { setTimeout: remembered(setTimeout), setInterval: remembered(setInterval) });

afterEach(() => {
  for (const timer of started) clearTimeout(timer);
  started.clear();
});
