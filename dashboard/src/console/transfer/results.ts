// What became of a transfer I offered: told to me wherever I am looking.

import type { Entry, StaffServerFrame } from "../../../../widget/src/shared/frames";
import { t, visitorName } from "../../shared/texts";
import type { Console } from "../desk/console";
import { eventSentence } from "../thread/events";

const RESULTS = new Set(["transfer_declined", "transfer_ended", "transferred"]);

/** Runs for the life of the tab. */
export function tellResults(console: Console): void {
  console.link.onFrame((frame) => {
    const entry = result(frame);
    if (entry === null || !isMyOffer(console, entry)) return;
    // The list of what became of each is in front of him and says it.
    if (console.question.value?.kind === "hand_over") return;
    const row = console.row(entry.conversation);
    const welcome = console.desk.value.welcome;
    if (row === null || welcome === null) return;
    console.tell("info", () =>
      t("console.about", { visitor: visitorName(row), what: eventSentence(entry, welcome) }),
    );
  });
}

/** Only what comes alone and live: a replay tells of old things. */
function result(frame: StaffServerFrame): Entry | null {
  return frame.type === "entry" && RESULTS.has(frame.event?.name ?? "") ? frame : null;
}

/** The last offer before it was made by me, and I did not take it back myself. */
function isMyOffer(console: Console, entry: Entry): boolean {
  const thread = console.desk.value.threads.get(entry.conversation);
  if (!thread?.live) return false;
  const offers = thread.entries.filter(
    (each) => each.event?.name === "transfer_offered" && each.event.offer === entry.event?.offer,
  );
  const by = offers[offers.length - 1]?.author.person?.id;
  return by === console.me.value?.id && entry.event?.reason !== "withdrawn";
}
