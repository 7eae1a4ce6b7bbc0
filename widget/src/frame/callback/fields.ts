// The fields of the form with which a visitor asks to be called, and what they mean. Pure.

import type { CallbackRequest } from "../../shared/frames";
import { inAscii } from "../../shared/phone";
import { clock } from "../../shared/zone";

export type Day = NonNullable<CallbackRequest["day"]>;
export type Part = NonNullable<CallbackRequest["part"]>;

export interface Fields {
  phone: string;
  day: Day;
  part: Part;
  /** The hospital's name may be said to whoever answers. */
  mayName: boolean;
  name: string;
  topic: string;
}

/** A call that the server has promised. Without times it does not open within the next weeks. */
export interface PromisedCall {
  id: string;
  phone: string;
  from: number | null;
  until: number | null;
}

export const EMPTY: Fields = {
  phone: "",
  day: "soonest",
  part: "morning",
  mayName: false,
  name: "",
  topic: "",
};

/** With or without China's code. */
const MOBILE = /^(?:(?:\+|00)?86)?(1\d{10})$/;

export const DAYS: Day[] = ["soonest", "today", "tomorrow"];
export const PARTS: Part[] = ["morning", "afternoon", "evening"];

/** The same limits as the server's. */
export const PHONE_LENGTH = 20;
export const NAME_LENGTH = 40;
export const TOPIC_LENGTH = 100;

/** The hours at which the parts of a day end, as at the server. */
const ENDS: Record<Part, number> = { morning: 12, afternoon: 18, evening: 21 };

/** The parts of today that are still to come at `now`, in the hospital's zone. */
export function partsOfToday(now: number): Part[] {
  const hour = Number(clock(now).slice(0, 2));
  return PARTS.filter((part) => hour < ENDS[part]);
}

/** The days that can be wished for at `now`. */
export function daysAt(now: number): Day[] {
  return DAYS.filter((day) => day !== "today" || partsOfToday(now).length > 0);
}

/** The fields with a day and a part that are still to come. */
export function stillPossible(fields: Fields, now: number): Fields {
  const day = daysAt(now).includes(fields.day) ? fields.day : "tomorrow";
  const parts = day === "today" ? partsOfToday(now) : PARTS;
  const part = parts.includes(fields.part) ? fields.part : (parts[0] ?? "morning");
  return { ...fields, day, part };
}

/** Whether it could be a phone number; the server decides. */
export function looksLikePhone(text: string): boolean {
  const typed = inAscii(text);
  return typed.replace(/\D/g, "").length >= 5 && /^[\d\s+\-()转分机extEXT:,./]+$/.test(typed);
}

/** The number in groups that can be read back: 138 1234 5678. Anything but a mobile number stays as it was typed. */
export function grouped(phone: string): string {
  const typed = inAscii(phone);
  const mobile = MOBILE.exec(typed.replace(/[\s-]/g, ""))?.[1];
  return mobile ? mobile.replace(/^(\d{3})(\d{4})(\d{4})$/, "$1 $2 $3") : typed;
}

/** The number with its middle hidden, for a screen that somebody else may see later. */
export function masked(phone: string): string {
  return grouped(phone)
    .replace(/[^\d+]/g, "")
    .replace(/^(.{3}).+(.{4})$/, "$1****$2");
}
