import { afterEach, expect, test } from "vitest";
import { clock, dayOf, dayText, tellZone } from "./zone";

/** 18:30 on the 20th in London, 02:30 on the 21st in Changsha. */
const EVENING = Date.UTC(2026, 10, 20, 18, 30);
const HOUR_MS = 3_600_000;

afterEach(() => tellZone(undefined));

test("times and days are in the hospital's zone, wherever the reader is", () => {
  tellZone("Asia/Shanghai");
  expect([clock(EVENING), dayText(EVENING, "zh", "long")]).toEqual(["02:30", "11月21日"]);
  tellZone("Europe/London");
  expect([clock(EVENING), dayText(EVENING, "en", "short")]).toEqual(["18:30", "20 Nov"]);
  expect(dayText(EVENING, "en", "long")).toBe("20 November");
});

test("a day ends at the hospital's midnight, which is written 00:00", () => {
  tellZone("Asia/Shanghai");
  const midnight = Date.UTC(2026, 10, 20, 16);
  expect(clock(midnight)).toBe("00:00");
  expect(dayOf(midnight) - dayOf(midnight - 1)).toBe(1);
  expect(dayOf(midnight + 23 * HOUR_MS)).toBe(dayOf(midnight));
});

test("days are counted across the end of a month, of a year, and a day of 23 hours", () => {
  tellZone("Europe/London");
  expect(dayOf(Date.UTC(2027, 0, 1)) - dayOf(Date.UTC(2026, 11, 31, 23))).toBe(1);
  expect(dayOf(Date.UTC(2026, 2, 30, 12)) - dayOf(Date.UTC(2026, 2, 28, 12))).toBe(2);
});

test("a zone that the browser does not know is replaced by the device's own", () => {
  const own = clock(EVENING);
  tellZone("Asia/Shanghai");
  tellZone("Mars/Olympus");
  expect(clock(EVENING)).toBe(own);
});
