// What the chat needs of the browser around it: a network, clocks, and to be told when somebody touches the screen or
// comes back to it. Passed in, so that tests own all of it.

import { browser, type World } from "../shared/link/world";
import { ServerClock } from "./clock";

export interface Surroundings {
  world: World;
  clock: ServerClock;
  /** A small touch screen: somebody's own. */
  isPhone: boolean;
  /** Calls `look` whenever time may have passed unseen, or another tab may have done something. */
  onLook(look: () => void): void;
  /** Calls `touched` whenever the visitor does something. */
  onTouch(touched: () => void): void;
}

const LOOK_MS = 1_000;
/** In CSS pixels; a tablet, which lies in a waiting room as often as at home, has more. */
const PHONE_PX = 600;
/** Not `scroll`: a new message scrolls, and nobody has touched anything. */
const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"] as const;

/** `told`: when the server made this page, ms. */
export function ofThisBrowser(told: number | undefined): Surroundings {
  return {
    world: browser,
    clock: new ServerClock(told, { now: () => Date.now(), steady: () => performance.now() }),
    isPhone: isPhone(),
    onLook,
    onTouch: (touched) => {
      for (const kind of TOUCHES) window.addEventListener(kind, touched, { capture: true, passive: true });
    },
  };
}

function isPhone(): boolean {
  const { width, height } = window.screen;
  return window.matchMedia("(pointer: coarse)").matches && Math.min(width, height) < PHONE_PX;
}

/** A timer alone would be late after sleep, and the words would stand there meanwhile. */
function onLook(look: () => void): void {
  for (const kind of ["focus", "pageshow", "storage"] as const) window.addEventListener(kind, look);
  document.addEventListener("visibilitychange", look);
  window.setInterval(look, LOOK_MS);
}
