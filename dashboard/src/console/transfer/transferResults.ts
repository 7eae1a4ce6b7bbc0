// Shows me the result of a transfer that I offered, wherever I am on the screen.

import type { Entry, StaffServerFrame } from "../../../../widget/src/shared/frames";
import { t, visitorName } from "../../shared/texts";
import type { Desk } from "../desk/desk";
import { eventSentence } from "../thread/eventText";
import { offerOf } from "./handOver";

const RESULTS = new Set(["transfer_declined", "transfer_ended", "transferred"]);

/** Starts showing results; it runs as long as the tab exists. */
export function tellResults(desk: Desk): void {
  desk.link.onFrame((frame) => {
    const entry = result(frame);
    if (entry === null || !isMyOffer(desk, entry)) return;
    // The list of results is on the screen and shows it.
    if (desk.dialog.value?.kind === "hand_over") return;
    const row = desk.row(entry.conversation);
    const welcome = desk.state.value.welcome;
    if (row === null || welcome === null) return;
    desk.notices.tell("info", () =>
      t("console.about", { visitor: visitorName(row), what: eventSentence(entry, welcome) }),
    );
  });
}

/** Only single live entries: a replay contains old results. */
function result(frame: StaffServerFrame): Entry | null {
  return frame.type === "entry" && RESULTS.has(frame.event?.name ?? "") ? frame : null;
}

/** Whether I made this offer and did not withdraw it myself. */
function isMyOffer(desk: Desk, entry: Entry): boolean {
  const thread = desk.state.value.threads.get(entry.conversation);
  if (!thread?.live) return false;
  const offers = thread.entries.filter(
    (each) => each.event?.name === "transfer_offered" && each.event.offer === offerOf(entry),
  );
  const by = offers[offers.length - 1]?.author.person?.id;
  const withdrawn = entry.event?.name === "transfer_ended" && entry.event.reason === "withdrawn";
  return by === desk.me.value?.id && !withdrawn;
}
