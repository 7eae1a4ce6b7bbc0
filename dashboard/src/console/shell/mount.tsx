// Puts a console on the screen and starts what runs beside it: the clock, drafts, alerts, and the warning when leaving.

import { effect } from "@preact/signals";
import { render } from "preact";
import { language } from "../../shared/texts";
import { watch } from "../alerts/alerts";
import { watchCalls } from "../alerts/calls";
import { allowSound } from "../alerts/sound";
import { syncDrafts } from "../composer/draftSync";
import { hasTorn } from "../composer/drafts";
import { syncModes } from "../composer/modeSync";
import { DeskContext } from "../desk/context";
import type { Desk } from "../desk/desk";
import { tellResults } from "../transfer/transferResults";
import { App } from "./App";

/** On narrower screens the side panel covers the thread, so it starts closed. */
const ROOM_FOR_PANEL = "(min-width: 1281px)";

/** Draws the console into `root` and starts its background work. `told`: the language that the page was made in. */
export function mount(desk: Desk, root: HTMLElement, told: "zh" | "en"): void {
  language.value = told;
  effect(() => {
    document.documentElement.lang = language.value === "en" ? "en" : "zh-CN";
  });
  const room = window.matchMedia(ROOM_FOR_PANEL);
  desk.panelOpen.value = room.matches;
  // After zooming in or making the window smaller it would cover the text that is being written.
  room.addEventListener("change", () => {
    desk.panelOpen.value = room.matches;
  });
  window.setInterval(() => desk.tick(), 1_000);
  window.addEventListener("beforeunload", (event) => {
    if (desk.outbox.value.length === 0 && !hasTorn(desk.drafts.value)) return;
    event.preventDefault();
    // Needed by Chromium before 119.
    event.returnValue = true;
  });
  allowSound();
  syncDrafts(desk);
  syncModes(desk);
  tellResults(desk);
  watch(desk);
  watchCalls(desk);
  render(
    <DeskContext.Provider value={desk}>
      <App />
    </DeskContext.Provider>,
    root,
  );
}
