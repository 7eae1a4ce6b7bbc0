// Days and times as people read them.

import { clock, dayOf, dayText } from "../link/zone";
import type { Texts } from "./texts";

/** 今天 10:05, 昨天 10:05, 11月21日 10:05 */
export function dayAndClock(at: number, now: number, { t, language }: Texts): string {
  const days = dayOf(now) - dayOf(at);
  const recent = days === 0 ? t("log.today") : days === 1 ? t("log.yesterday") : null;
  return `${recent ?? dayText(at, language, "long")} ${clock(at)}`;
}

/** What is to come, within a sentence: 今天 16:00, 明天 8:10, 11月21日 10:05; midnight is the end of its day. */
export function comingMoment(at: number, now: number, { t, language }: Texts): string {
  const time = clock(at);
  const isMidnight = time === "00:00";
  const on = isMidnight ? at - 1 : at;
  const days = dayOf(on) - dayOf(now);
  const params = {
    day: dayText(on, language, "long"),
    time: isMidnight ? "24:00" : time.replace(/^0/, ""),
  };
  return t(days === 0 ? "moment.today" : days === 1 ? "moment.tomorrow" : "moment.day", params);
}
