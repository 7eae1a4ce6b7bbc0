import { describe, expect, test } from "vitest";
import type { Event } from "../../../../widget/src/shared/frames";
import { answer, entry, NOON } from "../desk/testing";
import { extended, lines, live, NO_THREAD, readToEnd, unread } from "./thread";

test("entries that are here already are dropped", () => {
  const two = extended(NO_THREAD, [entry("a", 1), entry("a", 2)]);
  expect(extended(two, [entry("a", 2), entry("a", 3)]).entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(extended(two, [entry("a", 1)])).toBe(two);
});

test("what the visitor wrote after the last answer is unread in a thread seen for the first time", () => {
  const thread = live(extended(NO_THREAD, [entry("a", 1), answer("a", 2), entry("a", 3), entry("a", 4)]));
  expect(unread(thread).map(({ seq }) => seq)).toEqual([3, 4]);
});

test("reading to the end leaves nothing unread; a later message is unread again", () => {
  const read = readToEnd(live(extended(NO_THREAD, [entry("a", 1)])));
  expect(unread(read)).toEqual([]);
  expect(unread(extended(read, [entry("a", 2)]))).toHaveLength(1);
});

test("notes and events are never unread", () => {
  const note = entry("a", 1, { kind: "note" });
  const event = entry("a", 2, {
    kind: "event",
    event: { name: "opened", department: "women", language: "zh", greeting: "" },
  });
  expect(unread(live(extended(NO_THREAD, [note, event])))).toEqual([]);
});

test("a second replay after a reconnect does not make old messages unread", () => {
  const read = readToEnd(live(extended(NO_THREAD, [entry("a", 1)])));
  expect(live(read)).toBe(read);
});

test("messages of one person form one group until a long pause", () => {
  const shown = lines(
    [entry("a", 1), entry("a", 2), answer("a", 3), answer("a", 4, { at: NOON + 3_600_000 })],
    null,
  );
  expect(shown.map((line) => (line.kind === "message" ? line.first : line.kind))).toEqual([
    "time",
    true,
    false,
    true,
    "time",
    true,
  ]);
});

test("the separator is before the first unread message and begins a group", () => {
  const shown = lines([entry("a", 1), entry("a", 2)], 2);
  expect(shown.map((line) => line.kind)).toEqual(["time", "message", "unread", "message"]);
  expect(shown[3]).toMatchObject({ first: true });
});

describe("events between messages", () => {
  const event = (seq: number, name: "assigned" | "rung" | "emergency_noticed") =>
    entry("a", seq, { kind: "event", body: null, event: { name } as Event });
  const kinds = (...entries: ReturnType<typeof entry>[]) =>
    lines(entries, null)
      .map(({ kind }) => kind)
      .filter((kind) => kind !== "time");

  test("three or more in a row are folded into one line", () => {
    expect(kinds(event(1, "rung"), event(2, "rung"), event(3, "assigned"), entry("a", 4))).toEqual([
      "events",
      "message",
    ]);
    expect(kinds(event(1, "rung"), event(2, "assigned"), entry("a", 3))).toEqual([
      "event",
      "event",
      "message",
    ]);
  });

  test("an emergency among them is never hidden", () => {
    const found = lines([1, 2, 3].map((n) => event(n, "rung")).concat(event(4, "emergency_noticed")), null);
    expect(found.map(({ kind }) => kind).filter((kind) => kind !== "time")).toEqual(["events", "event"]);
  });
});
