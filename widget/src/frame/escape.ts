// The Escape key: once closes the chat, three times quickly leaves the page (快速离开).

import { useEffect } from "preact/hooks";

/** Presses that follow each other within this time belong together, in ms. */
const TOGETHER_MS = 350;
const LEAVES = 3;

/**
 * Calls `close` after Escape, unless a dialog has stopped it or it is pressed again at once, and `leave` at the third
 * press in a row. A key that is held down counts once.
 */
export function useEscape(close: () => void, leave: () => void): void {
  useEffect(() => {
    let presses = 0;
    let last = 0;
    let timer = 0;
    const counts = (event: KeyboardEvent) => {
      if (!isEscape(event)) return;
      clearTimeout(timer);
      presses = event.timeStamp - last < TOGETHER_MS ? presses + 1 : 1;
      last = event.timeStamp;
      if (presses === LEAVES) leave();
    };
    const closes = (event: KeyboardEvent) => {
      // Not at once: closing gives the focus to the page, where the next press would not be heard.
      if (isEscape(event)) timer = window.setTimeout(close, TOGETHER_MS);
    };
    window.addEventListener("keydown", counts, true);
    window.addEventListener("keydown", closes);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("keydown", counts, true);
      window.removeEventListener("keydown", closes);
    };
  }, [close, leave]);
}

function isEscape({ key, isComposing, repeat }: KeyboardEvent): boolean {
  return key === "Escape" && !isComposing && !repeat;
}
