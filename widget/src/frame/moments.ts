// Days and times as people read them.

import { clock, dayOf, dayText } from "../shared/zone";
import type { Texts } from "./texts";

const MINUTE_MS = 60_000;

/** The time at which something begins, within a sentence: 今天 16:00, 明天 8:10, 11月21日 10:05. */
export function beginning(at: number, now: number, texts: Texts): string {
  return moment(at, clock(at), now, texts);
}

/** The time by which something ends or is done: the same, but midnight belongs to the day that ends. */
export function ending(at: number, now: number, texts: Texts): string {
  const time = clock(at);
  return time === "00:00" ? moment(at - MINUTE_MS, "24:00", now, texts) : moment(at, time, now, texts);
}

function moment(at: number, time: string, now: number, { t, language }: Texts): string {
  const days = dayOf(at) - dayOf(now);
  const params = { day: dayText(at, language, "long"), time: time.replace(/^0/, "") };
  return t(days === 0 ? "moment.today" : days === 1 ? "moment.tomorrow" : "moment.day", params);
}
