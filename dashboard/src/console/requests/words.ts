// How the cards of 留言 and call-backs write names and times.

import { spelledOut } from "../../../../widget/src/shared/hiddenCharacters";
import { language, t } from "../../shared/texts";
import type { Desk } from "../desk/desk";
import { timeText } from "../list/clocks";

/**
 * The name that the visitor left. If it could be taken for the hospital's, the server has replaced it by `#` and a
 * number.
 */
export function guestName(name: string | undefined): string {
  if (!name) return t("console.offline.unnamed");
  return name.startsWith("#") ? t("console.offline.numbered", { number: name.slice(1) }) : spelledOut(name);
}

/** A moment in the desk's language, with its day unless that is today. */
export function moment(desk: Desk, at: number): string {
  return timeText(at, desk.today.value, language.value);
}
