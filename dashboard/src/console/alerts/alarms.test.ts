import { expect, test } from "vitest";
import type { Alarm } from "../../../../widget/src/shared/frames";
import { li, NOON } from "../desk/testing";
import { calls, inOrder, type Rung, sounding } from "./alarms";

const alarm = (id: string, differs: Partial<Alarm> = {}): Alarm => ({
  id,
  kind: "emergency",
  label: id,
  group: "gynecology",
  department: "gynecology",
  since: NOON - 10_000,
  state: "waiting",
  emergency: "body",
  level: "critical",
  ...differs,
});
const seen = (ago: number) => ({ acknowledged_by: li, acknowledged_at: NOON - ago });

test("an acknowledged emergency is silent for a minute and then sounds again", () => {
  expect(calls(alarm("a"), NOON)).toBe(true);
  expect(calls(alarm("a", seen(59_999)), NOON)).toBe(false);
  expect(calls(alarm("a", seen(60_000)), NOON)).toBe(true);
});

test("a visitor who waits too long sounds until somebody has acknowledged it", () => {
  const overdue = alarm("a", { kind: "overdue", emergency: null, level: null });
  expect(calls(overdue, NOON)).toBe(true);
  expect(calls({ ...overdue, ...seen(600_000) }, NOON)).toBe(false);
});

test("an alarm of the level attention makes no sound", () => {
  expect(calls(alarm("a", { level: "attention" }), NOON)).toBe(false);
  expect(calls(alarm("a", { kind: "offline", state: "left", level: "attention" }), NOON)).toBe(false);
});

test("the tone repeats while nobody has acknowledged it, an emergency's before any other", () => {
  const alarms = [alarm("late", { kind: "overdue", level: null }), alarm("a")];
  let rung: Rung = new Map();
  const heard: (string | null)[] = [];
  for (const after of [0, 1_000, 5_000, 10_000, 15_000]) {
    const now = sounding(rung, alarms, NOON + after);
    rung = now.rung;
    heard.push(now.tone);
  }
  expect(heard).toEqual(["emergency", null, "emergency", "emergency", "emergency"]);
  expect(sounding(rung, [alarms[0] as Alarm], NOON + 30_000).tone).toBe("alarm");
});

test("sounding alarms are above acknowledged ones, critical ones above all", () => {
  const all = [
    alarm("overdue", { kind: "overdue", level: null, since: NOON - 90_000 }),
    alarm("seen", seen(1_000)),
    alarm("new", { since: NOON }),
    alarm("old", { since: NOON - 60_000 }),
  ];
  expect(inOrder(all, NOON).map(({ id }) => id)).toEqual(["old", "new", "seen", "overdue"]);
});
