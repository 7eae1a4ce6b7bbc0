import { expect, test } from "vitest";
import type { OfflineShown } from "../../../../widget/src/shared/frames";
import { li, NOON, wang } from "../desk/testing";
import { due, maySettle, mayTake, ordered } from "./offline";

const MINUTE = 60_000;

function message(id: string, differs: Partial<OfflineShown> = {}): OfflineShown {
  return {
    id,
    site: "demo",
    department: "gynecology",
    group: "gynecology",
    kind: "question",
    language: "zh",
    body: "请回电",
    left_at: NOON - 60 * MINUTE,
    due_at: NOON + 60 * MINUTE,
    ...differs,
  };
}

test("open ones are in the order of their due times, settled ones below, the latest first", () => {
  const list = ordered([
    message("later"),
    message("done_early", { settled_at: NOON - 2, due_at: NOON - MINUTE }),
    message("overdue", { due_at: NOON - MINUTE }),
    message("done_late", { settled_at: NOON - 1 }),
  ]);
  expect(list.open.map(({ id }) => id)).toEqual(["overdue", "later"]);
  expect(list.settled.map(({ id }) => id)).toEqual(["done_late", "done_early"]);
});

test("an emergency is before everything that is due sooner", () => {
  const list = ordered([
    message("overdue", { due_at: NOON - MINUTE }),
    message("attention", { emergency: "body", level: "attention" }),
    message("critical", { emergency: "mind", level: "critical" }),
  ]);
  expect(list.open.map(({ id }) => id)).toEqual(["critical", "attention", "overdue"]);
});

test("a 留言 is near half an hour before it is due, and overdue from the minute it is due", () => {
  expect(due(message("a"), NOON)).toBe("later");
  expect(due(message("a"), NOON + 30 * MINUTE)).toBe("near");
  expect(due(message("a"), NOON + 60 * MINUTE)).toBe("overdue");
});

test("anybody may take one that is not theirs, and its owner and supervisors may settle it", () => {
  const mine = message("a", { owner: li });
  const theirs = message("a", { owner: wang });
  expect([mayTake(mine, "li"), mayTake(theirs, "li"), mayTake(message("a"), "li")]).toEqual([
    false,
    true,
    true,
  ]);
  expect(maySettle(mine, "li", "consultant")).toBe(true);
  expect(maySettle(theirs, "li", "consultant")).toBe(false);
  expect(maySettle(message("a"), "li", "consultant")).toBe(false);
  expect(maySettle(theirs, "li", "supervisor")).toBe(true);
});

test("a settled one can be neither taken nor settled again", () => {
  const settled = message("a", { owner: li, settled_at: NOON });
  expect([mayTake(settled, "wang"), maySettle(settled, "li", "supervisor")]).toEqual([false, false]);
});
