import { expect, test } from "vitest";
import type { Colleague } from "../../../../widget/src/shared/frames";
import { inOrder, room, whyNot } from "./colleagues";

function colleague(id: string, differs: Partial<Colleague> = {}): Colleague {
  return {
    id,
    name: id,
    number: "1",
    title: "consultant",
    role: "consultant",
    groups: ["general"],
    availability: "online",
    present: true,
    load: 0,
    capacity: 5,
    ...differs,
  };
}

const ids = (all: readonly Colleague[]) => all.map(({ id }) => id);

test("those who can take it are on top, ordered by load ratio and not by load", () => {
  const all = [
    colleague("me"),
    colleague("full", { why_not: "full", load: 5 }),
    colleague("half", { load: 2, capacity: 4 }),
    colleague("busy", { availability: "busy" }),
    colleague("third", { load: 3, capacity: 9 }),
    colleague("administrator", { role: "administrator" }),
  ];
  expect(ids(inOrder(all, "me", "transfer", null))).toEqual(["third", "half", "busy", "full"]);
});

test("a full colleague cannot get a transfer; manual assignment excludes only those who are away", () => {
  const full = colleague("a", { why_not: "full" });
  const gone = colleague("b", { present: false });
  const resting = colleague("c", { availability: "break", why_not: "break" });
  expect([full, gone, resting].map((each) => whyNot(each, "transfer", null))).toEqual([
    "full",
    "offline",
    "break",
  ]);
  expect([full, gone, resting].map((each) => whyNot(each, "assign", null))).toEqual([null, "offline", null]);
  expect([full, gone, resting].map((each) => whyNot(each, "ask", null))).toEqual([null, "offline", null]);
});

test("the owner is not among those who are asked", () => {
  expect(whyNot(colleague("a"), "transfer", "a")).toBe("same");
  expect(whyNot(colleague("a"), "ask", "a")).toBe("same");
});

test("above their capacity nobody has room, and room is never negative", () => {
  expect(room(colleague("a", { load: 3 }))).toBe(2);
  expect(room(colleague("a", { load: 6 }))).toBe(0);
});
