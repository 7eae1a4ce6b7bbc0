import { expect, test } from "vitest";
import { type Copy, copied, foreign } from "./wrongPatientGuard";

const copy: Copy = { conversation: "a", label: "2ftg", text: "我叫张三，电话 13800000000" };
const copies = copied([], copy);

test("a text copied from another visitor is noticed, also with other spaces and words around it", () => {
  expect(foreign(copies, "b", "请记下：我叫张三，电话  13800000000。", [])).toEqual(copy);
});

test("a text copied from this visitor raises no question", () => {
  expect(foreign(copies, "a", copy.text, [])).toBeNull();
});

test("words that this visitor has written raise no question", () => {
  expect(foreign(copies, "b", copy.text, [`您好，${copy.text}`])).toBeNull();
});

test("short texts do not show whose they are", () => {
  expect(copied([], { ...copy, text: " 谢谢 " })).toEqual([]);
});

test("a typed text never raises a question", () => {
  expect(foreign(copies, "b", "请您周三上午十点来", [])).toBeNull();
});
