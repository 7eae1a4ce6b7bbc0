// A colleague who asks for my help calls me, though nothing is given to me. Each is told and heard once.

import type { Row } from "../../../../widget/src/shared/frames";
import { t, visitorName } from "../../shared/texts";
import type { Desk } from "../desk/desk";
import { partOf } from "../desk/state";
import { play } from "./sound";

/** Runs for the life of the tab. */
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
