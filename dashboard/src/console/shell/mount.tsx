// Puts a console on the screen and sets what runs beside it going: the clock, drafts, alerts, the way out.

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

/** Narrower than this the side panel lies over the thread, so it starts closed. */
const ROOM_FOR_PANEL = "(min-width: 1281px)";

export function mount(desk: Desk, root: HTMLElement, told: "zh" | "en"): void {
  language.value = told;
  effect(() => {
    document.documentElement.lang = language.value === "en" ? "en" : "zh-CN";
  });
  const room = window.matchMedia(ROOM_FOR_PANEL);
  desk.panelOpen.value = room.matches;
  // Zoomed in or made smaller, it would cover what is being written.
  room.addEventListener("change", () => {
    desk.panelOpen.value = room.matches;
  });
  window.setInterval(() => desk.tick(), 1_000);
  window.addEventListener("beforeunload", (event) => {
    if (desk.outbox.value.length === 0 && !hasTorn(desk.drafts.value)) return;
    event.preventDefault();
    // What Chromium before 119 looks at.
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
