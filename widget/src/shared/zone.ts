// Days and clocks in the hospital's zone: what is read here must be what its transcripts and its doors say, wherever
// the reader's own device is. Told once, at the start; until then, and for a zone it does not know, the device's own.

import type { Language } from "./catalogue";

const LOCALE: Record<Language, string> = { zh: "zh-CN", en: "en-GB" };
const DAY_MS = 86_400_000;

let format = formatIn(undefined);

export function tellZone(name: string | undefined): void {
  try {
    format = formatIn(name);
  } catch {
    format = formatIn(undefined); // an old browser, a new zone
  }
}

/** 10:05 */
export function clock(at: number): string {
  return format.format(at).slice(-5);
}

/** The calendar's days, counted: equal on the same day, one more on the next. */
export function dayOf(at: number): number {
  return Date.parse(format.format(at).slice(0, 10)) / DAY_MS;
}

/** 11月21日; 21 November, or 21 Nov when `month` is short. */
export function dayText(at: number, language: Language, month: "long" | "short"): string {
  const style = { month, day: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(LOCALE[language], style).format(dayOf(at) * DAY_MS);
}

/** Swedish, since it writes 2026-11-21 10:05 in every browser: taken apart above, never shown. */
function formatIn(timeZone: string | undefined): Intl.DateTimeFormat {
  const two = "2-digit";
  const style = { year: "numeric", month: two, day: two, hour: two, minute: two, hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat("sv-SE", { ...style, timeZone });
}
