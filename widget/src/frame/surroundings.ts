// What the chat needs from the browser: a network, clocks, and events when somebody touches the screen or returns to
// it. It is passed in, so that tests control all of it.

import { browser, type World } from "../shared/link/world";
import { ServerClock } from "./clock";
import { withPolling } from "./polling/fallback";

export interface Surroundings {
  world: World;
  clock: ServerClock;
  /** A small touch screen, which belongs to one person. */
  isPhone: boolean;
  /** Calls `look` whenever time may have passed unnoticed, or another tab may have done something. */
  onLook(look: () => void): void;
  /** Calls `touched` whenever the visitor does something. */
  onTouch(touched: () => void): void;
}

const LOOK_MS = 1_000;
/** In CSS pixels. Tablets are wider, and they stand in waiting rooms as often as at home. */
const PHONE_PX = 600;
/** Without `scroll`: a new message scrolls although nobody has touched anything. */
const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"] as const;

/** The real browser. `told`: when the server made this page, in ms; `tab`: the tab's storage. */
export function ofThisBrowser(told: number | undefined, tab: Storage): Surroundings {
  return {
    world: withPolling(browser, tab),
    clock: new ServerClock(told, { now: () => Date.now(), steady: () => performance.now() }),
    isPhone: isPhone(),
    onLook,
    onTouch: (touched) => {
      for (const kind of TOUCHES) window.addEventListener(kind, touched, { capture: true, passive: true });
    },
  };
}

/** Whether this is a small touch screen. */
export function isPhone(): boolean {
  const { width, height } = window.screen;
  return window.matchMedia("(pointer: coarse)").matches && Math.min(width, height) < PHONE_PX;
}

/** A timer alone would be late after sleep, and the text would stay visible meanwhile. */
function onLook(look: () => void): void {
  for (const kind of ["focus", "pageshow", "storage"] as const) window.addEventListener(kind, look);
  document.addEventListener("visibilitychange", look);
  window.setInterval(look, LOOK_MS);
}
