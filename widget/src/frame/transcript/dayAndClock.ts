// When something was said, as people read it.

import { clock, dayOf, dayText } from "../../shared/zone";
import type { Texts } from "../texts";

/** 今天 10:05, 昨天 10:05, 11月21日 10:05 */
export function dayAndClock(at: number, now: number, { t, language }: Texts): string {
  const days = dayOf(now) - dayOf(at);
  const recent = days === 0 ? t("log.today") : days === 1 ? t("log.yesterday") : null;
  return `${recent ?? dayText(at, language, "long")} ${clock(at)}`;
}
