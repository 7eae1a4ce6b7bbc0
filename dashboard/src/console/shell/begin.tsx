// Puts a console on the screen and sets what runs beside it going: the clock, drafts, alerts, the way out.

import { effect } from "@preact/signals";
import { render } from "preact";
import { language } from "../../shared/texts";
import { watch } from "../alerts/alerts";
import { watchCalls } from "../alerts/calls";
import { allowSound } from "../alerts/sound";
import { hasTorn } from "../composer/drafts";
import { keepModes } from "../composer/modes";
import { keepDrafts } from "../composer/saving";
import type { Console } from "../desk/console";
import { ConsoleContext } from "../desk/context";
import { tellResults } from "../transfer/results";
import { App } from "./App";

/** Narrower than this the side panel lies over the thread, so it starts closed. */
const ROOM_FOR_PANEL = "(min-width: 1281px)";

export function begin(console: Console, root: HTMLElement, told: "zh" | "en"): void {
  language.value = told;
  effect(() => {
    document.documentElement.lang = language.value === "en" ? "en" : "zh-CN";
  });
  const room = window.matchMedia(ROOM_FOR_PANEL);
  console.panelOpen.value = room.matches;
  // Zoomed in or made smaller, it would come to lie over what he is writing.
  room.addEventListener("change", () => {
    console.panelOpen.value = room.matches;
  });
  window.setInterval(() => console.tick(), 1_000);
  window.addEventListener("beforeunload", (event) => {
    if (console.outbox.value.length === 0 && !hasTorn(console.drafts.value)) return;
    event.preventDefault();
    // What Chromium before 119 looks at.
    event.returnValue = true;
  });
  allowSound();
  keepDrafts(console);
  keepModes(console);
  tellResults(console);
  watch(console);
  watchCalls(console);
  render(
    <ConsoleContext.Provider value={console}>
      <App />
    </ConsoleContext.Provider>,
    root,
  );
}
