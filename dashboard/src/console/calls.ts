// What calls me though nothing is given to me: an emergency that is mine or my groups', and a colleague who asks. Each
// is told and heard once.

import type { Row } from "../../../widget/src/link/frames";
import type { Console } from "./console";
import { partOf } from "./desk";
import { emergencyWords } from "./events";
import { play } from "./sound";
import { t, visitorName } from "./texts";

/** Runs for the life of the tab. */
export function watchCalls(console: Console): void {
  console.onCalls((emergencies, asked) => {
    for (const row of emergencies) tellEmergency(console, row);
    for (const row of asked) tellAsked(console, row);
    if (emergencies.length > 0) play("emergency");
    else if (asked.length > 0) play("transfer");
  });
}

function tellEmergency(console: Console, row: Row): void {
  const words = row.emergency ?? "";
  const tell = () =>
    t("console.about", {
      visitor: visitorName(row),
      what: t("console.emergency", { words: emergencyWords(words) }),
    });
  console.tell("problem", tell, row.id);
}

function tellAsked(console: Console, row: Row): void {
  const me = console.me.value;
  const part = me === null ? null : partOf(row, me);
  if (part === null) return;
  const about = { name: row.owner?.name ?? "", visitor: visitorName(row), note: part.note ?? "" };
  console.tell("info", () => t(`console.help.call.${part.asked_for}`, about), row.id);
}
