// Parts of the screen that are fetched when they may be needed.

import { useEffect, useState } from "preact/hooks";

/** Between two attempts to fetch a part, in ms. */
const AGAIN_AFTER = 3_000;

/** Fetches a part; once it is there, every screen has it at once. */
export interface Later<Part> {
  (): Promise<Part>;
  part: Part | null;
}

/** A part that `load` fetches. */
export function later<Part>(load: () => Promise<Part>): Later<Part> {
  const fetched = async () => {
    fetched.part = await load();
    return fetched.part;
  };
  fetched.part = null as Part | null;
  return fetched;
}

/**
 * A part of the screen that is fetched later; null until it is there. It is fetched as soon as it may be needed, not
 * only after a click, and again when that failed.
 */
export function useLater<Part>(fetched: Later<Part>, soon: boolean): Part | null {
  const [part, setPart] = useState<{ is: Part } | null>(
    fetched.part === null ? null : { is: fetched.part as Part },
  );
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (!soon || part !== null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      timer = setTimeout(() => setTries(tries + 1), AGAIN_AFTER);
    };
    fetched().then((is) => setPart({ is }), again);
    return () => clearTimeout(timer);
  }, [soon, tries]);
  return part?.is ?? null;
}
