import { expect, test } from "vitest";
import { draftOf, hasDraft, NO_DRAFTS, restored, saved, typed, unsaved } from "./drafts";

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

test("what is written is unsaved until the server has it", () => {
  const drafts = typed(NO_DRAFTS, "a", "reply", "您好");
  expect(unsaved(drafts)).toHaveLength(1);
  expect(unsaved(saved(drafts, "a", "reply", "您好"))).toEqual([]);
});

test("what was written while a save was on its way is still unsaved", () => {
  const drafts = typed(typed(NO_DRAFTS, "a", "reply", "您"), "a", "reply", "您好");
  expect(unsaved(saved(drafts, "a", "reply", "您"))).toMatchObject([{ body: "您好" }]);
});

test("an emptied text is to be forgotten by the server too, and then here", () => {
  const kept = saved(typed(NO_DRAFTS, "a", "reply", "您好"), "a", "reply", "您好");
  const emptied = typed(kept, "a", "reply", "");
  expect(hasDraft(emptied, "a")).toBe(false);
  expect(unsaved(emptied)).toMatchObject([{ body: "" }]);
  expect(saved(emptied, "a", "reply", "").size).toBe(0);
});

test("the server's drafts come back, but never over a newer text of here", () => {
  const here = typed(NO_DRAFTS, "a", "reply", "新的");
  const drafts = restored(here, [
    { conversation: "a", mode: "reply", body: "旧的" },
    { conversation: "b", mode: "note", body: "备注" },
  ]);
  expect(draftOf(drafts, "a", "reply")).toBe("新的");
  expect(unsaved(drafts)).toHaveLength(1);
  expect(draftOf(drafts, "b", "note")).toBe("备注");
});

test("a text the server has lost stays here and is to be saved again", () => {
  const kept = restored(NO_DRAFTS, [{ conversation: "a", mode: "reply", body: "写好的" }]);
  const drafts = restored(kept, []);
  expect(draftOf(drafts, "a", "reply")).toBe("写好的");
  expect(unsaved(drafts)).toHaveLength(1);
});

test("a draft is text from the start: pasted breaks are newlines, controls go", () => {
  const drafts = typed(NO_DRAFTS, "a", "note", " 一\f二\u0000 ");
  expect(draftOf(drafts, "a", "note")).toBe(" 一\n二 ");
  expect(hasDraft(typed(NO_DRAFTS, "a", "note", "\u3164\u200b"), "a")).toBe(false);
});

test("blanks alone are no draft worth a mark", () => {
  expect(hasDraft(typed(NO_DRAFTS, "a", "reply", " \n"), "a")).toBe(false);
});
