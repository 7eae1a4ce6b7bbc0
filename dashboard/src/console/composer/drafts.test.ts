import { expect, test } from "vitest";
import { answer, entry, NOON } from "../desk/testing";
import {
  claimed,
  type Drafts,
  draftOf,
  going,
  hasDraft,
  heldDraft,
  keptMine,
  NO_DRAFTS,
  notSaved,
  restored,
  saved,
  sentElsewhere,
  told,
  tookOther,
  turned,
  typed,
  unkept,
  unsaved,
} from "./drafts";

test("each conversation and each mode has its own text", () => {
  const drafts = typed(
    typed(typed(NO_DRAFTS, "a", "reply", "回复甲"), "a", "note", "备注甲"),
    "b",
    "reply",
    "回复乙",
  );
  expect(draftOf(drafts, "a", "reply")).toBe("回复甲");
  expect(draftOf(drafts, "a", "note")).toBe("备注甲");
  expect(draftOf(drafts, "b", "reply")).toBe("回复乙");
  expect(draftOf(drafts, "b", "note")).toBe("");
});

test("text is unsaved until the server has it", () => {
  const drafts = typed(NO_DRAFTS, "a", "reply", "您好");
  expect(unsaved(drafts)).toHaveLength(1);
  expect(unsaved(saved(drafts, "a", "reply", "您好", 1))).toEqual([]);
});

test("text written during a save is still unsaved", () => {
  const drafts = typed(typed(NO_DRAFTS, "a", "reply", "您"), "a", "reply", "您好");
  expect(unsaved(saved(drafts, "a", "reply", "您", 1))).toMatchObject([{ body: "您好" }]);
});

test("an emptied draft is removed on the server, and then here", () => {
  const kept = saved(typed(NO_DRAFTS, "a", "reply", "您好"), "a", "reply", "您好", 1);
  const emptied = typed(kept, "a", "reply", "");
  expect(hasDraft(emptied, "a")).toBe(false);
  expect(unsaved(emptied)).toMatchObject([{ body: "" }]);
  expect(saved(emptied, "a", "reply", "", 0).size).toBe(0);
});

test("the server's drafts are restored, but never over a newer text of this window", () => {
  const here = typed(NO_DRAFTS, "a", "reply", "新的");
  const drafts = restored(here, [
    { conversation: "a", mode: "reply", body: "旧的" },
    { conversation: "b", mode: "note", body: "备注" },
  ]);
  expect(draftOf(drafts, "a", "reply")).toBe("新的");
  expect(unsaved(drafts)).toHaveLength(1);
  expect(draftOf(drafts, "b", "note")).toBe("备注");
});

test("a text that the server has lost stays here and is saved again", () => {
  const kept = restored(NO_DRAFTS, [{ conversation: "a", mode: "reply", body: "写好的" }]);
  const drafts = restored(kept, []);
  expect(draftOf(drafts, "a", "reply")).toBe("写好的");
  expect(unsaved(drafts)).toHaveLength(1);
});

test("a draft is cleaned at once: pasted breaks become newlines, control characters are removed", () => {
  const drafts = typed(NO_DRAFTS, "a", "note", " 一\f二\u0000 ");
  expect(draftOf(drafts, "a", "note")).toBe(" 一\n二 ");
  expect(hasDraft(typed(NO_DRAFTS, "a", "note", "\u3164\u200b"), "a")).toBe(false);
});

test("a draft of spaces only gets no mark", () => {
  expect(hasDraft(typed(NO_DRAFTS, "a", "reply", " \n"), "a")).toBe(false);
});

/** A draft as the server sends it, with its version `at`. */
const there = (body: string, at: number) =>
  ({ type: "draft", conversation: "a", mode: "reply", body, at }) as const;
const kept = (body: string, at: number) =>
  saved(typed(NO_DRAFTS, "a", "reply", body), "a", "reply", body, at);
