import { afterEach, expect, test } from "vitest";
import { tellZone } from "../../../../widget/src/shared/zone";
import { NOON, row, welcome } from "../desk/testing";
import { clockText, secondsLeft, timeText, waiting } from "./clocks";

afterEach(() => tellZone(undefined));

const urgencyAfter = (ms: number, replied: boolean) =>
  waiting(row("a", { unanswered_since: NOON, replied }), welcome.clocks, NOON + ms)?.urgency;

test("a first reply turns amber at 15 s, red at 30 s and alarms at 60 s", () => {
  const at = [14_999, 15_000, 30_000, 60_000];
  expect(at.map((ms) => urgencyAfter(ms, false))).toEqual(["neutral", "amber", "red", "alarm"]);
});

test("a follow-up turns amber at 30 s, red at 60 s and alarms at 120 s", () => {
  const at = [29_999, 30_000, 60_000, 120_000];
  expect(at.map((ms) => urgencyAfter(ms, true))).toEqual(["neutral", "amber", "red", "alarm"]);
});

test("no clock runs for an answered visitor, nor after the end", () => {
  expect(waiting(row("a"), welcome.clocks, NOON)).toBeNull();
  expect(waiting(row("a", { state: "closed", unanswered_since: NOON }), welcome.clocks, NOON)).toBeNull();
});

test("a clock of this machine that is behind shows zero, not less", () => {
  expect(waiting(row("a", { unanswered_since: NOON + 500 }), welcome.clocks, NOON)?.ms).toBe(0);
});

test("clocks are written mm:ss, with hours when there are any", () => {
  expect([0, 125_999, 3_600_000, 3_725_000].map(clockText)).toEqual(["00:00", "02:05", "1:00:00", "1:02:05"]);
});

test("seconds left are rounded up, never negative, and never more than the offer had", () => {
  const left = (kind: "ring" | "transfer", ms: number) =>
    secondsLeft({ id: "o", kind, ends_at: NOON + ms, mine: true }, welcome.clocks, NOON);
  expect([left("ring", 1), left("ring", 0), left("ring", -5)]).toEqual([1, 0, 0]);
  expect([left("ring", 15_000), left("ring", 15_400)]).toEqual([15, 15]);
  expect([left("transfer", 29_001), left("transfer", 30_001)]).toEqual([30, 30]);
});

test("another day's time says the day, both in the hospital's zone", () => {
  tellZone("Asia/Shanghai");
  const at = Date.UTC(2026, 10, 20, 18, 5);
  expect(timeText(at, at, "zh")).toBe("02:05");
  expect(timeText(at, at + 86_400_000, "zh")).toBe("11月21日 02:05");
  expect(timeText(at, at + 86_400_000, "en")).toBe("21 Nov 02:05");
});
