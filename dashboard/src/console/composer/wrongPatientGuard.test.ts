import { expect, test } from "vitest";
import { type Copy, copied, foreign } from "./wrongPatientGuard";

const copy: Copy = { conversation: "a", label: "2ftg", text: "我叫张三，电话 13800000000" };
const copies = copied([], copy);

test("a text copied from another visitor is noticed, with other blanks and words around it too", () => {
  expect(foreign(copies, "b", "请记下：我叫张三，电话  13800000000。", [])).toEqual(copy);
});

test("a text copied from this visitor is his own", () => {
  expect(foreign(copies, "a", copy.text, [])).toBeNull();
});

test("words this visitor has written himself are no warning", () => {
  expect(foreign(copies, "b", copy.text, [`您好，${copy.text}`])).toBeNull();
});

test("short words say nothing about whose they are", () => {
  expect(copied([], { ...copy, text: " 谢谢 " })).toEqual([]);
});

test("a typed text is never asked about", () => {
  expect(foreign(copies, "b", "请您周三上午十点来", [])).toBeNull();
});