const here = (drafts: Drafts) => heldDraft(drafts, "a", "reply");
const own = (at: number, body: string) => answer("a", 1, { at, body });

test("a text without changes is replaced by the one of another window", () => {
  expect(draftOf(told(kept("您好", 1), there("您好，请空腹来", 2)), "a", "reply")).toBe("您好，请空腹来");
  expect(told(kept("您好", 1), there("", 0)).size).toBe(0);
  expect(draftOf(told(NO_DRAFTS, there("您好", 1)), "a", "reply")).toBe("您好");
});

test("after a change both texts stay, and nothing is saved before the writer has decided", () => {
  const torn = told(typed(kept("您好", 1), "a", "reply", "您好，"), there("请空腹来", 2));
  expect(here(torn)).toMatchObject({ body: "您好，", saved: "请空腹来", torn: true });
  expect(unsaved(torn)).toEqual([]);
  expect(claimed(here(torn))).toBeNull();
  expect(unsaved(keptMine(torn, "a", "reply"))).toMatchObject([{ body: "您好，", at: 2 }]);
  expect(here(tookOther(torn, "a", "reply"))).toMatchObject({ body: "请空腹来", torn: false });
});

test("one's own text under way does not count as one of another window", () => {
  const onItsWay = going(typed(kept("您", 1), "a", "reply", "您好"), "a", "reply", "您好");
  const drafts = restored(typed(onItsWay, "a", "reply", "您好吗"), [there("您好", 2)]);
  expect(here(drafts)).toMatchObject({ body: "您好吗", saved: "您好", at: 2, torn: false });
});

test("a text that was sent from another window is marked, and removed when its entry arrives", () => {
  const away = restored(kept("请空腹来", 5), []);
  expect(here(away)).toMatchObject({ body: "请空腹来", saved: "", torn: true });
  expect(sentElsewhere(away, own(6, "请空腹来")).size).toBe(0);
});

test("an earlier entry, or one of somebody else, empties no draft", () => {
  const drafts = kept("好的", NOON);
  expect(sentElsewhere(drafts, own(NOON - 1, "好的"))).toBe(drafts);
  expect(sentElsewhere(drafts, own(NOON + 1, "不好"))).toBe(drafts);
  expect(sentElsewhere(drafts, entry("a", 1, { kind: "note", at: NOON + 1, body: "好的" }))).toBe(drafts);
  const writing = typed(kept("好", NOON), "a", "reply", "好的");
  expect(sentElsewhere(writing, own(NOON + 1, "好的"))).toBe(writing);
});

test("an older server without versions loses nothing", () => {
  const before = kept("您好", 0);
  expect(claimed(here(before))).toBeNull();
  expect(unsaved(restored(before, []))).toMatchObject([{ body: "您好" }]);
});

test("a text that is moved to the other mode is put before the text there", () => {
  const drafts = typed(typed(NO_DRAFTS, "a", "note", "请空腹来"), "a", "reply", "谢谢");
  const moved = turned(drafts, "a", "note", "reply");
  expect([draftOf(moved, "a", "note"), draftOf(moved, "a", "reply")]).toEqual(["", "请空腹来\n谢谢"]);
  expect(unsaved(turned(kept("您好", 1), "a", "reply", "note")).map(({ body }) => body)).toEqual([
    "您好",
    "",
  ]);
});

test("a text that the server refused to save is tried again after the next welcome", () => {
  const drafts = unkept(typed(kept("您", 1), "a", "reply", "您好"), "a", "reply", "您好");
  expect(unsaved(drafts)).toEqual([]);
  expect(here(told(drafts, there("那边", 2)))).toMatchObject({ body: "您好", torn: true });
  expect(unsaved(restored(drafts, [there("您", 1)]))).toMatchObject([{ body: "您好" }]);
  expect(
    unsaved(notSaved(going(typed(NO_DRAFTS, "a", "reply", "您"), "a", "reply", "您"), "a", "reply")),
  ).toHaveLength(1);
});
