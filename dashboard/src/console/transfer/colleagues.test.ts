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

test("whoever can take it stands on top, by how full he is and not by how many he has", () => {
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

test("nobody is handed what he cannot take; by hand only who is not there is out of the question", () => {
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

test("whoever has it already is not asked", () => {
  expect(whyNot(colleague("a"), "transfer", "a")).toBe("same");
  expect(whyNot(colleague("a"), "ask", "a")).toBe("same");
});

test("above his limit nobody has room, and never less than none", () => {
  expect(room(colleague("a", { load: 3 }))).toBe(2);
  expect(room(colleague("a", { load: 6 }))).toBe(0);
});
