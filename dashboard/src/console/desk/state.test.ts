import { expect, test } from "vitest";
import { answers, arrivals, EMPTY_STATE, newlyAsked, partOf, received, seen, typist, without } from "./state";
import { entry, li, me, NOON, row, waitingRow, wang, welcome } from "./testing";

const open = received(received(EMPTY_STATE, welcome, NOON), list(1, [waitingRow("a", NOON)]), NOON);

function list(version: number, put: ReturnType<typeof row>[], whole = version === 1) {
  return { type: "conversations", version, whole, put } as const;
}

test("the welcome says who I am, and `me` changes it", () => {
  expect(open.me).toEqual(me);
  expect(received(open, { type: "me", me: { ...me, load: 3 } }, NOON).me?.load).toBe(3);
});

test("entries fill a thread, and the end of the replay makes it live", () => {
  const filled = received(
    open,
    { type: "entries", conversation: "a", epoch: "e", entries: [entry("a", 1)] },
    NOON,
  );
  expect(filled.threads.get("a")).toMatchObject({ live: false });
  const state = received(filled, { type: "live", conversation: "a", epoch: "e", seq: 1 }, NOON);
  expect(state.threads.get("a")).toMatchObject({ live: true });
  expect(without(state, "a").threads.size).toBe(0);
});

test("a typing sign lasts six seconds", () => {
  const state = received(open, { type: "typing", conversation: "a", on: true }, NOON);
  expect(typist(state, "a", NOON + 5_999)).toMatchObject({ by: null });
  expect(typist(state, "a", NOON + 6_000)).toBeNull();
});

test("a person who has sent a message is no longer typing", () => {
  const state = received(open, { type: "typing", conversation: "a", on: true }, NOON);
  expect(typist(received(state, entry("a", 1), NOON), "a", NOON)).toBeNull();
});

test("a colleague's typing sign has their name", () => {
  const state = received(open, { type: "typing", conversation: "a", on: true, by: wang }, NOON);
  expect(typist(state, "a", NOON)?.by).toEqual(wang);
});

test("a conversation that becomes mine arrives; the first list brings no arrivals", () => {
  const after = received(open, list(2, [row("a"), row("b")], false), NOON);
  expect(arrivals(open, after).map(({ id }) => id)).toEqual(["a", "b"]);
  expect(
    arrivals(EMPTY_STATE, received(received(EMPTY_STATE, welcome, NOON), list(1, [row("a")]), NOON)),
  ).toEqual([]);
});

test("what was assigned to me while offline arrives with the whole list", () => {
  const after = received(open, { ...list(1, [row("b")]), whole: true }, NOON);
  expect(arrivals(open, after).map(({ id }) => id)).toEqual(["b"]);
});

test("seeing a thread to its end a second time changes nothing", () => {
  const state = seen(received(open, entry("a", 1), NOON), "a");
  expect(seen(state, "a")).toBe(state);
});

const calm = received(received(EMPTY_STATE, welcome, NOON), list(1, [row("a")]), NOON);

test("a colleague who is asked takes part at once and answers only after joining", () => {
  const asked = row("b", { owner: wang, participants: [{ person: li, asked_for: "join", note: "请看" }] });
  const now = received(calm, { type: "conversations", version: 2, put: [asked] }, NOON);
  expect(newlyAsked(calm, now).map(({ id }) => id)).toEqual(["b"]);
  expect(partOf(asked, me)?.note).toBe("请看");
  expect(answers(asked, me)).toBe(false);
  const joined = row("b", { owner: wang, participants: [{ person: li, asked_for: "join", joined: true }] });
  expect(answers(joined, me)).toBe(true);
  expect(answers({ ...joined, state: "closed" }, me)).toBe(false);
});

test("a gap in the versions makes the list of 留言 stale, as any other list", () => {
  const listed = received(calm, { type: "offline", version: 4, whole: true }, NOON);
  expect(listed.offline.version).toBe(4);
  expect(received(listed, { type: "offline", version: 6 }, NOON).offline.stale).toBe(true);
});
