// A colleague who asks for my help calls me, though nothing is given to me. Each is told and heard once.

import type { Row } from "../../../../widget/src/shared/frames";
import { t, visitorName } from "../../shared/texts";
import type { Console } from "../desk/console";
import { partOf } from "../desk/desk";
import { play } from "./sound";

/** Runs for the life of the tab. */
export function watchCalls(console: Console): void {
  console.onAsked((asked) => {
    for (const row of asked) tellAsked(console, row);
    if (asked.length > 0) play("transfer");
  });
}

function tellAsked(console: Console, row: Row): void {
  const me = console.me.value;
  const part = me === null ? null : partOf(row, me);
  if (part === null) return;
  const about = { name: row.owner?.name ?? "", visitor: visitorName(row), note: part.note ?? "" };
  console.tell("info", () => t(`console.help.call.${part.asked_for}`, about), row.id);
}
