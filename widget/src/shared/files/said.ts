// What a screen reader is told about files that were sent: once, when nothing is on its way any more.

import { useState } from "preact/hooks";
import type { Uploads } from "./uploads";

/** How many files were sent since the last time that nothing was on its way; 0 while something is. */
export function useSaid({ stored, items }: Uploads): number {
  const busy = items.some(({ state }) => state === "queued" || state === "sending");
  const [from, setFrom] = useState(stored);
  const [was, setWas] = useState(busy);
  if (busy && !was) setFrom(stored);
  if (busy !== was) setWas(busy);
  return busy ? 0 : stored - from;
}
