import { expect, test } from "vitest";
import { li, me, NOON, row, supervisor, waitingRow, wang } from "../desk/testing";
import { held, isEmergency, neighbour, nextUnanswered, places, type Section, sections } from "./order";

const names = (all: readonly Section[]) => all.map((section) => section.name);
const ids = (all: readonly Section[], name: string) => all.find((section) => section.name === name)?.ids;

test("visitors who wait for my answer are first, the longest wait on top", () => {
  const list = sections(
    [
      row("answered"),
      row("short", { unanswered_since: NOON - 5_000 }),
      row("long", { unanswered_since: NOON - 90_000 }),
    ],
    me,
  );
  expect(names(list)).toEqual(["awaits_me", "awaits_visitor"]);
  expect(ids(list, "awaits_me")).toEqual(["long", "short"]);
});

test("the queue is in the server's order of assignment, whatever the times say", () => {
  const list = sections(
    [
      waitingRow("third", NOON - 90_000, { rank_at: 30 }),
      waitingRow("just_came", NOON),
      waitingRow("first", NOON, { rank_at: 10, priority: "emergency" }),
      waitingRow("second", NOON - 10_000, { rank_at: 20, priority: "returned" }),
    ],
    me,
  );
  expect(ids(list, "queue")).toEqual(["first", "second", "third", "just_came"]);
});

test("each has its place in the queue of its own group, by rank and then by id", () => {
  const found = places([
    waitingRow("b", NOON, { rank_at: 10 }),
    waitingRow("a", NOON, { rank_at: 10 }),
    waitingRow("B", NOON, { rank_at: 10 }),
    waitingRow("elsewhere", NOON, { rank_at: 11, group: "pediatrics" }),
    waitingRow("c", NOON, { rank_at: 12 }),
    row("active"),
  ]);
  expect([...found]).toEqual([
    ["B", 1],
    ["a", 2],
    ["b", 3],
    ["elsewhere", 1],
    ["c", 4],
  ]);
});

test("what I am asked to help with is right below what waits for me", () => {
  const asked = row("asked", {
    owner: wang,
    participants: [{ person: li, asked_for: "help", note: "请看" }],
  });
  expect(names(sections([row("answered"), asked, row("a", { unanswered_since: NOON })], me))).toEqual([
    "awaits_me",
    "helping",
    "awaits_visitor",
  ]);
});

test("offers to me are above everything", () => {
  const offer = { id: "o", kind: "transfer", ends_at: NOON, mine: true } as const;
  const list = sections(
    [row("mine", { unanswered_since: NOON }), row("offered", { owner: wang, offer })],
    me,
  );
  expect(names(list)).toEqual(["offered", "awaits_me"]);
});

test("an inactive conversation with an unanswered message waits for me", () => {
  expect(names(sections([row("a", { inactive: true, unanswered_since: NOON })], me))).toEqual(["awaits_me"]);
  expect(names(sections([row("a", { inactive: true })], me))).toEqual(["inactive"]);
});

test("a supervisor sees everybody's conversations below the queue, ended ones last", () => {
  const list = sections(
    [
      row("ended", { state: "closed", closed_at: NOON }),
      row("theirs", { owner: wang }),
      row("overdue", { owner: wang, unanswered_since: NOON - 1 }),
      waitingRow("waits", NOON),
    ],
    supervisor,
  );
  expect(names(list)).toEqual(["queue", "others", "closed"]);
  expect(ids(list, "others")).toEqual(["overdue", "theirs"]);
});

test("while places are held nothing moves, and new rows are at the very end", () => {
  const before = sections([row("a", { unanswered_since: NOON - 1 }), row("b")], me);
  const after = sections(
    [row("a"), row("b", { unanswered_since: NOON - 2 }), row("new", { unanswered_since: NOON - 9 })],
    me,
  );
  const shown = held(before, after);
  expect(names(shown)).toEqual(["awaits_me", "awaits_visitor", "late"]);
  expect(shown.flatMap((section) => section.ids)).toEqual(["a", "b", "new"]);
  expect(held(shown, after).flatMap((section) => section.ids)).toEqual(["a", "b", "new"]);
});

