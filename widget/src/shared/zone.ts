// Formats days and times in the hospital's time zone, so that they match its transcripts and opening hours on any
// device. The zone is set once, at the start. Until then, and for a zone that the browser does not know, the device's
// own zone is used.

import type { Language } from "./catalogue";

const LOCALE: Record<Language, string> = { zh: "zh-CN", en: "en-GB" };
const DAY_MS = 86_400_000;

let format = formatIn(undefined);

/** Sets the hospital's time zone, an IANA name. */
export function tellZone(name: string | undefined): void {
  try {
    format = formatIn(name);
  } catch {
    format = formatIn(undefined); // an old browser and a new zone
  }
}

/** A time of day, such as 10:05. */
export function clock(at: number): string {
  return format.format(at).slice(-5);
}

/** A span between two times. No line may end within it. */
export function span(from: string, until: string): string {
  return `${from}\u2060–\u2060${until}`;
}

/** The number of a calendar day: equal within a day, one more on the next. */
export function dayOf(at: number): number {
  return Date.parse(format.format(at).slice(0, 10)) / DAY_MS;
}

/** 11月21日 in Chinese; in English 21 November, or 21 Nov when `month` is short. */
export function dayText(at: number, language: Language, month: "long" | "short"): string {
  const style = { month, day: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(LOCALE[language], style).format(dayOf(at) * DAY_MS);
}

/** 2026年11月21日; in English 21 November 2026. */
export function fullDayText(at: number, language: Language): string {
  const style = { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(LOCALE[language], style).format(dayOf(at) * DAY_MS);
}

/** Uses Swedish, which gives 2026-11-21 10:05 in every browser. The functions above cut it up; it is never shown. */
function formatIn(timeZone: string | undefined): Intl.DateTimeFormat {
  const two = "2-digit";
  const style = { year: "numeric", month: two, day: two, hour: two, minute: two, hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat("sv-SE", { ...style, timeZone });
}
