import { expect, test } from "vitest";
import type { CallbackShown } from "../../../../widget/src/shared/frames";
import { li, NOON, wang } from "../desk/testing";
import { due, mayReport, mayShowPhone, mayTake, ordered, waitsForAnotherDay } from "./callbacks";

const MINUTE = 60_000;

function callback(id: string, differs: Partial<CallbackShown> = {}): CallbackShown {
  return {
    id,
    site: "demo",
    department: "gynecology",
    group: "gynecology",
    language: "zh",
    asked_at: NOON - 60 * MINUTE,
    from_at: NOON,
    due_at: NOON + 60 * MINUTE,
    phone: "138****5678",
    ...differs,
  };
}

test.each([
  [-1, "later"],
  [0, "now"],
  [45, "near"],
  [60, "overdue"],
])("%i minutes after its time began it is %s", (minutes, is) => {
  expect(due(callback("a"), NOON + minutes * MINUTE)).toBe(is);
  expect(due(callback("a", { lock: "abuse_alert" }), NOON + minutes * MINUTE)).toBe("locked");
});

test("locked ones and emergencies are first, then the order of the promised times; ended ones the latest first", () => {
  const list = ordered([
    callback("later", { due_at: NOON + 90 * MINUTE }),
    callback("early_done", { state: "done", ended_at: NOON - 2 }),
    callback("soon"),
    callback("late_done", { state: "withdrawn", ended_at: NOON - 1 }),
    callback("urgent", { level: "critical", due_at: NOON + 99 * MINUTE }),
    callback("locked", { lock: "abuse_alert", due_at: NOON + 98 * MINUTE }),
  ]);
  expect(list.open.map(({ id }) => id)).toEqual(["locked", "urgent", "soon", "later"]);
  expect(list.ended.map(({ id }) => id)).toEqual(["late_done", "early_done"]);
});

test("anybody may take an open one; its owner and supervisors report on it; only the owner sees the number", () => {
  const mine = callback("a", { owner: li });
  const theirs = callback("a", { owner: wang });
  expect([mayTake(mine, "li"), mayTake(theirs, "li"), mayTake(callback("a"), "li")]).toEqual([
    false,
    true,
    true,
  ]);
  expect(mayReport(mine, "li", "consultant")).toBe(true);
  expect(mayReport(theirs, "li", "consultant")).toBe(false);
  expect(mayReport(theirs, "li", "supervisor")).toBe(true);
  expect(mayShowPhone(mine, "li")).toBe(true);
  expect(mayShowPhone(theirs, "li")).toBe(false);
  expect(mayShowPhone({ ...mine, lock: "abuse_alert" }, "li")).toBe(false);
  expect(mayShowPhone({ ...mine, state: "done" }, "li")).toBe(false);
});

test("after a call without an answer the next one waits for its promised time", () => {
  const tried = callback("a", { attempts: 1, from_at: NOON + MINUTE });
  expect(waitsForAnotherDay(tried, NOON)).toBe(true);
  expect(waitsForAnotherDay(tried, NOON + MINUTE)).toBe(false);
  expect(waitsForAnotherDay(callback("a"), NOON - MINUTE)).toBe(false);
});
