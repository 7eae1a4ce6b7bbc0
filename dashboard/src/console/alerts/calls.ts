// Alerts me when a colleague asks for my help, although nothing is assigned to me. Each request gives one notice and
// one tone.

import type { Row } from "../../../../widget/src/shared/frames";
import { t, visitorName } from "../../shared/texts";
import type { Desk } from "../desk/desk";
import { partOf } from "../desk/state";
import { play } from "./sound";

/** Starts watching; it runs as long as the tab exists. */
export function watchCalls(desk: Desk): void {
  desk.onAsked((asked) => {
    for (const row of asked) tellAsked(desk, row);
    if (asked.length > 0) play("transfer");
  });
}

function tellAsked(desk: Desk, row: Row): void {
  const me = desk.me.value;
  const part = me === null ? null : partOf(row, me);
  if (part === null) return;
  const about = { name: row.owner?.name ?? "", visitor: visitorName(row), note: part.note ?? "" };
  desk.notices.tell("info", () => t(`console.help.call.${part.asked_for}`, about), row.id);
}