test("while places are held an offer to me moves to the top, and nothing else moves", () => {
  const offer = { id: "o", kind: "ring", ends_at: NOON, mine: true } as const;
  const before = sections([row("a"), waitingRow("q", NOON), waitingRow("r", NOON + 1)], me);
  const rung = [waitingRow("q", NOON), waitingRow("r", NOON + 1, { offer }), row("a"), row("new")];
  const shown = held(before, sections(rung, me));
  expect(shown).toEqual([
    { name: "offered", ids: ["r"] },
    { name: "awaits_visitor", ids: ["a"] },
    { name: "queue", ids: ["q"] },
    { name: "late", ids: ["new"] },
  ]);
  const lapsed = held(shown, sections([...rung.filter(({ id }) => id !== "r"), waitingRow("r", NOON)], me));
  expect(lapsed).toEqual(shown);
});

test("while places are held a row that is gone keeps its place", () => {
  const before = sections([row("a"), row("b")], me);
  expect(held(before, sections([row("b")], me))).toEqual(before);
});

test("rows that only deserve attention are behind a critical emergency and before the others", () => {
  const rows = [
    waitingRow("plain", NOON, { rank_at: 1 }),
    waitingRow("attention", NOON, { rank_at: 2, emergency: "body", level: "attention" }),
    waitingRow("critical", NOON, { rank_at: 3, emergency: "body", level: "critical" }),
  ];
  expect(sections(rows, me)).toEqual([{ name: "queue", ids: ["critical", "attention", "plain"] }]);
  expect(rows.filter(isEmergency).map((each) => each.id)).toEqual(["critical"]);
});

test("an emergency is first in every section", () => {
  const urgent = { emergency: "body" } as const;
  const list = sections(
    [
      row("long", { unanswered_since: NOON - 90_000 }),
      row("urgent", { unanswered_since: NOON - 1_000, ...urgent }),
      row("answered"),
      row("urgent_answered", { ...urgent, last_at: 0 }),
      row("idle", { inactive: true }),
      row("urgent_idle", { inactive: true, last_at: 0, ...urgent }),
      waitingRow("first", NOON - 1, { rank_at: 1 }),
      waitingRow("urgent_waiting", NOON, { rank_at: 2, ...urgent }),
    ],
    me,
  );
  expect(list.map(({ ids }) => ids)).toEqual([
    ["urgent", "long"],
    ["urgent_answered", "urgent_idle", "answered"],
    ["idle"],
    ["urgent_waiting", "first"],
  ]);
});

test("the next unanswered conversation is another than the open one, if there is another", () => {
  const list = sections(
    [row("a", { unanswered_since: NOON - 2 }), row("b", { unanswered_since: NOON - 1 })],
    me,
  );
  expect(nextUnanswered(list, null)).toBe("a");
  expect(nextUnanswered(list, "a")).toBe("b");
  expect(nextUnanswered(list, "b")).toBe("a");
  expect(nextUnanswered([], "a")).toBeNull();
});

test("the neighbour is the next row as shown, and the ends stop", () => {
  const list: Section[] = [
    { name: "awaits_me", ids: ["a"] },
    { name: "queue", ids: ["b"] },
  ];
  expect(neighbour(list, "a", 1)).toBe("b");
  expect(neighbour(list, "b", 1)).toBeNull();
  expect(neighbour(list, null, 1)).toBe("a");
  expect(neighbour(list, null, -1)).toBe("b");
});

test("an emergency that fell silent stays among those that I wait for", () => {
  const silent = row("a", { inactive: true, emergency: "body", level: "critical" });
  expect(sections([silent, row("b", { inactive: true })], me)).toEqual([
    { name: "awaits_visitor", ids: ["a"] },
    { name: "inactive", ids: ["b"] },
  ]);
});
