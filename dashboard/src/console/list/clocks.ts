// 等候时间: how long the visitor has waited for a human answer, and how urgent that is. Only a reply stops the clock;
// opening or reading the conversation does not.

import type { Language } from "../../../../widget/src/shared/catalogue";
import type { OfferShown, Row, StaffClocks } from "../../../../widget/src/shared/frames";
import { clock, dayOf, dayText } from "../../../../widget/src/shared/zone";

export type Urgency = "neutral" | "amber" | "red" | "alarm";

export interface Wait {
  readonly ms: number;
  readonly urgency: Urgency;
}

/** The wait of a row at `now` (ms by the server's clock); null when nothing is unanswered. */
export function waiting(row: Row, clocks: StaffClocks, now: number): Wait | null {
  const since = row.unanswered_since;
  if (row.state === "closed" || since === undefined || since === null) return null;
  const ms = Math.max(0, now - since);
  return { ms, urgency: urgency(ms, row.replied ? clocks.follow_up : clocks.first) };
}

function urgency(ms: number, [amber, red, alarm]: [number, number, number] | number[]): Urgency {
  if (alarm !== undefined && ms >= alarm) return "alarm";
  if (red !== undefined && ms >= red) return "red";
  if (amber !== undefined && ms >= amber) return "amber";
  return "neutral";
}

/** 02:05, and 1:02:05 from an hour on. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pair = (n: number) => String(n).padStart(2, "0");
  const tail = `${pair(Math.floor(seconds / 60) % 60)}:${pair(seconds % 60)}`;
  return seconds < 3600 ? tail : `${Math.floor(seconds / 3600)}:${tail}`;
}

/** 0:12, and 1:02:05 from an hour on, as the pages write it. */
export function lengthText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pair = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${pair(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${pair(minutes % 60)}:${pair(seconds % 60)}`;
}

/** Whole seconds that are left for an offer; never more than it had, even if the clocks differ a little. */
export function secondsLeft({ kind, ends_at }: OfferShown, clocks: StaffClocks, now: number): number {
  const whole = kind === "ring" ? clocks.ring_ms : clocks.transfer_ms;
  return Math.max(0, Math.ceil(Math.min(ends_at - now, whole) / 1000));
}

/** A time of day such as 08:00, in the hospital's zone. */
export function clockOf(at: number): string {
  return clock(at);
}

/** 10:05 on the same day, else 11月21日 10:05 (or 21 Nov 10:05), in the hospital's zone. */
export function timeText(at: number, now: number, language: Language): string {
  if (dayOf(at) === dayOf(now)) return clock(at);
  return `${dayText(at, language, language === "en" ? "short" : "long")} ${clock(at)}`;
}
