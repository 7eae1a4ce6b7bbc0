// Days and times as people read them.

import type { Language } from "../link/catalogue";
import type { Texts } from "./texts";

const LOCALE: Record<Language, string> = { zh: "zh-CN", en: "en-GB" };

/** 10:05 */
export function clock(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** 今天 10:05, 昨天 10:05, 11月21日 10:05 */
export function dayAndClock(at: number, now: number, { t, language }: Texts): string {
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0) return `${t("log.today")} ${clock(at)}`;
  if (days === 1) return `${t("log.yesterday")} ${clock(at)}`;
  const day = new Date(at).toLocaleDateString(LOCALE[language], { month: "long", day: "numeric" });
  return `${day} ${clock(at)}`;
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
